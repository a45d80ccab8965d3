package kurrent

import (
	"context"

	"dialtone/eventstore"
)

// mostPatience bounds for how many periods a subscription may stand still.
const mostPatience = 32

// compare is called when the head of the log has been asked for and no answer
// waits. A subscription that has reached the head is caught up. One that hears
// nothing for a whole period while the head is ahead stands still, unless
// nothing that matches lies between.
func (f *following) compare(ctx context.Context, head eventstore.Position) error {
	if head <= f.last && (!f.live || f.caught < f.safe) {
		f.still = 0
		return f.goneUnless(f.caughtUp())
	}
	if head <= f.safe {
		f.still = 0
		return nil
	}
	if f.still == 0 || f.since != f.heard {
		f.still, f.since = 1, f.heard
		return nil
	}
	if f.still++; f.still <= f.patience {
		return nil
	}
	f.still = 0
	if f.filter.all() {
		return errStalled
	}
	return f.lookAhead(ctx)
}

// lookAhead looks for what the subscription should have given. Head and look
// are asked of one node, so that the look reaches as far as the head.
func (f *following) lookAhead(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, f.store.config.Settings.DefaultDeadline)
	defer cancel()
	var head, next eventstore.Position
	err := f.store.once(ctx, f.store.reading, func(ctx context.Context, conn *connection) error {
		end := counted(filter{}.options(0, eventstore.Backwards), eventstore.Backwards, 1)
		err := f.store.readFrom(ctx, conn, "$all", end, func(event eventstore.Recorded) bool {
			head = event.Position
			return false
		})
		if err != nil {
			return err
		}
		next = head + 1
		rest := counted(f.filter.options(f.safe, eventstore.Forwards), eventstore.Forwards, 2)
		return f.store.readFrom(ctx, conn, "$all", rest, func(event eventstore.Recorded) bool {
			if event.Position <= f.safe || !f.filter.matches(event.Stream) {
				return true
			}
			next = event.Position
			return false
		})
	})
	switch {
	case err != nil:
		return err
	case next <= head:
		return errStalled
	}
	f.safe = max(f.safe, head)
	if f.advance(head); f.live && f.caught == f.safe {
		return nil
	}
	return f.goneUnless(f.caughtUp())
}

// stalled is told before the subscription begins anew. Whoever stands still
// again gets twice the time: a slow server is not helped by new calls.
func (f *following) stalled() {
	log := f.store.config.Log.Debug
	if f.patience == 1 {
		log = f.store.config.Log.Warn
	}
	log("a subscription to the event store stands still and begins anew", "position", f.last)
	f.patience = min(2*f.patience, mostPatience)
}

func (f *following) goneUnless(there bool) error {
	if there {
		return nil
	}
	return errGone
}
