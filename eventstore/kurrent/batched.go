package kurrent

import (
	"context"
	"fmt"

	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// batched sends an append through the call that all appends of a connection
// share.
func (a *appending) batched(ctx context.Context, conn *connection, known *features) error {
	id := a.store.config.NewID()
	r := &request{id: id, messages: a.messages(id, known), exact: a.exact(), answer: make(chan *protocol.BatchAppendResp, 1)}
	//nolint:contextcheck // the call outlives this append: others share it
	answer, err := conn.batch(metadata.NewOutgoingContext(a.store.lasting, a.store.writeHeaders)).ask(ctx, r)
	if err != nil {
		return err
	}
	if refusal := answer.GetError(); refusal != nil {
		return a.refused(refusal)
	}
	success := answer.GetSuccess()
	a.succeeded(success.GetNoStream() != nil, success.GetCurrentRevision(), success.GetPosition())
	return nil
}

// batch gives the connection's call for appends, a new one if it has ended.
func (c *connection) batch(ctx context.Context) *batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.batches == nil || c.batches.broken() {
		c.batches = newBatch(ctx, c.streams)
	}
	return c.batches
}

// messages puts the events into as few messages as their size allows.
func (a *appending) messages(id string, known *features) []*protocol.BatchAppendReq {
	correlation := protocol.TextUUID(id)
	current := &protocol.BatchAppendReq{CorrelationId: correlation, Options: a.batchOptions(known)}
	list, size := []*protocol.BatchAppendReq{current}, 0
	for _, event := range a.events {
		bytes := len(event.Data) + len(event.Meta) + len(event.Type)
		if size > 0 && size+bytes > messageBytes {
			current, size = &protocol.BatchAppendReq{CorrelationId: correlation}, 0
			list = append(list, current)
		}
		current.ProposedMessages = append(current.ProposedMessages, batchedOf(event))
		size += bytes
	}
	current.IsFinal = true
	return list
}

// batchOptions name the stream and what is expected of it. Older servers want
// the deadline as a moment.
func (a *appending) batchOptions(known *features) *protocol.BatchAppendReq_Options {
	options := &protocol.BatchAppendReq_Options{StreamIdentifier: identifier(a.stream)}
	switch a.expected {
	case eventstore.Any:
		options.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}}
	case eventstore.NoStream:
		options.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	case eventstore.StreamExists:
		options.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_StreamExists{StreamExists: &emptypb.Empty{}}
	default:
		options.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_StreamPosition{StreamPosition: uint64(a.expected)}
	}
	deadline := a.store.config.Settings.DefaultDeadline
	if known.deadlineDuration {
		options.DeadlineOption = &protocol.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(deadline)}
	} else {
		options.DeadlineOption = &protocol.BatchAppendReq_Options_Deadline_21_10_0{
			Deadline_21_10_0: timestamppb.New(a.store.config.Clock().Add(deadline)),
		}
	}
	return options
}

// refused gives the meaning of an error inside the answers. Its one detail says
// what it is; the code counts where there is none.
func (a *appending) refused(refusal *rpc.Status) error {
	switch detail := detailOf(refusal).(type) {
	case *protocol.WrongExpectedVersion:
		actual := eventstore.NoStream
		if current, ok := detail.GetCurrentStreamRevisionOption().(*protocol.WrongExpectedVersion_CurrentStreamRevision); ok {
			actual = eventstore.Exactly(current.CurrentStreamRevision)
		}
		return &eventstore.ConflictError{Stream: a.stream, Expected: a.expected, Actual: actual}
	case *protocol.StreamDeleted:
		return &eventstore.DeletedError{Stream: a.stream}
	case *protocol.AccessDenied:
		return denied("the event store denies writing to %s", a.stream)
	case *protocol.Timeout:
		return &lost{cause: textOf(refusal), sent: true}
	case *protocol.Unknown:
		return &lost{cause: textOf(refusal), sent: true, node: true}
	case *protocol.MaximumAppendSizeExceeded:
		return invalid("append-too-large", "an append to %s is larger than the %d bytes that the event store takes", a.stream, detail.GetMaxAppendSize())
	case *protocol.MaximumAppendEventSizeExceeded:
		return invalid("append-too-large", "the event %s for %s is larger than the %d bytes that the event store takes",
			detail.GetEventId(), a.stream, detail.GetMaxAppendEventSize())
	case *protocol.BadRequest:
		return invalid("append-refused", "the event store refuses an append to %s: %s", a.stream, detail.GetMessage())
	case *protocol.InvalidTransaction:
		return invalid("append-refused", "the event store refuses an append to %s", a.stream)
	case *protocol.Empty, *emptypb.Empty: // not ready yet, or too busy
		return &lost{cause: fmt.Errorf("the event store is not ready: %s", refusal.GetMessage()), node: true}
	}
	if codes.Code(refusal.GetCode()) == codes.OK {
		return fmt.Errorf("append to %s: %s", a.stream, refusal.GetMessage())
	}
	return doubted(byStatus(status.ErrorProto(refusal)))
}

// textOf is an error that only tells: the code beside a detail may say that all
// is well.
func textOf(refusal *rpc.Status) error {
	return fmt.Errorf("%s: %s", codes.Code(refusal.GetCode()), refusal.GetMessage())
}

func detailOf(refusal *rpc.Status) proto.Message {
	for _, detail := range refusal.GetDetails() {
		if message, err := detail.UnmarshalNew(); err == nil {
			return message
		}
	}
	return nil
}
