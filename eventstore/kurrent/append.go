package kurrent

import (
	"context"

	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Append writes all events atomically behind the expected revision. Besides
// what the interface says: an append whose outcome is unknown is repeated with
// the same ids if it expects an exact revision or no stream, since the server
// then tells for certain whether it kept it. With Any and StreamExists the
// caller is told that the outcome is unknown: an EventStoreDB recognises those
// repetitions only for a while. A closed store has answered all appends.
func (s *Store) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	checked, size, err := eventstore.CheckAppend(stream, expected, events)
	if err != nil {
		return eventstore.Appended{}, err
	}
	a := &appending{store: s, stream: stream, expected: expected, events: checked}
	if size > messageBytes {
		if err := a.checkSizes(); err != nil {
			return eventstore.Appended{}, err
		}
	}
	if err := s.write(ctx, "append to "+stream, a.exact(), a.send); err != nil {
		return eventstore.Appended{}, err
	}
	if a.done.Position == 0 && !a.nothing {
		return s.lastOf(ctx, stream, a.done)
	}
	return a.done, nil
}

// messageBytes is how large a message with more than one event may become.
const messageBytes = 3 << 20

// appending is an append on its way, and its success.
type appending struct {
	store    *Store
	stream   string
	expected eventstore.Expected
	events   []eventstore.Proposed

	done    eventstore.Appended
	nothing bool // the stream has no event, so there is no revision and no position
}

// exact tells whether a repetition is always recognised.
func (a *appending) exact() bool { return a.expected >= eventstore.NoStream }

// checkSizes refuses an event that no server takes: it would end the call that
// all appends share.
func (a *appending) checkSizes() error {
	for i, event := range a.events {
		message := &protocol.BatchAppendReq{ProposedMessages: []*protocol.BatchAppendReq_ProposedMessage{batchedOf(event)}}
		if proto.Size(message)+len(a.stream)+overhead > protocol.LargestMessage {
			return invalid("append-too-large", "event %d of an append to %s is larger than a message may be, %d bytes",
				i, a.stream, protocol.LargestMessage)
		}
	}
	return nil
}

// overhead is more than what a message holds besides one event and a name.
const overhead = 256

// send makes one try in the way that the server knows.
func (a *appending) send(ctx context.Context, conn *connection) error {
	known, err := conn.supports(ctx)
	switch {
	case err != nil:
		return unsent(explain(err, a.stream, a.expected))
	case known.batchAppend:
		return a.batched(ctx, conn, known)
	default:
		return a.plain(ctx, conn)
	}
}

// lastOf completes an answer of a server that did not tell the position.
func (s *Store) lastOf(ctx context.Context, stream string, done eventstore.Appended) (eventstore.Appended, error) {
	for event, err := range s.Read(ctx, stream, done.Revision, eventstore.Backwards, 1) {
		if err != nil {
			return eventstore.Appended{}, err
		}
		if event.Revision == done.Revision {
			done.Position = event.Position
		}
	}
	return done, nil
}
