package server

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// take takes a message of an append. Without options it goes on with one that
// is unfinished; messages of one that nobody knows are left out.
func (c *batchCall) take(id uuid.UUID, request *protocol.BatchAppendReq) {
	b := c.find(id, request)
	if b == nil {
		return
	}
	refused := c.read(b, request)
	if refused == nil && !request.GetIsFinal() {
		if refused = c.keep(id, b); refused == nil {
			return
		}
	}
	if !c.release(id, b) {
		return // it was answered meanwhile
	}
	if refused != nil {
		c.answer(b, refused)
		return
	}
	c.dispatch(b)
}

// find gives the append that a message belongs to, a new one if it brings
// options. From then on an answer is owed.
func (c *batchCall) find(id uuid.UUID, request *protocol.BatchAppendReq) *batched {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.unfinished[id]
	if c.closed || b != nil || request.GetOptions() == nil {
		return b
	}
	b = &batched{correlation: request.GetCorrelationId(), stream: request.GetOptions().GetStreamIdentifier()}
	if b.stream == nil {
		b.stream = &protocol.StreamIdentifier{} // clients look into it on errors, too
	}
	c.owed.Add(1)
	return b
}

// read takes over what a message says.
func (c *batchCall) read(b *batched, request *protocol.BatchAppendReq) (refused result) {
	defer func() {
		if cause := recover(); cause != nil {
			c.panicked(cause)
			refused = unknown("the server failed inside")
		}
	}()
	if options := request.GetOptions(); options != nil {
		if b.timer != nil {
			return badRequest(errOptionsTwice)
		}
		if refused := c.begin(b, options); refused != nil {
			return refused
		}
	}
	if b.events == nil {
		b.events = make([]eventstore.Proposed, 0, len(request.GetProposedMessages()))
	}
	for _, m := range request.GetProposedMessages() {
		switch err := b.add(m, c.largest); {
		case errors.Is(err, errTooLarge):
			return appendTooLarge(c.largest)
		case err != nil:
			return badRequest(err)
		}
	}
	return nil
}

// begin reads the options.
func (c *batchCall) begin(b *batched, options *protocol.BatchAppendReq_Options) (refused result) {
	now := c.clock()
	b.deadline = now.Add(min(c.timeout, requested(options, now, c.timeout)))
	var err error
	if b.name, err = nameOf(b.stream); err != nil {
		return badRequest(err)
	}
	if !c.writable(b.name) {
		return accessDenied()
	}
	switch choice := options.GetExpectedStreamPosition().(type) {
	case *protocol.BatchAppendReq_Options_StreamPosition:
		b.expected, err = exactly(choice.StreamPosition)
	case *protocol.BatchAppendReq_Options_NoStream:
		b.expected = eventstore.NoStream
	case *protocol.BatchAppendReq_Options_Any:
		b.expected = eventstore.Any
	case *protocol.BatchAppendReq_Options_StreamExists:
		b.expected = eventstore.StreamExists
	default:
		err = errNoExpectation
	}
	if err != nil {
		return badRequest(err)
	}
	if !now.Before(b.deadline) {
		return timedOut()
	}
	return nil
}

// requested is how much time a client gives, in either form.
func requested(options *protocol.BatchAppendReq_Options, now time.Time, otherwise time.Duration) time.Duration {
	switch choice := options.GetDeadlineOption().(type) {
	case *protocol.BatchAppendReq_Options_Deadline_21_10_0:
		return choice.Deadline_21_10_0.AsTime().Sub(now)
	case *protocol.BatchAppendReq_Options_Deadline:
		return choice.Deadline.AsDuration()
	}
	return otherwise
}

// keep lets an append wait for its next message until its time is over.
func (c *batchCall) keep(id uuid.UUID, b *batched) (refused result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := b.size + eventOverhead*len(b.events)
	switch {
	case b.timer != nil && c.unfinished[id] != b:
		return nil // it was answered meanwhile
	case c.closed:
		return timedOut()
	case b.timer == nil && len(c.unfinished) == appendsUnfinished, c.held+held-b.held > bytesUnfinished:
		return unknown("too many appends are unfinished")
	}
	c.held, b.held = c.held+held-b.held, held
	if b.timer == nil {
		c.unfinished[id] = b
		b.timer = time.AfterFunc(b.deadline.Sub(c.clock()), func() {
			if c.release(id, b) {
				c.answer(b, timedOut())
			}
		})
	}
	return nil
}

// release takes an append out of the unfinished. It is false if somebody else
// has done so, who answers it.
func (c *batchCall) release(id uuid.UUID, b *batched) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case b.timer == nil:
		return true // its first message was its last
	case c.unfinished[id] != b:
		return false
	}
	b.timer.Stop()
	delete(c.unfinished, id)
	c.held -= b.held
	return true
}
