package server

import (
	"context"
	"errors"
	"runtime/debug"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// dispatch hands a finished append to a worker. A store that orders appends
// itself is given it now; otherwise it is queued behind the one of the same
// stream that is in flight.
func (c *batchCall) dispatch(b *batched) {
	select {
	case c.slots <- struct{}{}:
	case <-c.ctx.Done():
		c.answer(b, timedOut())
		return
	}
	if c.sequencer != nil {
		c.start(b)
	} else if c.queued(b) {
		return
	}
	select {
	case c.work <- b:
	default:
		go c.serve(b)
	}
}

// queued puts an append behind the last of its stream; false if there is none.
func (c *batchCall) queued(b *batched) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.lanes[b.name]
	c.lanes[b.name] = b
	if last == nil {
		return false
	}
	last.next = b
	return true
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
	if c.sequencer != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.next == nil {
		delete(c.lanes, b.name)
	}
	return b.next
}

// start gives an append its place in the store's order.
func (c *batchCall) start(b *batched) {
	defer func() {
		if cause := recover(); cause != nil {
			c.panicked(cause)
			b.begun = func() (eventstore.Appended, error) { return eventstore.Appended{}, errPanic }
		}
	}()
	var ctx context.Context
	ctx, b.end = context.WithTimeout(c.ctx, b.deadline.Sub(c.clock()))
	b.begun = c.sequencer.Begin(ctx, b.name, b.expected, b.events...)
}

// write waits for an append that was started, or hands it to the store, while
// its time lasts.
func (c *batchCall) write(b *batched) (outcome result) {
	defer func() {
		if cause := recover(); cause != nil {
			c.panicked(cause)
			outcome = unknown("the server failed inside")
		}
	}()
	if b.begun == nil {
		var ctx context.Context
		ctx, b.end = context.WithTimeout(c.ctx, b.deadline.Sub(c.clock()))
		b.begun = func() (eventstore.Appended, error) { return c.store.Append(ctx, b.name, b.expected, b.events...) }
	}
	defer b.end()
	appended, err := b.begun()
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
	case errors.As(err, &fault) && fault.Code == eventstore.CodeTooLarge:
		return appendTooLarge(eventstore.LargestAppend)
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
