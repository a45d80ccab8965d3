package kurrent_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/storetest"
)

// raw hands messages on as the bytes they are.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(message any) (mem.BufferSlice, error) {
	bytes := *message.(*[]byte)
	return mem.BufferSlice{mem.SliceBuffer(bytes)}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, message any) error {
	*message.(*[]byte) = data.Materialize()
	return nil
}

var _ encoding.CodecV2 = raw{}

// old stands in front of a server and knows neither its features nor batches.
func old(t *testing.T, behind kurrent.Host) kurrent.Host {
	t.Helper()
	client, err := grpc.NewClient("passthrough:///"+behind.String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}), grpc.MaxCallRecvMsgSize(1<<25)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	relay := func(_ any, call grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(call)
		if strings.Contains(method, "ServerFeatures") || strings.Contains(method, "BatchAppend") {
			return status.Error(codes.NotFound, "old")
		}
		return forward(client, method, call)
	}
	listener, host := listen(t)
	server := grpc.NewServer(grpc.UnknownServiceHandler(relay), grpc.ForceServerCodecV2(raw{}), grpc.MaxRecvMsgSize(1<<25))
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return host
}

func forward(client *grpc.ClientConn, method string, call grpc.ServerStream) error {
	headers, _ := metadata.FromIncomingContext(call.Context())
	ctx, cancel := context.WithCancel(metadata.NewOutgoingContext(call.Context(), headers))
	defer cancel()
	both := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	out, err := client.NewStream(ctx, both, method)
	if err != nil {
		return err
	}
	go func() {
		var message []byte
		for call.RecvMsg(&message) == nil {
			if out.SendMsg(&message) != nil {
				return
			}
			message = nil
		}
		out.CloseSend()
	}()
	for {
		var message []byte
		if err := out.RecvMsg(&message); err != nil {
			call.SetTrailer(out.Trailer())
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := call.SendMsg(&message); err != nil {
			return err
		}
	}
}

func TestClientOfAnOldServerConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) eventstore.Store {
		behind := serve(t, sqlite(t, filepath.Join(t.TempDir(), "events.db"))).host
		return open(t, quick(old(t, behind)))
	})
}
