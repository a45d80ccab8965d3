package sqlstore

import (
	"path/filepath"
	"testing"

	"dialtone/eventstore"
)

// indexed counts the ids that are indexed.
func indexed(t *testing.T, store *Store) (count int) {
	t.Helper()
	if err := store.ledger.(*sqliteLedger).db.QueryRowContext(t.Context(), `select count(*) from ids`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

func TestIDsAreIndexedWhereTheyAreLookedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	store := openAt(t, path)
	one, two, three := proposed(10), proposed(10), proposed(10)
	put := func(expected eventstore.Expected, event eventstore.Proposed, position eventstore.Position) {
		t.Helper()
		at, err := store.Append(t.Context(), "s", expected, event)
		if err != nil || at.Position != position {
			t.Errorf("at %d, %v, want %d", at.Position, err, position)
		}
	}
	put(eventstore.NoStream, one, 1)
	put(eventstore.Exactly(0), two, 2)
	put(eventstore.Exactly(1), one, 3) // the same id at the right place is another event
	if count := indexed(t, store); count != 0 {
		t.Errorf("%d ids are indexed of a stream that is appended to at exact revisions", count)
	}
	put(eventstore.Any, one, 1)
	put(eventstore.StreamExists, two, 2)
	put(eventstore.Any, three, 4)
	if count := indexed(t, store); count != 2 {
		t.Errorf("%d ids are indexed, want the two that were there when one was looked for", count)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openAt(t, path)
	put(eventstore.Any, three, 4)
	put(eventstore.Exactly(3), proposed(10), 5)
	put(eventstore.Any, one, 1)
	if count := indexed(t, store); count != 4 {
		t.Errorf("%d ids are indexed, want 4", count)
	}
}

func TestWhatIsIndexedForAnAppendThatFailsIsNotKept(t *testing.T) {
	store := openHere(t)
	event := proposed(10)
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, event); err != nil {
		t.Fatal(err)
	}
	store.writer.beforeCommit = func() error { return errRolledBack }
	if at, err := store.Append(t.Context(), "s", eventstore.Any, event); err == nil {
		t.Fatalf("answered with %+v", at)
	}
	if count := indexed(t, store); count != 0 {
		t.Errorf("%d ids are indexed", count)
	}
	store.writer.beforeCommit = nil
	if at, err := store.Append(t.Context(), "s", eventstore.Any, event); err != nil || at.Position != 1 {
		t.Errorf("at %d, %v", at.Position, err)
	}
}
