// Package number is the rule of a telephone number as a company's resource: one
// stream per number ("number-<E.164>"), connected to at most one company and
// assigned to at most one user.
package number

import (
	"time"

	"dialtone/domain"
)

// Stream is the name of a number's stream.
func Stream(n domain.E164) string { return "number-" + string(n) }

// State is a number as its facts tell it.
type State struct {
	Kind      Kind   // "" is Fixed
	Country   string // ISO 3166-1 alpha-2, "" where that is not known
	Pool      bool   // it is the operator's, whoever has it now
	Company   string // "" when it is no company's
	Buying    string // the command it was bought for
	User      string // "" when it is free
	Taking    string // the command it was assigned for
	Deadline  time.Time
	Confirmed bool // the user's stream names it

	Leaving  *ReturnBegun
	Reserved *Reserved
	Forward  domain.E164 // where calls go while it is no user's, "" for nowhere
	Swap     *SwapPrepared

	Rests         time.Time // until then it is for the former owner only; zero: it does not rest
	FormerUser    string    // who had it for good before
	FormerCompany string
}

// Mobile tells whether the number is a mobile one.
func (s State) Mobile() bool { return s.Kind == Mobile }

// RestsAt tells whether the number rests at a moment.
func (s State) RestsAt(at time.Time) bool { return at.Before(s.Rests) }

// ReservedAt tells whether the company keeps the number for later at a moment.
func (s State) ReservedAt(at time.Time) bool {
	return s.Reserved != nil && (s.Reserved.Until == nil || at.Before(*s.Reserved.Until))
}

// Evolve applies one fact.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Pooled:
		s.Pool, s.Kind, s.Country = true, e.Kind, e.Country
	case Connected:
		s.Company, s.Deadline, s.Buying, s.Rests = e.Company, e.Deadline, e.Taking, time.Time{}
		if e.Kind != "" {
			s.Kind = e.Kind
		}
	case Disconnected:
		former := s.FormerCompany
		if e.Pool { // otherwise no fact of the company ever named it
			former = e.Company
		}
		return State{Kind: s.Kind, Country: s.Country, Pool: s.Pool || e.Pool, FormerCompany: former, FormerUser: s.FormerUser, Rests: moment(e.Rests)}
	case Assigned:
		s.User, s.Taking, s.Deadline, s.Confirmed = e.User, e.Taking, e.Deadline, false
	case Confirmed:
		s.Confirmed, s.Reserved, s.Forward, s.Rests = true, nil, "", time.Time{}
	case Released:
		if s.Confirmed {
			s.FormerUser, s.Rests = e.User, moment(e.Rests)
		}
		s.User, s.Confirmed = "", false
	default:
		return kept(s, f)
	}
	return s
}

// kept applies what a company does with a number that stays its own.
func kept(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case RestEnded:
		s.Rests = time.Time{}
	case ReturnBegun:
		s.Leaving = &e
	case Reserved:
		s.Reserved = &e
	case Unreserved:
		s.Reserved = nil
	case Forwarded:
		s.Forward = e.To
	case ForwardingEnded:
		s.Forward = ""
	case SwapPrepared:
		s.Swap = &e
	case Swapped:
		s.User, s.FormerUser, s.Swap = e.To, e.From, nil
	case SwapDropped:
		s.Swap = nil
	}
	return s
}

func moment(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// Fold gives the number as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }
