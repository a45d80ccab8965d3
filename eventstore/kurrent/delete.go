package kurrent

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Delete hides a stream's events. It is not repeated when its outcome is
// unknown: it carries no id that a repetition could be known by.
func (s *Store) Delete(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	options := &protocol.DeleteReq_Options{StreamIdentifier: identifier(stream)}
	switch expected {
	case eventstore.Any:
		options.ExpectedStreamRevision = &protocol.DeleteReq_Options_Any{Any: &protocol.Empty{}}
	case eventstore.NoStream:
		options.ExpectedStreamRevision = &protocol.DeleteReq_Options_NoStream{NoStream: &protocol.Empty{}}
	case eventstore.StreamExists:
		options.ExpectedStreamRevision = &protocol.DeleteReq_Options_StreamExists{StreamExists: &protocol.Empty{}}
	default:
		options.ExpectedStreamRevision = &protocol.DeleteReq_Options_Revision{Revision: uint64(expected)}
	}
	return s.remove(ctx, "delete "+stream, stream, expected,
		func(ctx context.Context, conn *connection, told ...grpc.CallOption) (place, error) {
			answer, err := conn.streams.Delete(ctx, &protocol.DeleteReq{Options: options}, told...)
			return answer.GetPosition(), err
		})
}

// Tombstone deletes a stream for good. It is repeated like Delete: not at all
// when its outcome is unknown.
func (s *Store) Tombstone(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	options := &protocol.TombstoneReq_Options{StreamIdentifier: identifier(stream)}
	switch expected {
	case eventstore.Any:
		options.ExpectedStreamRevision = &protocol.TombstoneReq_Options_Any{Any: &protocol.Empty{}}
	case eventstore.NoStream:
		options.ExpectedStreamRevision = &protocol.TombstoneReq_Options_NoStream{NoStream: &protocol.Empty{}}
	case eventstore.StreamExists:
		options.ExpectedStreamRevision = &protocol.TombstoneReq_Options_StreamExists{StreamExists: &protocol.Empty{}}
	default:
		options.ExpectedStreamRevision = &protocol.TombstoneReq_Options_Revision{Revision: uint64(expected)}
	}
	return s.remove(ctx, "delete "+stream+" for good", stream, expected,
		func(ctx context.Context, conn *connection, told ...grpc.CallOption) (place, error) {
			answer, err := conn.streams.Tombstone(ctx, &protocol.TombstoneReq{Options: options}, told...)
			return answer.GetPosition(), err
		})
}

// removal is one of the two calls.
type removal func(ctx context.Context, conn *connection, told ...grpc.CallOption) (place, error)

func (s *Store) remove(
	ctx context.Context, attempt, stream string, expected eventstore.Expected, call removal,
) (eventstore.Position, error) {
	if _, _, err := eventstore.CheckAppend(stream, expected, nil); err != nil {
		return 0, err
	}
	if _, metadata := eventstore.MetaOf(stream); metadata {
		return 0, invalid("stream-name", "the stream %s holds metadata and can't be deleted", stream)
	}
	var at eventstore.Position
	err := s.write(ctx, attempt, false, func(ctx context.Context, conn *connection) error {
		var header, trailer metadata.MD
		done, err := call(metadata.NewOutgoingContext(ctx, s.writeHeaders), conn, grpc.Header(&header), grpc.Trailer(&trailer))
		if err != nil {
			return doubted(explain(err, stream, expected, trailer, header))
		}
		at = eventstore.Position(done.GetCommitPosition())
		return nil
	})
	return at, err
}
