package projections

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"

	"github.com/uptrace/bun"
	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"dialtone/domain"
	"dialtone/eventstore"
)

// target is a projection with the tables it is to write and the position up to
// which they have everything.
type target struct {
	projection
	tables tables
	after  eventstore.Position
}

// key is the name under which the target's events are parked.
func (g target) key() string { return g.name + g.tables.generation }

// applyAll applies events to the targets that want them, parking what cannot be
// applied. An error means that nothing of it counts and that trying again helps.
func (v *Views) applyAll(ctx context.Context, tx bun.Tx, codec *eventstore.Codec, targets []target, events []eventstore.Recorded) error {
	waiting, err := loadQueues(ctx, tx)
	if err != nil {
		return err
	}
	records := make([]*record, len(events)) // decoded once for all
	for _, g := range targets {
		var batch []record
		for i, event := range events {
			if event.Position <= g.after || !g.wantsEvent(event) {
				continue
			}
			if records[i] == nil {
				r := decode(ctx, codec, event)
				records[i] = &r
			}
			batch = append(batch, *records[i])
		}
		if err := v.applyTo(ctx, newWriter(tx, g.tables), g, waiting, batch); err != nil {
			return err
		}
	}
	return nil
}

// applyTo applies events to one target: all at once, and only if that goes
// wrong one by one.
func (v *Views) applyTo(ctx context.Context, w *writer, g target, waiting queues, batch []record) error {
	var due []record
	for _, r := range batch {
		if waiting[place{g.key(), r.Stream}] {
			if err := park(ctx, w.tx, g, r.Recorded, nil, v.now()); err != nil {
				return err
			}
			continue
		}
		due = append(due, r)
	}
	if len(due) == 0 {
		return nil
	}
	err := attempt(ctx, w, g, due)
	if err == nil || passing(ctx, err) {
		return err
	}
	for _, r := range due {
		if err := v.applyOne(ctx, w, g, waiting, r); err != nil {
			return err
		}
	}
	return nil
}

// applyOne applies one event to one target, or parks it.
func (v *Views) applyOne(ctx context.Context, w *writer, g target, waiting queues, r record) error {
	if waiting[place{g.key(), r.Stream}] {
		return park(ctx, w.tx, g, r.Recorded, nil, v.now())
	}
	err := attempt(ctx, w, g, []record{r})
	if err == nil || passing(ctx, err) {
		return err
	}
	v.log.LogAttrs(ctx, slog.LevelError, "a read model cannot apply an event; its stream is parked",
		slog.String("projection", g.key()), slog.String("stream", r.Stream), slog.Uint64("revision", r.Revision),
		slog.Uint64("position", uint64(r.Position)), slog.String("type", r.Type), slog.String("event", r.ID))
	waiting[place{g.key(), r.Stream}] = true
	return park(ctx, w.tx, g, r.Recorded, err, v.now())
}

// attempt applies events within a savepoint, so that what goes wrong halfway
// leaves nothing behind and spoils nothing else.
func attempt(ctx context.Context, w *writer, g target, batch []record) error {
	if _, err := w.tx.ExecContext(ctx, "SAVEPOINT attempt"); err != nil {
		return fmt.Errorf("set a savepoint: %w", err)
	}
	wrong := guarded(ctx, w, g, batch)
	if wrong != nil {
		if _, err := w.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT attempt"); err != nil {
			return lost{fmt.Errorf("go back to a savepoint: %w", err)}
		}
	}
	if _, err := w.tx.ExecContext(ctx, "RELEASE SAVEPOINT attempt"); err != nil {
		return lost{fmt.Errorf("release a savepoint: %w", err)}
	}
	return wrong
}

// guarded turns a panic into an error: one event must not end the process.
func guarded(ctx context.Context, w *writer, g target, batch []record) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	for _, r := range batch {
		if r.broken != nil {
			return r.broken
		}
	}
	return g.apply(ctx, w, batch)
}

// lost is the error of a transaction that cannot go on.
type lost struct{ error }

// Unwrap gives the cause.
func (l lost) Unwrap() error { return l.error }

// passing tells whether an error lies in the surroundings and not in the event:
// trying again helps, parking would not.
func passing(ctx context.Context, err error) bool {
	var transaction lost
	var network net.Error
	var fault *domain.Fault
	var engine *sqlite.Error
	var file *fs.PathError
	switch {
	case ctx.Err() != nil || errors.As(err, &transaction) || errors.As(err, &network) || errors.As(err, &file):
		return true
	case strings.HasSuffix(err.Error(), "sql: database is closed"): // database/sql has no name for it
		return true
	case errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn):
		return true
	case errors.As(err, &fault):
		return fault.Kind == domain.Unavailable
	case errors.As(err, &engine):
		switch engine.Code() & 0xff {
		case codes.SQLITE_ERROR, codes.SQLITE_CONSTRAINT, codes.SQLITE_MISMATCH, codes.SQLITE_TOOBIG, codes.SQLITE_RANGE:
			return false
		}
		return true
	}
	return false
}
