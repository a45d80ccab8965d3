package kurrent_test

import (
	"context"
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
	storetest.Run(t, func(t *testing.T) eventstore.Store { return connected(t) })
}

func TestReopenedClientFindsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	storetest.RunReopen(t, func(t *testing.T) eventstore.Store {
		return open(t, quick(serve(t, sqlite(t, path)).host))
	})
}
