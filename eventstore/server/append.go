package server

import (
	"context"
	"errors"
	"io"
	"math"

	"google.golang.org/grpc"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Append takes the options, then the events, and writes them as one. A stream
// that is not at the expected revision is an answer, not an error.
func (s *streams) Append(stream grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
	first, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return invalid("an append begins with options")
	}
	if err != nil {
		return err
	}
	ctx := stream.Context()
	name, expected, err := s.appendOptions(ctx, first.GetOptions())
	if err != nil {
		return err
	}
	events, err := s.receive(stream)
	if err != nil {
		return err
	}
	writing, end := s.within(ctx)
	defer end()
	appended, err := s.store.Append(writing, name, expected, events...)
	if conflict, ok := errors.AsType[*eventstore.ConflictError](err); ok {
		return stream.SendAndClose(&protocol.AppendResp{
			Result: &protocol.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: conflictAnswer(conflict)},
		})
	}
	if err != nil {
		return s.unwritten(ctx, name, err)
	}
	return stream.SendAndClose(&protocol.AppendResp{Result: &protocol.AppendResp_Success_{Success: success(appended)}})
}

func (s *streams) appendOptions(
	ctx context.Context, options *protocol.AppendReq_Options,
) (name string, expected eventstore.Expected, err error) {
	if options == nil {
		return "", 0, invalid("an append begins with options")
	}
	if name, err = nameOf(options.GetStreamIdentifier()); err != nil {
		return "", 0, err
	}
	if !s.writable(name) {
		return "", 0, denied(ctx, "this stream can't be written to")
	}
	switch choice := options.GetExpectedStreamRevision().(type) {
	case *protocol.AppendReq_Options_Revision:
		expected, err = exactly(choice.Revision)
	case *protocol.AppendReq_Options_NoStream:
		expected = eventstore.NoStream
	case *protocol.AppendReq_Options_Any:
		expected = eventstore.Any
	case *protocol.AppendReq_Options_StreamExists:
		expected = eventstore.StreamExists
	default:
		err = errNoExpectation
	}
	return name, expected, err
}

// receive gathers the events that follow the options.
func (s *streams) receive(
	stream grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp],
) ([]eventstore.Proposed, error) {
	var gathered proposal
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return gathered.events, nil
		}
		if err != nil {
			return nil, err // nothing is written
		}
		proposed := request.GetProposedMessage()
		if proposed == nil {
			return nil, invalid("only events follow the options of an append")
		}
		switch err := gathered.add(proposed, s.largest); {
		case errors.Is(err, errTooLarge):
			return nil, tooLarge(stream.Context(), s.largest)
		case errors.Is(err, errLacksMetadata):
			return nil, lacksMetadata(stream.Context())
		case err != nil:
			return nil, invalid("%s", err)
		}
	}
}

// success tells the last event's place; a stream without events has none.
func success(appended eventstore.Appended) *protocol.AppendResp_Success {
	if appended.Position == 0 {
		return &protocol.AppendResp_Success{
			CurrentRevisionOption: &protocol.AppendResp_Success_NoStream{NoStream: nothing},
			PositionOption:        &protocol.AppendResp_Success_NoPosition{NoPosition: nothing},
		}
	}
	position := uint64(appended.Position)
	return &protocol.AppendResp_Success{
		CurrentRevisionOption: &protocol.AppendResp_Success_CurrentRevision{CurrentRevision: appended.Revision},
		PositionOption: &protocol.AppendResp_Success_Position{
			Position: &protocol.AppendResp_Position{CommitPosition: position, PreparePosition: position},
		},
	}
}

// conflictAnswer fills the fields that clients read now, and those of clients
// before 20.6.
func conflictAnswer(conflict *eventstore.ConflictError) *protocol.AppendResp_WrongExpectedVersion {
	answer := &protocol.AppendResp_WrongExpectedVersion{
		CurrentRevisionOption_20_6_0: &protocol.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: nothing},
		CurrentRevisionOption:        &protocol.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: nothing},
	}
	if conflict.Actual >= 0 {
		current := uint64(conflict.Actual)
		answer.CurrentRevisionOption_20_6_0 = &protocol.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{
			CurrentRevision_20_6_0: current,
		}
		answer.CurrentRevisionOption = &protocol.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: current}
	}
	legacy := func(revision uint64) *protocol.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0 {
		return &protocol.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: revision}
	}
	switch conflict.Expected {
	case eventstore.Any:
		answer.ExpectedRevisionOption_20_6_0 = &protocol.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: nothing}
		answer.ExpectedRevisionOption = &protocol.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: nothing}
	case eventstore.StreamExists:
		answer.ExpectedRevisionOption_20_6_0 = &protocol.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: nothing}
		answer.ExpectedRevisionOption = &protocol.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: nothing}
	case eventstore.NoStream:
		answer.ExpectedRevisionOption_20_6_0 = legacy(math.MaxUint64)
		answer.ExpectedRevisionOption = &protocol.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: nothing}
	default:
		expected := uint64(conflict.Expected)
		answer.ExpectedRevisionOption_20_6_0 = legacy(expected)
		answer.ExpectedRevisionOption = &protocol.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: expected}
	}
	return answer
}
