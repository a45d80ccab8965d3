package sqlstore_test

import (
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

func TestWhoFindsTheTablesNeedsNotOwnThem(t *testing.T) {
	dsn := pgserver.Schema(t)
	openDSN(t, dsn)
	connection, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	modest, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	const name, password = "modest", "no-secret"
	_, err = connection.Exec(t.Context(), `create role `+name+` login password '`+password+`'; grant select, insert on events to `+name+`;
		grant usage on schema `+modest.Query().Get("search_path")+` to `+name)
	if err != nil {
		t.Fatal(err)
	}
	modest.User = url.UserPassword(name, password)
	store := openDSN(t, modest.String())
	if err := appendTo(store, "s", event(0)); err != nil {
		t.Error(err)
	}
	if got := read(t, store, "s"); len(got) != 1 {
		t.Errorf("%d events, want one", len(got))
	}
}

func TestStoresThatStartTogetherMakeTheTablesOnce(t *testing.T) {
	dsn := pgserver.Schema(t)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			store, err := sqlstore.Open(t.Context(), sqlstore.Config{DSN: dsn, Clock: time.Now})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := errors.Join(appendTo(store, "s", event(n)), store.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := read(t, openDSN(t, dsn), "s"); len(got) != 8 {
		t.Errorf("%d events, want 8", len(got))
	}
}
