package projections_test

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
)

// otherStore is an empty event store beside the house's.
func otherStore(h *house) *sqlstore.Store {
	h.t.Helper()
	store, err := sqlstore.Open(h.t.Context(), sqlstore.Config{Path: filepath.Join(h.t.TempDir(), "events.db"), Clock: h.clock.Now})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestReadModelsBelongToTheStoreTheyWereMadeFrom(t *testing.T) {
	h := newHouse(t)
	empty := otherStore(h)
	if err := h.views.Belongs(t.Context(), empty); err != nil {
		t.Errorf("fresh read models: %v", err)
	}
	h.tell(user.Stream(userID(1)), ada(userID(1)))
	h.tell(user.Stream(userID(1)), user.Suspended{})
	h.followed()
	if err := h.views.Belongs(t.Context(), h.store); err != nil {
		t.Errorf("the store they were made from: %v", err)
	}
	if err := h.views.Belongs(t.Context(), empty); err == nil || domain.KindOf(err) != domain.Conflict {
		t.Errorf("an empty store: %v", err)
	}
	for range 5 {
		event := eventstore.Proposed{ID: uuid.NewString(), Type: "thing.happened.v1", Data: []byte(`{}`), Meta: []byte(`{}`)}
		if _, err := empty.Append(t.Context(), "thing", eventstore.Any, event); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.views.Belongs(t.Context(), empty); err == nil || domain.KindOf(err) != domain.Conflict {
		t.Errorf("another store with more events: %v", err)
	}
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.views.Belongs(t.Context(), empty); err == nil || domain.KindOf(err) == domain.Conflict {
		t.Errorf("a store that does not answer: %v", err)
	}
}

func TestEventsOfOthersInASharedStoreAreLeftAlone(t *testing.T) {
	h := newHouse(t)
	stop := h.run(h.views, h.journal)
	for _, stream := range []string{"visitors", "$$user-x", "User-1", "users"} {
		for _, data := range []string{`{"id":"intruder","company":"` + acme + `"}`, `no JSON`} {
			event := eventstore.Proposed{ID: uuid.NewString(), Type: "user.created.v1", Data: []byte(data)}
			if _, err := h.store.Append(t.Context(), stream, eventstore.Any, event); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.tell(user.Stream(userID(1)), ada(userID(1)))
	h.settled()
	stop()
	for _, s := range must[[]projections.Status](t)(h.views.Status(t.Context(), h.head)) {
		equal(t, s.Name+" parked", s.Parked, 0)
		equal(t, s.Name+" lag", s.Lag, 0)
	}
	if _, _, err := h.views.GetUser(t.Context(), "intruder"); err == nil {
		t.Error("an event of somebody else made a user")
	}
}
