package server

import (
	"context"
	"math"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// confirm begins a subscription. What is committed from now on is delivered.
func (o *outlet) confirm() error {
	return o.send(&protocol.ReadResp{Content: &protocol.ReadResp_Confirmation{
		Confirmation: &protocol.ReadResp_SubscriptionConfirmation{SubscriptionId: o.newID()},
	}})
}

// followAll delivers events of all streams behind a position, and where a
// filter leaves out many, checkpoints.
func (s *streams) followAll(ctx context.Context, out *outlet) error {
	after, err := s.origin(ctx, out.query)
	if err != nil {
		return err
	}
	if err := out.confirm(); err != nil {
		return err
	}
	marks := &checkpoints{outlet: out}
	live := false
	for message, err := range s.store.Subscribe(ctx, after) {
		switch {
		case err != nil:
			return err
		case message.Kind == eventstore.EventAppeared:
			err = marks.event(ctx, &message.Event)
		case message.Kind == eventstore.CaughtUp && !live:
			live = true
			err = marks.caughtUp(message.Position)
		}
		if err != nil {
			return err
		}
	}
	return errStopping
}

// origin gives the position that a subscription to all streams begins behind.
func (s *streams) origin(ctx context.Context, q *query) (eventstore.Position, error) {
	switch q.from {
	case fromPlace:
		return eventstore.Position(q.position), nil
	case fromEnd:
		return s.store.Head(ctx)
	case fromStart:
	}
	return 0, nil
}

// checkpoints counts the events that were looked at and tells the client from
// time to time how far that was, if it filters.
type checkpoints struct {
	*outlet
	looked uint64 // events since the last checkpoint
	last   eventstore.Position
	at     time.Time // when the last was recorded
}

// event delivers an event that matches, and a checkpoint when one is due.
func (c *checkpoints) event(ctx context.Context, event *eventstore.Recorded) error {
	if c.query.filter.matches(event) {
		if err := c.outlet.event(ctx, event); err != nil {
			return err
		}
	}
	if c.query.filter == nil {
		return nil
	}
	c.looked, c.last, c.at = c.looked+1, event.Position, event.Time
	if c.looked < c.query.filter.interval {
		return nil
	}
	return c.checkpoint()
}

// checkpoint tells the place of the last event that was looked at. There is
// none where nothing was looked at since the last.
func (c *checkpoints) checkpoint() error {
	if c.looked == 0 {
		return nil
	}
	c.looked = 0
	position := uint64(c.last)
	mark := &protocol.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position, Timestamp: timestamppb.New(c.at)}
	return c.send(&protocol.ReadResp{Content: &protocol.ReadResp_Checkpoint_{Checkpoint: mark}})
}

// caughtUp tells that from now on events are live.
func (c *checkpoints) caughtUp(position eventstore.Position) error {
	if err := c.checkpoint(); err != nil {
		return err
	}
	mark := &protocol.ReadResp_CaughtUp{Timestamp: timestamppb.New(c.clock())}
	if position > 0 {
		mark.Position = &protocol.ReadResp_Position{CommitPosition: uint64(position), PreparePosition: uint64(position)}
	}
	return c.send(&protocol.ReadResp{Content: &protocol.ReadResp_CaughtUp_{CaughtUp: mark}})
}

// followStream delivers what is visible of a stream, up to the end of the log
// as it was at first, and then what comes behind that.
func (s *streams) followStream(ctx context.Context, out *outlet) error {
	head, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	if err := out.confirm(); err != nil {
		return err
	}
	f := &follower{outlet: out}
	if err := f.history(ctx, head); err != nil {
		return err
	}
	if err := f.caughtUp(ctx, head); err != nil {
		return err
	}
	for message, err := range s.store.Subscribe(ctx, head, out.query.stream) {
		if err != nil {
			return err
		}
		if message.Kind == eventstore.EventAppeared && message.Event.Stream == out.query.stream {
			if err := f.event(ctx, &message.Event); err != nil {
				return err
			}
		}
	}
	return errStopping
}

// follower is a subscription to one stream.
type follower struct {
	*outlet
	first uint64 // smaller revisions are behind the client
}

// history delivers the visible events up to a position.
func (f *follower) history(ctx context.Context, head eventstore.Position) error {
	v, err := f.look(ctx, f.query.stream)
	if err != nil || f.query.from == fromEnd {
		return err
	}
	if f.query.from == fromPlace {
		f.first = min(f.query.revision, math.MaxInt64-1) + 1
	}
	for event, err := range f.store.Read(ctx, f.query.stream, max(f.first, v.from), eventstore.Forwards, 0) {
		if err != nil || event.Position > head {
			return err
		}
		if err := f.event(ctx, &event); err != nil {
			return err
		}
	}
	return nil
}

// event delivers an event. The one that ends the stream for good ends the
// subscription.
func (f *follower) event(ctx context.Context, event *eventstore.Recorded) error {
	if event.Revision < f.first {
		return nil
	}
	if err := f.outlet.event(ctx, event); err != nil {
		return err
	}
	if buried(event) {
		return &eventstore.DeletedError{Stream: event.Stream}
	}
	return nil
}

// caughtUp tells that from now on events are live, and the last revision before.
func (f *follower) caughtUp(ctx context.Context, head eventstore.Position) error {
	mark := &protocol.ReadResp_CaughtUp{Timestamp: timestamppb.New(f.clock())}
	for from := uint64(eventstore.End); ; { // one by one: nearly always it is the last
		event, found, err := first(f.store.Read(ctx, f.query.stream, from, eventstore.Backwards, 1))
		if err != nil {
			return err
		}
		if found && event.Position <= head {
			mark.StreamRevision = new(int64(event.Revision))
		}
		if !found || event.Position <= head || event.Revision == 0 {
			break
		}
		from = event.Revision - 1
	}
	return f.send(&protocol.ReadResp{Content: &protocol.ReadResp_CaughtUp_{CaughtUp: mark}})
}
