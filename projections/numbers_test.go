package projections_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/projections"
)

// listed gives what a filter finds.
func (h *house) listed(f projections.NumberFilter) (numbers []string) {
	h.t.Helper()
	items, _, err := h.views.Numbers(h.t.Context(), f)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, item := range items {
		numbers = append(numbers, item.Number+" "+item.State)
	}
	return numbers
}

func TestNumbersAreFoundByWhatTheyAre(t *testing.T) {
	h := newHouse(t)
	rests, until := morning.Add(48*time.Hour), morning.Add(24*time.Hour)
	had := []domain.Event{connected(acme), assign(userID(1)), number.Confirmed{User: userID(1)}}
	h.tell("number-+4930123450", connected(acme))
	h.tell("number-+4930123451", had...)
	h.tell("number-+4930123452", connected(acme), number.Reserved{Reason: "branch", Until: &until})
	h.tell("number-+4930123453", append(slices.Clone(had), number.Released{User: userID(1), Rests: &rests})...)
	h.tell("number-+4930123454", connected(acme), number.Forwarded{To: "+4930999999"})
	h.tell("number-+4917112345", number.Connected{Company: acme, Kind: number.Mobile})
	h.tell("number-+4930123460", connected(acme), number.Disconnected{Company: acme, Pool: true}, connected(zeta))
	h.tell("number-+4930123470", number.Pooled{Kind: number.Fixed, Country: "DE"})
	h.tell("number-+4930123471", connected(zeta), number.Disconnected{Company: zeta, Pool: true, Rests: &rests})
	h.followed()
	for name, c := range map[string]struct {
		filter projections.NumberFilter
		want   []string
	}{
		"free":                   {projections.NumberFilter{Company: acme, State: "free"}, []string{"+4917112345 free", "+4930123450 free"}},
		"assigned":               {projections.NumberFilter{Company: acme, State: "assigned"}, []string{"+4930123451 assigned"}},
		"kept":                   {projections.NumberFilter{Company: acme, State: "reserved"}, []string{"+4930123452 reserved"}},
		"resting":                {projections.NumberFilter{Company: acme, State: "resting"}, []string{"+4930123453 resting"}},
		"forwarded":              {projections.NumberFilter{Company: acme, State: "forwarded"}, []string{"+4930123454 forwarded"}},
		"inactive (2.25)":        {projections.NumberFilter{Company: acme, State: "inactive"}, []string{"+4930123460 inactive"}},
		"mobile":                 {projections.NumberFilter{Company: acme, Kind: "mobile"}, []string{"+4917112345 free"}},
		"fixed":                  {projections.NumberFilter{Company: zeta, Kind: "fixed"}, []string{"+4930123460 free"}},
		"the pool":               {projections.NumberFilter{Company: acme, Pool: true}, []string{"+4930123470 pool", "+4930123471 resting"}},
		"what is for sale there": {projections.NumberFilter{Pool: true, State: "pool"}, []string{"+4930123470 pool"}},
		"by country":             {projections.NumberFilter{Pool: true, Country: "DE"}, []string{"+4930123470 pool"}},
		"by digits":              {projections.NumberFilter{Company: acme, Query: "3451"}, []string{"+4930123451 assigned"}},
		"as dialled at home":     {projections.NumberFilter{Company: acme, Query: "030 / 12 34-51"}, []string{"+4930123451 assigned"}},
		"as dialled abroad":      {projections.NumberFilter{Company: acme, Query: "0049 30 123451"}, []string{"+4930123451 assigned"}},
		"as it is written":       {projections.NumberFilter{Company: acme, Query: "+4930123451"}, []string{"+4930123451 assigned"}},
		"by nothing":             {projections.NumberFilter{Company: acme, Query: "ada"}, nil},
		"a range":                {projections.NumberFilter{From: "+4930123451", To: "+4930123452"}, []string{"+4930123451 assigned", "+4930123452 reserved"}},
	} {
		if got := h.listed(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	h.clock.move(72 * time.Hour)
	want := []string{"+4917112345 free", "+4930123450 free", "+4930123452 free", "+4930123453 free"}
	if got := h.listed(projections.NumberFilter{Company: acme, State: "free"}); !slices.Equal(got, want) {
		t.Errorf("when the dates have passed: %v, want %v", got, want)
	}
	items, _, err := h.views.Numbers(t.Context(), projections.NumberFilter{Query: "3453"})
	if err != nil || len(items) != 1 || !items[0].Since.Equal(rests) {
		t.Errorf("what rested is free since %v, %v", items, err)
	}
}

func TestAReturnIsListedUntilItIsFinished(t *testing.T) {
	h := newHouse(t)
	firm, over := company.Stream(acme), morning.Add(2*claim.Window)
	h.tell("number-+4930123455", connected(acme))
	h.tell(firm, company.NumbersConnected{From: "+4930123450", To: "+4930123459"})
	h.tell("number-+4930123455", number.ReturnBegun{Company: acme, Deadline: morning.Add(claim.Window)})
	h.followed()
	if got, want := h.overdue(over), []string{"return number-+4930123455 " + firm}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	h.tell(firm, company.NumbersReturned{From: "+4930123455", To: "+4930123455"})
	h.tell("number-+4930123455", number.Disconnected{Company: acme, Pool: true})
	h.followed()
	equal(t, "behind it", len(h.overdue(over)), 0)
	h.tell("number-+4930123455", connected(acme))
	h.followed()
	if got, want := h.overdue(over), []string{"connection number-+4930123455 " + firm}; !slices.Equal(got, want) {
		t.Errorf("bought again: got %v, want %v", got, want)
	}
	h.tell(firm, company.NumbersBought{From: "+4930123455", To: "+4930123455"})
	h.followed()
	equal(t, "behind the purchase", len(h.overdue(over)), 0)
}

func TestASwapIsListedUntilItIsFinished(t *testing.T) {
	h := newHouse(t)
	prepared := number.SwapPrepared{Swap: "s", From: userID(1), To: userID(2), Other: "+4930123451", Decides: userID(2), Deadline: morning.Add(claim.Window)}
	h.tell("number-+4930123450", number.Confirmed{User: userID(1)}, prepared)
	h.followed()
	if got, want := h.overdue(morning.Add(claim.Window)), []string{"swap number-+4930123450 " + user.Stream(userID(2))}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	h.tell("number-+4930123450", number.Swapped{Swap: "s", From: userID(1), To: userID(2)})
	h.followed()
	equal(t, "behind it", len(h.overdue(morning.Add(claim.Window))), 0)
}
