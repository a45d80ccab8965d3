package group_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/group"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func facts(events ...domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, ID: fmt.Sprint(n), Revision: uint64(n), At: noon.Add(time.Duration(n) * time.Minute)}
	}
	return history
}

func then(before []domain.Event, more ...domain.Event) []domain.Event {
	return append(append([]domain.Event{}, before...), more...)
}

var (
	acme = company.Fold(facts(
		company.Created{ID: "acme", Name: "Acme", Language: "en", Country: "DE"},
		company.PolicyAdopted{Policy: policy.Policy{Name: "p", Version: 1, Extension: policy.Extension{Min: 3, Max: 4}, Groups: policy.Groups{Members: 3}}},
		company.SiteOpened{ID: "berlin", Name: "Berlin", Country: "DE"},
	))
	sales = []domain.Event{group.Created{ID: "sales", Company: "acme", Kind: group.Hunt, Name: "Sales", Extension: "700", Strategy: group.All, Claim: "extension-acme-700"}}
	three = then(sales, added("ada", 1), added("ben", 2), added("cleo", 3))
)

func added(user string, place int) group.MemberAdded {
	return group.MemberAdded{User: user, Place: place}
}

// person is a user of a company, in any state.
func person(id, firm string, more ...domain.Event) user.State {
	return user.Fold(facts(then([]domain.Event{user.Created{ID: id, Company: firm, Extension: "701"}}, more...)...))
}

func join(id string, place int) domain.Decide {
	return group.Join{Member: person(id, "acme"), Company: acme, Place: place}.Decide
}

func create(change func(*group.Create)) domain.Decide {
	in := group.Create{
		ID: "sales", Company: acme, Kind: group.Hunt, Name: "Sales", Extension: "700", Claim: "extension-acme-700", At: noon,
	}
	change(&in)
	return in.Decide
}

type row struct {
	name   string
	given  []domain.Event
	when   domain.Decide
	want   []domain.Event
	refuse string // code, or the pointers of the fields that are wrong
}

func judge(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			events, err := r.when(facts(r.given...))
			if got := refusal(err); got != r.refuse {
				t.Fatalf("refused with %q (%v), want %q", got, err, r.refuse)
			}
			if len(events) != len(r.want) || len(events) > 0 && !reflect.DeepEqual(events, r.want) {
				t.Errorf("wrote %+v, want %+v", events, r.want)
			}
		})
	}
}

func refusal(err error) string {
	fault := new(domain.Fault)
	if !errors.As(err, &fault) {
		return ""
	}
	if fault.Kind != domain.Invalid {
		return fault.Code
	}
	pointers := make([]string, 0, len(fault.Fields))
	for _, field := range fault.Fields {
		pointers = append(pointers, field.Pointer)
	}
	return strings.Join(pointers, " ")
}

func TestGroupsAreMade(t *testing.T) {
	queue := group.Created{ID: "sales", Company: "acme", Kind: group.Queue, Name: "Sales", Site: "berlin", Strategy: group.LongestIdle}
	pickup := group.Created{ID: "sales", Company: "acme", Kind: group.Pickup, Name: "Sales"}
	bare := func(kind group.Kind, site string) func(*group.Create) {
		return func(in *group.Create) { in.Kind, in.Site, in.Extension, in.Claim = kind, site, "", "" }
	}
	judge(t, []row{
		{"a hunt group rings all at once", nil, create(func(*group.Create) {}), sales, ""},
		{"a queue rings the longest idle", nil, create(bare(group.Queue, "berlin")), []domain.Event{queue}, ""},
		{"a pickup group has no strategy", nil, create(bare(group.Pickup, "")), []domain.Event{pickup}, ""},
		{"nor may it be given one", nil, create(func(in *group.Create) { in.Kind, in.Strategy = group.Park, group.All }), nil, "/strategy"},
		{"everything wrong is told at once", nil, create(func(in *group.Create) {
			in.Kind, in.Name, in.Site, in.Extension = "choir", " ", "mars", "112"
		}), nil, "/kind /name /site /extension"},
		{"a strategy nobody knows", nil, create(func(in *group.Create) { in.Strategy = "dice" }), nil, "/strategy"},
		{"a name that is too long or holds what cannot be seen", nil, create(func(in *group.Create) { in.Name = strings.Repeat("ä", 61) + "\x00" }), nil, "/name /name"},
		{"a group is not made twice", sales, create(func(*group.Create) {}), nil, "group-exists"},
		{"a claim that was given up conflicts", []domain.Event{group.ClaimAbandoned{Claim: "extension-acme-700"}}, create(func(*group.Create) {}), nil, "claims-expired"},
	})
}

func TestGroupsAreChangedAndDeleted(t *testing.T) {
	change := func(in group.Change) domain.Decide { in.Company = acme; return in.Decide }
	gone := then(sales, group.Deleted{Claim: "extension-acme-700"})
	moved := group.ExtensionChanged{Extension: "701", Previous: "700", Claim: "extension-acme-701", Former: "extension-acme-700"}
	judge(t, []row{
		{"another name and strategy", sales, change(group.Change{Name: new("Orders"), Strategy: new(group.Ordered)}), []domain.Event{group.Changed{Name: new("Orders"), Strategy: new(group.Ordered)}}, ""},
		{"what is so already is nothing", sales, change(group.Change{Name: new("Sales"), Site: new(""), Extension: new("700")}), nil, ""},
		{"another extension frees the one before", sales, change(group.Change{Extension: new("701"), Claim: "extension-acme-701"}), []domain.Event{moved}, ""},
		{"a hunt group keeps a strategy", sales, change(group.Change{Strategy: new("")}), nil, "/strategy"},
		{"fields are judged", sales, change(group.Change{Name: new(""), Site: new("mars"), Extension: new("1"), Strategy: new("dice")}), nil, "/name /site /strategy /extension"},
		{"a group that is not there", nil, change(group.Change{Name: new("X")}), nil, "no-group"},
		{"a deleted group", gone, change(group.Change{Name: new("X")}), nil, "no-group"},
		{"deletion names what is to be given back", sales, group.Delete{}.Decide, []domain.Event{group.Deleted{Claim: "extension-acme-700"}}, ""},
		{"once", gone, group.Delete{}.Decide, nil, ""},
		{"what is loose is noted as given back", gone, group.NoteReleased{Claims: []string{"extension-acme-700", "other"}}.Decide, []domain.Event{group.ClaimsReleased{Claims: []string{"extension-acme-700"}}}, ""},
		{"and nothing else", sales, group.NoteReleased{Claims: []string{"extension-acme-700"}}.Decide, nil, ""},
		{"a claim that is named is not given up", sales, group.AbandonClaim{Claim: "extension-acme-700"}.Decide, nil, "claim-held"},
		{"another is", sales, group.AbandonClaim{Claim: "extension-acme-709", Deadline: noon}.Decide, []domain.Event{group.ClaimAbandoned{Claim: "extension-acme-709"}}, ""},
	})
}

func TestMembersComeGoAndMove(t *testing.T) {
	foreign := group.Join{Member: person("eve", "rival"), Company: acme}.Decide
	deleted := group.Join{Member: person("eve", "acme", user.Deleted{}), Company: acme}.Decide
	judge(t, []row{
		{"a member comes behind the others", then(sales, added("ada", 1)), join("ben", 0), []domain.Event{added("ben", 2)}, ""},
		{"or at a place", then(sales, added("ada", 1)), join("ben", 1), []domain.Event{added("ben", 1)}, ""},
		{"but leaves no gap", sales, join("ben", 3), []domain.Event{added("ben", 1)}, ""},
		{"again is nothing", three, join("ben", 0), nil, ""},
		{"at the same place, too", three, join("ben", 2), nil, ""},
		{"a member moves", three, join("ada", 3), []domain.Event{group.MemberMoved{User: "ada", Place: 3}}, ""},
		{"a place beyond the policy's limit", three, join("ada", 4), nil, "/place"},
		{"a group that is full", three, join("dora", 0), nil, "group-full"},
		{"a user of another company is nobody here", sales, foreign, nil, "no-user"},
		{"nor is one who is deleted", sales, deleted, nil, "no-user"},
		{"a member leaves, and the place is remembered", then(three, group.MemberLoggedOut{User: "ben"}), group.Leave{User: "ben"}.Decide, []domain.Event{group.MemberRemoved{User: "ben", Place: 2, LoggedOut: true}}, ""},
		{"who is none leaves nothing", sales, group.Leave{User: "ben"}.Decide, nil, ""},
		{"nobody leaves a deleted group", then(three, group.Deleted{}), group.Leave{User: "ben"}.Decide, nil, ""},
		{"nobody joins one", then(three, group.Deleted{}), join("eve", 0), nil, "no-group"},
	})
}

func TestMembersLogInAndOut(t *testing.T) {
	out := then(three, group.MemberLoggedOut{User: "ben"})
	pickup := []domain.Event{group.Created{ID: "p", Company: "acme", Kind: group.Pickup, Name: "P"}, added("ben", 1)}
	judge(t, []row{
		{"out", three, group.Log{User: "ben"}.Decide, []domain.Event{group.MemberLoggedOut{User: "ben"}}, ""},
		{"out twice is once", out, group.Log{User: "ben"}.Decide, nil, ""},
		{"in", out, group.Log{User: "ben", In: true}.Decide, []domain.Event{group.MemberLoggedIn{User: "ben"}}, ""},
		{"who was never out is in", three, group.Log{User: "ben", In: true}.Decide, nil, ""},
		{"who is no member", three, group.Log{User: "eve", In: true}.Decide, nil, "no-member"},
		{"calls of pickup groups do not ring", pickup, group.Log{User: "ben"}.Decide, nil, "no-login"},
		{"a group that is not there", nil, group.Log{User: "ben"}.Decide, nil, "no-group"},
	})
}

// Whoever is not active is a member all the same (X1, 1.8).
func TestWhoCannotRingYetIsAMemberAllTheSame(t *testing.T) {
	failed := []domain.Event{user.ActivationStarted{Steps: []string{"line"}}, user.StepFailed{Step: "line", Trouble: user.Trouble{Cause: "c", Responsible: "operator"}}, user.ActivationFailed{Step: "line", Cause: "c"}}
	for state, more := range map[user.Lifecycle][]domain.Event{
		user.Pending: nil, user.Failed: failed, user.OnHold: {user.Suspended{}}, user.Active: {user.ActivationStarted{}, user.Activated{}},
	} {
		for _, kind := range group.Kinds {
			member := person("ada", "acme", more...)
			if member.Shown() != state {
				t.Fatalf("the user is %s, not %s", member.Shown(), state)
			}
			events, err := group.Join{Member: member, Company: acme}.Decide(facts(group.Created{ID: "g", Company: "acme", Kind: kind, Name: "G"}))
			if err != nil || len(events) != 1 {
				t.Errorf("%s in a %s group: %v, %v", state, kind, events, err)
			}
		}
	}
}

func TestTheOrderOfMembersIsKept(t *testing.T) {
	for _, c := range []struct {
		more []domain.Event
		want string
	}{
		{nil, "ada ben cleo"},
		{[]domain.Event{group.MemberMoved{User: "ada", Place: 3}}, "ben cleo ada"},
		{[]domain.Event{group.MemberMoved{User: "cleo", Place: 1}}, "cleo ada ben"},
		{[]domain.Event{added("dora", 2)}, "ada dora ben cleo"},
		{[]domain.Event{group.MemberRemoved{User: "ben", Place: 2}}, "ada cleo"},
		{[]domain.Event{group.MemberRemoved{User: "ben", Place: 2}, added("ben", 2)}, "ada ben cleo"},
		{[]domain.Event{group.MemberMoved{User: "nobody", Place: 1}}, "ada ben cleo"},
	} {
		before := group.Fold(facts(three...))
		after := before
		for _, f := range facts(c.more...) {
			after = group.Evolve(after, f)
		}
		names := make([]string, 0, len(after.Members))
		for _, m := range after.Members {
			names = append(names, m.User)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%+v: %s, want %s", c.more, got, c.want)
		}
		if before.Members[0].User != "ada" || len(before.Members) != 3 {
			t.Errorf("%+v changed the state before: %+v", c.more, before.Members)
		}
	}
}
