package kurrent

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Append writes all events atomically behind the expected revision. Besides
// what the interface says: an append whose outcome is unknown is repeated with
// the same ids if it expects an exact revision or no stream, since the server
// then tells for certain whether it kept it. Only where no stream means one that
// was deleted, whose revisions go on, a repetition may be told as a conflict
// although the first try was kept. With Any and StreamExists the caller is told
// that the outcome is unknown: an EventStoreDB recognises those repetitions only
// for a while. A closed store has answered all appends.
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

// exact tells whether a repetition is recognised; for certain, unless it expects
// no stream where one was deleted.
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

// send makes one try, and completes the answer of a server that does not tell
// the position.
func (a *appending) send(ctx context.Context, conn *connection) error {
	if err := a.put(ctx, conn); err != nil || a.done.Position > 0 || a.nothing {
		return err
	}
	return a.locate(ctx, conn)
}

// put sends the events in the way that the server knows.
func (a *appending) put(ctx context.Context, conn *connection) error {
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

// locate reads the position from the node that kept the events: another one
// may not have them yet. If that fails the caller does not know the whole
// outcome, whatever the error would mean for a read; its meaning is not passed
// on, for the append must not follow a node that only the read would follow.
func (a *appending) locate(ctx context.Context, conn *connection) error {
	options := &protocol.ReadReq_Options{
		StreamOption: &protocol.ReadReq_Options_Stream{Stream: streamOptions(a.stream, a.done.Revision, eventstore.Backwards)},
		FilterOption: &protocol.ReadReq_Options_NoFilter{NoFilter: &protocol.Empty{}},
	}
	req := counted(options, eventstore.Backwards, 1)
	err := a.store.readFrom(ctx, conn, a.stream, req, func(event eventstore.Recorded) bool {
		if event.Revision == a.done.Revision {
			a.done.Position = event.Position
		}
		return false
	})
	if err != nil && !errors.Is(err, errMissing) {
		l, noAnswer := errors.AsType[*lost](err)
		return &lost{cause: errors.New("read the position of a kept append: " + err.Error()), sent: true, node: noAnswer && l.node}
	}
	return nil
}
