// Package number is the rule of a telephone number as a company's resource: one
// stream per number ("number-<E.164>"), connected to at most one company and
// assigned to at most one user.
package number

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Stream is the name of a number's stream.
func Stream(n domain.E164) string { return "number-" + string(n) }

// Connected says that the number belongs to a company, for good once the
// company's stream names its block.
type Connected struct {
	Company  string    `json:"company"`
	Deadline time.Time `json:"deadline"`
}

// Disconnected says that the number belongs to no company any more.
type Disconnected struct {
	Company string `json:"company"`
	Reason  string `json:"reason"`
}

// Assigned says that the number is a user's, for good once the user's stream names it.
type Assigned struct {
	Company  string    `json:"company"`
	User     string    `json:"user"`
	Taking   string    `json:"taking"` // the command it was assigned for
	Deadline time.Time `json:"deadline"`
}

// Confirmed says that the user's stream names the number.
type Confirmed struct {
	User string `json:"user"`
}

// Released says that the number is the company's to give again.
type Released struct {
	User   string `json:"user"`
	Reason string `json:"reason"`
}

// Type is the wire name.
func (Connected) Type() string { return "number.connected.v1" }

// Type is the wire name.
func (Disconnected) Type() string { return "number.disconnected.v1" }

// Type is the wire name.
func (Assigned) Type() string { return "number.assigned.v1" }

// Type is the wire name.
func (Confirmed) Type() string { return "number.confirmed.v1" }

// Type is the wire name.
func (Released) Type() string { return "number.released.v1" }

// State is a number as its facts tell it.
type State struct {
	Company   string // "" when it is nobody's
	User      string // "" when it is free
	Taking    string // the command it was assigned for
	Deadline  time.Time
	Confirmed bool // the user's stream names it
}

// Evolve applies one fact.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Connected:
		s.Company, s.Deadline = e.Company, e.Deadline
	case Disconnected:
		return State{}
	case Assigned:
		s.User, s.Taking, s.Deadline, s.Confirmed = e.User, e.Taking, e.Deadline, false
	case Confirmed:
		s.Confirmed = true
	case Released:
		s.User, s.Confirmed = "", false
	}
	return s
}

// Fold gives the number as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Connect makes the number a company's at a moment, until its stream names the
// number. What an earlier order has left behind overdue is not the company's to
// take before it is given back.
func Connect(n domain.E164, company string, at time.Time) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		switch s := Fold(history); {
		case s.Company == company && at.Before(s.Deadline):
			return nil, nil
		case s.Company == company:
			return nil, claim.Underway()
		case s.Company == "":
			return []domain.Event{Connected{Company: company, Deadline: at.Add(claim.Window)}}, nil
		}
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is already connected to another company", n)
	}
}

// Disconnect takes the number back from a company that has not given it to a user.
func Disconnect(company, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.Company != company {
			return nil, nil
		}
		if s.User != "" {
			return nil, domain.Faultf(domain.Refused, "number-assigned", "the number is assigned to a user")
		}
		return []domain.Event{Disconnected{Company: company, Reason: reason}}, nil
	}
}

// ExpireConnection is Disconnect for whoever knows a connection by its deadline
// only: one that was due by then is undone, a later one and a user's number are
// left alone.
func ExpireConnection(company string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Company != company || company == "" || s.User != "" || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Disconnected{Company: company, Reason: reason}}, nil
	}
}

// Assign gives the number to a user of its company: At is now, By the command
// it is assigned for. What holds for claims (claim.Take) holds here.
type Assign struct {
	Number        domain.E164
	Company, User string
	By            string
	At            time.Time
}

// Decide assigns a free number of the company.
func (in Assign) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case s.Company != in.Company:
		return nil, domain.Faultf(domain.Refused, "number-foreign", "number %s is not one of the company's numbers", in.Number)
	case s.User == "":
		return []domain.Event{Assigned{Company: in.Company, User: in.User, Taking: in.By, Deadline: in.At.Add(claim.Window)}}, nil
	case s.User != in.User:
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is already assigned to another user", in.Number).At("/number")
	case s.Confirmed || s.Taking == in.By && in.At.Before(s.Deadline):
		return nil, nil
	}
	return nil, claim.Underway()
}

// GiveBack undoes an assignment; what has been confirmed or assigned again is
// left alone.
func GiveBack(user, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Taking != by {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Expire is GiveBack for whoever knows an assignment by its deadline only: what
// is not confirmed and was due by then is released, what was assigned anew later
// is left alone.
func Expire(user string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Confirm makes the user's number stand for good.
func Confirm(user string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.User != user {
			return nil, domain.Faultf(domain.Refused, "claim-lost", "the number is not the user's")
		}
		if s.Confirmed {
			return nil, nil
		}
		return []domain.Event{Confirmed{User: user}}, nil
	}
}

// Release gives the user's number back to the company; another user's is left alone.
func Release(user, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}
