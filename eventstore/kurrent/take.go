package kurrent

import (
	"math"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// take tells the consumer what an answer means; false if it has gone. What is
// not known here means nothing.
func (f *following) take(content *protocol.ReadResp) bool {
	f.heard++
	switch content := content.GetContent().(type) {
	case *protocol.ReadResp_Event:
		event, ok := recordedOf(content.Event)
		if !ok || !f.advance(event.Position) || !f.filter.matches(event.Stream) {
			return true // told already, or not asked for
		}
		return f.tell(eventstore.Message{Kind: eventstore.EventAppeared, Event: event, Position: event.Position})
	case *protocol.ReadResp_Checkpoint_:
		if !f.advance(eventstore.Position(content.Checkpoint.GetCommitPosition())) {
			return true
		}
		return f.tell(eventstore.Message{Kind: eventstore.Checkpoint, Position: f.last})
	case *protocol.ReadResp_CaughtUp_:
		if position := content.CaughtUp.GetPosition(); position != nil {
			f.advance(eventstore.Position(position.GetCommitPosition()))
		}
		return f.caughtUp()
	}
	return true
}

// advance moves the last position forwards; false if it is not moved. The
// largest number stands for the end of the log and is no position.
func (f *following) advance(position eventstore.Position) bool {
	if position <= f.last || position == math.MaxUint64 {
		return false
	}
	f.last, f.patience = position, 1
	return true
}

func (f *following) caughtUp() bool {
	f.caught, f.live = f.last, true
	return f.tell(eventstore.Message{Kind: eventstore.CaughtUp, Position: f.last})
}

func (f *following) tell(message eventstore.Message) bool { return f.yield(message, nil) }
