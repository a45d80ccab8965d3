package company_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

func TestTheSetUpIsACheckList(t *testing.T) {
	rules := company.PolicyAdopted{Policy: rules(t, "unifyoffice")}
	begun := []domain.Event{founded, rules, company.MainUserSet{User: "mia"}}
	after := func(more ...domain.Event) []domain.Event { return slices.Concat(begun, more) }
	done, skipped, resumed := company.SetupStepDone{Step: "users"}, company.SetupStepSkipped{Step: "users"}, company.SetupStepResumed{Step: "users"}
	mark := func(step string, as company.SetupState) domain.Decide {
		return company.MarkStep{Step: step, As: as}.Decide
	}
	mia, ben := company.AttendantSet{User: "mia"}, company.AttendantSet{User: "ben"}
	attended := company.SetupStepDone{Step: policy.SetupAttendant}
	region := company.SetRegion{Language: "de", TimeZone: "Europe/Berlin"}
	moved := company.RegionSet{Language: "sv", TimeZone: "Europe/Stockholm"}
	placed := company.SetupStepDone{Step: policy.SetupRegion}
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"a step is done", begun, mark("users", company.SetupDone), []domain.Event{done}, ""},
		{"doing it twice is nothing", after(done), mark("users", company.SetupDone), nil, ""},
		{"a step is skipped", begun, mark("users", company.SetupSkipped), []domain.Event{skipped}, ""},
		{"skipping it twice is nothing", after(skipped), mark("users", company.SetupSkipped), nil, ""},
		{"what was skipped can be done", after(skipped), mark("users", company.SetupDone), []domain.Event{done}, ""},
		{"what was skipped is come back to", after(skipped), mark("users", company.SetupOpen), []domain.Event{resumed}, ""},
		{"what was done is come back to", after(done), mark("users", company.SetupOpen), []domain.Event{resumed}, ""},
		{"an open step need not be come back to", begun, mark("users", company.SetupOpen), nil, ""},
		{"coming back twice is nothing", after(skipped, resumed), mark("users", company.SetupOpen), nil, ""},
		{"what was come back to can be skipped", after(skipped, resumed), mark("users", company.SetupSkipped), []domain.Event{skipped}, ""},
		{"no step is made to wait", begun, mark("users", company.SetupWaiting), nil, "unknown-state"},
		{"no step is made up", begun, mark("greeting", company.SetupDone), nil, "no-setup-step"},
		{"the operator's steps are no admin's", begun, mark("numbers", company.SetupDone), nil, "no-setup-step"},
		{"no company has no set-up", nil, mark("users", company.SetupDone), nil, "no-company"},

		{"who is done with the attendant takes the main user", begun, mark("attendant", company.SetupDone), []domain.Event{mia, attended}, ""},
		{"a chosen attendant stays", after(ben), mark("attendant", company.SetupDone), []domain.Event{attended}, ""},
		{"without a main user somebody is chosen", []domain.Event{founded, rules}, mark("attendant", company.SetupDone), nil, "no-attendant"},
		{"an attendant is chosen", begun, company.SetAttendant{User: "ben"}.Decide, []domain.Event{ben, attended}, ""},
		{"another one is, later", after(ben, attended), company.SetAttendant{User: "mia"}.Decide, []domain.Event{mia}, ""},
		{"the same one is nothing", after(ben, attended), company.SetAttendant{User: "ben"}.Decide, nil, ""},
		{"the attendant is taken away", after(ben, attended), company.SetAttendant{}.Decide, []domain.Event{company.AttendantSet{}}, ""},
		{"and nobody need be", begun, company.SetAttendant{}.Decide, nil, ""},
		{"nobody is nobody's attendant", nil, company.SetAttendant{User: "ben"}.Decide, nil, "no-company"},

		{"the region that is proposed is taken", begun, region.Decide, []domain.Event{placed}, ""},
		{"another region is set", begun, company.SetRegion(moved).Decide, []domain.Event{moved, placed}, ""},
		{"and set again", after(moved, placed), region.Decide, []domain.Event{company.RegionSet(region)}, ""},
		{"a region needs a known language", begun, company.SetRegion{Language: "fr", TimeZone: "Europe/Paris"}.Decide, nil, "invalid-input"},
		{"a region needs a zone", begun, company.SetRegion{Language: "de", TimeZone: "../etc"}.Decide, nil, "invalid-input"},
		{"no company is nowhere", nil, region.Decide, nil, "no-company"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestTheOperatorChangesACompany(t *testing.T) {
	unify, onenet := rules(t, "unifyoffice"), rules(t, "onenet")
	begun := []domain.Event{founded, company.PolicyAdopted{Policy: unify}, company.NumbersConnected(block), company.MainNumberSet{Number: block.From}}
	change := func(in company.Change) domain.Decide { return in.Decide }
	fax, last := domain.E164("+4930123498"), domain.E164("+4930123499")
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"nothing sent is nothing", begun, change(company.Change{}), nil, ""},
		{
			"everything at once", begun,
			change(company.Change{Name: new("Acme SE"), MainNumber: &last, MainFax: &fax, MainUser: new("mia")}),
			[]domain.Event{
				company.Renamed{Name: "Acme SE", Previous: "Acme"},
				company.MainNumberSet{Number: last},
				company.MainFaxSet{Number: fax},
				company.MainUserSet{User: "mia"},
			},
			"",
		},
		{"the same is nothing", begun, change(company.Change{Name: new("Acme"), MainNumber: new(block.From), MainFax: new(domain.E164(""))}), nil, ""},
		{"a main number is one's own", begun, change(company.Change{MainNumber: new(domain.E164("+4940123"))}), nil, "invalid-input"},
		{"a fax is one's own", begun, change(company.Change{MainFax: new(domain.E164("+4940123"))}), nil, "invalid-input"},
		{"a fax is no telephone", begun, change(company.Change{MainFax: new(block.From)}), nil, "invalid-input"},
		{"nor the one that becomes it", begun, change(company.Change{MainNumber: &last, MainFax: &last}), nil, "invalid-input"},
		{"a company without a main user stays with one", begun, change(company.Change{MainUser: new("")}), nil, "invalid-input"},
		{"a name is none without letters", begun, change(company.Change{Name: new(" ")}), nil, "invalid-input"},
		{"no company, no change", nil, change(company.Change{Name: new("Acme")}), nil, "no-company"},

		{"another policy is adopted", begun, company.AdoptPolicy{Policy: onenet}.Decide, []domain.Event{company.PolicyAdopted{Policy: onenet}}, ""},
		{"the same one is not", begun, company.AdoptPolicy{Policy: stored(t, unify)}.Decide, nil, ""},
		{"a wrong one is not", begun, company.AdoptPolicy{Policy: policy.Policy{Name: "mine"}}.Decide, nil, "invalid-input"},
		{"no company, no policy", nil, company.AdoptPolicy{Policy: onenet}.Decide, nil, "no-company"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestTheOperatorOrdersMore(t *testing.T) {
	begun := []domain.Event{founded, company.PolicyAdopted{Policy: rules(t, "unifyoffice")}, company.NumbersConnected(block), company.MainNumberSet{Number: block.From}}
	more, within := company.Block{From: "+49305500", To: "+49305509"}, company.Block{From: "+4930123450", To: "+4930123459"}
	late := func(in company.ConnectNumbers) domain.Decide { in.At = noon.Add(time.Hour); return in.Decide }
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{
			"further numbers are connected", begun, late(company.ConnectNumbers{Blocks: []company.Block{more}}),
			[]domain.Event{company.NumbersConnected(more), company.ConnectionOrdered(more)},
			"",
		},
		{"those that are, are not", begun, late(company.ConnectNumbers{Blocks: []company.Block{block}}), nil, ""},
		{"parts of them are not", begun, late(company.ConnectNumbers{Blocks: []company.Block{within}}), nil, "invalid-input"},
		{"no numbers are no order", begun, late(company.ConnectNumbers{}), nil, "invalid-input"},
		{
			"the first ones bring the main number",
			[]domain.Event{founded, company.PolicyAdopted{Policy: rules(t, "onenet")}},
			late(company.ConnectNumbers{Blocks: []company.Block{more, block}}),
			[]domain.Event{company.NumbersConnected(more), company.NumbersConnected(block), company.MainNumberSet{Number: more.From}},
			"",
		},
		{
			"an order that was too slow conflicts", slices.Concat(begun, []domain.Event{company.ClaimAbandoned{Claim: "number-+49305504"}}),
			company.ConnectNumbers{Blocks: []company.Block{more}, At: noon}.Decide, nil, "claims-expired",
		},
		{
			"what was given up before can be ordered", slices.Concat(begun, []domain.Event{company.ClaimAbandoned{Claim: "number-+49305504"}}),
			late(company.ConnectNumbers{Blocks: []company.Block{more}}),
			[]domain.Event{company.NumbersConnected(more), company.ConnectionOrdered(more)},
			"",
		},
		{"no company, no numbers", nil, late(company.ConnectNumbers{Blocks: []company.Block{more}}), nil, "no-company"},

		{
			"further licences are ordered", begun, company.OrderLicences{Licences: []company.Licences{{Kind: "office", Count: 2}}}.Decide,
			[]domain.Event{company.LicencesOrdered{Kind: "office", Count: 2}},
			"",
		},
		{"none is no order", begun, company.OrderLicences{}.Decide, nil, "invalid-input"},
		{"nor are fewer", begun, company.OrderLicences{Licences: []company.Licences{{Kind: "office", Count: -2}}}.Decide, nil, "invalid-input"},
		{"no company, no licences", nil, company.OrderLicences{Licences: []company.Licences{{Kind: "office", Count: 2}}}.Decide, nil, "no-company"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

// stored is a policy as a store gives it back.
func stored(t *testing.T, p policy.Policy) policy.Policy {
	t.Helper()
	var read policy.Policy
	if err := json.Unmarshal([]byte(text(t, p)), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTheCheckListSaysWhereEverybodyStands(t *testing.T) {
	rules := company.PolicyAdopted{Policy: rules(t, "unifyoffice")}
	ordered := []domain.Event{founded, rules, company.NumbersConnected(block), company.ConnectionOrdered(block), company.MainNumberSet{Number: block.From}, company.MainUserSet{User: "mia"}}
	connected := append(slices.Clone(ordered), company.ConnectionMade{From: block.From, Attempt: 1})
	whole := append(slices.Clone(connected), company.SetupStepDone{Step: "users"}, company.AttendantSet{User: "ben"}, company.SetupStepDone{Step: "attendant"},
		company.SetupStepSkipped{Step: "contact"}, company.SetupStepDone{Step: "region"})
	next := noon.Add(time.Minute)
	busy, refused := domain.Trouble{Cause: "network-unavailable", Responsible: "network", NextTry: &next}, domain.Trouble{Cause: "network-refused", Responsible: "operator"}
	for _, c := range []struct {
		name     string
		given    []domain.Event
		people   company.People
		want     string
		finished bool
	}{
		{"nothing but a name", []domain.Event{founded, rules}, company.People{}, "numbers open no-numbers operator; main-number open operator; main-user open operator; users open admin; attendant open admin; contact open admin; region open admin", false},
		{"just ordered", ordered, company.People{MainUser: "pending"}, "numbers waiting network; main-number done; main-user waiting main-user-pending user; users open admin; attendant open admin; contact open admin; region open admin", false},
		{"the network is busy", append(slices.Clone(ordered), company.ConnectionDelayed{From: block.From, Attempt: 1, Trouble: busy}), company.People{MainUser: "activated"}, "numbers waiting network-unavailable network; main-number done; main-user done; users open admin; attendant open admin; contact open admin; region open admin", false},
		{"the network refuses", append(slices.Clone(ordered), company.ConnectionFailed{From: block.From, Attempt: 2, Trouble: refused}), company.People{MainUser: "failed"}, "numbers failed network-refused operator; main-number done; main-user failed main-user-failed operator; users open admin; attendant open admin; contact open admin; region open admin", false},
		{"everything is there", whole, company.People{MainUser: "activated", Attendant: "pending"}, "numbers done; main-number done; main-user done; users done; attendant done; contact skipped; region done", true},
		{"the attendant is gone", whole, company.People{MainUser: "activated"}, "numbers done; main-number done; main-user done; users done; attendant open attendant-gone admin; contact skipped; region done", false},
		{"the main user is gone", whole, company.People{Attendant: "activated"}, "numbers done; main-number done; main-user open operator; users done; attendant done; contact skipped; region done", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps := company.Fold(facts(c.given...)).Checklist(c.people)
			if got := told(steps); got != c.want {
				t.Errorf("the list says\n%s, want\n%s", got, c.want)
			}
			if got := company.SetupFinished(steps); got != c.finished {
				t.Errorf("finished: %t", got)
			}
		})
	}
}

func told(steps []company.SetupStep) string {
	said := ""
	for i, step := range steps {
		if i > 0 {
			said += "; "
		}
		said += step.Name + " " + string(step.State)
		for _, more := range []string{step.Cause, step.Responsible} {
			if more != "" {
				said += " " + more
			}
		}
	}
	return said
}
