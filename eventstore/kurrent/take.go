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
		if !ok || !f.passed(event.Position) || !f.filter.matches(event.Stream) {
			return true // told already, or not asked for
		}
		return f.tell(eventstore.Message{Kind: eventstore.EventAppeared, Event: event, Position: event.Position})
	case *protocol.ReadResp_Checkpoint_:
		before := f.safe
		f.marked(eventstore.Position(content.Checkpoint.GetCommitPosition()))
		if f.safe == before {
			return true
		}
		return f.tell(eventstore.Message{Kind: eventstore.Checkpoint, Position: f.safe})
	case *protocol.ReadResp_CaughtUp_:
		if position := content.CaughtUp.GetPosition(); position != nil {
			f.marked(eventstore.Position(position.GetCommitPosition()))
		}
		return f.caughtUp()
	}
	return true
}

// passed notes an event; false if it has been told. Only events are compared
// with events: old servers mark the place where the next one will be.
func (f *following) passed(position eventstore.Position) bool {
	if position <= f.told || position == math.MaxUint64 {
		return false
	}
	f.confirm(position)
	f.told, f.safe = position, max(f.safe, position)
	f.advance(position)
	return true
}

// marked notes a place that the server names without an event, if it is
// progress. The largest number stands for the end of the log and is no position.
func (f *following) marked(position eventstore.Position) {
	if position <= f.last || position == math.MaxUint64 {
		return
	}
	f.confirm(position)
	f.mark = position
	if head, _ := f.store.lookout.now(); head >= position {
		f.safe = max(f.safe, position) // there was an event at or behind it already
	}
	f.advance(position)
}

// confirm takes the last mark for safe when the same call goes on behind it.
func (f *following) confirm(position eventstore.Position) {
	if position > f.mark {
		f.safe = max(f.safe, f.mark)
	}
}

// advance moves the last position forwards.
func (f *following) advance(position eventstore.Position) {
	f.last, f.patience = max(f.last, position), 1
}

// caughtUp tells no mark that may lie ahead of the log: a consumer keeps what it
// is told, and would begin behind an event that comes to stand there.
func (f *following) caughtUp() bool {
	f.caught, f.live = f.safe, true
	return f.tell(eventstore.Message{Kind: eventstore.CaughtUp, Position: f.safe})
}

func (f *following) tell(message eventstore.Message) bool { return f.yield(message, nil) }
