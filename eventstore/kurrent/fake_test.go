package kurrent_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/protocol"
)

// fake is a node that answers as a test says. What it isn't told to do it does
// not implement.
type fake struct {
	protocol.UnimplementedStreamsServer
	protocol.UnimplementedGossipServer
	protocol.UnimplementedServerFeaturesServer

	onRead     func(*protocol.ReadReq, grpc.ServerStreamingServer[protocol.ReadResp]) error
	onAppend   func(*protocol.AppendReq, grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error
	onBatch    func(grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]) error
	onDelete   func(context.Context, *protocol.DeleteReq) (*protocol.DeleteResp, error)
	onFeatures func() (*protocol.SupportedMethods, error)
	onGossip   func() (*protocol.ClusterInfo, error)

	mu      sync.Mutex
	calls   map[string]int
	headers map[string]metadata.MD // of the last call of a name
}

func (f *fake) count(ctx context.Context, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls, f.headers = map[string]int{}, map[string]metadata.MD{}
	}
	f.calls[name]++
	f.headers[name], _ = metadata.FromIncomingContext(ctx)
}

func (f *fake) called(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[name]
}

func (f *fake) header(call, key string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if values := f.headers[call].Get(key); len(values) == 1 {
		return values[0]
	}
	return fmt.Sprint(f.headers[call].Get(key))
}

var errFake = status.Error(codes.Unimplemented, "the fake was not told")

func (f *fake) Read(req *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
	f.count(call.Context(), "read")
	if f.onRead == nil {
		return errFake
	}
	return f.onRead(req, call)
}

func (f *fake) Append(call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
	f.count(call.Context(), "append")
	first, err := call.Recv()
	if err != nil || f.onAppend == nil {
		return errFake
	}
	return f.onAppend(first, call)
}

func (f *fake) BatchAppend(call grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]) error {
	f.count(call.Context(), "batch")
	if f.onBatch == nil {
		return errFake
	}
	return f.onBatch(call)
}

func (f *fake) Delete(ctx context.Context, req *protocol.DeleteReq) (*protocol.DeleteResp, error) {
	f.count(ctx, "delete")
	if f.onDelete == nil {
		return nil, errFake
	}
	return f.onDelete(ctx, req)
}

func (f *fake) GetSupportedMethods(ctx context.Context, _ *protocol.Empty) (*protocol.SupportedMethods, error) {
	f.count(ctx, "features")
	if f.onFeatures == nil {
		return nil, errFake
	}
	return f.onFeatures()
}

type fakeGossip struct {
	protocol.UnimplementedGossipServer
	*fake
}

func (f fakeGossip) Read(ctx context.Context, _ *protocol.Empty) (*protocol.ClusterInfo, error) {
	f.count(ctx, "gossip")
	if f.onGossip == nil {
		return nil, errFake
	}
	return f.onGossip()
}

// start serves the fake until the test ends.
func (f *fake) start(t testing.TB, options ...grpc.ServerOption) kurrent.Host {
	t.Helper()
	listener, host := listen(t)
	server := grpc.NewServer(options...)
	protocol.RegisterStreamsServer(server, f)
	protocol.RegisterServerFeaturesServer(server, f)
	protocol.RegisterGossipServer(server, fakeGossip{fake: f})
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return host
}

func listen(t testing.TB) (net.Listener, kurrent.Host) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener, hostOf(listener)
}

func hostOf(listener net.Listener) kurrent.Host {
	return kurrent.Host{Name: "127.0.0.1", Port: uint16(listener.Addr().(*net.TCPAddr).Port)}
}

// quick is a configuration for tests: plain text, short pauses.
func quick(hosts ...kurrent.Host) kurrent.Config {
	return kurrent.Config{
		Settings: kurrent.Settings{
			Hosts: hosts, MaxDiscoverAttempts: 2, DiscoveryInterval: time.Millisecond, GossipTimeout: 2 * time.Second,
			NodePreference: kurrent.Leader, DefaultDeadline: 10 * time.Second, ConnectionName: "test é",
		},
		Clock: time.Now, NewID: uuid.NewString,
		WatchEvery: 20 * time.Millisecond, RetryAfter: time.Millisecond,
	}
}

func open(t testing.TB, config kurrent.Config) *kurrent.Store {
	t.Helper()
	store, err := kurrent.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// event is a new event.
func event(text string) eventstore.Proposed {
	return eventstore.Proposed{ID: uuid.NewString(), Type: "test.v1", Data: []byte(`"` + text + `"`)}
}

// refusal is a gRPC error with an exception in its trailers.
func refusal(call grpc.ServerStream, code codes.Code, trailers ...string) error {
	call.SetTrailer(metadata.Pairs(trailers...))
	return status.Error(code, "refused")
}

// recorded is an event as a read gives it.
func recorded(stream string, revision, position uint64) *protocol.ReadResp {
	return &protocol.ReadResp{Content: &protocol.ReadResp_Event{Event: &protocol.ReadResp_ReadEvent{
		Event: &protocol.ReadResp_ReadEvent_RecordedEvent{
			Id: protocol.TextUUID(uuid.NewString()), StreamIdentifier: &protocol.StreamIdentifier{StreamName: []byte(stream)},
			StreamRevision: revision, CommitPosition: position, PreparePosition: position,
			Metadata: map[string]string{"type": "test.v1", "content-type": "application/json", "created": "17000000000000000"},
		},
		Position: &protocol.ReadResp_ReadEvent_CommitPosition{CommitPosition: position},
	}}}
}
