package server

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"google.golang.org/grpc"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// outlet sends what a query finds.
type outlet struct {
	*streams
	stream grpc.ServerStreamingServer[protocol.ReadResp]
	query  *query
}

func (o *outlet) send(answer *protocol.ReadResp) error { return o.stream.Send(answer) }

// event sends an event, or what it links to and the link, if that is asked for.
func (o *outlet) event(ctx context.Context, event *eventstore.Recorded) error {
	answer := &protocol.ReadResp_ReadEvent{
		Position: &protocol.ReadResp_ReadEvent_CommitPosition{CommitPosition: uint64(event.Position)},
	}
	if !o.query.links || event.Type != eventstore.TypeLink {
		answer.Event = o.recorded(event)
	} else {
		target, found, err := o.target(ctx, event)
		if err != nil {
			return err
		}
		answer.Link = o.recorded(event)
		if found {
			answer.Event = o.recorded(&target)
		}
	}
	return o.send(&protocol.ReadResp{Content: &protocol.ReadResp_Event{Event: answer}})
}

func (o *outlet) recorded(event *eventstore.Recorded) *protocol.ReadResp_ReadEvent_RecordedEvent {
	position := uint64(event.Position)
	content := protocol.ContentJSON
	if event.Binary {
		content = protocol.ContentBinary
	}
	return &protocol.ReadResp_ReadEvent_RecordedEvent{
		Id: o.uuid(event.ID), StreamIdentifier: o.identifier(event.Stream), StreamRevision: event.Revision,
		PreparePosition: position, CommitPosition: position,
		Metadata: map[string]string{
			protocol.KeyType:        event.Type,
			protocol.KeyContentType: content,
			protocol.KeyCreated:     strconv.FormatInt(protocol.Ticks(event.Time), 10),
		},
		CustomMetadata: event.Meta, Data: event.Data,
	}
}

func (o *outlet) uuid(text string) *protocol.UUID {
	if !o.query.text {
		if id, err := uuid.Parse(text); err == nil {
			return protocol.StructuredUUID(id)
		}
	}
	return protocol.TextUUID(text)
}

func (o *outlet) identifier(stream string) *protocol.StreamIdentifier {
	return &protocol.StreamIdentifier{StreamName: []byte(stream)}
}

// target finds the event that a link ("3@stream") stands for, if it is there
// and visible.
func (o *outlet) target(ctx context.Context, link *eventstore.Recorded) (eventstore.Recorded, bool, error) {
	number, name, _ := bytes.Cut(link.Data, []byte("@"))
	revision, err := strconv.ParseUint(string(number), 10, 63)
	stream := string(name)
	if err != nil || !eventstore.IsName(stream) {
		return eventstore.Recorded{}, false, nil //nolint:nilerr // it links to nothing
	}
	v, err := o.look(ctx, stream)
	switch {
	case errors.Is(err, eventstore.ErrDeleted):
		return eventstore.Recorded{}, false, nil
	case err != nil || !v.found || revision < v.from:
		return eventstore.Recorded{}, false, err
	}
	event, found, err := first(o.store.Read(ctx, stream, revision, eventstore.Forwards, 1))
	return event, found && event.Revision == revision, err
}
