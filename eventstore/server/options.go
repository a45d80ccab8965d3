package server

import (
	"math"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"dialtone/eventstore/protocol"
)

// How the server treats a connection. Clients ping every ten seconds, which
// gRPC's own default would punish by closing the connection.
const (
	pingAfter      = 10 * time.Second
	pingTimeout    = 10 * time.Second
	fastestPings   = 5 * time.Second
	callsAtOnce    = 1000 // of one connection
	callWindow     = 2 << 20
	connWindow     = 8 << 20
	transferBuffer = 128 << 10
)

func options(config Config) []grpc.ServerOption {
	door := &door{login: config.Login}
	guard := &guard{log: config.Log}
	list := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(protocol.LargestMessage),
		grpc.MaxSendMsgSize(math.MaxInt32), // what is kept can be read
		grpc.MaxConcurrentStreams(callsAtOnce),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: fastestPings, PermitWithoutStream: true}),
		grpc.InitialWindowSize(callWindow), grpc.InitialConnWindowSize(connWindow),
		grpc.ReadBufferSize(transferBuffer), grpc.WriteBufferSize(transferBuffer),
		grpc.ChainUnaryInterceptor(guard.unary, door.unary),
		grpc.ChainStreamInterceptor(guard.stream, door.stream),
	}
	if config.TLS != nil {
		list = append(list, grpc.Creds(credentials.NewTLS(config.TLS)))
	}
	return list
}
