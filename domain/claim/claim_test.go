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
	taken  = claim.Taken{Owner: ada, Deadline: noon}
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
		{"the first has it", nil, claim.Take(ada, noon, inUse), []domain.Event{taken}, ""},
		{"taking twice is nothing", []domain.Event{taken}, claim.Take(ada, later, inUse), nil, ""},
		{"taking what stands is nothing", []domain.Event{taken, stands}, claim.Take(ada, later, inUse), nil, ""},
		{"the second is told in the caller's words", []domain.Event{taken}, claim.Take(grace, noon, inUse), nil, "email-taken"},
		{"what was released can be taken by another", []domain.Event{taken, stands, free}, claim.Take(grace, later, inUse), []domain.Event{claim.Taken{Owner: grace, Deadline: later}}, ""},
		{"what was released can be taken again", []domain.Event{taken, free}, claim.Take(ada, later, inUse), []domain.Event{claim.Taken{Owner: ada, Deadline: later}}, ""},

		{"a claim is confirmed", []domain.Event{taken}, claim.Confirm(ada), []domain.Event{stands}, ""},
		{"confirming twice is nothing", []domain.Event{taken, stands}, claim.Confirm(ada), nil, ""},
		{"what was never taken can't be confirmed", nil, claim.Confirm(ada), nil, "claim-lost"},
		{"another's claim can't be confirmed", []domain.Event{taken}, claim.Confirm(grace), nil, "claim-lost"},
		{"what was released can't be confirmed", []domain.Event{taken, free}, claim.Confirm(ada), nil, "claim-lost"},

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
	s := claim.Fold(facts([]domain.Event{taken, stands, free, claim.Taken{Owner: grace, Deadline: later}}))
	if want := (claim.State{Owner: grace, Deadline: later}); s != want {
		t.Errorf("folded to %+v, want %+v", s, want)
	}
}

func facts(events []domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, Revision: uint64(n), At: noon}
	}
	return history
}
