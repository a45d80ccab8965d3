package server

import (
	"context"
	"log/slog"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var errPanic = status.Error(codes.Internal, "the server failed inside; its log says why")

// guard keeps a call that panics from ending the process.
type guard struct{ log *slog.Logger }

// recovered is deferred where a call is run.
func (g *guard) recovered(method string, err *error) {
	if cause := recover(); cause != nil {
		g.log.Error("a call to the event store's server panicked", "method", method, "cause", cause, "stack", string(debug.Stack()))
		*err = errPanic
	}
}

func (g *guard) unary(
	ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (answer any, err error) {
	defer g.recovered(info.FullMethod, &err)
	return handle(ctx, request)
}

func (g *guard) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	defer g.recovered(info.FullMethod, &err)
	return handle(service, stream)
}
