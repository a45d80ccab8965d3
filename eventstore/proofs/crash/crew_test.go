package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"dialtone/domain"
	"dialtone/eventstore"
)

// The writers of a child: each of the first has a stream for itself, the next
// share one, the last makes new streams all the time.
const (
	loners = 4
	rivals = 3
)

const shared = "shared"

// work runs all writers and a reader, closes the store in the middle of it and
// waits for everybody.
func (c *crew) work(ctx context.Context, checkpoint func()) error {
	var writers, others sync.WaitGroup
	for n := range loners {
		writers.Go(func() { c.loner(ctx, fmt.Sprint(alone, n)) })
	}
	for n := range rivals {
		writers.Go(func() { c.rival(ctx, n) })
	}
	writers.Go(func() { c.maker(ctx) })
	others.Go(func() { c.look(ctx, checkpoint) })
	stopped := make(chan struct{})
	go func() { writers.Wait(); close(stopped) }()
	var err error
	select {
	case <-c.enough:
	case <-stopped:
		err = c.reread(ctx)
	}
	if failed := c.store.Close(); failed != nil && !c.Disk {
		err = failed
	}
	<-stopped
	close(c.tick)
	others.Wait()
	return err
}

// try makes an attempt and reports it. Errors are those after which the writer
// can't go on.
func (c *crew) try(ctx context.Context, a attempt) (eventstore.Appended, error) {
	if err := send(c.reports, report{Verdict: tried, Attempt: a}); err != nil {
		return eventstore.Appended{}, err
	}
	appended, err := c.store.Append(ctx, a.Stream, a.Expected, a.proposed()...)
	r := report{Verdict: kept, Attempt: a, Appended: appended}
	switch {
	case errors.Is(err, eventstore.ErrConflict):
		r.Verdict = conflict
	case err != nil:
		r.Verdict, r.Fault = uncertain, string(domain.KindOf(err))
	}
	if sending := send(c.reports, r); sending != nil {
		return appended, sending
	}
	switch r.Verdict {
	case kept:
		c.remember(a, appended)
	case uncertain:
		return appended, errors.Join(err, c.insist(ctx, a))
	default:
	}
	if c.appends.Add(1) == int64(c.Appends) {
		close(c.enough)
	}
	select {
	case c.tick <- struct{}{}:
	default:
	}
	return appended, err
}

// insist tries one more append after one that failed: unless it was because the
// store closes, the disk has failed and it must not be taken.
func (c *crew) insist(ctx context.Context, failed attempt) error {
	select {
	case <-c.enough:
		return nil
	default:
	}
	a := attempt{Name: failed.Name + "/late", Stream: shared, Expected: eventstore.Any, Events: 1}
	if err := send(c.reports, report{Verdict: tried, Attempt: a}); err != nil {
		return err
	}
	_, err := c.store.Append(ctx, a.Stream, a.Expected, a.proposed()...)
	r := report{Verdict: late, Attempt: a}
	if err != nil {
		r.Fault = string(domain.KindOf(err))
	}
	return send(c.reports, r)
}

// random gives a writer its own numbers.
func (c *crew) random(writer uint64) *rand.Rand {
	return rand.New(rand.NewPCG(c.Seed, writer<<32+uint64(c.Number)))
}

// name makes a name no other attempt has.
func (c *crew) name(stream string, writer, n int) string {
	return fmt.Sprintf("%s/%d/%d/%d", stream, c.Number, writer, n)
}

// loner appends to a stream of its own behind exact revisions.
func (c *crew) loner(ctx context.Context, stream string) {
	for _, a := range c.Retries {
		if a.Stream == stream {
			if _, err := c.try(ctx, a); err != nil {
				return
			}
		}
	}
	random := c.random(uint64(stream[len(stream)-1]))
	at, err := c.last(ctx, stream)
	for n := 0; err == nil; n++ {
		a := attempt{Name: c.name(stream, 0, n), Stream: stream, Expected: at, Events: 1 + random.IntN(3)}
		var appended eventstore.Appended
		appended, err = c.try(ctx, a)
		at = eventstore.Exactly(appended.Revision)
	}
}

// last is the revision of a stream's last event.
func (c *crew) last(ctx context.Context, stream string) (eventstore.Expected, error) {
	for event, err := range c.store.Read(ctx, stream, eventstore.End, eventstore.Backwards, 1) {
		return eventstore.Exactly(event.Revision), err
	}
	return eventstore.NoStream, nil
}

// rival appends to the stream everybody wants, with every kind of expectation.
func (c *crew) rival(ctx context.Context, writer int) {
	for i, a := range c.Retries {
		if !strings.HasPrefix(a.Stream, alone) && i%rivals == writer {
			if _, err := c.try(ctx, a); err != nil && !errors.Is(err, eventstore.ErrConflict) {
				return
			}
		}
	}
	random := c.random(100 + uint64(writer))
	at, err := c.last(ctx, shared)
	for n := 0; err == nil; n++ {
		a := attempt{Name: c.name(shared, writer, n), Stream: shared, Expected: at, Events: 1 + random.IntN(3)}
		switch random.IntN(4) {
		case 0:
			a.Expected = eventstore.Any
		case 1:
			a.Expected = eventstore.StreamExists
		}
		var appended eventstore.Appended
		appended, err = c.try(ctx, a)
		at = eventstore.Exactly(appended.Revision)
		if failed, ok := errors.AsType[*eventstore.ConflictError](err); ok {
			at, err = failed.Actual, nil
		}
	}
}

// maker repeats what was acknowledged before, and makes new streams.
func (c *crew) maker(ctx context.Context) {
	for _, a := range c.Again {
		if _, err := c.try(ctx, a); err != nil {
			return
		}
	}
	for n := 0; ; n++ {
		stream := fmt.Sprintf("%snew-%d-%d", alone, c.Number, n)
		for at := eventstore.NoStream; at < 2; at++ {
			if _, err := c.try(ctx, attempt{Name: c.name(stream, 0, int(at)), Stream: stream, Expected: at, Events: 1}); err != nil {
				return
			}
		}
	}
}

// look reads and moves the log whenever something has happened.
func (c *crew) look(ctx context.Context, checkpoint func()) {
	n := 0
	for range c.tick {
		if n++; n%4 == 0 {
			checkpoint()
		}
		for _, err := range c.store.Read(ctx, shared, 0, eventstore.Forwards, 50) {
			if err != nil {
				break // the store closes
			}
		}
	}
}
