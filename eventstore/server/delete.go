package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Delete hides what a stream holds; it can be written anew.
func (s *streams) Delete(ctx context.Context, request *protocol.DeleteReq) (*protocol.DeleteResp, error) {
	options := request.GetOptions()
	var expected eventstore.Expected
	var err error
	switch choice := options.GetExpectedStreamRevision().(type) {
	case *protocol.DeleteReq_Options_Revision:
		expected, err = exactly(choice.Revision)
	case *protocol.DeleteReq_Options_NoStream:
		expected = eventstore.NoStream
	case *protocol.DeleteReq_Options_Any:
		expected = eventstore.Any
	case *protocol.DeleteReq_Options_StreamExists:
		expected = eventstore.StreamExists
	default:
		err = errNoExpectation
	}
	if err != nil {
		return nil, err
	}
	position, err := s.remove(ctx, options.GetStreamIdentifier(), expected, eventstore.Deleter.Delete)
	if err != nil {
		return nil, err
	}
	return &protocol.DeleteResp{PositionOption: &protocol.DeleteResp_Position_{
		Position: &protocol.DeleteResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

// Tombstone deletes a stream for good.
func (s *streams) Tombstone(ctx context.Context, request *protocol.TombstoneReq) (*protocol.TombstoneResp, error) {
	options := request.GetOptions()
	var expected eventstore.Expected
	var err error
	switch choice := options.GetExpectedStreamRevision().(type) {
	case *protocol.TombstoneReq_Options_Revision:
		expected, err = exactly(choice.Revision)
	case *protocol.TombstoneReq_Options_NoStream:
		expected = eventstore.NoStream
	case *protocol.TombstoneReq_Options_Any:
		expected = eventstore.Any
	case *protocol.TombstoneReq_Options_StreamExists:
		expected = eventstore.StreamExists
	default:
		err = errNoExpectation
	}
	if err != nil {
		return nil, err
	}
	position, err := s.remove(ctx, options.GetStreamIdentifier(), expected, eventstore.Deleter.Tombstone)
	if err != nil {
		return nil, err
	}
	return &protocol.TombstoneResp{PositionOption: &protocol.TombstoneResp_Position_{
		Position: &protocol.TombstoneResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

// removal is one of a Deleter's ways.
type removal func(eventstore.Deleter, context.Context, string, eventstore.Expected) (eventstore.Position, error)

func (s *streams) remove(
	ctx context.Context, identifier *protocol.StreamIdentifier, expected eventstore.Expected, remove removal,
) (uint64, error) {
	if s.deleter == nil {
		return 0, status.Error(codes.Unimplemented, "this store can't delete streams")
	}
	name, err := nameOf(identifier)
	if err != nil {
		return 0, err
	}
	if !s.deletable(name) {
		return 0, denied(ctx, "this stream can't be deleted")
	}
	writing, end := s.within(ctx)
	defer end()
	position, err := remove(s.deleter, writing, name, expected)
	if conflict, ok := errors.AsType[*eventstore.ConflictError](err); ok {
		return 0, wrongVersion(ctx, conflict)
	}
	if err != nil {
		return 0, s.unwritten(ctx, name, err)
	}
	return uint64(position), nil
}
