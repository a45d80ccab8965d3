package kurrent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// moved is the error of a call to a node that is not the leader.
type moved struct{ leader Host }

// Error names the leader.
func (m *moved) Error() string { return "the event store's leader is " + m.leader.String() }

// lost is the error of a call without an answer.
type lost struct {
	cause error
	sent  bool // it may have been carried out
	node  bool // the node seems to be gone
	vain  bool // no node was found, and it was looked for long enough
}

// Error tells the cause.
func (l *lost) Error() string { return "the event store did not answer: " + l.cause.Error() }

// Unwrap gives the cause.
func (l *lost) Unwrap() error { return l.cause }

// unsent says of a call that got no answer that it can't have been carried out.
func unsent(err error) error {
	if l, ok := errors.AsType[*lost](err); ok {
		return &lost{cause: l.cause, node: l.node, vain: l.vain}
	}
	return err
}

// errMissing is the error of reading a stream that does not exist.
var errMissing = errors.New("there is no such stream")

var errClosed = domain.Faultf(domain.Unavailable, "store-closed", "the event store is closed")

func denied(format string, args ...any) error {
	return domain.Faultf(domain.Denied, "store-denied", format, args...)
}

func invalid(code, format string, args ...any) error {
	return domain.Faultf(domain.Invalid, code, format, args...)
}

// endOf gives the meaning of the error that ended a call which was begun.
func endOf(call grpc.ClientStream, err error, stream string, expected eventstore.Expected) error {
	header, _ := call.Header() // a call that failed may have none
	return explain(err, stream, expected, call.Trailer(), header)
}

// explain gives the meaning of the error that a call ended with. The server
// says it in a header or a trailer; the status decides where there is none.
func explain(err error, stream string, expected eventstore.Expected, told ...metadata.MD) error {
	if errors.Is(err, io.EOF) {
		return &lost{cause: errors.New("the call ended without an answer"), sent: true}
	}
	first := func(key string) string {
		for _, md := range told {
			if values := md.Get(key); len(values) > 0 {
				return values[0]
			}
		}
		return ""
	}
	switch exception := first(protocol.Trailer); exception {
	case protocol.ExceptionWrongVersion:
		return &eventstore.ConflictError{Stream: stream, Expected: expected, Actual: actualOf(first(protocol.TrailerActual))}
	case protocol.ExceptionDeleted:
		return &eventstore.DeletedError{Stream: stream}
	case protocol.ExceptionNotFound:
		return errMissing
	case protocol.ExceptionDenied:
		return denied("the event store denies access")
	case protocol.ExceptionNotLeader:
		port, wrong := strconv.ParseUint(first(protocol.TrailerLeaderPort), 10, 16)
		if host := first(protocol.TrailerLeaderHost); host != "" && wrong == nil && port > 0 {
			return &moved{Host{Name: host, Port: uint16(port)}}
		}
		return &lost{cause: err, sent: true, node: true}
	case protocol.ExceptionAppendTooLarge, exceptionEventTooLarge:
		return invalid("append-too-large", "an append to %s is larger than the event store takes: %s", stream, status.Convert(err).Message())
	case protocol.ExceptionMissingMetadata, exceptionTransaction:
		return invalid("append-refused", "the event store refuses an append to %s: %s", stream, exception)
	}
	return byStatus(err)
}

// Exceptions of newer servers, and one that should not come.
const (
	exceptionEventTooLarge = "maximum-append-event-size-exceeded"
	exceptionTransaction   = "invalid-transaction"
)

func byStatus(err error) error {
	switch status.Code(err) {
	case codes.Unauthenticated, codes.PermissionDenied:
		return denied("the event store denies access: %s", status.Convert(err).Message())
	case codes.InvalidArgument:
		return invalid("store-refused", "the event store refuses the request: %s", status.Convert(err).Message())
	case codes.Unavailable:
		return &lost{cause: err, sent: true, node: true}
	case codes.Aborted, codes.DeadlineExceeded, codes.Canceled:
		return &lost{cause: err, sent: true}
	default:
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return &lost{cause: err, sent: true}
		}
		return fmt.Errorf("ask the event store: %w", err)
	}
}

// doubted gives the meaning of the error of a write. A server that fails inside
// may have written all the same.
func doubted(err error) error {
	told, ok := errors.AsType[interface {
		error
		GRPCStatus() *status.Status
	}](err)
	if _, noAnswer := errors.AsType[*lost](err); !ok || noAnswer {
		return err
	}
	switch told.GRPCStatus().Code() {
	case codes.Unknown, codes.Internal:
		return &lost{cause: err, sent: true, node: true}
	case codes.DataLoss:
		return &lost{cause: err, sent: true}
	default:
		return err
	}
}

// actualOf reads the last revision in a trailer; where there is none or a
// number with a meaning of its own, the stream has no event.
func actualOf(text string) eventstore.Expected {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 {
		return eventstore.NoStream
	}
	return eventstore.Expected(number)
}
