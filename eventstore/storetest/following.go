package storetest

import (
	"context"
	"iter"

	"dialtone/eventstore"
)

// follower is a subscription that is asked for one message after the other.
type follower struct {
	t     *trial
	pull  func() (eventstore.Message, error, bool)
	leave func()
	last  eventstore.Position
}

// follow subscribes; whoever follows has to leave.
func (t *trial) follow(after eventstore.Position, prefixes ...string) *follower {
	return t.followIn(t.ctx, after, prefixes...)
}

func (t *trial) followIn(ctx context.Context, after eventstore.Position, prefixes ...string) *follower {
	pull, leave := iter.Pull2(t.store.Subscribe(ctx, after, prefixes...))
	return &follower{t: t, pull: pull, leave: leave, last: after}
}

// next gives the next message. Positions must never fall, those of events rise.
func (f *follower) next() eventstore.Message {
	f.t.Helper()
	message, err, ok := f.pull()
	if err != nil || !ok {
		f.t.Fatalf("the subscription ended behind position %d: %v", f.last, err)
	}
	isEvent := message.Kind == eventstore.EventAppeared
	switch {
	case isEvent && message.Position != message.Event.Position:
		f.t.Fatalf("a message has position %d, its event %d", message.Position, message.Event.Position)
	case message.Position < f.last, isEvent && message.Position == f.last:
		f.t.Fatalf("message %d has position %d behind %d", message.Kind, message.Position, f.last)
	}
	f.last = message.Position
	return message
}

// events gives the next events, whatever is told between them.
func (f *follower) events(count int) []eventstore.Recorded {
	f.t.Helper()
	var list []eventstore.Recorded
	for len(list) < count {
		if message := f.next(); message.Kind == eventstore.EventAppeared {
			list = append(list, message.Event)
		}
	}
	return list
}

// caughtUp needs no event to come before a subscription says that it has
// reached a position.
func (f *follower) caughtUp(position eventstore.Position) {
	f.t.Helper()
	for {
		message := f.next()
		if message.Kind == eventstore.EventAppeared {
			f.t.Fatalf("event %d of %s comes, want to be caught up at %d", message.Event.Revision, message.Event.Stream, position)
		}
		if message.Kind == eventstore.CaughtUp && message.Position >= position {
			return
		}
	}
}
