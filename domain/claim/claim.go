// Package claim is the rule of things that must be unique: an e-mail address,
// a login, an extension of a company, a seat of a licence. A claim is a stream
// of its own; whoever writes its first fact has it. It is taken with a deadline,
// and stands for good once its owner's stream holds a fact that names it.
package claim

import (
	"time"

	"dialtone/domain"
)

// Window is how long a claim waits for its owner's fact before a sweep may
// release it.
const Window = time.Minute

// Taken says that a claim belongs to an owner, for good if confirmed by the deadline.
type Taken struct {
	Owner    string    `json:"owner"`  // stream name
	Taking   string    `json:"taking"` // the command it was taken for
	Deadline time.Time `json:"deadline"`
}

// Confirmed says that the owner's stream names the claim.
type Confirmed struct {
	Owner string `json:"owner"`
}

// Released says that the claim is free again, and why.
type Released struct {
	Owner  string `json:"owner"`
	Reason string `json:"reason"`
}

// Type is the wire name.
func (Taken) Type() string { return "claim.taken.v1" }

// Type is the wire name.
func (Confirmed) Type() string { return "claim.confirmed.v1" }

// Type is the wire name.
func (Released) Type() string { return "claim.released.v1" }

// State is a claim as its facts tell it.
type State struct {
	Owner     string // "" when free
	Taking    string
	Deadline  time.Time
	Confirmed bool
}

// Evolve applies one fact.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Taken:
		return State{Owner: e.Owner, Taking: e.Taking, Deadline: e.Deadline}
	case Confirmed:
		s.Confirmed = true
	case Released:
		return State{}
	}
	return s
}

// Fold gives the claim as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Take claims a thing for an owner: At is now, By the command it is taken for.
type Take struct {
	Owner string
	By    string
	At    time.Time
	Taken *domain.Fault // what is said when somebody else has it
}

// Decide takes what is free. What the owner has for good, or has taken for the
// same command, is already so. What another command of the same owner is about
// to use, or what waits for the sweep, is not to be had just now: were it
// shared, one command's retreat would take it from under the other.
func (in Take) Decide(history []domain.Fact) ([]domain.Event, error) {
	switch s := Fold(history); {
	case s.Owner == "":
		return []domain.Event{Taken{Owner: in.Owner, Taking: in.By, Deadline: in.At.Add(Window)}}, nil
	case s.Owner != in.Owner:
		return nil, in.Taken
	case s.Confirmed || s.Taking == in.By && in.At.Before(s.Deadline):
		return nil, nil
	}
	return nil, Underway()
}

// Underway is the fault of wanting what an unfinished command holds.
func Underway() *domain.Fault {
	return domain.Faultf(domain.Unavailable, "being-taken", "another order for the same thing is not finished; try again in a moment")
}

// GiveBack undoes a taking; what has been confirmed or taken again is left alone.
func GiveBack(owner, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Owner != owner || owner == "" || s.Confirmed || s.Taking != by {
			return nil, nil
		}
		return []domain.Event{Released{Owner: owner, Reason: reason}}, nil
	}
}

// Expire is GiveBack for whoever knows a taking by its deadline only: what is
// not confirmed and was due by then is released, what was taken anew later is
// left alone.
func Expire(owner string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Owner != owner || owner == "" || s.Confirmed || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Released{Owner: owner, Reason: reason}}, nil
	}
}

// Confirm makes the owner's claim stand for good.
func Confirm(owner string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.Owner != owner {
			return nil, domain.Faultf(domain.Refused, "claim-lost", "the claim is not %s's", owner)
		}
		if s.Confirmed {
			return nil, nil
		}
		return []domain.Event{Confirmed{Owner: owner}}, nil
	}
}

// Release gives the owner's claim back; somebody else's is left alone.
func Release(owner, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if Fold(history).Owner != owner || owner == "" {
			return nil, nil
		}
		return []domain.Event{Released{Owner: owner, Reason: reason}}, nil
	}
}
