package kurrent_test

import (
	"context"
	"errors"
	"iter"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest"
)

// sqlite opens an event store in a file.
func sqlite(t testing.TB, path string) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// served is a server of a store that can be stopped before the test ends.
type served struct {
	host kurrent.Host
	stop func()
}

func serve(t testing.TB, store eventstore.Store, change ...func(*server.Config)) served {
	t.Helper()
	listener, _ := listen(t)
	return serveOn(t, listener, store, change...)
}

func serveOn(t testing.TB, listener net.Listener, store eventstore.Store, change ...func(*server.Config)) served {
	t.Helper()
	config := server.Config{Store: store, Clock: time.Now, NewID: uuid.NewString, MaxAppendSize: eventstore.LargestAppend}
	for _, change := range change {
		change(&config)
	}
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	stop := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 100*time.Millisecond)
		defer cancel()
		s.Stop(ctx)
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return served{host: hostOf(listener), stop: stop}
}

// connected is a client of a new store.
func connected(t testing.TB) *kurrent.Store {
	t.Helper()
	return open(t, quick(serve(t, sqlite(t, filepath.Join(t.TempDir(), "events.db"))).host))
}

func TestClientOfAServerOverSQLiteConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) eventstore.Store { return connected(t) })
}

func TestReopenedClientFindsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	storetest.RunReopen(t, func(t *testing.T) eventstore.Store {
		return open(t, quick(serve(t, sqlite(t, path)).host))
	})
}

// unhidden reads streams out of the log. A server hides from reads of a stream
// what its metadata says, the port's Deleter does not.
type unhidden struct{ *kurrent.Store }

func (u unhidden) Read(
	ctx context.Context, stream string, from uint64, direction eventstore.Direction, limit int,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for event, err := range u.ReadAll(ctx, 0, direction, 0, stream) {
			ahead := event.Revision < from
			if direction == eventstore.Backwards {
				ahead = event.Revision > from
			}
			if err == nil && (event.Stream != stream || ahead) {
				continue
			}
			if !yield(event, err) || err != nil {
				return
			}
			if limit--; limit == 0 {
				return
			}
		}
	}
}

func TestClientOfAServerOverSQLiteDeletes(t *testing.T) {
	t.Parallel()
	runDeleter(t, func(t *testing.T) eventstore.Store { return unhidden{connected(t)} })
}

func runDeleter(t *testing.T, open func(t *testing.T) eventstore.Store) {
	t.Helper()
	for _, c := range storetest.DeleterCases() {
		if c.Name == "streams of metadata have no metadata" {
			continue // a server refuses to write it
		}
		t.Run(c.Name, func(t *testing.T) { c.Check(t, open(t)) })
	}
}

func TestADeletedStreamReadsEmptyAndABuriedOneIsAnError(t *testing.T) {
	store := connected(t)
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, event("a")); err != nil {
		t.Fatal(err)
	}
	read := func() (count int, last error) {
		for _, err := range store.Read(t.Context(), "s", 0, eventstore.Forwards, 0) {
			count, last = count+1, err
		}
		return count, last
	}
	if _, err := store.Delete(t.Context(), "s", eventstore.StreamExists); err != nil {
		t.Fatal(err)
	}
	if count, err := read(); count != 0 {
		t.Errorf("a deleted stream gave %d, %v", count, err)
	}
	if _, err := store.Tombstone(t.Context(), "s", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	var deleted *eventstore.DeletedError
	if count, err := read(); count != 1 || !errors.As(err, &deleted) || deleted.Stream != "s" {
		t.Errorf("a stream deleted for good gave %d, %v", count, err)
	}
	if _, err := store.Append(t.Context(), "s", eventstore.Any, event("b")); !errors.Is(err, eventstore.ErrDeleted) {
		t.Errorf("appending to it: %v", err)
	}
}
