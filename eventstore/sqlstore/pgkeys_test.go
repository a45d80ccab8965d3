package sqlstore_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

func TestADestroyedKeyIsInNoTableOfPostgres(t *testing.T) {
	server, dsn := pgserver.Shared(t), pgserver.Schema(t)
	keys, other := openKeys(t, dsn), openKeys(t, dsn)
	ensure(t, keys, "user-1")
	kept := ensure(t, keys, "user-2")
	ensure(t, other, "user-1")
	connection, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	var wrapped []byte
	if err := connection.QueryRow(t.Context(), `select wrapped from subject_keys where subject = 'user-1'`).Scan(&wrapped); err != nil {
		t.Fatal(err)
	}
	if !inTables(t, connection, server.Folder(), wrapped) {
		t.Fatal("the wrapped key is in no file before it is destroyed")
	}
	for range 2 {
		if err := keys.Destroy(t.Context(), "user-1", time.Unix(1_700_000_000, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if inTables(t, connection, server.Folder(), wrapped) {
		t.Error("the wrapped key is still in a file")
	}
	for {
		if _, err := other.Subject(t.Context(), "user-1"); errors.Is(err, eventstore.ErrErased) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keys.EnsureSubject(t.Context(), "user-1"); !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("make it anew: %v", err)
	}
	if got := ensure(t, other, "user-2"); !bytes.Equal(got, kept) {
		t.Error("the other subject's key has changed")
	}
}

// inTables tells whether a file of tables holds some bytes once the server has
// written everything down.
func inTables(t *testing.T, connection *pgx.Conn, folder string, wanted []byte) bool {
	t.Helper()
	if _, err := connection.Exec(t.Context(), `checkpoint`); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "base", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(content, wanted) {
			return true
		}
	}
	return false
}

func TestWhoMayNotWriteTheTableAnewIsTold(t *testing.T) {
	dsn := pgserver.Schema(t)
	ensure(t, openKeys(t, dsn), "user-1")
	modest, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	const name, password = "no_owner", "no-secret"
	_, err = connection.Exec(t.Context(), `create role `+name+` login password '`+password+`';
		grant select, insert, update on all tables in schema `+modest.Query().Get("search_path")+` to `+name+`;
		grant usage on schema `+modest.Query().Get("search_path")+` to `+name)
	if err != nil {
		t.Fatal(err)
	}
	modest.User = url.UserPassword(name, password)
	keys := openKeys(t, modest.String())
	if err := keys.Destroy(t.Context(), "user-1", time.Unix(1_700_000_000, 0)); err == nil {
		t.Error("a key is called destroyed whose table was not written anew")
	}
	if err := openKeys(t, dsn).Destroy(t.Context(), "user-1", time.Unix(1_700_000_000, 0)); err != nil {
		t.Errorf("its owner afterwards: %v", err)
	}
}
