package sqlstore

import (
	"testing"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

func TestOfSeveralHostsOneThatTakesWritesIsWanted(t *testing.T) {
	connection := rogue(t, pgserver.Schema(t))
	for dsn, want := range map[string]struct{ writing, reading bool }{ // who is taken
		"postgres://u@one.invalid/d":                                                     {true, true},
		"postgres://u@one.invalid/d?sslmode=prefer":                                      {true, true},
		"postgres://u@one.invalid,two.invalid/d":                                         {true, false},
		"postgres://u@one.invalid:1,one.invalid:2/d?sslmode=disable":                     {true, false},
		"postgres://u@one.invalid,two.invalid/d?target_session_attrs=read-only":          {false, true},
		"postgres://u@one.invalid,two.invalid/d?target_session_attrs=read-write":         {true, false},
		"postgres://u@one.invalid/d?sslmode=disable&target_session_attrs=read-write":     {true, false},
		"postgres://u@/d?host=one.invalid,two.invalid&port=1,2&target_session_attrs=any": {true, false},
	} {
		config, err := parsePostgres(dsn)
		if err != nil {
			t.Fatal(err)
		}
		for setting, taken := range map[string]bool{"off": want.writing, "on": want.reading} {
			if _, err := connection.Exec(t.Context(), `set default_transaction_read_only = `+setting); err != nil {
				t.Fatal(err)
			}
			var refused error
			if config.ValidateConnect != nil {
				refused = config.ValidateConnect(t.Context(), connection.PgConn())
			}
			if (refused == nil) != taken {
				t.Errorf("%s, read only %s: %v, want it taken: %v", dsn, setting, refused, taken)
			}
		}
	}
}

func TestAConnectionThatOnlyReadsIsLeft(t *testing.T) {
	store := openPG(t, pgserver.Schema(t))
	ledger := store.ledger.(*postgresLedger)
	if _, err := ledger.connection.Exec(t.Context(), `set default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10)); err != nil {
		t.Errorf("another connection takes writes, but: %v", err)
	}
	tries := 0
	store.writer.beforeCommit = func() error {
		tries++
		_, err := ledger.connection.Exec(t.Context(), `set transaction_read_only = on`)
		return err
	}
	_, err := store.Append(t.Context(), "s", eventstore.Exactly(0), proposed(10))
	if faultOf(err) != "store-away" || tries != 2 || ledger.connection != nil {
		t.Errorf("after %d tries: %v, want unavailable after 2 and no connection", tries, err)
	}
	store.writer.beforeCommit = nil
	if _, err := store.Append(t.Context(), "s", eventstore.Exactly(0), proposed(10)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestWhileNoServerIsThereAppendsAreRefused(t *testing.T) {
	server := pgserver.Own(t, pgserver.Config{Settings: map[string]string{"fsync": "off"}})
	dsn, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store := openPG(t, dsn)
	server.Stop()
	for range 2 {
		_, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10))
		if faultOf(err) != "store-away" {
			t.Errorf("append: %v, want unavailable", err)
		}
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10)); err != nil {
		t.Errorf("append to the server that is back: %v", err)
	}
}
