package kurrent

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"time"

	"google.golang.org/grpc/metadata"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// everything is the count of a read without a limit: the largest whole number
// that other clients know.
const everything = 1<<53 - 1

// readTries is how often a read is begun that has not given anything yet.
const readTries = 3

// Read gives a stream's events. Besides what the interface says: what the
// stream's metadata hides is not given, and a stream that was deleted for good
// is an ErrDeleted.
func (s *Store) Read(
	ctx context.Context, stream string, from uint64, direction eventstore.Direction, limit int,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if direction == eventstore.Forwards && from > math.MaxInt64 {
			return // no revision is that large
		}
		options := &protocol.ReadReq_Options{
			StreamOption: &protocol.ReadReq_Options_Stream{Stream: streamOptions(stream, from, direction)},
			FilterOption: &protocol.ReadReq_Options_NoFilter{NoFilter: &protocol.Empty{}},
		}
		err := s.read(ctx, stream, counted(options, direction, limit), func(event eventstore.Recorded) bool {
			return yield(event, nil)
		})
		if err != nil {
			yield(eventstore.Recorded{}, s.answerOf(ctx, "read "+stream, err))
		}
	}
}

func streamOptions(stream string, from uint64, direction eventstore.Direction) *protocol.ReadReq_Options_StreamOptions {
	options := &protocol.ReadReq_Options_StreamOptions{
		StreamIdentifier: identifier(stream),
		RevisionOption:   &protocol.ReadReq_Options_StreamOptions_Revision{Revision: from},
	}
	if direction == eventstore.Backwards && from > math.MaxInt64 {
		options.RevisionOption = &protocol.ReadReq_Options_StreamOptions_End{End: &protocol.Empty{}}
	}
	return options
}

// counted completes the options of a read that ends.
func counted(options *protocol.ReadReq_Options, direction eventstore.Direction, limit int) *protocol.ReadReq {
	count := uint64(everything)
	if limit > 0 {
		count = uint64(limit)
	}
	options.CountOption = &protocol.ReadReq_Options_Count{Count: count}
	if direction == eventstore.Backwards {
		options.ReadDirection = protocol.ReadReq_Options_Backwards
	}
	return textual(options)
}

// textual asks for UUIDs in their text form, which every read has to say.
func textual(options *protocol.ReadReq_Options) *protocol.ReadReq {
	options.UuidOption = &protocol.ReadReq_Options_UUIDOption{
		Content: &protocol.ReadReq_Options_UUIDOption_String_{String_: &protocol.Empty{}},
	}
	return &protocol.ReadReq{Options: options}
}

// read hands the events of one read to take until it returns false. A read that
// fails before its first event is begun again.
func (s *Store) read(ctx context.Context, stream string, req *protocol.ReadReq, take func(eventstore.Recorded) bool) error {
	ctx, leave := s.bound(ctx)
	defer leave()
	begun := false
	for try, wait := 1, s.config.RetryAfter; ; try, wait = try+1, 2*wait {
		err := s.once(ctx, s.reading, func(ctx context.Context, conn *connection) error {
			return s.readFrom(ctx, conn, stream, req, func(event eventstore.Recorded) bool {
				begun = true
				return take(event)
			})
		})
		if errors.Is(err, errMissing) {
			return nil
		}
		l, noAnswer := errors.AsType[*lost](err)
		if !noAnswer || begun || l.vain || try == readTries || ctx.Err() != nil {
			return unsent(err)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// readFrom makes one call. Whatever else but events comes is left out. A server
// that is waited for longer than the default deadline is given up, unless it
// filters: it says nothing while nothing matches. The time that the consumer
// takes does not count.
func (s *Store) readFrom(
	ctx context.Context, conn *connection, stream string, req *protocol.ReadReq, take func(eventstore.Recorded) bool,
) error {
	ctx, cancel := context.WithCancelCause(metadata.NewOutgoingContext(ctx, s.readHeaders))
	defer cancel(nil)
	limit := s.config.Settings.DefaultDeadline
	if req.GetOptions().GetFilter() != nil {
		limit = math.MaxInt64
	}
	waiting := time.AfterFunc(limit, func() { cancel(errSilent) })
	defer waiting.Stop()
	call, err := conn.streams.Read(ctx, req)
	if err != nil {
		return unlessSilent(ctx, explain(err, stream, eventstore.Any))
	}
	for {
		waiting.Reset(limit)
		answer, err := call.Recv()
		waiting.Stop()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return unlessSilent(ctx, endOf(call, err, stream, eventstore.Any))
		}
		switch content := answer.GetContent().(type) {
		case *protocol.ReadResp_Event:
			if event, ok := recordedOf(content.Event); ok && !take(event) {
				return nil
			}
		case *protocol.ReadResp_StreamNotFound_:
			return errMissing
		}
	}
}

// unlessSilent is the error of a call that was not given up for silence, or
// tells that it was and that its node seems to be gone.
func unlessSilent(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return &lost{cause: errSilent, node: true}
	}
	return err
}
