package projections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/projections"
)

func (h *house) history(f projections.HistoryFilter) []string {
	h.t.Helper()
	var types []string
	for {
		items, next, err := h.views.History(h.t.Context(), f)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, item := range items {
			types = append(types, item.Type)
		}
		if f.Cursor = next; next == "" {
			return types
		}
	}
}

// live tells the life of user 1, and bits of others'.
func live(h *house) {
	id, stream := userID(1), user.Stream(userID(1))
	h.tell("number-+4930123451", connected(acme), assign(id))
	h.tell("seat-"+acme+"-standard-1", take(stream))
	h.tell("seat-"+acme+"-standard-2", take(user.Stream(userID(2))))
	h.tell(stream, ada(id))
	h.clock.move(time.Hour)
	h.tell(user.Stream(userID(2)), plain(userID(2), acme, "Bob", "Other"))
	h.tell("number-+4930123451", number.Confirmed{User: id})
	h.tell("seat-"+acme+"-standard-1", claim.Confirmed{Owner: stream})
	h.clock.move(time.Hour)
	h.tell(stream, user.Suspended{})
}

var lifeOfOne = []string{
	"number.assigned.v1", "claim.taken.v1", "user.created.v1", "number.confirmed.v1", "claim.confirmed.v1", "user.suspended.v1",
}

func TestTheHistoryHoldsEverythingAboutOneUser(t *testing.T) {
	h := newHouse(t)
	live(h)
	h.followed()
	id := userID(1)
	backwards := slices.Clone(lifeOfOne)
	slices.Reverse(backwards)
	for _, test := range []struct {
		name   string
		filter projections.HistoryFilter
		want   []string
	}{
		{"everything", projections.HistoryFilter{}, lifeOfOne},
		{"backwards", projections.HistoryFilter{Descending: true}, backwards},
		{"in small pages", projections.HistoryFilter{Limit: 1}, lifeOfOne},
		{"backwards in small pages", projections.HistoryFilter{Limit: 4, Descending: true}, backwards},
		{"by type", projections.HistoryFilter{Types: []string{"user.created.v1", "user.suspended.v1"}}, []string{"user.created.v1", "user.suspended.v1"}},
		{"by kind of actor", projections.HistoryFilter{Actor: "operator"}, lifeOfOne},
		{"by actor", projections.HistoryFilter{Actor: "olga"}, lifeOfOne},
		{"by another actor", projections.HistoryFilter{Actor: "admin"}, nil},
		{"from on", projections.HistoryFilter{From: morning.Add(2 * time.Hour)}, lifeOfOne[5:]},
		{"up to", projections.HistoryFilter{To: morning.Add(time.Hour)}, lifeOfOne[:5]},
		{"one moment", projections.HistoryFilter{From: morning.Add(time.Hour), To: morning.Add(time.Hour)}, lifeOfOne[3:5]},
		{"before", projections.HistoryFilter{To: morning.Add(time.Hour - time.Microsecond)}, lifeOfOne[:3]},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.filter.User = id
			if got := h.history(test.filter); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestAFactIsShownWithWhoAndWhyAndWithoutSecrets(t *testing.T) {
	h := newHouse(t)
	id := userID(1)
	position := h.tell(user.Stream(id), plain(id, acme, "Ada", "Lovelace"))
	h.tell(user.Stream(id), activation("link-1")...)
	h.tell(user.Stream(id), confirmation("link-1")...)
	h.followed()
	items, _, err := h.views.History(t.Context(), projections.HistoryFilter{User: id, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	first := items[0]
	equal(t, "position", first.Position, position)
	equal(t, "stream", first.Stream, user.Stream(id))
	equal(t, "revision", first.Revision, 0)
	equal(t, "actor", first.ActorKind+" "+first.ActorID, "operator olga")
	equal(t, "channel", first.Channel, domain.ChannelAPI)
	equal(t, "reason", first.Reason, "because")
	equal(t, "correlation", first.Correlation, "chain-1")
	equal(t, "causation", first.Causation, first.Command)
	equal(t, "at", first.At.UTC(), morning)
	if !strings.Contains(string(first.Data), `"firstName":"Ada"`) {
		t.Errorf("the person is missing in %s", first.Data)
	}
	for _, item := range items {
		if strings.Contains(string(item.Data), "canary") || strings.Contains(string(item.Data), "hash") {
			t.Errorf("%s shows a secret: %s", item.Type, item.Data)
		}
		if item.Type == "user.credential-set.v1" {
			equal(t, "credential", string(item.Data), `{"question":"pet"}`)
		}
	}
}

func TestWhoIsForgottenIsGoneFromEveryRow(t *testing.T) {
	h := newHouse(t)
	live(h)
	h.followed()
	stream := user.Stream(userID(1))
	if err := h.keys.Destroy(t.Context(), stream, h.clock.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.views.Forget(t.Context(), stream); err != nil {
			t.Fatal(err)
		}
	}
	forgotten := h.dump(h.views)
	for _, word := range []string{"Ada", "ada@example.com", "lovelace", "+491711234567", "001122334455", "Countess"} {
		if strings.Contains(forgotten, word) {
			t.Errorf("%q is still there", word)
		}
		if files := h.bytes(); strings.Contains(files, word) {
			t.Errorf("%q is still in the files", word)
		}
	}
	if !strings.Contains(forgotten, "Bob") {
		t.Error("somebody else was forgotten too")
	}
	row, state, err := h.views.GetUser(t.Context(), userID(1))
	if err != nil || !row.Erased || !state.Erased || row.Number == "" {
		t.Errorf("got %+v, %v, want an erased user with its number", row, err)
	}
	for name := range projectionTables {
		if err := h.views.Rebuild(t.Context(), name, h.journal); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "after a rebuild", h.dump(h.views), forgotten)
}
