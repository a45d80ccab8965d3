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

// parked is an event that a projection could not apply, or one that waits
// behind such an event of its stream (Error is empty).
type parked struct {
	bun.BaseModel `bun:"table:parked,alias:p"`

	Projection string              `bun:"projection,pk"`
	Position   eventstore.Position `bun:"position,pk"`
	Stream     string              `bun:"stream"`
	Revision   uint64              `bun:"revision"`
	Type       string              `bun:"type"`
	Error      string              `bun:"error"`
	At         time.Time           `bun:"at"`
}

// Stale tells whether a stream waits behind an event that a projection could
// not apply, so that rows about it are older than their checkpoint says.
func (v *Views) Stale(ctx context.Context, stream string) (bool, error) {
	names := make([]string, 0, len(v.projections))
	for _, p := range v.projections {
		names = append(names, p.name)
	}
	stale, err := v.reading.NewSelect().Model((*parked)(nil)).
		Where("p.stream = ?", stream).Where("p.projection IN (?)", bun.List(names)).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for parked events of %s: %w", stream, err)
	}
	return stale, nil
}

// queues knows which streams have parked events, by the key of the target.
type queues map[place]bool

// place is a stream as one target sees it.
type place struct{ target, stream string }

func loadQueues(ctx context.Context, tx bun.IDB) (queues, error) {
	var rows []parked
	if err := tx.NewSelect().Model(&rows).Column("projection", "stream").Distinct().Scan(ctx); err != nil {
		return nil, fmt.Errorf("read what is parked: %w", err)
	}
	q := queues{}
	for _, row := range rows {
		q[place{row.Projection, row.Stream}] = true
	}
	return q, nil
}

func park(ctx context.Context, tx bun.IDB, g target, event eventstore.Recorded, cause error, now time.Time) error {
	row := parked{
		Projection: g.key(), Position: event.Position, Stream: event.Stream, Revision: event.Revision, Type: event.Type, At: now,
	}
	if cause != nil {
		row.Error = cause.Error()
	}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (projection, position) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("park an event: %w", err)
	}
	return nil
}

// Unpark applies the events of a stream that wait for a projection, in order.
// It stops at the first that still cannot be applied, keeps what went well and
// tells why.
func (v *Views) Unpark(ctx context.Context, projection, stream string, journal *eventstore.Journal) error {
	p, err := v.find(projection)
	if err != nil {
		return err
	}
	var stopped error
	err = v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var rows []parked
		err := tx.NewSelect().Model(&rows).Where("p.projection = ?", projection).Where("p.stream = ?", stream).
			OrderExpr("p.position ASC").Scan(ctx)
		if err != nil {
			return fmt.Errorf("read what is parked: %w", err)
		}
		for _, row := range rows {
			stopped, err = v.replay(ctx, tx, target{projection: p}, row, journal)
			if stopped != nil || err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, stopped)
}

// replay applies one parked event and takes it out of the queue; stopped says
// why it stays in.
func (v *Views) replay(ctx context.Context, tx bun.Tx, g target, row parked, journal *eventstore.Journal) (stopped, err error) {
	event, err := readOne(ctx, journal.Store(), row)
	if err != nil {
		return nil, err
	}
	err = attempt(ctx, newWriter(tx, g.tables), g, []record{decode(ctx, journal.Codec(), event)})
	switch {
	case err == nil:
		if _, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx); err != nil {
			return nil, fmt.Errorf("take an event out of the queue: %w", err)
		}
		return nil, nil
	case passing(ctx, err):
		return nil, err
	}
	row.Error, row.At = err.Error(), v.now()
	if _, err := tx.NewUpdate().Model(&row).Column("error", "at").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep why an event is parked: %w", err)
	}
	return fmt.Errorf("%s cannot apply %s@%d yet: %w", g.name, row.Stream, row.Revision, err), nil
}

func readOne(ctx context.Context, store eventstore.Store, row parked) (eventstore.Recorded, error) {
	for event, err := range store.Read(ctx, row.Stream, row.Revision, eventstore.Forwards, 1) {
		return event, err
	}
	return eventstore.Recorded{}, domain.Faultf(domain.Missing, "no-event", "%s@%d is not in the event store", row.Stream, row.Revision)
}
