package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/eventstore"
)

// rebuildLease is how long a rebuild that shows no sign of life keeps others away.
const rebuildLease = time.Minute

// Rebuild builds a projection from its first event on beside the live tables,
// and puts the new ones in their place. Readers see the live tables until the
// switch and never an empty one; events parked before count no more. It is a
// Conflict fault when the projection is being rebuilt already.
func (v *Views) Rebuild(ctx context.Context, name string, journal *eventstore.Journal) (err error) {
	p, err := v.find(name)
	if err != nil {
		return err
	}
	held := hold{name: "rebuild/" + name, holder: v.now().Format(time.RFC3339Nano)}
	if err := v.keep(ctx, held); err != nil {
		return err
	}
	g := target{projection: p}
	err = v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		g.tables, err = beside(ctx, tx, p)
		return err
	})
	if err == nil {
		err = v.build(ctx, &g, journal, held)
	}
	if err != nil {
		err = fmt.Errorf("rebuild %s: %w", name, err)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, v.Unlease(after, held.name, held.holder))
}

// hold is a lease with its holder.
type hold struct{ name, holder string }

func (v *Views) keep(ctx context.Context, h hold) error {
	held, err := v.Lease(ctx, h.name, h.holder, rebuildLease)
	if err == nil && !held {
		return domain.Faultf(domain.Conflict, "rebuilding", "the projection is being rebuilt already")
	}
	return err
}

// build applies everything there is, page by page, then switches.
func (v *Views) build(ctx context.Context, g *target, journal *eventstore.Journal, held hold) error {
	for {
		events, err := following(ctx, journal.Store(), g.after)
		if err != nil {
			return err
		}
		err = v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return v.applyAll(ctx, tx, journal.Codec(), []target{*g}, events)
		})
		if err != nil {
			return err
		}
		if len(events) > 0 {
			g.after = events[len(events)-1].Position
		}
		if len(events) < batchLimit {
			break
		}
		if err := v.keep(ctx, held); err != nil {
			return err
		}
	}
	return v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return v.change(ctx, tx, *g, journal) })
}

// change catches up with the live tables, which cannot move meanwhile, and puts
// the new ones in their place.
func (v *Views) change(ctx context.Context, tx bun.Tx, g target, journal *eventstore.Journal) error {
	byName, err := v.checkpoints(ctx, tx)
	if err != nil {
		return err
	}
	live := byName[g.name].Position
	for g.after < live {
		events, err := following(ctx, journal.Store(), g.after)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break // the live checkpoint stands where no event is left
		}
		if err := v.applyAll(ctx, tx, journal.Codec(), []target{g}, events); err != nil {
			return err
		}
		g.after = events[len(events)-1].Position
	}
	if err := promote(ctx, tx, g.projection, g.tables); err != nil {
		return err
	}
	if err := takeQueue(ctx, tx, g); err != nil {
		return err
	}
	return setCheckpoint(ctx, tx, checkpoint{Name: g.name, Position: max(live, g.after), Updated: v.now()})
}

// takeQueue puts what the rebuild has parked in the place of what was parked before.
func takeQueue(ctx context.Context, tx bun.IDB, g target) error {
	if _, err := tx.NewDelete().Model((*parked)(nil)).Where("projection = ?", g.name).Exec(ctx); err != nil {
		return fmt.Errorf("clear what was parked: %w", err)
	}
	_, err := tx.NewUpdate().Model((*parked)(nil)).Set("projection = ?", g.name).Where("projection = ?", g.key()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep what is parked: %w", err)
	}
	return nil
}

// following reads the next page of events behind a position.
func following(ctx context.Context, store eventstore.Store, after eventstore.Position) ([]eventstore.Recorded, error) {
	var events []eventstore.Recorded
	for event, err := range store.ReadAll(ctx, after, eventstore.Forwards, batchLimit) {
		if err != nil {
			return nil, fmt.Errorf("read events behind %d: %w", after, err)
		}
		events = append(events, event)
	}
	return events, nil
}
