package pgserver_test

import (
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dialtone/eventstore/storetest/pgserver"
)

func TestMain(m *testing.M) { os.Exit(pgserver.Run(m)) }

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func TestEverySchemaIsEmptyAndAsksForThePassword(t *testing.T) {
	for range 2 {
		connection := connect(t, pgserver.Schema(t))
		if _, err := connection.Exec(t.Context(), `create table events (id int)`); err != nil {
			t.Error(err)
		}
		if err := connection.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	stranger, err := url.Parse(pgserver.Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	stranger.User = url.UserPassword(stranger.User.Username(), "guessed")
	_, err = pgx.Connect(t.Context(), stranger.String())
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "28P01" {
		t.Errorf("with another password: %v", err)
	}
}

func TestTheOrderOfTextsIsNotThatOfBytes(t *testing.T) {
	connection := connect(t, pgserver.Schema(t))
	defer connection.Close(t.Context())
	var lower bool
	if err := connection.QueryRow(t.Context(), `select 'a' < 'B'`).Scan(&lower); err != nil || !lower {
		t.Errorf("a < B is %v, %v", lower, err)
	}
}

func TestAKilledServerKeepsWhatWasCommitted(t *testing.T) {
	server := pgserver.Own(t, pgserver.Config{Settings: map[string]string{"synchronous_commit": "on", "fsync": "off"}})
	dsn, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	connection := connect(t, dsn)
	for _, statement := range []string{
		`create table kept (n int)`, `insert into kept values (1)`, `begin`, `insert into kept values (2)`,
	} {
		if _, err := connection.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []func(){server.Kill, server.Stop} {
		end()
		if err := connection.Ping(t.Context()); err == nil {
			t.Error("the connection is still there")
		}
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		connection = connect(t, dsn)
		var sum int
		if err := connection.QueryRow(t.Context(), `select sum(n) from kept`).Scan(&sum); err != nil || sum != 1 {
			t.Errorf("sum %d, %v; want what was committed", sum, err)
		}
	}
	_ = connection.Close(t.Context())
}

func TestAServerThatCanNotStartTellsWhy(t *testing.T) {
	pgserver.Shared(t) // or skip
	_, err := pgserver.Start(t.Context(), pgserver.Config{Settings: map[string]string{"no_such_setting": "1"}})
	if err == nil || errors.Is(err, pgserver.ErrMissing) {
		t.Errorf("it starts: %v", err)
	}
}
