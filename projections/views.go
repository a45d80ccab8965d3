package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
)

// Config says where the read models are kept. DSN and Clock are needed.
type Config struct {
	DSN   string           // sqlite:FILE, made if missing; its folder must exist
	Log   *slog.Logger     // nil: silent
	Clock func() time.Time // dates checkpoints, leases and parked events
}

// Views are the read models. All methods are safe for concurrent use.
type Views struct {
	writing     *bun.DB // one connection: writers queue in this process
	reading     *bun.DB
	log         *slog.Logger
	clock       func() time.Time
	projections []projection
	progress    *progress
}

// Open opens or makes the database and brings its tables up to date.
func Open(ctx context.Context, config Config) (*Views, error) {
	if config.Clock == nil {
		return nil, domain.Faultf(domain.Invalid, "no-clock", "the read models need a clock")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	writing, reading, err := openDatabase(config.DSN)
	if err != nil {
		return nil, err
	}
	v := &Views{
		writing: writing, reading: reading, log: config.Log, clock: config.Clock,
		projections: all(), progress: newProgress(),
	}
	if err := v.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the read models: %w", err), v.Close())
	}
	return v, nil
}

// prepare migrates and gives every projection its checkpoint.
func (v *Views) prepare(ctx context.Context) error {
	if err := migrate(ctx, v.writing.DB); err != nil {
		return err
	}
	for _, p := range v.projections {
		row := checkpoint{Name: p.name, Updated: v.now()}
		if _, err := v.writing.NewInsert().Model(&row).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("make the checkpoint of %s: %w", p.name, err)
		}
	}
	return nil
}

// Close closes the database. Whoever runs or reads is to be stopped before.
func (v *Views) Close() error { return errors.Join(v.reading.Close(), v.writing.Close()) }

// DB gives the writing connection, for rows that are no projections. Its
// transactions hold the write lock from their beginning.
func (v *Views) DB() *bun.DB { return v.writing }

// ReadDB gives the connections for reading only; they never wait for a writer.
func (v *Views) ReadDB() *bun.DB { return v.reading }

func (v *Views) now() time.Time { return v.clock().UTC() }
