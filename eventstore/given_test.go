package eventstore_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

const (
	ada   = "0b0e7a52-6a0e-5d6c-9a53-0f7b8e0c1a2d"
	grace = "5f1c3f64-2d0f-5a4e-8f43-9b1f6c1f2e3d"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// house is a real store with real keys in a folder of its own.
type house struct {
	store *sqlstore.Store
	keys  *sqlstore.Keys
	codec *eventstore.Codec
	*eventstore.Journal
}

func open(t *testing.T) house {
	t.Helper()
	folder := t.TempDir()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, store.Close) })
	keys, err := sqlstore.OpenKeys(t.Context(), filepath.Join(folder, "keys.db"), bytes.Repeat([]byte{1}, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, keys.Close) })
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	if err != nil {
		t.Fatal(err)
	}
	return house{store: store, keys: keys, codec: codec, Journal: eventstore.NewJournal(store, codec, clock)}
}

func closed(t *testing.T, end func() error) {
	if err := end(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// over gives a journal whose appends go through another store.
func (h house) over(store eventstore.Store) *eventstore.Journal {
	return eventstore.NewJournal(store, h.codec, clock)
}

// recorded gives a stream's events as the store keeps them.
func (h house) recorded(t *testing.T, stream string) []eventstore.Recorded {
	t.Helper()
	var events []eventstore.Recorded
	for event, err := range h.store.Read(t.Context(), stream, 0, eventstore.Forwards, 0) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	return events
}

func command(id string) domain.Cause {
	return domain.Cause{Command: id, Actor: domain.Actor{Kind: domain.ActorOperator, ID: "desk"}, Channel: domain.ChannelAPI, At: noon}
}

// write is a decision that does not look.
func write(events ...domain.Event) domain.Decide {
	return func([]domain.Fact) ([]domain.Event, error) { return events, nil }
}

func must(t *testing.T, j *eventstore.Journal, stream, id string, decide domain.Decide, options ...eventstore.Option) eventstore.Result {
	t.Helper()
	result, err := j.Execute(t.Context(), stream, command(id), decide, options...)
	if err != nil {
		t.Fatalf("execute %s on %s: %v", id, stream, err)
	}
	return result
}

func created() user.Created {
	return user.Created{
		ID: ada, Company: "acme", Language: "en",
		Personal: &user.Person{FirstName: "Augusta", LastName: "Lovelace", Email: "ada@example.com", Mobile: "+491711234567"},
	}
}

// faulty is a store whose connection breaks: lost makes an append be taken and
// its answer get lost, refused makes it not arrive, so many times.
type faulty struct {
	eventstore.Store
	mu            sync.Mutex
	lost, refused int
	before        func() // runs once, ahead of an append
	seen          [][]eventstore.Proposed
}

var errBroken = errors.New("the connection broke")

func (f *faulty) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (eventstore.Appended, error) {
	f.mu.Lock()
	before := f.before
	f.before = nil
	f.seen = append(f.seen, events)
	lost, refused := f.lost > 0, f.refused > 0
	f.lost, f.refused = f.lost-1, f.refused-1
	f.mu.Unlock()
	if before != nil {
		before()
	}
	if refused {
		return eventstore.Appended{}, errBroken
	}
	appended, err := f.Store.Append(ctx, stream, expected, events...)
	if lost && err == nil {
		return eventstore.Appended{}, errBroken
	}
	return appended, err
}

// broken is a store that can't be read.
type broken struct{ eventstore.Store }

func (broken) Read(context.Context, string, uint64, eventstore.Direction, int) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) { yield(eventstore.Recorded{}, errBroken) }
}
