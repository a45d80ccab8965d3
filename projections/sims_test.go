package projections_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/projections"
)

const card = "55555555-5555-5555-8555-555555555555"

// cardFacts make a card that is to be activated later for a user.
func cardFacts(on *time.Time) []domain.Event {
	return []domain.Event{
		sim.Registered{ID: card, Company: acme, Kind: sim.Voice, Claims: []string{"imsi-1"}, Personal: &sim.Card{IMSI: "240017430000001", ICCID: "89460000000000000000"}},
		sim.Assigned{User: userID(1), Kind: sim.Voice},
		sim.ActivationAsked{At: on},
	}
}

func TestSIMsAreListedAsTheyAreAtTheMoment(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	future, past := time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	list := func(f projections.SIMFilter) string {
		t.Helper()
		h.settled()
		rows, _, err := h.views.SIMs(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, row := range rows {
			told = append(told, row.State+" "+row.IMSI[len(row.IMSI)-4:])
		}
		return strings.Join(told, ", ")
	}
	h.tell(sim.Stream(card), cardFacts(&future)...)
	for name, c := range map[string]struct {
		filter projections.SIMFilter
		want   string
	}{
		"the company's": {projections.SIMFilter{Company: acme}, "planned 0001"}, "the user's": {projections.SIMFilter{User: userID(1)}, "planned 0001"},
		"another's": {projections.SIMFilter{User: userID(2)}, ""}, "by the IMSI": {projections.SIMFilter{Query: "43 0000001"}, "planned 0001"},
		"by the ICCID": {projections.SIMFilter{Query: "894600"}, "planned 0001"}, "by no digits": {projections.SIMFilter{Query: "x"}, ""},
		"planned": {projections.SIMFilter{State: "planned"}, "planned 0001"}, "activating": {projections.SIMFilter{State: "activating"}, ""},
		"active": {projections.SIMFilter{State: "active"}, ""},
	} {
		if got := list(c.filter); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	h.tell(sim.Stream(card), sim.ActivationAsked{At: &past})
	if got := list(projections.SIMFilter{State: "activating"}) + list(projections.SIMFilter{State: "planned"}); got != "activating 0001" {
		t.Errorf("once the day has come: %q", got)
	}
	h.tell(sim.Stream(card), sim.Activated{Attempt: 1, Personal: &sim.Card{IMSI: "240017430000001"}})
	if got := list(projections.SIMFilter{State: "active"}); got != "active 0001" {
		t.Errorf("once it is active: %q", got)
	}
}

func TestTheCodeOfAnESIMStandsInNoReadModel(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	h.tell(sim.Stream(card), sim.Ordered{ID: card, Company: acme, Kind: sim.ESIM, User: userID(1)},
		sim.ProfileReady{Attempt: 1, Personal: &sim.Profile{SMDP: "smdp.example", MatchingID: "SECRET-CODE", Card: sim.Card{IMSI: "240017430000002"}}})
	h.settled()
	if dump := h.dump(h.views); strings.Contains(dump, "SECRET-CODE") || !strings.Contains(dump, "240017430000002") {
		t.Errorf("the rows are %s", dump)
	}
}

// The number of a card is personal only while somebody has the card.
func TestOnceItsUserIsGoneACardIsTiedToNobody(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	h.tell(sim.Stream(card), append(cardFacts(nil),
		sim.Named{User: userID(1)}, sim.Activated{Attempt: 1, Personal: &sim.Card{IMSI: "240017430000001"}},
		sim.Detached{User: userID(1), Reason: "user-gone"}, sim.Forgotten{User: userID(1)}, sim.Released{Attempt: 1},
	)...)
	h.settled()
	rows := 0
	for line := range strings.Lines(h.dump(h.views)) {
		if strings.Contains(line, "240017430000001") && strings.Contains(line, "\"Stage\"") {
			if rows++; strings.Contains(line, userID(1)) || !strings.Contains(line, "free") {
				t.Errorf("the row is %s", line)
			}
		}
	}
	if rows != 1 {
		t.Errorf("the card has %d rows", rows)
	}
}
