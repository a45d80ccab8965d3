package company_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
)

// licensed is a company with two office licences that are bound and one that is not.
func licensed() []domain.Event {
	return []domain.Event{
		founded,
		company.LicencesOrdered{Kind: "office", Count: 2, BoundUntil: &bound},
		company.LicencesOrdered{Kind: "free", Count: 1},
		company.LicencesOrdered{Kind: "office", Count: 1},
	}
}

func with(events []domain.Event, more ...domain.Event) []domain.Event {
	return append(slices.Clone(events), more...)
}

func TestLicencesGoBack(t *testing.T) {
	give := func(kind, user string, at time.Time) domain.Decide {
		return company.ReturnLicence{ID: "r", Kind: kind, User: user, At: at}.Decide
	}
	ordered := company.LicenceReturnOrdered{ID: "r", Kind: "office"}
	earlier := company.LicenceReturnOrdered{ID: "e", Kind: "office"}
	third := company.LicenceReturned{ID: "r", Kind: "office", Seat: 3}
	asked := company.LicenceReturnOrdered{ID: "r", Kind: "office", User: "u"}
	stays := company.LicenceReturnFailed{ID: "r", Kind: "office", Trouble: domain.Trouble{
		Cause: "licence-bound", Responsible: "operator", Text: "all licences of kind office are bound, the first until 2028-03-02",
	}}
	inUse := &domain.Trouble{Cause: "licences-in-use", Responsible: "admin"}
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"one that is not bound can go", licensed(), give("office", "", noon), []domain.Event{ordered}, ""},
		{"one can go once", with(licensed(), earlier), give("office", "", noon), nil, "licence-returning"},
		{"bound ones stay", with(licensed(), earlier, company.LicenceReturned{ID: "e", Kind: "office", Seat: 3}), give("office", "", noon), nil, "licence-bound"},
		{"until their day", with(licensed(), earlier, company.LicenceReturned{ID: "e", Kind: "office", Seat: 3}), give("office", "", bound), []domain.Event{ordered}, ""},
		{"what there is none of cannot go", licensed(), give("mobile", "", noon), nil, "no-licence"},
		{"a company that is not there has none", nil, give("office", "", noon), nil, "no-company"},
		{
			"a deletion is told that the licence stays", with(licensed(), earlier, company.LicenceReturned{ID: "e", Kind: "office", Seat: 3}),
			give("office", "u", noon),
			[]domain.Event{asked, stays},
			"",
		},
		{"the seat is named", with(licensed(), ordered), company.FinishReturn{ID: "r", Seat: 3}.Decide, []domain.Event{third}, ""},
		{"once", with(licensed(), ordered, third), company.FinishReturn{ID: "r", Seat: 3}.Decide, nil, ""},
		{
			"or why none could go", with(licensed(), ordered), company.FinishReturn{ID: "r", Trouble: inUse}.Decide,
			[]domain.Event{company.LicenceReturnFailed{ID: "r", Kind: "office", Trouble: *inUse}},
			"",
		},
		{
			"a seat that a sweep has given up is not named", with(licensed(), ordered, company.ClaimAbandoned{Claim: "seat-acme-office-3"}),
			company.FinishReturn{ID: "r", Seat: 3, TakenAt: noon}.Decide, nil, "claims-expired",
		},
		{"a sweep keeps what went back", with(licensed(), ordered, third), company.AbandonClaim{Claim: "seat-acme-office-3", Deadline: noon}.Decide, nil, "claim-held"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestSeatsAreNumberedOrderByOrder(t *testing.T) {
	s := company.Fold(facts(licensed()...))
	held, loose := s.Seats("office", noon)
	if !slices.Equal(held, []company.Seat{{Kind: "office", N: 1}, {Kind: "office", N: 2}}) || !slices.Equal(loose, []company.Seat{{Kind: "office", N: 3}}) {
		t.Errorf("bound are %v, loose %v", held, loose)
	}
	if held, loose = s.Seats("office", bound); len(held) != 0 || len(loose) != 3 {
		t.Errorf("on the day bound are %v, loose %v", held, loose)
	}
	s = company.Fold(facts(with(licensed(), company.LicenceReturnOrdered{ID: "r", Kind: "free"}, company.LicenceReturned{ID: "r", Kind: "free", Seat: 1})...))
	if s.LicencesOf("free") != 0 || s.LicencesOf("office") != 3 || !slices.Equal(s.LicenceKinds(), []string{"office"}) || s.Returning("free") != 0 {
		t.Errorf("of %v there are %d free and %d office", s.LicenceKinds(), s.LicencesOf("free"), s.LicencesOf("office"))
	}
	if duty := company.Fold(facts(with(licensed(), company.LicenceReturnOrdered{ID: "r", Kind: "free"})...)).Duty(noon); duty.Task != company.GiveBack || duty.Subject != "r" {
		t.Errorf("the duty is %+v", duty)
	}
}
