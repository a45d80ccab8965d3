package projections_test

import (
	"strings"
	"testing"

	"dialtone/domain/user"
	"dialtone/projections"
)

// A read model that begins after somebody was erased never learns who it was.
func TestWhoWasErasedBeforeIsNobodyInANewReadModel(t *testing.T) {
	h := newHouse(t)
	live(h)
	stream := user.Stream(userID(1))
	if err := h.keys.Destroy(t.Context(), stream, h.clock.Now()); err != nil {
		t.Fatal(err)
	}
	h.followed()

	row, state, err := h.views.GetUser(t.Context(), userID(1))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "erased", row.Erased && state.Erased, true)
	equal(t, "person", state.Person, user.Person{})
	equal(t, "state", row.State, "suspended")
	equal(t, "extension", row.Extension, "51")
	equal(t, "stale", must[bool](t)(h.views.Stale(t.Context(), stream)), false)
	items := must2(h.views.History(t.Context(), projections.HistoryFilter{User: userID(1), Types: []string{"user.created.v1"}}))
	equal(t, "facts", len(items), 1)
	equal(t, "the fact is marked", items[0].Erased, true)
	equal(t, "the fact holds a person", strings.Contains(string(items[0].Data), "personal"), false)
	found := must2(h.views.Users(t.Context(), projections.UserFilter{Query: "lovelace"}))
	equal(t, "found by the name", len(found), 0)
	found = must2(h.views.Users(t.Context(), projections.UserFilter{Query: "bob"}))
	equal(t, "somebody else", len(found), 1)
	equal(t, "somebody else erased", found[0].Erased, false)
}
