package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/eventstore"
)

// batchLimit is the most events that are applied in one transaction.
const batchLimit = 500

// beat is how often batches are begun that are not full: a transaction costs as
// much as a dozen events do. The first event after a quiet while does not wait.
const beat = 50 * time.Millisecond

// The pauses before a subscription that ended with an error is made anew.
const (
	shortestPause = 50 * time.Millisecond
	longestPause  = 5 * time.Second
)

// Run keeps all projections up to date until the context ends, whatever
// happens to the store meanwhile; it always returns nil. Several runners on one
// database do no harm.
func (v *Views) Run(ctx context.Context, journal *eventstore.Journal) error {
	defer v.progress.run()()
	pause := shortestPause
	for {
		moved, err := v.follow(ctx, journal)
		if ctx.Err() != nil {
			return nil // the end that was asked for
		}
		if moved {
			pause = shortestPause
		}
		if moved && errors.Is(err, errMoved) {
			continue
		}
		v.progress.fail(err)
		v.log.LogAttrs(ctx, slog.LevelWarn, "the read models cannot follow the event store; trying again",
			slog.String("error", err.Error()), slog.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// delivery is what a subscription gives.
type delivery struct {
	message eventstore.Message
	err     error
}

// follow subscribes from where the slowest projection stands and applies what
// comes until something goes wrong; moved tells whether anything was applied.
func (v *Views) follow(ctx context.Context, journal *eventstore.Journal) (moved bool, err error) {
	from, err := v.lowest(ctx)
	if err != nil {
		return false, err
	}
	subscription, stop := context.WithCancel(ctx)
	deliveries := make(chan delivery, batchLimit)
	var pump sync.WaitGroup
	pump.Go(func() {
		defer close(deliveries)
		for message, err := range journal.Store().Subscribe(subscription, from) {
			select {
			case deliveries <- delivery{message, err}:
			case <-subscription.Done():
				return
			}
		}
	})
	defer pump.Wait()
	defer stop()
	beats := time.NewTicker(beat)
	defer beats.Stop()
	for {
		batch, broken := gather(deliveries, beats.C)
		if len(batch) > 0 {
			if from, err = v.advance(ctx, journal, from, batch); err != nil {
				return moved, err
			}
			moved = true
		}
		if broken != nil {
			return moved, broken
		}
	}
}

// gather waits for one message and takes with it all others that come before
// the next beat, or until the batch is full.
func gather(deliveries <-chan delivery, beats <-chan time.Time) (batch []eventstore.Message, err error) {
	next, open := <-deliveries
	for {
		if !open {
			return batch, domain.Faultf(domain.Unavailable, "subscription-ended", "the subscription has ended")
		}
		if next.err != nil {
			return batch, fmt.Errorf("subscribe: %w", next.err)
		}
		batch = append(batch, next.message)
		if len(batch) == batchLimit {
			return batch, nil
		}
		select {
		case next, open = <-deliveries:
			continue
		default:
		}
		select {
		case next, open = <-deliveries:
		case <-beats:
			return batch, nil
		}
	}
}

// advance applies a batch that begins behind from and moves the checkpoints, in
// one transaction.
func (v *Views) advance(ctx context.Context, journal *eventstore.Journal, from eventstore.Position, batch []eventstore.Message) (eventstore.Position, error) {
	var events []eventstore.Recorded
	to := from
	for _, message := range batch {
		to = max(to, message.Position)
		if message.Kind == eventstore.EventAppeared {
			events = append(events, message.Event)
			to = max(to, message.Event.Position)
		}
	}
	if to == from {
		return from, nil
	}
	err := v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		targets, err := v.targets(ctx, tx, from)
		if err != nil {
			return err
		}
		if err := v.applyAll(ctx, tx, journal.Codec(), targets, events); err != nil {
			return err
		}
		for _, g := range targets {
			if to <= g.after {
				continue
			}
			if err := moveCheckpoint(ctx, tx, g.name, g.after, to, v.now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return from, fmt.Errorf("apply events: %w", err)
	}
	v.progress.reach(to)
	return to, nil
}

// targets gives the live tables with their checkpoints; errMoved where one has
// been put back before from.
func (v *Views) targets(ctx context.Context, tx bun.Tx, from eventstore.Position) ([]target, error) {
	byName, err := v.checkpoints(ctx, tx)
	if err != nil {
		return nil, err
	}
	targets := make([]target, 0, len(v.projections))
	for _, p := range v.projections {
		after := byName[p.name].Position
		if after < from {
			return nil, errMoved
		}
		targets = append(targets, target{projection: p, after: after})
	}
	return targets, nil
}

// find gives the projection of a name.
func (v *Views) find(name string) (projection, error) {
	for _, p := range v.projections {
		if p.name == name {
			return p, nil
		}
	}
	return projection{}, domain.Faultf(domain.Missing, "no-projection", "there is no projection named %s", name)
}
