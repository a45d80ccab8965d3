package server

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

var errStopping = status.Error(codes.Unavailable, "the server stops")

// invalid is the error of a request that breaks a rule of the protocol.
func invalid(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}

// except makes the error that clients recognise by its trailers.
func except(ctx context.Context, code codes.Code, exception, message string, trailers ...string) error {
	md := metadata.Pairs(append(trailers, protocol.Trailer, exception)...)
	if err := grpc.SetTrailer(ctx, md); err != nil {
		return status.Errorf(codes.Internal, "%s (without trailers: %v)", message, err)
	}
	return status.Error(code, message)
}

func denied(ctx context.Context, message string) error {
	return except(ctx, codes.PermissionDenied, protocol.ExceptionDenied, message)
}

func deleted(ctx context.Context, stream string) error {
	return except(ctx, codes.FailedPrecondition, protocol.ExceptionDeleted,
		fmt.Sprintf("the stream %q is deleted", stream), protocol.TrailerStream, trailerText(stream))
}

func wrongVersion(ctx context.Context, conflict *eventstore.ConflictError) error {
	return except(ctx, codes.FailedPrecondition, protocol.ExceptionWrongVersion, conflict.Error(),
		protocol.TrailerStream, trailerText(conflict.Stream),
		protocol.TrailerExpected, strconv.FormatInt(int64(conflict.Expected), 10),
		protocol.TrailerActual, strconv.FormatInt(int64(conflict.Actual), 10))
}

func tooLarge(ctx context.Context, largest int) error {
	return except(ctx, codes.InvalidArgument, protocol.ExceptionAppendTooLarge,
		fmt.Sprintf("an append may have %d bytes", largest), protocol.TrailerLargest, strconv.Itoa(largest))
}

func lacksMetadata(ctx context.Context) error {
	required := protocol.KeyType + "," + protocol.KeyContentType
	return except(ctx, codes.InvalidArgument, protocol.ExceptionMissingMetadata,
		"an event needs the metadata "+required, protocol.TrailerRequired, required)
}

// trailerText gives a name as it may stand in a trailer. Printable ASCII stays
// as it is; in other names what is not, and the percent sign, is percent-encoded.
func trailerText(name string) string {
	strange := func(b byte) bool { return b < ' ' || b > '~' }
	plain := true
	for i := range len(name) {
		plain = plain && !strange(name[i])
	}
	if plain {
		return name
	}
	var text strings.Builder
	for i := range len(name) {
		if b := name[i]; strange(b) || b == '%' {
			fmt.Fprintf(&text, "%%%02X", b)
		} else {
			text.WriteByte(b)
		}
	}
	return text.String()
}

// refusal gives the status of what both reads and writes of a stream can end
// with, nil for an error that is none of them.
func refusal(ctx context.Context, stream string, err error) error {
	var fault *domain.Fault
	switch _, known := status.FromError(err); {
	case known:
		return err
	case errors.Is(context.Cause(ctx), errStopping):
		return errStopping
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case errors.Is(err, eventstore.ErrDeleted):
		return deleted(ctx, stream)
	case !errors.As(err, &fault):
		return nil
	case fault.Code == eventstore.CodeTooLarge:
		return tooLarge(ctx, eventstore.LargestAppend)
	case fault.Kind == domain.Invalid:
		return invalid("%s", fault.Detail)
	case fault.Kind == domain.Denied:
		return denied(ctx, fault.Detail)
	case fault.Kind == domain.Unavailable:
		return status.Error(codes.Unavailable, fault.Detail)
	}
	return nil
}

// unread is what a read or a subscription ends with.
func (s *streams) unread(ctx context.Context, stream string, err error) error {
	if err == nil {
		return nil
	}
	if answer := refusal(ctx, stream, err); answer != nil {
		return answer
	}
	s.log.Error("the event store can't be read", "error", err)
	return status.Error(codes.Unavailable, "the event store can't be read now")
}

// unwritten is what a write ends with that is no conflict. The client takes an
// aborted one as an unknown outcome.
func (s *streams) unwritten(ctx context.Context, stream string, err error) error {
	if answer := refusal(ctx, stream, err); answer != nil {
		return answer
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		s.log.Error("the outcome of a write is unknown", "error", err)
	}
	return status.Error(codes.Aborted, "Operation timed out: the write may have happened")
}
