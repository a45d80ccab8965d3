package sqlstore_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest/pgserver"
)

var master = bytes.Repeat([]byte{7}, 32)

func openKeys(t *testing.T, path string) *sqlstore.Keys {
	t.Helper()
	keys, err := sqlstore.OpenKeys(t.Context(), path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := keys.Close(); err != nil {
			t.Error(err)
		}
	})
	return keys
}

// eachKeys runs a test on a key store of either kind.
func eachKeys(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "keys.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, pgserver.Schema(t)) })
}

func ensure(t *testing.T, keys *sqlstore.Keys, subject string) []byte {
	t.Helper()
	key, err := keys.EnsureSubject(t.Context(), subject)
	if err != nil || len(key) != 32 {
		t.Fatalf("key of %d bytes, %v", len(key), err)
	}
	return key
}

func TestASubjectsKeyIsMadeOnceAndKept(t *testing.T) { eachKeys(t, aSubjectsKeyIsMadeOnceAndKept) }

func aSubjectsKeyIsMadeOnceAndKept(t *testing.T, dsn string) {
	t.Helper()
	keys := openKeys(t, dsn)
	if _, err := keys.Subject(t.Context(), "user-1"); !errors.Is(err, eventstore.ErrNoKey) {
		t.Errorf("before it is made: %v", err)
	}
	key := ensure(t, keys, "user-1")
	if other := ensure(t, keys, "user-2"); bytes.Equal(key, other) {
		t.Error("two subjects have one key")
	}
	ensure(t, keys, "user-1")[0]++ // a caller's own copy
	again := openKeys(t, dsn)
	for _, opened := range []*sqlstore.Keys{keys, again} {
		if got, err := opened.Subject(t.Context(), "user-1"); err != nil || !bytes.Equal(got, key) {
			t.Errorf("the key is another: %v", err)
		}
	}
}

func TestADestroyedKeyIsGoneForGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.db")
	keys, other := openKeys(t, path), openKeys(t, path)
	ensure(t, keys, "user-1")
	kept := ensure(t, keys, "user-2")
	ensure(t, other, "user-1")
	wrapped := wrappedKey(t, path, "user-1")
	if !inFiles(t, path, wrapped) {
		t.Fatal("the wrapped key is in no file before it is destroyed")
	}
	for range 2 {
		if err := keys.Destroy(t.Context(), "user-1", time.Unix(1_700_000_000, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if inFiles(t, path, wrapped) {
		t.Error("the wrapped key is still in a file")
	}
	if _, err := keys.Subject(t.Context(), "user-1"); !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("read it: %v", err)
	}
	if _, err := keys.EnsureSubject(t.Context(), "user-1"); !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("make it anew: %v", err)
	}
	for { // the other process forgets it soon
		if _, err := other.Subject(t.Context(), "user-1"); errors.Is(err, eventstore.ErrErased) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if got := ensure(t, other, "user-2"); !bytes.Equal(got, kept) {
		t.Error("the other subject's key has changed")
	}
}

func TestASubjectWithoutAKeyCanBeDestroyed(t *testing.T) {
	eachKeys(t, aSubjectWithoutAKeyCanBeDestroyed)
}

func aSubjectWithoutAKeyCanBeDestroyed(t *testing.T, dsn string) {
	t.Helper()
	keys := openKeys(t, dsn)
	if err := keys.Destroy(t.Context(), "user-1", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.EnsureSubject(t.Context(), "user-1"); !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("make it: %v", err)
	}
}

// database opens the file beside the store.
func database(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func wrappedKey(t *testing.T, path, subject string) []byte {
	t.Helper()
	var wrapped []byte
	err := database(t, path).QueryRowContext(t.Context(), `select wrapped from subject_keys where subject = $1`, subject).Scan(&wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

// inFiles tells whether the database or its log holds some bytes.
func inFiles(t *testing.T, path string, wanted []byte) bool {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, wanted) {
			return true
		}
	}
	return false
}

func TestAWrongMasterKeyIsNamed(t *testing.T) { eachKeys(t, aWrongMasterKeyIsNamed) }

func aWrongMasterKeyIsNamed(t *testing.T, dsn string) {
	t.Helper()
	openKeys(t, dsn)
	for name, wrong := range map[string][]byte{
		"another": bytes.Repeat([]byte{8}, 32), "short": master[:16], "none": nil,
	} {
		_, err := sqlstore.OpenKeys(t.Context(), dsn, wrong, rand.Reader)
		var fault *domain.Fault
		if !errors.As(err, &fault) || fault.Kind != domain.Invalid || fault.Code != "master-key" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyFitsItsSubjectOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.db")
	keys := openKeys(t, path)
	ensure(t, keys, "user-1")
	_, err := database(t, path).ExecContext(t.Context(),
		`insert into subject_keys (subject, wrapped) select 'user-2', wrapped from subject_keys where subject = 'user-1'`)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := keys.Subject(t.Context(), "user-2"); err == nil {
		t.Errorf("a swapped key of %d bytes is taken", len(key))
	}
}

func TestASecretIsMadeOnce(t *testing.T) { eachKeys(t, aSecretIsMadeOnce) }

func aSecretIsMadeOnce(t *testing.T, dsn string) {
	t.Helper()
	one, two := openKeys(t, dsn), openKeys(t, dsn)
	links, err := one.Secret(t.Context(), "links")
	if err != nil || len(links) != 32 {
		t.Fatalf("secret of %d bytes, %v", len(links), err)
	}
	if again, err := two.Secret(t.Context(), "links"); err != nil || !bytes.Equal(again, links) {
		t.Errorf("the other store has another secret: %v", err)
	}
	if claims, err := one.Secret(t.Context(), "claims"); err != nil || bytes.Equal(claims, links) {
		t.Errorf("two names have one secret: %v", err)
	}
}

func TestManyThatMakeOneKeyGetOneKey(t *testing.T) { eachKeys(t, manyThatMakeOneKeyGetOneKey) }

func manyThatMakeOneKeyGetOneKey(t *testing.T, dsn string) {
	t.Helper()
	stores := []*sqlstore.Keys{openKeys(t, dsn), openKeys(t, dsn), openKeys(t, dsn)}
	const subjects, each = 10, 4
	var mu sync.Mutex
	made := map[string]bool{}
	var group sync.WaitGroup
	for i := range subjects * each * len(stores) {
		group.Go(func() {
			subject := fmt.Sprintf("user-%d", i%subjects)
			key, err := stores[i%len(stores)].EnsureSubject(t.Context(), subject)
			if err != nil {
				t.Errorf("%s: %v", subject, err)
			}
			mu.Lock()
			defer mu.Unlock()
			made[subject+string(key)] = true
		})
	}
	group.Wait()
	if len(made) != subjects {
		t.Errorf("%d different keys, want %d", len(made), subjects)
	}
}
