package server

import (
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// result is the answer to one append of a batch, before it is said whose it is.
type result = *protocol.BatchAppendResp

// void stands for a choice without a value in answers to batches.
var void = &emptypb.Empty{}

func batchSuccess(appended eventstore.Appended) result {
	success := &protocol.BatchAppendResp_Success{}
	if appended.Position == 0 {
		success.CurrentRevisionOption = &protocol.BatchAppendResp_Success_NoStream{NoStream: void}
		success.PositionOption = &protocol.BatchAppendResp_Success_NoPosition{NoPosition: void}
	} else {
		position := uint64(appended.Position)
		success.CurrentRevisionOption = &protocol.BatchAppendResp_Success_CurrentRevision{CurrentRevision: appended.Revision}
		success.PositionOption = &protocol.BatchAppendResp_Success_Position{
			Position: &protocol.AllStreamPosition{CommitPosition: position, PreparePosition: position},
		}
	}
	return &protocol.BatchAppendResp{Result: &protocol.BatchAppendResp_Success_{Success: success}}
}

// failure makes an error that clients recognise by the type of its detail; they
// take for granted that there is one.
func failure(code codes.Code, message string, detail proto.Message) result {
	packed, err := anypb.New(detail)
	if err != nil { // no detail of ours fails to encode
		code, message = codes.Internal, err.Error()
	}
	return &protocol.BatchAppendResp{Result: &protocol.BatchAppendResp_Error{
		Error: &rpc.Status{Code: int32(code), Message: message, Details: []*anypb.Any{packed}},
	}}
}

func batchConflict(conflict *eventstore.ConflictError) result {
	detail := &protocol.WrongExpectedVersion{
		CurrentStreamRevisionOption: &protocol.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: void},
	}
	if conflict.Actual >= 0 {
		detail.CurrentStreamRevisionOption = &protocol.WrongExpectedVersion_CurrentStreamRevision{
			CurrentStreamRevision: uint64(conflict.Actual),
		}
	}
	switch conflict.Expected {
	case eventstore.Any:
		detail.ExpectedStreamPositionOption = &protocol.WrongExpectedVersion_ExpectedAny{ExpectedAny: void}
	case eventstore.StreamExists:
		detail.ExpectedStreamPositionOption = &protocol.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: void}
	case eventstore.NoStream:
		detail.ExpectedStreamPositionOption = &protocol.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: void}
	default:
		detail.ExpectedStreamPositionOption = &protocol.WrongExpectedVersion_ExpectedStreamPosition{
			ExpectedStreamPosition: uint64(conflict.Expected),
		}
	}
	return failure(codes.AlreadyExists, "WrongExpectedVersion", detail)
}

func streamDeleted(stream *protocol.StreamIdentifier) result {
	return failure(codes.NotFound, "StreamDeleted", &protocol.StreamDeleted{StreamIdentifier: stream})
}

func accessDenied() result {
	return failure(codes.PermissionDenied, "AccessDenied", &protocol.AccessDenied{})
}

func timedOut() result { return failure(codes.DeadlineExceeded, "Timeout", &protocol.Timeout{}) }

func appendTooLarge(largest int) result {
	return failure(codes.InvalidArgument, "MaximumAppendSizeExceeded",
		&protocol.MaximumAppendSizeExceeded{MaxAppendSize: uint32(largest)})
}

func badRequest(err error) result {
	message := status.Convert(err).Message()
	return failure(codes.InvalidArgument, "BadRequest", &protocol.BadRequest{Message: message})
}

// unavailable is for a store that does not write now. The protocol has no
// detail for it, so the code tells.
func unavailable(message string) result {
	return failure(codes.Unavailable, message, &protocol.Unknown{})
}

func unknown(message string) result { return failure(codes.Unknown, message, &protocol.Unknown{}) }
