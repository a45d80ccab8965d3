package company_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
)

func TestTheNetworkConnectsNumbers(t *testing.T) {
	next := noon.Add(time.Minute)
	busy := domain.Trouble{Cause: "network-unavailable", Responsible: "network", NextTry: &next}
	refusal := domain.Trouble{Cause: "network-refused", Responsible: "operator"}
	ordered := []domain.Event{founded, company.NumbersConnected(block), company.ConnectionOrdered(block)}
	after := func(more ...domain.Event) []domain.Event { return slices.Concat(ordered, more) }
	delayed := company.ConnectionDelayed{From: block.From, Attempt: 1, Trouble: busy}
	failed := company.ConnectionFailed{From: block.From, Attempt: 1, Trouble: refusal}
	made, retried := company.ConnectionMade{From: block.From, Attempt: 1}, company.ConnectionRetried{From: block.From}
	finish := func(attempt int, trouble *domain.Trouble) domain.Decide {
		return company.FinishConnection{From: block.From, Attempt: attempt, Trouble: trouble}.Decide
	}
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"it is in service", ordered, finish(1, nil), []domain.Event{made}, ""},
		{"it is tried again later", ordered, finish(1, &busy), []domain.Event{delayed}, ""},
		{"it is refused", ordered, finish(1, &refusal), []domain.Event{failed}, ""},
		{"an attempt is told once", after(delayed), finish(1, nil), nil, ""},
		{"the next attempt is another", after(delayed), finish(2, nil), []domain.Event{company.ConnectionMade{From: block.From, Attempt: 2}}, ""},
		{"what is in service stays so", after(made), finish(2, &refusal), nil, ""},
		{"what was not ordered is not connected", []domain.Event{founded}, finish(1, nil), nil, ""},
		{"the operator has a refusal tried again", after(failed), company.RetryConnections{}.Decide, []domain.Event{retried}, ""},
		{"and what waits", after(delayed), company.RetryConnections{}.Decide, []domain.Event{retried}, ""},
		{"what runs is not", ordered, company.RetryConnections{}.Decide, nil, ""},
		{"nor what is in service", after(made), company.RetryConnections{}.Decide, nil, ""},
		{"no company is connected", nil, company.RetryConnections{}.Decide, nil, "no-company"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestACompanysDuties(t *testing.T) {
	second := company.Block{From: "+49305500", To: "+49305509"}
	soon, late := noon.Add(time.Minute), noon.Add(time.Hour)
	until := func(at time.Time) domain.Trouble {
		return domain.Trouble{Cause: "network-unavailable", NextTry: &at}
	}
	ordered := []domain.Event{founded, company.ConnectionOrdered(block), company.ConnectionOrdered(second)}
	bothWait := []domain.Event{
		company.ConnectionDelayed{From: block.From, Attempt: 1, Trouble: until(late)},
		company.ConnectionDelayed{From: second.From, Attempt: 3, Trouble: until(soon)},
	}
	bothEnd := []domain.Event{company.ConnectionMade{From: block.From, Attempt: 1}, company.ConnectionFailed{From: second.From, Attempt: 3}}
	for _, c := range []struct {
		name  string
		given []domain.Event
		at    time.Time
		want  company.Duty
	}{
		{"nobody has nothing to do", nil, noon, company.Duty{Task: company.Rest}},
		{"a company without orders rests", []domain.Event{founded}, noon, company.Duty{Task: company.Rest}},
		{"the first block is first", ordered, noon, company.Duty{Task: company.Connect, From: block.From, Attempt: 1}},
		{"the second goes on while the first waits", append(slices.Clone(ordered), bothWait[0]), noon, company.Duty{Task: company.Connect, From: second.From, Attempt: 1}},
		{"the earlier of two is waited for", slices.Concat(ordered, bothWait), noon, company.Duty{Task: company.Wait, Due: soon}},
		{"and tried", slices.Concat(ordered, bothWait), soon, company.Duty{Task: company.Connect, From: second.From, Attempt: 4}},
		{"what ended is left alone", slices.Concat(ordered, bothEnd), late, company.Duty{Task: company.Rest}},
		{"until the operator wants it again", slices.Concat(ordered, bothEnd, []domain.Event{company.ConnectionRetried{From: second.From}}), noon, company.Duty{Task: company.Connect, From: second.From, Attempt: 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := company.Fold(facts(c.given...)).Duty(c.at); got != c.want {
				t.Errorf("the duty is %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestFirstPasswordsAgeFromTheFirstBlockInService(t *testing.T) {
	second := company.Block{From: "+49305500", To: "+49305509"}
	at := func(hours int, event domain.Event) domain.Fact {
		return domain.Fact{Event: event, At: noon.Add(time.Duration(hours) * time.Hour)}
	}
	history := []domain.Fact{
		at(0, founded), at(0, company.ConnectionOrdered(block)), at(0, company.ConnectionOrdered(second)),
		at(2, company.ConnectionMade{From: second.From, Attempt: 1}), at(5, company.ConnectionMade{From: block.From, Attempt: 1}),
	}
	for length, want := range []int{1: 0, 2: 9, 3: 9, 4: 2, 5: 2} { // facts, and the hour that counts at nine
		if length == 0 {
			continue
		}
		if got := company.Fold(history[:length]).Began(noon.Add(9 * time.Hour)); !got.Equal(noon.Add(time.Duration(want) * time.Hour)) {
			t.Errorf("after %d facts it began at %s, want hour %d", length, got, want)
		}
	}
}
