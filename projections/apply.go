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
	for _, event := range events {
		var r record
		var broken error
		decoded := false
		for _, g := range targets {
			if event.Position <= g.after || !g.wantsType(event.Type) {
				continue
			}
			if !decoded {
				r, broken = decode(ctx, codec, event)
				decoded = true
			}
			if err := v.applyOne(ctx, tx, g, waiting, event, r, broken); err != nil {
				return err
			}
		}
	}
	return nil
}

// applyOne applies one event to one target, or parks it.
func (v *Views) applyOne(ctx context.Context, tx bun.Tx, g target, waiting queues, event eventstore.Recorded, r record, broken error) error {
	place := [2]string{g.key(), event.Stream}
	if waiting[place] {
		return park(ctx, tx, g, event, nil, v.now())
	}
	err := broken
	if err == nil {
		err = attempt(ctx, tx, g, r)
	}
	if err == nil || passing(ctx, err) {
		return err
	}
	v.log.LogAttrs(ctx, slog.LevelError, "a read model cannot apply an event; its stream is parked",
		slog.String("projection", g.key()), slog.String("stream", event.Stream), slog.Uint64("revision", event.Revision),
		slog.Uint64("position", uint64(event.Position)), slog.String("type", event.Type), slog.String("event", event.ID))
	waiting[place] = true
	return park(ctx, tx, g, event, err, v.now())
}

// attempt applies an event within a savepoint, so that one that goes wrong
// halfway leaves nothing behind and spoils no other.
func attempt(ctx context.Context, tx bun.Tx, g target, r record) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT event"); err != nil {
		return fmt.Errorf("set a savepoint: %w", err)
	}
	wrong := guarded(ctx, tx, g, r)
	if wrong != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT event"); err != nil {
			return lost{fmt.Errorf("go back to a savepoint: %w", err)}
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT event"); err != nil {
		return lost{fmt.Errorf("release a savepoint: %w", err)}
	}
	return wrong
}

// guarded turns a panic into an error: one event must not end the process.
func guarded(ctx context.Context, tx bun.Tx, g target, r record) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return g.apply(ctx, tx, g.tables, r)
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
