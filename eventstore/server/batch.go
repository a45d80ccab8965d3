package server

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// The bounds of one BatchAppend call. Whoever sends faster than the store takes
// appends is held back; whoever leaves too many unfinished is refused.
const (
	appendsInFlight   = 512
	appendsUnfinished = 1024
	bytesUnfinished   = 32 << 20
	eventOverhead     = 128 // bytes, about
)

// BatchAppend takes many appends on one call, told apart by their correlation
// ids, and answers each once. Those of one stream are written in the order in
// which they were finished, others at the same time.
func (s *streams) BatchAppend(stream grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	c := &batchCall{
		streams: s, ctx: ctx, unfinished: map[uuid.UUID]*batched{}, lanes: map[string]*batched{},
		answers: make(chan *protocol.BatchAppendResp, appendsInFlight), work: make(chan *batched),
		slots: make(chan struct{}, appendsInFlight),
	}
	sent, received := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(sent)
		c.send(stream, cancel)
	}()
	go func() { received <- c.receive(stream) }()
	var err error
	select {
	case err = <-received:
	case <-s.stopping:
		err = errStopping
	case <-ctx.Done():
		err = status.FromContextError(ctx.Err()).Err()
	}
	c.finish()
	<-sent
	return err
}

// batchCall is one BatchAppend call.
type batchCall struct {
	*streams
	ctx     context.Context // the call's
	answers chan *protocol.BatchAppendResp
	work    chan *batched  // for workers that have nothing to do
	slots   chan struct{}  // taken while an append is in flight
	owed    sync.WaitGroup // answers

	mu         sync.Mutex
	closed     bool // nothing new begins
	unfinished map[uuid.UUID]*batched
	held       int                 // bytes of the unfinished, about
	lanes      map[string]*batched // the last of those in flight, by stream
}

// batched is one append of a call.
type batched struct {
	correlation *protocol.UUID // echoed as it came
	stream      *protocol.StreamIdentifier
	name        string
	expected    eventstore.Expected
	proposal
	deadline time.Time
	timer    *time.Timer // of one that was or is unfinished
	held     int         // bytes, while it is unfinished
	next     *batched    // of the same stream
	begun    func() (eventstore.Appended, error)
	end      context.CancelFunc
}

// send is the one place that answers. It never stops taking answers before the
// last, so nobody who has one waits for a client that has gone.
func (c *batchCall) send(stream grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp], cancel func()) {
	var err error
	for answer := range c.answers {
		if err != nil {
			continue
		}
		if err = stream.Send(answer); err != nil {
			cancel()
		}
	}
}

// receive takes requests until the client has no more.
func (c *batchCall) receive(
	stream grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp],
) (err error) {
	defer (&guard{log: c.log}).recovered(protocol.Streams_BatchAppend_FullMethodName, &err)
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id, ok := request.GetCorrelationId().Parse()
		if !ok {
			return invalid("an append of a batch needs a UUID as its correlation id")
		}
		c.take(id, request)
	}
}

// finish answers what is unfinished, waits for what is in flight and ends the
// answers and the workers.
func (c *batchCall) finish() {
	c.mu.Lock()
	c.closed = true
	left := c.unfinished
	c.unfinished = nil
	c.mu.Unlock()
	for _, b := range left {
		b.timer.Stop()
		c.answer(b, timedOut())
	}
	c.owed.Wait()
	close(c.answers)
	close(c.work)
}

// answer gives an append its one answer.
func (c *batchCall) answer(b *batched, outcome result) {
	outcome.CorrelationId, outcome.StreamIdentifier = b.correlation, b.stream
	c.answers <- outcome
	c.owed.Done()
}
