package projections_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
)

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is an event store with its keys and read models, all in real files.
type house struct {
	t       testing.TB
	clock   *clock
	store   *sqlstore.Store
	keys    *sqlstore.Keys
	journal *eventstore.Journal
	views   *projections.Views
	folder  string

	mu       sync.Mutex
	commands int
	head     eventstore.Position
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, clock: newClock(), folder: t.TempDir()}
	var err error
	if h.store, err = sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(h.folder, "events.db"), Clock: h.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	if h.keys, err = sqlstore.OpenKeys(t.Context(), filepath.Join(h.folder, "keys.db"), make([]byte, 32), rand.Reader); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.keys.Close() })
	h.journal = h.knowing(wire.Events()...)
	h.views = h.open()
	return h
}

// knowing gives a journal that knows these events only.
func (h *house) knowing(events ...domain.Event) *eventstore.Journal {
	h.t.Helper()
	codec, err := eventstore.NewCodec(h.keys, events...)
	if err != nil {
		h.t.Fatal(err)
	}
	return eventstore.NewJournal(h.store, codec, h.clock.Now)
}

// open opens the read models once more, as another process would.
func (h *house) open() *projections.Views {
	h.t.Helper()
	v, err := projections.Open(h.t.Context(), projections.Config{
		DSN: "sqlite:" + filepath.Join(h.folder, "projections.db"), Clock: h.clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = v.Close() })
	return v
}

// run lets read models follow a journal until the given function is called.
func (h *house) run(v *projections.Views, journal *eventstore.Journal) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := v.Run(ctx, journal); err != nil {
			h.t.Errorf("run: %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); done.Wait() })
	h.t.Cleanup(stop)
	return stop
}

// tell writes facts, as the operator, and gives their position.
func (h *house) tell(stream string, events ...domain.Event) eventstore.Position {
	h.t.Helper()
	h.mu.Lock()
	h.commands++
	cause := domain.Cause{
		Command: domain.DeriveID("test", strconv.Itoa(h.commands)), Channel: domain.ChannelAPI, Reason: "because",
		Actor: domain.Actor{Kind: domain.ActorOperator, ID: "olga"}, Correlation: "chain-1",
	}
	h.mu.Unlock()
	result, err := h.journal.Execute(h.t.Context(), stream, cause, func([]domain.Fact) ([]domain.Event, error) { return events, nil })
	if err != nil {
		h.t.Fatalf("tell %s: %v", stream, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.head = max(h.head, result.Position)
	return result.Position
}

// settled waits until the read models know everything that was told.
func (h *house) settled() {
	h.t.Helper()
	h.reach(h.views, h.head)
}

func (h *house) reach(v *projections.Views, position eventstore.Position) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	if err := v.WaitFor(ctx, position); err != nil {
		h.t.Fatal(err)
	}
}

// followed brings the read models up to date and stops them again.
func (h *house) followed() {
	h.t.Helper()
	stop := h.run(h.views, h.journal)
	h.settled()
	stop()
}

// projectionTables are the tables of each projection.
var projectionTables = map[string][]string{
	"users": {"users", "activation_steps"}, "companies": {"companies"}, "numbers": {"numbers"},
	"claims": {"claims", "claim_blocks"}, "licences": {"licences", "seats"}, "groups": {"call_groups", "group_members"}, "devices": {"devices"}, "sims": {"sims"}, "history": {"history"},
}

// dump writes out every row of every projection.
func (h *house) dump(v *projections.Views) string {
	h.t.Helper()
	var text strings.Builder
	for _, name := range []string{"users", "companies", "numbers", "claims", "licences", "groups", "devices", "sims", "history"} {
		for _, table := range projectionTables[name] {
			h.dumpTable(&text, v, table)
		}
	}
	return text.String()
}

func (h *house) dumpTable(text *strings.Builder, v *projections.Views, table string) {
	h.t.Helper()
	rows, err := v.ReadDB().QueryContext(h.t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			h.t.Fatal(err)
		}
		fmt.Fprintf(text, "%s:", table)
		for i, value := range values {
			fmt.Fprintf(text, " %s=%v", columns[i], *value.(*any))
		}
		text.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// bytes gives what lies in the files of the read models.
func (h *house) bytes() string {
	h.t.Helper()
	var all strings.Builder
	for _, name := range []string{"projections.db", "projections.db-wal"} {
		content, err := os.ReadFile(filepath.Join(h.folder, name))
		if err != nil {
			h.t.Fatal(err)
		}
		all.Write(content)
	}
	return all.String()
}
