package sqlstore

import (
	"context"
	"iter"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

// deaf ends the connection that listens, and says which it was.
func deaf(t *testing.T, dsn string) {
	t.Helper()
	connection := rogue(t, dsn)
	for {
		var ended int
		err := connection.QueryRow(t.Context(), `select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
			where query like 'listen %' and datname = current_database() and query like '%' || 'events'::regclass::oid::text || '%'`).Scan(&ended)
		if err != nil {
			t.Fatal(err)
		}
		if ended > 0 {
			return
		}
	}
}

// next gives the next event of a subscription.
func next(t *testing.T, pull func() (eventstore.Message, error, bool)) eventstore.Recorded {
	t.Helper()
	for {
		message, err, _ := pull()
		if err != nil {
			t.Fatal(err)
		}
		if message.Kind == eventstore.EventAppeared {
			return message.Event
		}
	}
}

func TestSubscribersHearOfOthersWithAndWithoutNotifications(t *testing.T) {
	dsn := pgserver.Schema(t)
	subscribed, other := openPG(t, dsn), openPG(t, dsn)
	pull, leave := iter.Pull2(subscribed.Subscribe(t.Context(), 0))
	defer leave()
	for n := range 6 {
		if n%2 == 1 {
			deaf(t, dsn)
		}
		event := proposed(10)
		if _, err := other.Append(t.Context(), "s", eventstore.Expected(n-1), event); err != nil {
			t.Fatal(err)
		}
		if got := next(t, pull); got.ID != event.ID {
			t.Errorf("event %s, want %s", got.ID, event.ID)
		}
	}
}

// A pool between us and the server may share connections, so that nothing is
// ever told: the log is looked at instead.
func TestSubscribersSeeWhatNobodyTells(t *testing.T) {
	dsn := pgserver.Schema(t)
	other := openPG(t, dsn)
	var said lines
	subscribed, err := Open(t.Context(), Config{DSN: dsn, Clock: time.Now, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer subscribed.Close()
	other.ledger.(*postgresLedger).channel = "another"
	pull, leave := iter.Pull2(subscribed.Subscribe(t.Context(), 0))
	defer leave()
	for n := 0; !strings.Contains(said.text(), "don't arrive"); n++ {
		event := proposed(10)
		if _, err := other.Append(t.Context(), "s", eventstore.Expected(n-1), event); err != nil {
			t.Fatal(err)
		}
		if got := next(t, pull); got.ID != event.ID {
			t.Errorf("event %s, want %s", got.ID, event.ID)
		}
	}
}

// lines is a log that is read while it is written.
type lines struct {
	mu   sync.Mutex
	kept strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.String()
}

func TestAClosedStoreLeavesNothingBehind(t *testing.T) {
	const name = "closed-stores"
	dsn, err := url.Parse(pgserver.Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	query := dsn.Query()
	query.Set("application_name", name)
	dsn.RawQuery = query.Encode()
	watcher := rogue(t, dsn.String())
	count := func() (connections int) {
		err := watcher.QueryRow(t.Context(), `select count(*) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`, name).Scan(&connections)
		if err != nil {
			t.Fatal(err)
		}
		return connections
	}
	if found := count(); found != 0 {
		t.Fatalf("%d connections before a store was opened", found)
	}
	goroutines := runtime.NumGoroutine() // while no store of this test is open
	const stores = 8
	for range stores {
		store, err := Open(t.Context(), Config{DSN: dsn.String(), Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Append(t.Context(), "s", eventstore.Any, proposed(10)); err != nil {
			t.Fatal(err)
		}
		for range store.Subscribe(t.Context(), 0) {
			break
		}
		if count() == 0 {
			t.Error("an open store has no connection of this name, so the count tells nothing")
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	for began := time.Now(); runtime.NumGoroutine() > goroutines || count() > 0; { // the server needs a moment
		if time.Since(began) > time.Minute {
			t.Fatalf("%d goroutines where there were %d, and %d connections are left of %d stores", runtime.NumGoroutine(), goroutines, count(), stores)
		}
	}
}

func TestEventsOnlyTheServerCouldBoundAreReadInSmallPages(t *testing.T) {
	store := openPG(t, pgserver.Schema(t))
	const count, size = 12, 700_000
	for range count {
		if _, err := store.Append(t.Context(), "s", eventstore.Any, proposed(size)); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := store.read[selectForwards].QueryContext(t.Context(), "s", 0, pageEvents)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	sent := 0
	for rows.Next() {
		sent++
	}
	if err := rows.Err(); err != nil || sent != 2 {
		t.Errorf("the server sends %d events of %d bytes, %v; want 2", sent, size, err)
	}
	for name, read := range map[string]func(context.Context) iter.Seq2[eventstore.Recorded, error]{
		"a stream": func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
			return store.Read(ctx, "s", eventstore.End, eventstore.Backwards, 0)
		},
		"all": func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
			return store.ReadAll(ctx, 0, eventstore.Forwards, 0, "s", "t")
		},
	} {
		got := 0
		for recorded, err := range read(t.Context()) {
			if err != nil || len(recorded.Data) != size {
				t.Fatalf("%s: %d bytes, %v", name, len(recorded.Data), err)
			}
			got++
		}
		if got != count {
			t.Errorf("%s: %d events, want %d", name, got, count)
		}
	}
}
