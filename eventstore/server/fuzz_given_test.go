package server_test

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

// wire is the server's end of a call: requests come from bytes, answers are
// kept. A subscription that is caught up is cancelled.
type wire struct {
	grpc.ServerStream
	ctx      context.Context
	cancel   context.CancelFunc
	requests [][]byte

	mu      sync.Mutex
	answers []proto.Message
}

// newWire splits bytes into requests: a length in front of each.
func newWire(t testing.TB, data []byte) *wire {
	w := &wire{}
	for len(data) > 0 {
		request, n := protowire.ConsumeBytes(data)
		if n < 0 {
			break
		}
		w.requests, data = append(w.requests, request), data[n:]
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	w.ctx, w.cancel = grpc.NewContextWithServerTransportStream(ctx, &trailers{}), cancel
	return w
}

// joined is the bytes of requests as newWire splits them.
func joined[T proto.Message](t testing.TB, requests ...T) (data []byte) {
	for _, request := range requests {
		encoded, err := proto.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		data = protowire.AppendBytes(data, encoded)
	}
	return data
}

// trailers takes what a call says at its end.
type trailers struct{ grpc.ServerTransportStream }

func (*trailers) SetTrailer(metadata.MD) error { return nil }

func (w *wire) Context() context.Context { return w.ctx }

func (w *wire) RecvMsg(m any) error {
	if len(w.requests) == 0 {
		return io.EOF
	}
	next := w.requests[0]
	w.requests = w.requests[1:]
	if err := proto.Unmarshal(next, m.(proto.Message)); err != nil {
		return status.Error(codes.Internal, "no message")
	}
	return nil
}

func (w *wire) SendMsg(m any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := proto.Marshal(m.(proto.Message)); err != nil {
		return err
	}
	w.answers = append(w.answers, m.(proto.Message))
	if answer, ok := m.(*protocol.ReadResp); ok && answer.GetCaughtUp() != nil {
		w.cancel()
	}
	return w.ctx.Err()
}

// target is what is fuzzed, and what its store held after the last try.
type target struct {
	protocol.StreamsServer
	store eventstore.Store
	read  eventstore.Position
	next  map[string]uint64 // revision
}

func newTarget(f *testing.F) *target {
	f.Helper()
	store := openStore(f)
	configured := config(store)
	configured.WriteTimeout = 50 * time.Millisecond
	configured.ReadOnly = func(stream string) bool { return stream == "locked" }
	services, err := server.Services(configured)
	if err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		event := eventstore.Proposed{ID: id(i), Type: "happened", Data: []byte(`{}`)}
		link := eventstore.Proposed{ID: id(10 + i), Type: eventstore.TypeLink, Data: []byte("1@s")}
		if _, err := store.Append(f.Context(), "s", eventstore.Any, event, link); err != nil {
			f.Fatal(err)
		}
	}
	return &target{StreamsServer: services, store: store, next: map[string]uint64{}}
}

// sound needs a proper status, and a store whose streams have no gap.
func (x *target) sound(t *testing.T, err error) {
	t.Helper()
	if code := status.Code(err); code == codes.Unknown || code == codes.Internal && status.Convert(err).Message() != "no message" {
		t.Errorf("it ends with %v", err)
	}
	for event, err := range x.store.ReadAll(t.Context(), x.read, eventstore.Forwards, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if event.Revision != x.next[event.Stream] && event.Revision != eventstore.TombstoneRevision {
			t.Errorf("revision %d of %q comes behind %d others", event.Revision, event.Stream, x.next[event.Stream])
		}
		x.read, x.next[event.Stream] = event.Position, event.Revision+1
	}
}
