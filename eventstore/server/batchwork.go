package server

import (
	"context"
	"errors"
	"runtime/debug"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// dispatch hands a finished append to a worker, or queues it behind the one of
// the same stream that is in flight.
func (c *batchCall) dispatch(b *batched) {
	select {
	case c.slots <- struct{}{}:
	case <-c.ctx.Done():
		c.answer(b, timedOut())
		return
	}
	c.mu.Lock()
	last := c.lanes[b.name]
	c.lanes[b.name] = b
	if last != nil {
		last.next = b
	}
	c.mu.Unlock()
	if last != nil {
		return
	}
	select {
	case c.work <- b:
	default:
		go c.serve(b)
	}
}

// serve writes appends, those of a stream one after the other, until there is
// nothing to do and the call ends.
func (c *batchCall) serve(b *batched) {
	for b != nil {
		for b != nil {
			outcome := c.write(b)
			next := c.behind(b)
			<-c.slots
			c.answer(b, outcome)
			b = next
		}
		b = <-c.work // nil when the call has ended
	}
}

// behind gives the next append of the same stream.
func (c *batchCall) behind(b *batched) *batched {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.next == nil {
		delete(c.lanes, b.name)
	}
	return b.next
}

// write hands an append to the store while its time lasts.
func (c *batchCall) write(b *batched) (outcome result) {
	defer func() {
		if cause := recover(); cause != nil {
			c.panicked(cause)
			outcome = unknown("the server failed inside")
		}
	}()
	left := b.deadline.Sub(c.clock())
	if left <= 0 {
		return timedOut()
	}
	ctx, end := context.WithTimeout(c.ctx, left)
	defer end()
	appended, err := c.store.Append(ctx, b.name, b.expected, b.events...)
	if err != nil {
		return c.failed(b, err)
	}
	return batchSuccess(appended)
}

// failed is the answer to an append that was not taken. An outcome that nobody
// knows is a timeout: the append can be repeated.
func (c *batchCall) failed(b *batched, err error) result {
	var conflict *eventstore.ConflictError
	var fault *domain.Fault
	switch {
	case errors.As(err, &conflict):
		return batchConflict(conflict)
	case errors.Is(err, eventstore.ErrDeleted):
		return streamDeleted(b.stream)
	case errors.As(err, &fault) && fault.Kind == domain.Invalid:
		return badRequest(fault)
	case errors.As(err, &fault) && fault.Kind == domain.Denied:
		return accessDenied()
	case errors.As(err, &fault) && fault.Kind == domain.Unavailable:
		return unavailable(fault.Detail)
	case !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled):
		c.log.Error("the outcome of a write is unknown", "error", err)
	}
	return timedOut()
}

func (c *batchCall) panicked(cause any) {
	c.log.Error("a call to the event store's server panicked",
		"method", protocol.Streams_BatchAppend_FullMethodName, "cause", cause, "stack", string(debug.Stack()))
}
