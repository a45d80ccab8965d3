package server_test

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// large is how a fast client dials: windows that hold what the server sends.
var large = []grpc.DialOption{
	grpc.WithInitialWindowSize(4 << 20), grpc.WithInitialConnWindowSize(8 << 20),
	grpc.WithReadBufferSize(128 << 10), grpc.WithWriteBufferSize(128 << 10),
}

// served gives a server on a port, without a limit of time.
func served(b *testing.B) *rig {
	r := serveOn(b, config(openStore(b)), listen(b), large...)
	r.ctx = b.Context()
	return r
}

// BenchmarkBatchAppend has 50 appends in flight on one call, each of one event
// of about 300 bytes at an exact revision of a stream of its own, as many as
// b.N in all.
func BenchmarkBatchAppend(b *testing.B) {
	r := served(b)
	c := r.batch()
	const clients, perStream = 50, 20
	data, meta := make([]byte, 150), make([]byte, 150)
	type place struct{ client, n int }
	waiting := map[string]place{}
	var mu sync.Mutex
	next := func(p place) *protocol.BatchAppendReq {
		request := batched(fmt.Sprintf("user-%d-%d", p.client, p.n/perStream), eventstore.Expected(p.n%perStream-1), p.client)
		event := request.GetProposedMessages()[0]
		event.Id, event.Data, event.CustomMetadata = protocol.TextUUID(uuid.NewString()), data, meta
		mu.Lock()
		waiting[request.GetCorrelationId().GetString_()] = p
		mu.Unlock()
		return request
	}
	b.ReportAllocs()
	b.ResetTimer()
	for client := range min(clients, b.N) {
		c.send(next(place{client, 0}))
	}
	for i := range b.N {
		answer := c.next()
		mu.Lock()
		p := waiting[answer.GetCorrelationId().GetString_()]
		delete(waiting, answer.GetCorrelationId().GetString_())
		mu.Unlock()
		if answer.GetSuccess() == nil {
			b.Fatal(answer)
		}
		if i+clients < b.N {
			c.send(next(place{p.client, p.n + 1}))
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// fill writes small events to the store itself.
func fill(b *testing.B, store eventstore.Store, count int) {
	b.Helper()
	const each = 1000
	for written := 0; written < count; written += each {
		events := make([]eventstore.Proposed, min(each, count-written))
		for i := range events {
			events[i] = eventstore.Proposed{
				ID: uuid.NewString(), Type: "user.changed.v1", Data: []byte(`{"name":"somebody"}`), Meta: []byte(`{"command":"c"}`),
			}
		}
		if _, err := store.Append(b.Context(), fmt.Sprintf("user-%d", written/each), eventstore.NoStream, events...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadAll reads b.N small events, the client included.
func BenchmarkReadAll(b *testing.B) {
	r := served(b)
	fill(b, r.store, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	began := time.Now()
	call, err := r.Read(r.ctx, ofAll())
	if err != nil {
		b.Fatal(err)
	}
	got := 0
	for {
		_, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		got++
	}
	if got != b.N {
		b.Errorf("%d events, want %d", got, b.N)
	}
	b.ReportMetric(float64(got)/time.Since(began).Seconds(), "events/s")
}

// BenchmarkReadStore reads b.N small events without a server: the floor.
func BenchmarkReadStore(b *testing.B) {
	store := openStore(b)
	fill(b, store, b.N)
	b.ResetTimer()
	got := 0
	for _, err := range store.ReadAll(b.Context(), 0, eventstore.Forwards, 0) {
		if err != nil {
			b.Fatal(err)
		}
		got++
	}
	b.ReportMetric(float64(got)/b.Elapsed().Seconds(), "events/s")
}
