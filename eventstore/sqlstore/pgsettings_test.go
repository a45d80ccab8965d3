package sqlstore

import (
	"testing"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

// A pool in front of the server gives each transaction the session that is free.
func TestATransactionDoesNotRelyOnItsSession(t *testing.T) {
	store := openPG(t, pgserver.Schema(t))
	connection := store.ledger.(*postgresLedger).connection
	_, err := connection.Exec(t.Context(), `set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; set synchronous_commit = off`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	store.writer.beforeCommit = func() error {
		for _, name := range []string{"lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit"} {
			var value string
			if err := connection.QueryRow(t.Context(), `select current_setting($1)`, name).Scan(&value); err != nil {
				return err
			}
			got[name] = value
		}
		return nil
	}
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s", "synchronous_commit": "on",
	} {
		if got[name] != want {
			t.Errorf("%s is %q in the writer's transaction, want %q", name, got[name], want)
		}
	}
}
