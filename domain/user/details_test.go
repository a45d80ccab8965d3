package user_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// The stations of a user who was ordered without a person.
var (
	unnamed  = []domain.Event{user.Created{ID: adaID, Company: "acme", Language: "en", Number: "+4930120049", Personal: &user.Person{}}}
	awaiting = then(unnamed, user.ActivationStarted{Steps: []string{"details", "line", "link"}})
	netAwait = then(unnamed, user.ActivationStarted{Steps: []string{"details", "line", "network"}})
)

// named is a change that says who the user is.
func named(rules string, actor domain.Actor) user.Change {
	return user.Change{Company: firm(rules), Actor: actor, At: noon, Person: user.PersonChanges{FirstName: new("Ada"), LastName: new("Lovelace")}}
}

func TestTheDetailsAreDoneByTheChangeThatFillsThem(t *testing.T) {
	names := named("unifyoffice", operator)
	all := names
	all.Person.Email, all.EmailClaim = new("ada@example.com"), user.EmailStream("ada")
	first := user.Change{Company: firm("onenet"), Actor: operator, At: noon, Person: user.PersonChanges{FirstName: new("Ada")}}
	last := user.Change{Company: firm("onenet"), Actor: operator, At: noon, Person: user.PersonChanges{LastName: new("Lovelace")}}
	site := user.Change{Company: firm("unifyoffice"), Actor: operator, At: noon, Site: new("berlin")}
	onlyNames := user.DetailsChanged{Personal: &user.PersonChanges{FirstName: new("Ada"), LastName: new("Lovelace")}}
	onlyFirst := user.DetailsChanged{Personal: &user.PersonChanges{FirstName: new("Ada")}}
	onlyLast := user.DetailsChanged{Personal: &user.PersonChanges{LastName: new("Lovelace")}}
	everything := []domain.Event{user.DetailsChanged{Personal: &all.Person}, user.EmailClaimed{Claim: user.EmailStream("ada")}, user.StepDone{Step: "details"}}
	only := then(unnamed, user.ActivationStarted{Steps: []string{"details"}})
	play(t, []scenario{
		{"names and address", awaiting, all.Decide, everything, ""},
		{"the same again is nothing", then(awaiting, everything...), all.Decide, nil, ""},
		{"names alone are not enough for a mailed link", awaiting, names.Decide, []domain.Event{onlyNames}, ""},
		{"but for the network", netAwait, named("onenet", operator).Decide, []domain.Event{onlyNames, user.StepDone{Step: "details"}}, ""},
		{"one name", netAwait, first.Decide, []domain.Event{onlyFirst}, ""},
		{"then the other", then(netAwait, onlyFirst), last.Decide, []domain.Event{onlyLast, user.StepDone{Step: "details"}}, ""},
		{"something else", awaiting, site.Decide, []domain.Event{user.DetailsChanged{Site: new("berlin")}}, ""},
		{"the last step ends the activation", only, named("onenet", operator).Decide, []domain.Event{onlyNames, user.StepDone{Step: "details"}, user.Activated{}}, ""},
		{"before the start there is no step", unnamed, named("onenet", operator).Decide, []domain.Event{onlyNames}, ""},
		{"a suspended user's too", then(netAwait, user.Suspended{}), named("onenet", operator).Decide, []domain.Event{onlyNames, user.StepDone{Step: "details"}}, ""},
		{"the admin who is asked may answer", netAwait, named("onenet", admin).Decide, []domain.Event{onlyNames, user.StepDone{Step: "details"}}, ""},
		{"and then waits like everybody", then(netAwait, onlyNames, user.StepDone{Step: "details"}), named("onenet", admin).Decide, nil, "not-active"},
		{"no worker begins them", awaiting, user.StartStep{Step: policy.StepDetails}.Decide, nil, ""},
		{"no link goes out before", awaiting, user.IssueLink{Cause: by(operator, 1), Policy: presets["unifyoffice"], Mint: mint}.Decide, nil, ""},
		{"starting again is nothing", awaiting, user.StartActivation{Policy: presets["unifyoffice"]}.Decide, nil, ""},
	})
}

func TestTheDetailsWaitForAPerson(t *testing.T) {
	step, ok := user.Fold(facts(awaiting...)).Step("details")
	if want := (user.Step{Name: "details", State: user.Waiting, Cause: "details-missing", Responsible: "admin", Since: noon}); !ok || step != want {
		t.Errorf("the step is %+v", step)
	}
	if s := user.Fold(facts(awaiting...)); s.Shown() != user.Pending {
		t.Errorf("the user is %s", s.Shown())
	}
	filled := then(awaiting, user.DetailsChanged{Personal: new(named("unifyoffice", operator).Person)}, user.StepDone{Step: "details"})
	checkDuties(t, []duty{
		{"there is nothing to do before", awaiting, 100, rest()},
		{"then the line is connected", filled, 1, runStep("line", 1)},
	})
	if step, _ := user.Fold(facts(filled...)).Step("details"); step != (user.Step{Name: "details", State: user.Done, Since: noon}) {
		t.Errorf("afterwards the step is %+v", step)
	}
}
