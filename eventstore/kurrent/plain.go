package kurrent

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// plain sends an append as a call of its own, which every server knows.
func (a *appending) plain(ctx context.Context, conn *connection) error {
	call, err := conn.streams.Append(metadata.NewOutgoingContext(ctx, a.store.writeHeaders))
	if err != nil {
		return unsent(explain(err, a.stream, a.expected))
	}
	answer, err := a.exchange(call)
	if err != nil {
		return doubted(endOf(call, err, a.stream, a.expected))
	}
	if success := answer.GetSuccess(); success != nil {
		a.succeeded(success.GetNoStream() != nil, success.GetCurrentRevision(), success.GetPosition())
		return nil
	}
	conflict := answer.GetWrongExpectedVersion()
	actual := eventstore.NoStream
	switch current := conflict.GetCurrentRevisionOption().(type) {
	case *protocol.AppendResp_WrongExpectedVersion_CurrentRevision:
		actual = eventstore.Exactly(current.CurrentRevision)
	case nil:
		if old, ok := conflict.GetCurrentRevisionOption_20_6_0().(*protocol.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0); ok {
			actual = eventstore.Exactly(old.CurrentRevision_20_6_0)
		}
	}
	return &eventstore.ConflictError{Stream: a.stream, Expected: a.expected, Actual: actual}
}

// exchange sends what there is to send. A server that refuses may answer before
// it has heard everything: then receiving tells the error.
func (a *appending) exchange(call grpc.ClientStreamingClient[protocol.AppendReq, protocol.AppendResp]) (*protocol.AppendResp, error) {
	messages := []*protocol.AppendReq{{Content: &protocol.AppendReq_Options_{Options: plainOptions(a.stream, a.expected)}}}
	for _, event := range a.events {
		messages = append(messages, &protocol.AppendReq{Content: &protocol.AppendReq_ProposedMessage_{
			ProposedMessage: &protocol.AppendReq_ProposedMessage{
				Id: protocol.TextUUID(event.ID), Metadata: describe(event), CustomMetadata: event.Meta, Data: event.Data,
			},
		}})
	}
	for _, message := range messages {
		if call.Send(message) != nil {
			break
		}
	}
	return call.CloseAndRecv()
}

func plainOptions(stream string, expected eventstore.Expected) *protocol.AppendReq_Options {
	options := &protocol.AppendReq_Options{StreamIdentifier: identifier(stream)}
	switch expected {
	case eventstore.Any:
		options.ExpectedStreamRevision = &protocol.AppendReq_Options_Any{Any: &protocol.Empty{}}
	case eventstore.NoStream:
		options.ExpectedStreamRevision = &protocol.AppendReq_Options_NoStream{NoStream: &protocol.Empty{}}
	case eventstore.StreamExists:
		options.ExpectedStreamRevision = &protocol.AppendReq_Options_StreamExists{StreamExists: &protocol.Empty{}}
	default:
		options.ExpectedStreamRevision = &protocol.AppendReq_Options_Revision{Revision: uint64(expected)}
	}
	return options
}

// place is a position on the wire, in whichever message.
type place interface{ GetCommitPosition() uint64 }

// succeeded keeps what a success tells.
func (a *appending) succeeded(nothing bool, revision uint64, at place) {
	a.nothing = nothing
	a.done = eventstore.Appended{Revision: revision, Position: eventstore.Position(at.GetCommitPosition())}
}
