package sqlstore

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/eventstore"
)

func proposed(size int) eventstore.Proposed {
	return eventstore.Proposed{ID: uuid.NewString(), Type: "thing.happened.v1", Data: make([]byte, size)}
}

// faultOf gives the code of a fault, "" of other errors.
func faultOf(err error) string {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		return fault.Code
	}
	return ""
}

func openHere(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "events.db"))
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	store, err := Open(t.Context(), Config{Path: path, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestAFullDiskEndsWritingButNotReading(t *testing.T) {
	store := openHere(t)
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ledger.(*sqliteLedger).db.ExecContext(t.Context(), `pragma max_page_count = 20`); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 10} { // the second would fit again
		_, err := store.Append(t.Context(), "s", eventstore.Exactly(0), proposed(size))
		if domain.KindOf(err) != domain.Unavailable || faultOf(err) != "store-broken" {
			t.Fatalf("append to a full disk: %v", err)
		}
	}
	count := 0
	for recorded, err := range store.Read(t.Context(), "s", 0, eventstore.Forwards, 0) {
		if err != nil || len(recorded.Data) != 10 {
			t.Fatalf("read: %v", err)
		}
		count++
	}
	if count != 1 {
		t.Errorf("%d events, want the one that was answered", count)
	}
}

// lock holds the file's write lock through another connection.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	other, err := openDatabase(path, 1)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(), other.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestAnAppendOutwaitsAnotherProcessesLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	store, err := Open(t.Context(), Config{Path: path, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	release := lock(t, path)

	impatient, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // longer than SQLite itself waits
	defer cancel()
	if _, err := store.Append(impatient, "s", eventstore.Any, proposed(1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("append while the file is locked: %v", err)
	}
	answer := make(chan error)
	go func() {
		_, err := store.Append(t.Context(), "patient", eventstore.NoStream, proposed(1))
		answer <- err
	}()
	release()
	if err := <-answer; err != nil {
		t.Errorf("append after the lock: %v", err)
	}
}

func TestSuccessorIsTheEndOfAPrefix(t *testing.T) {
	for prefix, want := range map[string]string{
		"a": "b", "user-": "user.", "é": "ê", "a\U0010ffff": "b", "\U0010ffff": "", "x\ud7ff": "x\ue000", "a\x7f": "a\u0080",
	} {
		if got := successor(prefix); got != want || got != "" && got <= prefix {
			t.Errorf("successor of %q is %q, want %q", prefix, got, want)
		}
	}
}

func TestTheKeyCacheIsBoundedAndForgets(t *testing.T) {
	cache := newKeyCache()
	for range keysKept + 10 {
		cache.put(cache.era(), uuid.NewString(), []byte{1})
	}
	if len(cache.keys) != keysKept {
		t.Errorf("%d keys are kept, want %d", len(cache.keys), keysKept)
	}
	era := cache.era()
	cache.drop("gone")
	cache.put(era, "gone", []byte{2})
	if _, ok := cache.get("gone"); ok {
		t.Error("a key that was read before it was dropped is kept")
	}
	cache.forget()
	if len(cache.keys) != 0 {
		t.Error("keys are left")
	}
}
