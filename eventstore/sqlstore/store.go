package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// readers is the number of connections that read at the same time.
const readers = 8

// Config says where the events are kept. Clock is needed, and DSN or Path.
type Config struct {
	DSN   string           // "sqlite:FILE", or "postgres://…" with what PostgreSQL's own clients understand
	Path  string           // SQLite file, made if missing; its folder must exist
	Clock func() time.Time // dates events; a step back is not passed on
	Log   *slog.Logger     // nil: silent
}

// Store is an eventstore.Store in a SQLite file or a PostgreSQL database.
type Store struct {
	database
	writer   *writer
	tip      *tip
	log      *slog.Logger
	closing  chan struct{} // closed first: nothing new begins
	watched  chan struct{} // closed when nobody looks for appends of others any more
	shutdown func() error
}

var (
	_ eventstore.Store     = (*Store)(nil)
	_ eventstore.Sequencer = (*Store)(nil)
)

// Open opens or makes the store. The context is for opening only.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Clock == nil {
		return nil, domain.Faultf(domain.Invalid, "no-clock", "the event store needs a clock")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	opened, err := open(ctx, config)
	if err != nil {
		return nil, err
	}
	points.At(points.Opened)
	s := &Store{database: opened, tip: newTip(), log: config.Log, closing: make(chan struct{}), watched: make(chan struct{})}
	s.writer = newWriter(s.ledger, config, s.closing, func(position int64) { s.tip.advance(position) })
	lasting, leave := context.WithCancel(context.WithoutCancel(ctx))
	s.shutdown = sync.OnceValue(func() error { return s.stop(lasting, leave) })
	go s.writer.run(context.WithoutCancel(ctx))
	go func() {
		defer close(s.watched)
		s.watch(lasting, watching{tip: s.tip, look: s.look, log: s.log})
	}()
	return s, nil
}

func open(ctx context.Context, config Config) (database, error) {
	if isPostgres(config.DSN) {
		return openPostgres(ctx, config.DSN)
	}
	if path, ok := strings.CutPrefix(config.DSN, "sqlite:"); ok {
		config.Path = path
	} else if config.DSN != "" {
		return database{}, domain.Faultf(domain.Invalid, "store-dsn", "an event store is sqlite:FILE or postgres://…")
	}
	return openSQLite(ctx, config.Path)
}

// database is what is opened, and where the databases differ.
type database struct {
	ledger   ledger
	reading  *sql.DB
	read     statements
	page     func(query string) string                        // bounds the bytes of a query's result
	patience func(ctx context.Context, do func() error) error // repeats what others' ways stood in the way of
	watch    func(ctx context.Context, on watching)           // notices others' appends until the context ends
}

// watching is what is needed to notice the appends of other processes.
type watching struct {
	tip  *tip
	look func(context.Context) (int64, error) // reads the log's last position
	log  *slog.Logger
}

// Close ends subscriptions with an error, answers the appends that were taken
// and closes the file. Closing twice is closing once.
func (s *Store) Close() error { return s.shutdown() }

func (s *Store) stop(ctx context.Context, leave context.CancelFunc) error {
	close(s.closing)
	<-s.writer.done
	leave()
	<-s.watched
	points.At(points.Stopped)
	return errors.Join(s.reading.Close(), s.ledger.close(context.WithoutCancel(ctx)))
}

// Head is the position of the last event, 0 where there is none.
func (s *Store) Head(ctx context.Context) (eventstore.Position, error) {
	position, err := s.look(ctx)
	if err != nil {
		return 0, s.fault("look for the last event", err)
	}
	return eventstore.Position(position), nil
}

func (s *Store) look(ctx context.Context) (int64, error) {
	var last tail
	err := s.patience(ctx, func() (err error) {
		last, err = lastOf(ctx, s.read[selectTail])
		return err
	})
	return last.position, err
}

// PositionAt is the greatest position recorded at or before a moment. Recorded
// times never fall, so it is found by halving, without an index.
func (s *Store) PositionAt(ctx context.Context, at time.Time) (eventstore.Position, error) {
	head, err := s.Head(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), int64(head) // the answer lies in low..high
	for low < high {
		middle := low + (high-low+1)/2
		var position, recorded int64
		err := s.patience(ctx, func() error {
			return s.read[selectRecorded].QueryRowContext(ctx, middle).Scan(&position, &recorded)
		})
		if err != nil {
			return 0, s.fault("look for the position of a moment", err)
		}
		if recorded <= at.UnixMicro() {
			low = position
		} else {
			high = middle - 1
		}
	}
	return eventstore.Position(low), nil
}

// fault says what was attempted, and that the store is closed if it is.
func (s *Store) fault(attempt string, err error) error {
	select {
	case <-s.closing:
		return errClosed
	default:
		return fmt.Errorf("%s: %w", attempt, err)
	}
}

var errClosed = domain.Faultf(domain.Unavailable, "store-closed", "the event store is closed")

// tail is the last event of all.
type tail struct{ position, recorded int64 }

func lastOf(ctx context.Context, statement *sql.Stmt) (tail, error) {
	var last tail
	err := statement.QueryRowContext(ctx).Scan(&last.position, &last.recorded)
	if errors.Is(err, sql.ErrNoRows) {
		return tail{}, nil
	}
	return last, err
}
