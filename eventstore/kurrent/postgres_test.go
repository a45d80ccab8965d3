package kurrent_test

import (
	"os"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest"
	"dialtone/eventstore/storetest/pgserver"
)

func TestMain(m *testing.M) { os.Exit(pgserver.Run(m)) }

// postgres opens an event store in a database.
func postgres(t *testing.T, dsn string) *sqlstore.Store {
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

func TestClientOfAServerOverPostgreSQLConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) eventstore.Store {
		return open(t, quick(serve(t, postgres(t, pgserver.Schema(t))).host))
	})
}

func TestReopenedClientOfPostgreSQLFindsEverything(t *testing.T) {
	dsn := pgserver.Schema(t)
	storetest.RunReopen(t, func(t *testing.T) eventstore.Store {
		return open(t, quick(serve(t, postgres(t, dsn)).host))
	})
}

func TestClientOfAServerOverPostgreSQLDeletes(t *testing.T) {
	t.Parallel()
	runDeleter(t, func(t *testing.T) eventstore.Store {
		return unhidden{open(t, quick(serve(t, postgres(t, pgserver.Schema(t))).host))}
	})
}
