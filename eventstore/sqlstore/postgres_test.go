package sqlstore_test

import (
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest"
	"dialtone/eventstore/storetest/pgserver"
)

// openDSN opens a store that is closed with its test.
func openDSN(t *testing.T, dsn string) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{DSN: dsn, Clock: time.Now})
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

func TestPostgresConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store { return openDSN(t, pgserver.Schema(t)) })
}

func TestReopenedPostgresKeepsEverything(t *testing.T) {
	dsn := pgserver.Schema(t)
	storetest.RunReopen(t, func(t *testing.T) eventstore.Store { return openDSN(t, dsn) })
}

func TestPostgresDeletesStreams(t *testing.T) {
	storetest.RunDeleter(t, func(t *testing.T) eventstore.Store { return openDSN(t, pgserver.Schema(t)) })
}
