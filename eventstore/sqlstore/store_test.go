package sqlstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest"
)

func open(t *testing.T, path string) *sqlstore.Store {
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

func TestStoreConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store { return open(t, filepath.Join(t.TempDir(), "events.db")) })
}

func TestReopenedStoreKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events 100%?#.db")
	storetest.RunReopen(t, func(t *testing.T) eventstore.Store { return open(t, path) })
}

func TestStoreDeletesStreams(t *testing.T) {
	storetest.RunDeleter(t, func(t *testing.T) eventstore.Store { return open(t, filepath.Join(t.TempDir(), "events.db")) })
}
