package number_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
)

const line domain.E164 = "+4930123450"

var (
	noon      = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	begun     = noon.Add(-claim.Window)
	later     = noon.Add(time.Hour)
	connected = number.Connected{Company: "acme", Deadline: noon}
	assigned  = number.Assigned{Company: "acme", User: "ada", Taking: "order", Deadline: noon.Add(claim.Window)}
	confirmed = number.Confirmed{User: "ada"}
	released  = number.Released{User: "ada", Reason: "changed"}
)

type scenario struct {
	name  string
	given []domain.Event
	when  domain.Decide
	then  []domain.Event
	fault string
}

func TestNumbersOfACompany(t *testing.T) {
	gone := number.Disconnected{Company: "acme", Reason: "moved"}
	play(t, []scenario{
		{"a number is connected to a company", nil, connect("acme", begun), []domain.Event{connected}, ""},
		{"connecting twice is nothing", []domain.Event{connected}, connect("acme", begun.Add(time.Second)), nil, ""},
		{"what an earlier order left behind is given back first", []domain.Event{connected}, connect("acme", noon), nil, "being-taken"},
		{"another company's number is taken", []domain.Event{connected}, connect("globex", noon), nil, "number-taken"},
		{
			"a disconnected number is anybody's",
			[]domain.Event{connected, gone},
			connect("globex", later),
			[]domain.Event{number.Connected{Company: "globex", Deadline: later.Add(claim.Window)}},
			"",
		},
		{"a free number is disconnected", []domain.Event{connected}, number.Disconnect("acme", "moved"), []domain.Event{gone}, ""},
		{"disconnecting twice is nothing", []domain.Event{connected, gone}, number.Disconnect("acme", "moved"), nil, ""},
		{"another company's number stays connected", []domain.Event{connected}, number.Disconnect("globex", "moved"), nil, ""},
		{"a user's number stays connected", []domain.Event{connected, assigned}, number.Disconnect("acme", "moved"), nil, "number-assigned"},
		{"a connection that is due expires", []domain.Event{connected}, number.ExpireConnection("acme", noon, "moved"), []domain.Event{gone}, ""},
		{"a connection that is not due stays", []domain.Event{connected}, number.ExpireConnection("acme", noon.Add(-1), "moved"), nil, ""},
		{
			"a connection made anew stays",
			[]domain.Event{connected, gone, number.Connected{Company: "acme", Deadline: later}},
			number.ExpireConnection("acme", noon, "moved"), nil, "",
		},
		{"a user's number does not expire", []domain.Event{connected, assigned}, number.ExpireConnection("acme", later, "moved"), nil, ""},
		{"another company's connection does not expire", []domain.Event{connected}, number.ExpireConnection("globex", later, "moved"), nil, ""},
		{"nobody's connection does not expire", nil, number.ExpireConnection("", later, "moved"), nil, ""},
	})
}

func TestNumbersOfAUser(t *testing.T) {
	play(t, []scenario{
		{"a number is assigned", []domain.Event{connected}, assign("acme", "ada", "order", noon), []domain.Event{assigned}, ""},
		{"assigning twice for the same command is nothing", []domain.Event{connected, assigned}, assign("acme", "ada", "order", noon), nil, ""},
		{"assigning what stands is nothing", []domain.Event{connected, assigned, confirmed}, assign("acme", "ada", "change", later), nil, ""},
		{"what another command of the user holds is under way", []domain.Event{connected, assigned}, assign("acme", "ada", "change", noon), nil, "being-taken"},
		{"behind its deadline an assignment waits for the sweep", []domain.Event{connected, assigned}, assign("acme", "ada", "order", later), nil, "being-taken"},
		{"an assignment is given back", []domain.Event{connected, assigned}, number.GiveBack("ada", "order", "changed"), []domain.Event{released}, ""},
		{"another command's assignment is left alone", []domain.Event{connected, assigned}, number.GiveBack("ada", "change", "changed"), nil, ""},
		{"what stands is not given back", []domain.Event{connected, assigned, confirmed}, number.GiveBack("ada", "order", "changed"), nil, ""},
		{"an assignment that is due expires", []domain.Event{connected, assigned}, number.Expire("ada", assigned.Deadline, "changed"), []domain.Event{released}, ""},
		{"an assignment that is not due stays", []domain.Event{connected, assigned}, number.Expire("ada", assigned.Deadline.Add(-1), "changed"), nil, ""},
		{"what stands does not expire", []domain.Event{connected, assigned, confirmed}, number.Expire("ada", later, "changed"), nil, ""},
		{
			"what was assigned anew stays",
			[]domain.Event{connected, assigned, released, number.Assigned{Company: "acme", User: "ada", Taking: "again", Deadline: later}},
			number.Expire("ada", assigned.Deadline, "changed"), nil, "",
		},
		{"another user's assignment does not expire", []domain.Event{connected, assigned}, number.Expire("grace", later, "changed"), nil, ""},
		{"a free number does not expire", []domain.Event{connected}, number.Expire("", later, "changed"), nil, ""},
		{"another user's number is taken", []domain.Event{connected, assigned}, assign("acme", "grace", "order", noon), nil, "number-taken"},
		{"another company's number is foreign", []domain.Event{connected}, assign("globex", "ada", "order", noon), nil, "number-foreign"},
		{"nobody's number is foreign", nil, assign("acme", "ada", "order", noon), nil, "number-foreign"},
		{
			"a released number is assigned at once to the next (rule 1.13)",
			[]domain.Event{connected, assigned, confirmed, released},
			assign("acme", "grace", "order", later),
			[]domain.Event{number.Assigned{Company: "acme", User: "grace", Taking: "order", Deadline: later.Add(claim.Window)}},
			"",
		},
		{"the user's number is confirmed", []domain.Event{connected, assigned}, number.Confirm("ada"), []domain.Event{confirmed}, ""},
		{"confirming twice is nothing", []domain.Event{connected, assigned, confirmed}, number.Confirm("ada"), nil, ""},
		{"another user's number can't be confirmed", []domain.Event{connected, assigned}, number.Confirm("grace"), nil, "claim-lost"},
		{"a released number can't be confirmed", []domain.Event{connected, assigned, released}, number.Confirm("ada"), nil, "claim-lost"},
		{"the user's number is released", []domain.Event{connected, assigned, confirmed}, releases("ada", "changed"), []domain.Event{released}, ""},
		{"releasing twice is nothing", []domain.Event{connected, assigned, released}, releases("ada", "changed"), nil, ""},
		{"another user's number is left alone", []domain.Event{connected, assigned}, releases("grace", "changed"), nil, ""},
		{"nobody releases a free number", []domain.Event{connected}, releases("", "changed"), nil, ""},
	})
}

func connect(company string, at time.Time) domain.Decide {
	return number.Connect{Number: line, Company: company, At: at}.Decide
}

func releases(user, reason string) domain.Decide {
	return number.Release{User: user, Reason: reason}.Decide
}

func assign(company, user, by string, at time.Time) domain.Decide {
	return number.Assign{Number: line, Company: company, User: user, By: by, At: at}.Decide
}

func TestANumberIsTheCompanysAfterItsUserIsGone(t *testing.T) {
	s := number.Fold(facts([]domain.Event{connected, assigned, confirmed, released}))
	if s.Company != "acme" || s.User != "" || s.Confirmed {
		t.Errorf("folded to %+v", s)
	}
	if number.Stream(line) != "number-+4930123450" {
		t.Errorf("its stream is %s", number.Stream(line))
	}
}

func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			then, err := c.when(facts(c.given))
			var fault *domain.Fault
			if errors.As(err, &fault); (err != nil) != (c.fault != "") || err != nil && fault.Code != c.fault {
				t.Fatalf("fault %v, want %q", err, c.fault)
			}
			if !reflect.DeepEqual(then, c.then) {
				t.Errorf("then %v, want %v", then, c.then)
			}
		})
	}
}

func facts(events []domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, Revision: uint64(n), At: noon}
	}
	return history
}
