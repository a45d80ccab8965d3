package kurrent

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// batchQueue is how many appends may wait for the sender.
const batchQueue = 256

// batchCall is the call that many appends share.
type batchCall = grpc.BidiStreamingClient[protocol.BatchAppendReq, protocol.BatchAppendResp]

// batch keeps one long call open through which appends go and answers come,
// in any order. One goroutine sends, one receives.
type batch struct {
	queue  chan *request
	cancel context.CancelFunc

	mu      sync.Mutex
	pending map[string]*request // by correlation id, sent and not answered
	sent    int                 // how many appends
	answers int                 // how many came
	err     error               // why the call ended
	ended   chan struct{}       // closed when err is set
}

// request is an append in a batch.
type request struct {
	id       string
	messages []*protocol.BatchAppendReq
	exact    bool                           // a repetition is recognised
	answer   chan *protocol.BatchAppendResp // holds one

	sent  bool // guarded by the batch's mutex, like those below
	gone  bool // nobody waits for the answer
	since int  // how many answers had come when it was sent
}

// newBatch begins a call, which lives until it fails or end.
func newBatch(ctx context.Context, streams protocol.StreamsClient) *batch {
	ctx, cancel := context.WithCancel(ctx)
	b := &batch{
		queue: make(chan *request, batchQueue), cancel: cancel, pending: map[string]*request{}, ended: make(chan struct{}),
	}
	go b.run(ctx, streams)
	return b
}

// end breaks the call off.
func (b *batch) end() { b.cancel() }

func (b *batch) broken() bool {
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

// run opens the call and sends what is in the queue until it ends.
func (b *batch) run(ctx context.Context, streams protocol.StreamsClient) {
	defer b.cancel()
	call, err := streams.BatchAppend(ctx)
	if err != nil {
		b.fail(unsent(explain(err, "", eventstore.Any)))
		return
	}
	go b.receive(call)
	for {
		select {
		case r := <-b.queue:
			if b.expect(r) && !deliver(call, r) {
				<-b.ended // the receiver learns why
				return
			}
		case <-b.ended:
			return
		}
	}
}

// expect notes that a request is being sent; false if nobody wants that.
func (b *batch) expect(r *request) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.gone || b.err != nil {
		return false
	}
	r.sent, r.since = true, b.answers
	b.pending[r.id] = r
	b.sent++
	return true
}

func deliver(call batchCall, r *request) bool {
	for _, message := range r.messages {
		if call.Send(message) != nil {
			return false
		}
	}
	return true
}

// receive hands answers to those who wait until the call ends.
func (b *batch) receive(call batchCall) {
	for {
		answer, err := call.Recv()
		if err != nil {
			b.fail(endOf(call, err, "", eventstore.Any))
			return
		}
		b.mu.Lock()
		id := idOf(answer.GetCorrelationId())
		r := b.pending[id]
		delete(b.pending, id)
		b.answers++
		b.mu.Unlock()
		if r != nil {
			r.answer <- answer
		}
	}
}

// fail ends the batch; those who wait see it.
func (b *batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err = doubted(err)
	_, noAnswer := errors.AsType[*lost](err)
	refused := domain.KindOf(err) == domain.Denied && b.answers == 0
	if !noAnswer && !refused && !errors.As(err, new(*moved)) {
		err = &lost{cause: err, sent: true} // which of the appends is meant is not told
	}
	b.err, b.pending = err, nil
	close(b.ended)
}

// forget gives up waiting and tells what that means for the request. A call on
// which nothing has been answered for as long as a try may take is broken off,
// and its node given up: a wire that carries nothing tells of no error.
func (b *batch) forget(ctx context.Context, r *request) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r.gone = true
	delete(b.pending, r.id)
	silent := r.sent && r.since == b.answers && errors.Is(context.Cause(ctx), errSilent)
	if silent {
		b.end()
	}
	return &lost{cause: ctx.Err(), sent: r.sent, node: silent}
}

// ask sends a request and waits for its answer.
func (b *batch) ask(ctx context.Context, r *request) (*protocol.BatchAppendResp, error) {
	select {
	case b.queue <- r:
	case <-b.ended:
		return nil, b.verdict(r)
	case <-ctx.Done():
		return nil, &lost{cause: ctx.Err()}
	}
	select {
	case answer := <-r.answer:
		return answer, nil
	case <-b.ended:
		select {
		case answer := <-r.answer: // it came before the end
			return answer, nil
		default:
			return nil, b.verdict(r)
		}
	case <-ctx.Done():
		return nil, b.forget(ctx, r)
	}
}

// verdict tells what the end of the call means for a request. A node that is
// not the leader has not written the one append that it was ever sent. Of
// several it may have written some before it lost its leadership.
func (b *batch) verdict(r *request) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !r.sent {
		return unsent(b.err)
	}
	if errors.As(b.err, new(*moved)) && b.sent > 1 && !r.exact {
		return &lost{cause: errors.New(b.err.Error()), sent: true, node: true} // not to be followed as a moved
	}
	return b.err
}
