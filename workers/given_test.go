package workers_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// house is an event store and read models in real files, with a clock that is
// moved by hand.
type house struct {
	t       *testing.T
	store   *sqlstore.Store
	codec   *eventstore.Codec
	journal *eventstore.Journal
	views   *projections.Views

	mu   sync.Mutex
	now  time.Time
	told int
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: noon}
	folder := t.TempDir()
	var err error
	if h.store, err = sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	keys, err := sqlstore.OpenKeys(t.Context(), filepath.Join(folder, "keys.db"), make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	if h.codec, err = eventstore.NewCodec(keys, wire.Events()...); err != nil {
		t.Fatal(err)
	}
	h.journal = h.over(h.store)
	if h.views, err = projections.Open(t.Context(), projections.Config{DSN: "sqlite:" + filepath.Join(folder, "projections.db"), Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.views.Close() })
	return h
}

// over gives a journal that appends through another store.
func (h *house) over(store eventstore.Store) *eventstore.Journal {
	return eventstore.NewJournal(store, h.codec, h.clock)
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// tell writes facts through a channel and gives the position of the last.
func (h *house) tell(stream, channel string, events ...domain.Event) eventstore.Position {
	h.t.Helper()
	h.told++
	cause := domain.Cause{Command: "told " + strconv.Itoa(h.told), Channel: channel, Actor: domain.Actor{Kind: domain.ActorOperator}}
	result, err := h.journal.Execute(h.t.Context(), stream, cause, func([]domain.Fact) ([]domain.Event, error) { return events, nil })
	if err != nil {
		h.t.Fatalf("tell %s: %v", stream, err)
	}
	return result.Position
}

// types lists what a stream holds.
func (h *house) types(stream string) []string {
	h.t.Helper()
	var types []string
	for _, fact := range h.facts(stream) {
		types = append(types, fact.Event.Type())
	}
	return types
}

func (h *house) facts(stream string) []domain.Fact {
	h.t.Helper()
	loaded, err := h.journal.Load(h.t.Context(), stream)
	if err != nil {
		h.t.Fatal(err)
	}
	return loaded.Facts
}

// inBackground runs a worker until the function it gives is called, or the
// test ends.
func (h *house) inBackground(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			h.t.Errorf("the worker ended with %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); ended.Wait() })
	h.t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
