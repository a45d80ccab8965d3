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

func TestACompanyIsShownAsItsFactsTellIt(t *testing.T) {
	h := newHouse(t)
	h.tell(company.Stream(acme), companyFacts(acme, "Acme")...)
	h.tell(company.Stream("lost"), company.ClaimAbandoned{Claim: "number-+4930123450"})
	for n := range 3 {
		h.tell(user.Stream(userID(n)), plain(userID(n), acme, "U", "N"))
	}
	h.tell(user.Stream(userID(2)), user.Deleted{})
	h.followed()

	row, err := h.views.GetCompany(t.Context(), acme)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", row.Name, "Acme")
	equal(t, "policy", row.PolicyName, "onenet")
	equal(t, "policy version", row.PolicyVersion, 3)
	equal(t, "users", row.Users, 2)
	equal(t, "revision", row.Revision, 5)
	equal(t, "main number", row.State.MainNumber, "+4930123450")
	equal(t, "licences", row.State.Licences["standard"], 5)
	equal(t, "link", row.State.Policy.Link.Valid.Std(), 48*time.Hour)
	equal(t, "owns", row.State.Owns("+4930123455"), true)
	if _, known := row.State.Site("site-1"); !known {
		t.Error("the site is missing")
	}
	for _, id := range []string{zeta, "lost"} {
		if _, err := h.views.GetCompany(t.Context(), id); domain.KindOf(err) != domain.Missing {
			t.Errorf("%s: got %v, want a missing fault", id, err)
		}
	}
}

func TestPagesOfCompanies(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"C", "A", "B"} {
		h.tell(company.Stream(name), company.Created{ID: name, Name: name, Language: "en", Country: "DE"})
	}
	h.followed()
	var got []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		items, next, err := h.views.Companies(t.Context(), cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			got = append(got, item.Name)
		}
		cursor = next
	}
	if want := []string{"C", "A", "B"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestANumberIsFreeThenReservedThenAssignedThenFree(t *testing.T) {
	h := newHouse(t)
	stream, id := "number-+4930123451", userID(1)
	for _, step := range []struct {
		event   domain.Event
		state   string
		company string
		user    string
	}{
		{connected(acme), projections.NumberFree, acme, ""},
		{assign(id), projections.NumberHeld, acme, id},
		{number.Confirmed{User: id}, projections.NumberAssigned, acme, id},
		{number.Released{User: id, Reason: "deleted"}, projections.NumberFree, acme, ""},
		{number.Disconnected{Company: acme, Reason: "test"}, "", "", ""},
		{connected(zeta), projections.NumberFree, zeta, ""},
	} {
		h.clock.move(time.Minute)
		h.tell(stream, step.event)
		h.followed()
		items, _, err := h.views.Numbers(t.Context(), projections.NumberFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if step.state == "" {
			equal(t, "numbers of nobody", len(items), 0)
			continue
		}
		row := items[0]
		equal(t, step.event.Type(), row.State+row.Company+row.User, step.state+step.company+step.user)
		equal(t, "since", row.Since.UTC(), h.clock.Now())
	}
}

func TestPagesOfNumbers(t *testing.T) {
	h := newHouse(t)
	for _, n := range []domain.E164{"+4930123452", "+4930123450", "+4930123451", "+4930123453"} {
		h.tell(number.Stream(n), connected(acme))
	}
	h.tell("number-+4930999999", connected(zeta))
	h.tell("number-+4930123451", assign(userID(1)))
	h.followed()
	var got []string
	filter := projections.NumberFilter{Company: acme, State: projections.NumberFree, Limit: 2}
	for range 2 {
		items, next, err := h.views.Numbers(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			got = append(got, item.Number)
		}
		filter.Cursor = next
	}
	equal(t, "next", filter.Cursor, "")
	if want := []string{"+4930123450", "+4930123452", "+4930123453"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func (h *house) overdue(at time.Time) []string {
	h.t.Helper()
	rows, err := h.views.OverdueClaims(h.t.Context(), at, 10)
	if err != nil {
		h.t.Fatal(err)
	}
	var streams []string
	for _, row := range rows {
		streams = append(streams, row.Kind+" "+row.Stream+" "+row.Owner)
	}
	return streams
}

func TestClaimsAreOverdueUntilTheyAreSettled(t *testing.T) {
	h := newHouse(t)
	one, firm := user.Stream(userID(1)), company.Stream(acme)
	h.tell("number-+4930123450", connected(acme))
	h.tell("number-+4930123451", connected(acme), assign(userID(1)))
	h.tell("number-+4930123460", connected(acme))
	h.tell("number-+49301234555", connected(acme)) // longer, so not of the block
	h.tell("email-abc", take(one))
	h.tell("extension-x-51", take(one))
	h.followed()
	over := morning.Add(claim.Window)
	equal(t, "before the deadline", len(h.overdue(over.Add(-time.Microsecond))), 0)
	want := []string{
		"claim email-abc " + one, "claim extension-x-51 " + one, "connection number-+4930123450 " + firm,
		"assignment number-+4930123451 " + one, "connection number-+4930123451 " + firm,
		"connection number-+4930123460 " + firm, "connection number-+49301234555 " + firm,
	}
	got := h.overdue(over)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	h.tell(firm, company.NumbersConnected{From: "+4930123450", To: "+4930123459"})
	h.tell("number-+4930123451", number.Confirmed{User: userID(1)})
	h.tell("email-abc", claim.Confirmed{Owner: one})
	h.tell("extension-x-51", claim.Released{Owner: one, Reason: "test"})
	h.tell("number-+4930123460", number.Disconnected{Company: acme, Reason: "test"})
	h.tell("number-+4930123452", connected(acme)) // given back and taken anew since it was named
	h.followed()
	if got, want := h.overdue(over), []string{"connection number-+4930123452 " + firm, "connection number-+49301234555 " + firm}; !slices.Equal(got, want) {
		t.Errorf("after all was settled: got %v, want %v", got, want)
	}
}

func TestLicencesAreCountedByTheSeatsThatAreTaken(t *testing.T) {
	h := newHouse(t)
	h.tell(company.Stream(acme), company.LicencesOrdered{Kind: "standard", Count: 5}, company.LicencesOrdered{Kind: "standard-plus", Count: 1})
	h.tell(company.Stream(acme), company.LicencesOrdered{Kind: "standard", Count: 2})
	h.tell(user.SeatStream(acme, "standard", 1), take(user.Stream(userID(1))))
	h.tell(user.SeatStream(acme, "standard", 12), take(user.Stream(userID(2))))
	h.tell(user.SeatStream(acme, "standard-plus", 1), take(user.Stream(userID(3))))
	h.tell(user.SeatStream(acme, "standard", 1), claim.Released{Owner: user.Stream(userID(1)), Reason: "test"})
	h.tell(user.SeatStream(zeta, "standard", 1), take(user.Stream(userID(4))))
	h.followed()
	rows, err := h.views.Licences(t.Context(), acme)
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %v, %v, want two kinds", rows, err)
	}
	for i, want := range []projections.LicenceRow{{Kind: "standard", Count: 7, Used: 1}, {Kind: "standard-plus", Count: 1, Used: 1}} {
		equal(t, "kind", rows[i].Kind, want.Kind)
		equal(t, "count of "+want.Kind, rows[i].Count, want.Count)
		equal(t, "used of "+want.Kind, rows[i].Used, want.Used)
	}
}

func TestFreeSeatsAreListedFromTheAskersPlaceOn(t *testing.T) {
	h := newHouse(t)
	one, two := user.Stream(userID(1)), user.Stream(userID(2))
	for seat, owner := range map[int]string{1: one, 3: two, 4: two} {
		h.tell(user.SeatStream(acme, "standard", seat), take(owner))
	}
	h.tell(user.SeatStream(acme, "standard-plus", 2), take(one)) // of another pool
	h.tell(user.SeatStream(acme, "standard", 4), claim.Released{Owner: two, Reason: "test"})
	h.followed()
	pool := user.SeatPool(acme, "standard")
	for _, c := range []struct {
		name string
		ask  projections.SeatQuery
		want []int
	}{
		{"a stranger gets what is free", projections.SeatQuery{Owner: "user-x", Count: 5, Limit: 9}, []int{2, 4, 5}},
		{"from a place on, going round", projections.SeatQuery{Owner: "user-x", Count: 5, From: 3, Limit: 9}, []int{4, 5, 2}},
		{"what somebody has is free to him", projections.SeatQuery{Owner: one, Count: 5, Limit: 9}, []int{1, 2, 4, 5}},
		{"no more than asked for", projections.SeatQuery{Owner: "user-x", Count: 5, From: 1, Limit: 1}, []int{2}},
		{"no more than there are", projections.SeatQuery{Owner: "user-x", Count: 1, Limit: 9}, nil},
	} {
		c.ask.Pool = pool
		got, sure, err := h.views.FreeSeats(t.Context(), c.ask)
		var want []string
		for _, seat := range c.want {
			want = append(want, user.SeatStream(acme, "standard", seat))
		}
		if err != nil || !sure || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, %v, want %v", c.name, got, sure, err, want)
		}
	}
}

func TestNobodyIsSureOfSeatsWhoseFactsAreParked(t *testing.T) {
	h := newHouse(t)
	stop := h.run(h.views, h.knowing(without("claim.released.v1")...))
	h.tell(user.SeatStream(acme, "standard", 1), take(user.Stream(userID(1))))
	h.tell(user.SeatStream(acme, "standard", 1), claim.Released{Owner: user.Stream(userID(1)), Reason: "test"})
	h.settled()
	stop()
	for kind, want := range map[string]bool{"standard": false, "basic": true} {
		_, sure, err := h.views.FreeSeats(t.Context(), projections.SeatQuery{Pool: user.SeatPool(acme, kind), Owner: "user-x", Count: 1, Limit: 1})
		if err != nil || sure != want {
			t.Errorf("%s: sure is %v, %v", kind, sure, err)
		}
	}
}
