package callprofile

import (
	"slices"
	"time"
)

// Because says why a profile is active.
type Because string

// Why a profile is active.
const (
	ByChoice    Because = "choice"    // somebody chose it
	ByPlan      Because = "plan"      // it was planned for this time
	ByTimetable Because = "timetable" // the timetable brings it
	ByDefault   Because = "default"   // there is nothing else
)

// Active is the profile that calls are taken by at a moment. Until is when that
// changes by itself, zero where it does not.
type Active struct {
	Profile     Profile
	Because     Because
	From, Until time.Time
}

// claimant is a profile that wants to be active from one moment to another.
type claimant struct {
	stretch
	because  Because
	priority int
}

// ActiveAt tells which profile is active at a moment at a place. Whoever chooses
// one is obeyed until its end, or until a plan or timetable begins whose profile
// has no lower priority: who is on vacation is not made available by Monday
// morning. Of plans and timetable the higher priority counts, then the later
// beginning. What is replaced comes back when that ends.
func (s State) ActiveAt(now time.Time, zone *time.Location) Active {
	var chosen, wins *claimant
	all := s.claimants(now, zone)
	for _, c := range all {
		switch {
		case !c.holds(now):
		case c.because == ByChoice:
			chosen = &c
		case wins == nil || c.priority >= wins.priority:
			wins = &c
		}
	}
	if chosen != nil && !slices.ContainsFunc(all, func(c claimant) bool { return c.holds(now) && c.replaces(*chosen) }) {
		wins = chosen
	}
	active := Active{Because: ByDefault, Until: next(all, now)}
	active.Profile, _ = s.Profile(Available)
	if wins != nil {
		active.Profile, _ = s.Profile(wins.profile)
		active.Because, active.From = wins.because, wins.from
	}
	return active
}

// holds tells whether a moment lies between beginning and end.
func (c claimant) holds(at time.Time) bool {
	return !c.from.After(at) && (c.until.IsZero() || at.Before(c.until))
}

// replaces tells whether what began by itself ends what somebody chose before.
func (c claimant) replaces(chosen claimant) bool {
	return c.because != ByChoice && c.from.After(chosen.from) && c.priority >= chosen.priority
}

// claimants gives what may be active around a moment, in the order of beginnings.
func (s State) claimants(now time.Time, zone *time.Location) []claimant {
	var all []claimant
	add := func(of stretch, because Because) {
		if p, there := s.Profile(of.profile); there {
			all = append(all, claimant{stretch: of, because: because, priority: p.Priority})
		}
	}
	if !s.Timetable.Empty() {
		add(s.Timetable.at(now, zone), ByTimetable)
	}
	for _, p := range s.Plans {
		add(stretch{p.Profile, p.From, p.Until}, ByPlan)
	}
	if c := s.Chosen; c != nil {
		add(stretch{c.Profile, c.At, c.Until}, ByChoice)
	}
	slices.SortStableFunc(all, func(a, b claimant) int { return a.from.Compare(b.from) })
	return all
}

// next gives the first moment after now at which something begins or ends; zero
// where there is none.
func next(all []claimant, now time.Time) time.Time {
	var next time.Time
	for _, c := range all {
		for _, at := range []time.Time{c.from, c.until} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}
