package sqlstore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// deletions leaves streams in each state: back again, deleted, described, and
// deleted for good.
func deletions(t *testing.T, store *sqlstore.Store) {
	t.Helper()
	for _, stream := range []string{"back", "deleted", "gone"} {
		if err := appendTo(store, stream, event(stream, 0), event(stream, 1)); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Delete(t.Context(), stream, eventstore.Exactly(1)); err != nil {
			t.Fatal(err)
		}
	}
	meta := event("meta")
	meta.Data = []byte(`{"$maxCount":1}`)
	if err := errors.Join(appendTo(store, "back", event("back", 2)), appendTo(store, "$$described", meta)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Tombstone(t.Context(), "gone", eventstore.Any); err != nil {
		t.Fatal(err)
	}
}

// deleted tells what another store has to find where deletions has been.
func deleted(t *testing.T, store *sqlstore.Store) {
	t.Helper()
	for stream, want := range map[string]error{
		"back": nil, "described": nil, "deleted": eventstore.ErrDeleted, "gone": eventstore.ErrDeleted, "$$gone": eventstore.ErrDeleted,
		"never": eventstore.ErrConflict,
	} {
		_, err := store.Append(t.Context(), stream, eventstore.StreamExists)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", stream, err, want)
		}
	}
	appended, err := store.Append(t.Context(), "deleted", eventstore.NoStream, event("anew"))
	if err != nil || appended.Revision != 2 {
		t.Errorf("revision %d, %v; want the deleted stream to go on at 2", appended.Revision, err)
	}
	metas := read(t, store, "$$deleted")
	if got := string(metas[len(metas)-1].Data); got != `{"$tb":2}` {
		t.Errorf("metadata %s behind the first new event", got)
	}
}

func TestDeletionsAreKeptWhenTheFileIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	store := open(t, path)
	deletions(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	deleted(t, open(t, path))
}

func TestDeletionsByAnotherStoreOnTheFileAreSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	one, other := open(t, path), open(t, path)
	for _, stream := range []string{"back", "deleted", "gone"} { // so that it has something to forget
		if _, err := other.Append(t.Context(), stream, eventstore.NoStream); err != nil {
			t.Fatal(err)
		}
	}
	if err := appendTo(other, "mine", event("mine")); err != nil {
		t.Fatal(err)
	}
	deletions(t, one)
	deleted(t, other)
	if _, err := one.Append(t.Context(), "deleted", eventstore.StreamExists, event("later")); err != nil {
		t.Errorf("the first store does not see that the stream is back: %v", err)
	}
}

func TestAPageThatEndsBeforeOrAtATombstoneIsFollowedToTheEnd(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "events.db"))
	for _, count := range []int{498, 499, 500, 501} {
		stream := fmt.Sprint("s-", count)
		list := make([]eventstore.Proposed, count)
		for i := range list {
			list[i] = event(stream, i)
		}
		if err := appendTo(store, stream, list...); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Tombstone(t.Context(), stream, eventstore.Exactly(uint64(count-1))); err != nil {
			t.Fatal(err)
		}
		ahead := read(t, store, stream)
		if got := len(ahead); got != count+1 || ahead[count].Revision != eventstore.TombstoneRevision {
			t.Errorf("%d events of %s, want %d", got, stream, count+1)
		}
		back := 0
		for recorded, err := range store.Read(t.Context(), stream, eventstore.End, eventstore.Backwards, 0) {
			if back++; err != nil || recorded.Position != ahead[len(ahead)-back].Position {
				t.Fatalf("backwards: event %d of %s has position %d, %v", back, stream, recorded.Position, err)
			}
		}
		if back != count+1 {
			t.Errorf("backwards: %d events of %s, want %d", back, stream, count+1)
		}
	}
}

// earlier is the table as it was before binary events were told apart, with an
// index of all ids.
const earlier = `create table events (
	position integer primary key, stream text not null, revision bigint not null, id text not null, type text not null,
	data blob not null, meta blob not null, recorded bigint not null, unique (stream, revision));
create index events_by_id on events (stream, id);
insert into events values (1, 's', 0, '%s', 'old.v1', '{"n":1}', '{}', 1000000);`

func TestAFileOfAnEarlierVersionIsUpgraded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	id := domain.DeriveID("old")
	_, err = db.ExecContext(t.Context(), fmt.Sprintf(earlier, id))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		store := open(t, path)
		binary := event("binary")
		binary.Data, binary.Binary = []byte{0, 255}, true
		if _, err := store.Append(t.Context(), "s", eventstore.Exactly(0), binary); err != nil {
			t.Fatal(err)
		}
		known := event("old")
		known.ID = id
		if at, err := store.Append(t.Context(), "s", eventstore.Any, known); err != nil || at.Position != 1 {
			t.Errorf("the old event again: at %d, %v", at.Position, err)
		}
		got := read(t, store, "s")
		if len(got) != 2 || got[0].ID != id || got[0].Binary || string(got[0].Data) != `{"n":1}` || !got[1].Binary {
			t.Errorf("events %+v", got)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
