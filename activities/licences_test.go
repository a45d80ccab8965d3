package activities_test

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// office is a company whose first licence is bound and whose second is not.
func (w *world) office(id string) *activities.Companies {
	w.Helper()
	from := domain.E164("+493077" + id[len(id)-3:] + "00")
	_, companies := w.firmOf(id, company.Block{From: from, To: from[:len(from)-2] + "99"})
	until := w.now.AddDate(1, 0, 0)
	w.tell(company.Stream(id), "order", company.OrderLicences{Licences: []company.Licences{
		{Kind: "office", Count: 1, BoundUntil: &until}, {Kind: "office", Count: 1},
	}}.Decide)
	return companies
}

// tell lets a command of the office pass.
func (w *world) tell(stream, command string, decide domain.Decide) {
	w.Helper()
	cause := domain.Cause{Command: domain.DeriveID(stream, command), Actor: domain.Actor{Kind: domain.ActorOperator}, At: w.now}
	_, err := w.journal.Execute(w.Context(), stream, cause, decide)
	w.must(err)
}

// sits orders a user who has the n-th licence of the office.
func (w *world) sits(firm string, n int) string {
	w.Helper()
	id, seat := domain.DeriveID("sits", firm, strconv.Itoa(n)), user.SeatStream(firm, "office", n)
	history, err := w.journal.Load(w.Context(), company.Stream(firm))
	w.must(err)
	w.tell(seat, "take "+id, claim.Take{Owner: user.Stream(id), By: "order", At: w.now}.Decide)
	w.tell(user.Stream(id), "order", user.Create{
		ID: id, Company: company.Fold(history.Facts), Licence: "office", Claims: user.Claims{Seat: seat}, At: w.now,
		Person: user.Person{FirstName: "Ada", LastName: "Lovelace", Email: id + "@example.com"},
	}.Decide)
	w.tell(seat, "confirm "+id, claim.Confirm(user.Stream(id)))
	return id
}

func (w *world) seated(firm string, n int) claim.State {
	w.Helper()
	history, err := w.journal.Load(w.Context(), user.SeatStream(firm, "office", n))
	w.must(err)
	return claim.Fold(history.Facts)
}

// givesBack carries the company's duties out until nothing is left, the first
// licence's return killed where that is wanted, and gives the company.
func (w *world) givesBack(firm string, companies *activities.Companies, fatal int, after bool) company.State {
	w.Helper()
	errand := activities.CompanyErrand{Company: firm}
	alive := w.mortal.lives(w.Context(), 0, false)
	duty, err := companies.LookAtCompany(alive, errand)
	w.must(err)
	for n := 0; duty.Task != company.Rest && n < 10; n++ {
		errand.Duty = duty
		switch duty.Task {
		case company.Connect:
			duty, err = companies.ConnectNumbers(w.mortal.lives(w.Context(), 0, false), errand)
		case company.GiveBack:
			if fatal > 0 {
				_, killed := companies.GiveBackLicence(w.mortal.lives(w.Context(), fatal, after), errand)
				if killed == nil && len(w.mortal.effects) >= fatal {
					w.Fatalf("killed at effect %d (after: %t), the activity did not end with an error", fatal, after)
				}
			}
			duty, err = companies.GiveBackLicence(w.mortal.lives(w.Context(), 0, false), errand)
		default:
			w.Fatalf("it is to %s", duty.Task)
		}
		w.must(err)
	}
	history, err := w.journal.Load(w.Context(), company.Stream(firm))
	w.must(err)
	return company.Fold(history.Facts)
}

func (w *world) wantsBack(firm string) {
	w.Helper()
	w.tell(company.Stream(firm), "return", company.ReturnLicence{ID: "r", Kind: "office", At: w.now}.Decide)
}

func TestTheLicenceThatNobodyHasGoesBack(t *testing.T) {
	w := newWorld(t)
	companies := w.office("office-001")
	w.wantsBack("office-001")
	firm := w.givesBack("office-001", companies, 0, false)
	if !reflect.DeepEqual(firm.Returned, []company.Seat{{Kind: "office", N: 2}}) || len(firm.Returns) != 0 {
		t.Errorf("went back: %v, on the way: %v", firm.Returned, firm.Returns)
	}
	if s := w.seated("office-001", 2); s.Owner != company.Stream("office-001") || !s.Confirmed {
		t.Errorf("the seat is %+v, want it the company's for good", s)
	}
}

func TestWhereEveryLicenceHasAUserNoneGoesBack(t *testing.T) {
	w := newWorld(t)
	companies := w.office("office-002")
	w.sits("office-002", 1)
	w.sits("office-002", 2)
	w.wantsBack("office-002")
	firm := w.givesBack("office-002", companies, 0, false)
	if len(firm.Returned) != 0 || len(firm.Returns) != 0 {
		t.Errorf("went back: %v, on the way: %v", firm.Returned, firm.Returns)
	}
	history, err := w.journal.Load(t.Context(), company.Stream("office-002"))
	w.must(err)
	causes := []string{}
	for _, f := range history.Facts {
		if failed, ok := reflect.TypeAssert[company.LicenceReturnFailed](reflect.ValueOf(f.Event)); ok {
			causes = append(causes, failed.Cause)
		}
	}
	if !slices.Equal(causes, []string{"licences-in-use"}) {
		t.Errorf("it failed for %q", causes)
	}
}

// A user on the licence that is not bound moves to the bound one that is free,
// wherever the process ends meanwhile (rule 2.22).
func licenceReturnIsKilled(t *testing.T) {
	t.Helper()
	w := newWorld(t)
	const effects = 8
	for round := range rounds() * effects / 4 {
		fatal, after := 1+round%effects, round/effects%2 == 1
		id := "office-" + padded(100+round)
		companies := w.office(id)
		sitting := w.sits(id, 2)
		w.wantsBack(id)
		firm := w.givesBack(id, companies, fatal, after)
		history, err := w.journal.Load(t.Context(), user.Stream(sitting))
		w.must(err)
		state := user.Fold(history.Facts)
		if state.Claims.Seat != user.SeatStream(id, "office", 1) || len(state.Loose) != 0 || !reflect.DeepEqual(firm.Returned, []company.Seat{{Kind: "office", N: 2}}) {
			t.Fatalf("killed at effect %d (after: %t): the user sits on %q, loose are %v, went back %v", fatal, after, state.Claims.Seat, state.Loose, firm.Returned)
		}
		first, second := w.seated(id, 1), w.seated(id, 2)
		if first.Owner != user.Stream(sitting) || !first.Confirmed || second.Owner != company.Stream(id) { // the sweep confirms what was cut off behind the company's fact
			t.Fatalf("killed at effect %d (after: %t): the seats are %+v and %+v", fatal, after, first, second)
		}
		w.now = w.now.Add(time.Second)
	}
}

// deletesWithLicence ends the user, and the licence goes back.
func deletesWithLicence(p *person) {
	p.does(user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: p.rules, GiveUp: true}.Decide)
}

func withSeat(order *user.Create) {
	order.Claims.Seat = user.SeatStream(order.Company.ID, "standard", 1)
}
