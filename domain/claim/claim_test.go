package claim_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

const (
	ada   = "user-ada"
	grace = "user-grace"
)

var (
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	later  = noon.Add(time.Hour)
	inUse  = domain.Faultf(domain.Conflict, "email-taken", "another user has this address")
	taken  = claim.Taken{Owner: ada, Taking: "order", Deadline: noon.Add(claim.Window)}
	stands = claim.Confirmed{Owner: ada}
	free   = claim.Released{Owner: ada, Reason: "changed"}
)

func TestClaims(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"the first has it", nil, take(ada, "order", noon), []domain.Event{taken}, ""},
		{"taking twice for the same command is nothing", []domain.Event{taken}, take(ada, "order", noon.Add(claim.Window-1)), nil, ""},
		{"what another command of the owner holds is under way", []domain.Event{taken}, take(ada, "change", noon), nil, "being-taken"},
		{"behind its deadline a taking waits for the sweep", []domain.Event{taken}, take(ada, "order", noon.Add(claim.Window)), nil, "being-taken"},
		{"taking what stands is nothing", []domain.Event{taken, stands}, take(ada, "change", later), nil, ""},
		{"the second is told in the caller's words", []domain.Event{taken}, take(grace, "order", noon), nil, "email-taken"},
		{"what was released can be taken by another", []domain.Event{taken, stands, free}, take(grace, "order", later), []domain.Event{claim.Taken{Owner: grace, Taking: "order", Deadline: later.Add(claim.Window)}}, ""},
		{"what was released can be taken again", []domain.Event{taken, free}, take(ada, "order", later), []domain.Event{claim.Taken{Owner: ada, Taking: "order", Deadline: later.Add(claim.Window)}}, ""},

		{"a claim is confirmed", []domain.Event{taken}, claim.Confirm(ada), []domain.Event{stands}, ""},
		{"confirming twice is nothing", []domain.Event{taken, stands}, claim.Confirm(ada), nil, ""},
		{"what was never taken can't be confirmed", nil, claim.Confirm(ada), nil, "claim-lost"},
		{"another's claim can't be confirmed", []domain.Event{taken}, claim.Confirm(grace), nil, "claim-lost"},
		{"what was released can't be confirmed", []domain.Event{taken, free}, claim.Confirm(ada), nil, "claim-lost"},

		{"a taking is given back", []domain.Event{taken}, claim.GiveBack(ada, "order", "changed"), []domain.Event{free}, ""},
		{"another command's taking is left alone", []domain.Event{taken}, claim.GiveBack(ada, "change", "changed"), nil, ""},
		{"what stands is not given back", []domain.Event{taken, stands}, claim.GiveBack(ada, "order", "changed"), nil, ""},
		{"another owner's taking is left alone", []domain.Event{taken}, claim.GiveBack(grace, "order", "changed"), nil, ""},
		{"nobody gives nothing back", nil, claim.GiveBack("", "", "changed"), nil, ""},

		{"what is due expires", []domain.Event{taken}, claim.Expire(ada, taken.Deadline, "changed"), []domain.Event{free}, ""},
		{"what was due before expires", []domain.Event{taken}, claim.Expire(ada, later, "changed"), []domain.Event{free}, ""},
		{"what is not due stays", []domain.Event{taken}, claim.Expire(ada, taken.Deadline.Add(-1), "changed"), nil, ""},
		{"what stands does not expire", []domain.Event{taken, stands}, claim.Expire(ada, later, "changed"), nil, ""},
		{"what was taken anew stays", []domain.Event{taken, free, claim.Taken{Owner: ada, Taking: "again", Deadline: later}}, claim.Expire(ada, taken.Deadline, "changed"), nil, ""},
		{"another owner's taking does not expire", []domain.Event{taken}, claim.Expire(grace, later, "changed"), nil, ""},
		{"expiring twice is nothing", []domain.Event{taken, free}, claim.Expire(ada, later, "changed"), nil, ""},
		{"nobody's does not expire", nil, claim.Expire("", later, "changed"), nil, ""},

		{"a claim is released", []domain.Event{taken, stands}, claim.Release(ada, "changed"), []domain.Event{free}, ""},
		{"releasing twice is nothing", []domain.Event{taken, stands, free}, claim.Release(ada, "changed"), nil, ""},
		{"another's claim is left alone", []domain.Event{taken}, claim.Release(grace, "changed"), nil, ""},
		{"nobody releases nothing", nil, claim.Release("", "changed"), nil, ""},
	} {
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

func TestANewOwnerStartsUnconfirmed(t *testing.T) {
	s := claim.Fold(facts([]domain.Event{taken, stands, free, claim.Taken{Owner: grace, Taking: "order", Deadline: later.Add(claim.Window)}}))
	if want := (claim.State{Owner: grace, Taking: "order", Deadline: later.Add(claim.Window)}); s != want {
		t.Errorf("folded to %+v, want %+v", s, want)
	}
}

func take(owner, by string, at time.Time) domain.Decide {
	return claim.Take{Owner: owner, By: by, At: at, Taken: inUse}.Decide
}

func facts(events []domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, Revision: uint64(n), At: noon}
	}
	return history
}
