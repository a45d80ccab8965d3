package sqlstore

import (
	"context"
	"errors"
	"testing"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

func TestALogThatBecameShorterIsNotWrittenOn(t *testing.T) {
	const cut = `delete from events where position > 2`
	for name, open := range map[string]func(*testing.T) (*Store, func(context.Context) error){
		"SQLite": func(t *testing.T) (*Store, func(context.Context) error) {
			store := openHere(t)
			return store, func(ctx context.Context) error {
				_, err := store.ledger.(*sqliteLedger).db.ExecContext(ctx, cut)
				return err
			}
		},
		"PostgreSQL": func(t *testing.T) (*Store, func(context.Context) error) {
			dsn := pgserver.Schema(t)
			return openPG(t, dsn), func(ctx context.Context) error {
				_, err := rogue(t, dsn).Exec(ctx, cut)
				return err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			store, shorten := open(t)
			for range 3 {
				if _, err := store.Append(t.Context(), "s", eventstore.Any, proposed(10)); err != nil {
					t.Fatal(err)
				}
			}
			store.writer.beforeCommit = func() error { return errRolledBack } // forgets what it knew
			if _, err := store.Append(t.Context(), "s", eventstore.Any, proposed(10)); !errors.Is(err, errRolledBack) {
				t.Fatal(err)
			}
			store.writer.beforeCommit = nil
			if err := shorten(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := store.Append(t.Context(), "s", eventstore.Any, proposed(10))
				if !errors.Is(err, errShort) || faultOf(err) != "store-broken" {
					t.Errorf("append: %v, want that writing is refused", err)
				}
			}
			if head, err := store.Head(t.Context()); err != nil || head != 2 {
				t.Errorf("the log ends at %d, %v; want nothing behind 2", head, err)
			}
		})
	}
}
