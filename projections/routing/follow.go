package routing

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

// Decoder turns recorded events into facts.
type Decoder interface {
	Decode(ctx context.Context, event eventstore.Recorded) (domain.Fact, error)
}

// Config is what a Follower works with. Without a snapshot path it folds from
// the first event at each start.
type Config struct {
	Store    eventstore.Store
	Decoder  Decoder
	Snapshot string // path of the snapshot file, "" for none
	Key      []byte // 32 bytes, for the snapshot
	Random   io.Reader
	Clock    func() time.Time
	Log      *slog.Logger
	Every    time.Duration // between two snapshots, 0 means five minutes
	Changes  int           // between two snapshots, 0 means 10,000
}

// Follower keeps a table at the head of the log by a subscription of its own.
type Follower struct {
	config  Config
	table   atomic.Pointer[Table]
	ready   chan struct{}
	poisons atomic.Int64
	saved   time.Time           // when the last snapshot was begun
	savedAt eventstore.Position // the position of the last snapshot
	changes int                 // since then
	saving  chan struct{}       // holds a token while a snapshot is written
}

// NewFollower makes a follower with an empty table.
func NewFollower(config Config) *Follower {
	if config.Every == 0 {
		config.Every = 5 * time.Minute
	}
	if config.Changes == 0 {
		config.Changes = 10_000
	}
	f := &Follower{config: config, ready: make(chan struct{}), saving: make(chan struct{}, 1)}
	f.table.Store(&Table{})
	return f
}

// Current is the table as it stands.
func (f *Follower) Current() *Table { return f.table.Load() }

// Position is how far the facts are in force.
func (f *Follower) Position() eventstore.Position { return f.Current().Position() }

// Ready is closed when the table has reached the head of the log once.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// Poisons counts the events that could not be read.
func (f *Follower) Poisons() int64 { return f.poisons.Load() }

// Follow loads the snapshot and applies facts until the context ends; then it
// writes a snapshot and gives nil. A lost subscription is taken up again.
func (f *Follower) Follow(ctx context.Context) error {
	f.saved = f.config.Clock()
	f.load(ctx)
	f.keepUp(ctx)
	f.saving <- struct{}{} // waits for a snapshot that is being written
	f.save(f.Current())
	<-f.saving
	return nil
}

// keepUp applies facts until the context ends.
func (f *Follower) keepUp(ctx context.Context) {
	pause := 20 * time.Millisecond
	for ctx.Err() == nil {
		before := f.Position()
		err := f.subscribe(ctx)
		if ctx.Err() != nil {
			return
		}
		if f.Position() != before {
			pause = 20 * time.Millisecond
		}
		f.config.Log.Warn("the routing table lost its subscription and takes it up again", "position", f.Position(), "pause", pause, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
}

func (f *Follower) subscribe(ctx context.Context) error {
	for message, err := range f.config.Store.Subscribe(ctx, f.Position(), userStreams, companyStreams) {
		if err != nil {
			return err
		}
		switch message.Kind {
		case eventstore.EventAppeared:
			if err := f.apply(ctx, message.Event); err != nil {
				return err
			}
		case eventstore.Checkpoint, eventstore.CaughtUp:
			f.advance(message.Position)
			if message.Kind == eventstore.CaughtUp {
				f.caughtUp()
			}
		}
	}
	return errors.New("the subscription ended")
}

func (f *Follower) apply(ctx context.Context, event eventstore.Recorded) error {
	fact, err := f.decode(ctx, event)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && passing(err) {
		return err
	}
	var next Table
	if err != nil {
		f.poisons.Add(1)
		f.config.Log.Error("routing can't read an event; calls of this stream get 503",
			"stream", event.Stream, "revision", event.Revision, "type", event.Type, "error", err)
		next = Mark(*f.Current(), event.Stream, event.ID, event.Position)
	} else {
		next = Apply(*f.Current(), fact, event.Position)
	}
	f.table.Store(&next)
	f.changes++
	f.snapshotIfDue()
	return nil
}

// passing tells an error of what the facts are read with, which may heal, from
// one of the event itself, which stays. The subscription is taken up again
// after the former; whatever is not known to pass is the event's own.
func passing(err error) bool {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		return fault.Kind == domain.Unavailable
	}
	if _, ok := errors.AsType[net.Error](err); ok { // deadlines, too
		return true
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return true
	}
	if _, ok := errors.AsType[engineError](err); ok {
		return true
	}
	return errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, context.Canceled) ||
		strings.HasSuffix(err.Error(), "sql: database is closed") // database/sql has no name for it
}

// engineError is an error of a database engine, with its result code.
type engineError interface {
	error
	Code() int
}

// decode tries a few times, as the keys may be out of reach for a moment.
func (f *Follower) decode(ctx context.Context, event eventstore.Recorded) (fact domain.Fact, err error) {
	for pause := 10 * time.Millisecond; pause < 100*time.Millisecond; pause *= 2 {
		if fact, err = f.config.Decoder.Decode(ctx, event); err == nil {
			return fact, nil
		}
		select {
		case <-ctx.Done():
			return fact, ctx.Err()
		case <-time.After(pause):
		}
	}
	return fact, err
}

func (f *Follower) advance(position eventstore.Position) {
	if t := f.Current(); position > t.position {
		next := *t
		next.position = position
		f.table.Store(&next)
	}
}

func (f *Follower) caughtUp() {
	select {
	case <-f.ready:
	default:
		close(f.ready)
		f.config.Log.Info("the routing table has caught up", "users", f.Current().Len(), "position", f.Position())
	}
}

// snapshotIfDue writes a snapshot beside the subscription, one at a time.
func (f *Follower) snapshotIfDue() {
	now := f.config.Clock()
	if f.changes < f.config.Changes && now.Sub(f.saved) < f.config.Every {
		return
	}
	select {
	case f.saving <- struct{}{}:
		f.saved, f.changes = now, 0
		go func(t *Table) {
			f.save(t)
			<-f.saving
		}(f.Current())
	default:
	}
}
