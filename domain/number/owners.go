package number

import (
	"slices"
	"time"

	"dialtone/domain"
)

// Standing is how a number stands at a moment.
type Standing string

// How numbers stand.
const (
	Nobodys   Standing = ""
	InPool    Standing = "pool"      // any company can buy it
	Resting   Standing = "resting"   // given back, and not to be given yet
	Free      Standing = "free"      // the company's, to be given
	Kept      Standing = "reserved"  // the company's, kept for later
	Diverted  Standing = "forwarded" // no user's, and calls go elsewhere
	Held      Standing = "held"      // by an order for a user that is under way
	OfTheUser Standing = "assigned"
)

// StandingAt tells how the number stands at a moment, if no fact follows.
func (s State) StandingAt(at time.Time) Standing {
	switch {
	case s.User != "" && s.Confirmed:
		return OfTheUser
	case s.User != "":
		return Held
	case s.Company != "" && s.Forward != "":
		return Diverted
	case (s.Company != "" || s.Pool) && s.RestsAt(at):
		return Resting
	case s.Company != "" && s.ReservedAt(at):
		return Kept
	case s.Company != "":
		return Free
	case s.Pool:
		return InPool
	}
	return Nobodys
}

// turns lists the moments at which the number stands otherwise without a fact,
// sooner ones first.
func (s State) turns() []time.Time {
	var at []time.Time
	if !s.Rests.IsZero() {
		at = append(at, s.Rests)
	}
	if s.Reserved != nil && s.Reserved.Until != nil {
		at = append(at, *s.Reserved.Until)
	}
	slices.SortFunc(at, time.Time.Compare)
	return at
}

// Owned is a time in which a number was the same company's and user's and stood
// the same. Facts are those that began it, fell into it or ended it.
type Owned struct {
	From, Until   time.Time // Until is zero while it lasts
	Company, User string    // "" for nobody
	Standing      Standing
	Facts         []domain.Fact
}

// Owners tells whose the number was, oldest first, as its history up to a moment
// tells it. Times in which it was nobody's are left out.
func Owners(history []domain.Fact, now time.Time) []Owned {
	var all []Owned
	s := State{}
	for i, fact := range history {
		s = Evolve(s, fact)
		all = turned(all, s, fact.At)
		last := len(all) - 1
		all[last].Facts = append(all[last].Facts, fact)
		if last > 0 && len(all[last].Facts) == 1 {
			all[last-1].Facts = append(all[last-1].Facts, fact)
		}
		end := now
		if i+1 < len(history) {
			end = history[i+1].At
		}
		for _, at := range s.turns() {
			if at.After(fact.At) && !at.After(end) {
				all = turned(all, s, at)
			}
		}
	}
	return slices.DeleteFunc(all, func(o Owned) bool { return o.Standing == Nobodys })
}

// turned begins another time where the number stands otherwise than in the last.
// What was held for a user and is now the user's was the user's from the start.
func turned(all []Owned, s State, at time.Time) []Owned {
	next := Owned{From: at, Company: s.Company, User: s.User, Standing: s.StandingAt(at)}
	if len(all) == 0 {
		return append(all, next)
	}
	last := &all[len(all)-1]
	if last.Company == next.Company && last.User == next.User {
		if last.Standing == Held && next.Standing == OfTheUser {
			last.Standing = OfTheUser
		}
		if last.Standing == next.Standing {
			return all
		}
	}
	last.Until = at
	return append(all, next)
}
