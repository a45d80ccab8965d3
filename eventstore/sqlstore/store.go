package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// readers is the number of connections that read at the same time.
const readers = 8

// Config says where the events are kept. Path and Clock are needed.
type Config struct {
	Path  string           // SQLite file, made if missing; its folder must exist
	Clock func() time.Time // dates events; a step back is not passed on
	Log   *slog.Logger     // nil: silent
}

// Store is an eventstore.Store in a SQLite file.
type Store struct {
	writer   *writer
	reading  *sql.DB
	read     statements
	tip      *tip
	log      *slog.Logger
	closing  chan struct{} // closed first: nothing new begins
	polled   chan struct{} // closed when the poller has ended
	shutdown func() error
}

var _ eventstore.Store = (*Store)(nil)

// Open opens or makes the store. The context is for opening only.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Clock == nil {
		return nil, domain.Faultf(domain.Invalid, "no-clock", "the event store needs a clock")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	writing, err := openDatabase(config.Path, 1, "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)",
		"journal_size_limit(67108864)", "cache_size(-65536)", "temp_store(MEMORY)")
	if err != nil {
		return nil, err
	}
	reading, err := openDatabase(config.Path, readers, "query_only(1)", "cache_size(-8192)")
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	store, err := start(ctx, config, writing, reading)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the event store %s: %w", config.Path, err), writing.Close(), reading.Close())
	}
	return store, nil
}

func start(ctx context.Context, config Config, writing, reading *sql.DB) (*Store, error) {
	points.At(points.Opening)
	if err := migrate(ctx, writing, schema); err != nil {
		return nil, err
	}
	if err := upgrade(ctx, writing); err != nil {
		return nil, err
	}
	write, err := prepare(ctx, writing, selectVersion, selectTail, selectStream, selectMeta, selectMetas,
		selectByID, selectIDs, insertEvent)
	if err != nil {
		return nil, err
	}
	read, err := prepare(ctx, reading, selectTail, selectForwards, selectBackwards, selectRecorded)
	if err != nil {
		return nil, err
	}
	s := &Store{
		reading: reading, read: read, tip: newTip(), log: config.Log,
		closing: make(chan struct{}), polled: make(chan struct{}),
	}
	s.writer = newWriter(writing, write, config, s.closing, s.tip.advance)
	s.shutdown = sync.OnceValue(s.stop)
	points.At(points.Opened)
	lasting := context.WithoutCancel(ctx)
	go s.writer.run(lasting)
	go s.poll(lasting)
	return s, nil
}

// Close ends subscriptions with an error, answers the appends that were taken
// and closes the file. Closing twice is closing once.
func (s *Store) Close() error { return s.shutdown() }

func (s *Store) stop() error {
	close(s.closing)
	<-s.writer.done
	<-s.polled
	points.At(points.Stopped)
	return errors.Join(s.reading.Close(), s.writer.db.Close())
}

// Head is the position of the last event, 0 where there is none.
func (s *Store) Head(ctx context.Context) (eventstore.Position, error) {
	var last tail
	err := patiently(ctx, func() (err error) {
		last, err = lastOf(ctx, s.read[selectTail])
		return err
	})
	if err != nil {
		return 0, s.fault("look for the last event", err)
	}
	return eventstore.Position(last.position), nil
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
		err := patiently(ctx, func() error {
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
