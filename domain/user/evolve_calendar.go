package user

import (
	"cmp"
	"slices"
	"time"

	"dialtone/domain"
)

// Scheduled is one action that is planned.
type Scheduled struct {
	ID     string
	What   Action
	At     time.Time
	Reason string
	By     domain.Actor // by whose rights it will be done

	Cause     string    // why it is held, "" while it is not
	HeldSince time.Time // first of when
	NextTry   time.Time // of what is held
}

// Due is the moment at which the action is to be done or tried again.
func (a Scheduled) Due() time.Time {
	if a.Cause != "" {
		return a.NextTry
	}
	return a.At
}

func bySchedule(a, b Scheduled) int { return cmp.Or(a.Due().Compare(b.Due()), cmp.Compare(a.ID, b.ID)) }

// planned applies the facts of the calendar.
func planned(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case ActionScheduled:
		action := Scheduled{ID: e.ID, What: e.What, At: e.At, By: f.Actor}
		if e.Personal != nil {
			action.Reason = e.Personal.Reason
		}
		s.Scheduled = append(slices.Clone(s.Scheduled), action)
		slices.SortStableFunc(s.Scheduled, bySchedule)
	case ActionHeld:
		return s.held(e, f.At)
	case ActionCancelled:
		return s.without(e.ID)
	case ActionCarriedOut:
		return s.without(e.ID)
	case ActionFailed:
		return s.without(e.ID)
	}
	return s
}

// without takes an action out of the calendar.
func (s State) without(id string) State {
	s.Scheduled = slices.DeleteFunc(slices.Clone(s.Scheduled), func(a Scheduled) bool { return a.ID == id })
	return s
}

// deleted lets the user go, and remembers as what.
func deleted(s State, e Deleted, f domain.Fact) State {
	s.Former, s.DeletedAt, s.GivesUp = s.Lifecycle, f.At, e.Licence
	s.Lifecycle, s.Scheduled, s.Leaving = Gone, nil, true
	s.EraseAt = e.EraseAt(f.At)
	s.Left, s.Rejoins = s.Rejoins, nil
	s.loosen(s.Claims.List()...)
	s.Phone, s.Claims = s.Claims.Device, Claims{}
	s.Lost, s.Regains = s.Regains, nil
	return s
}

// restored brings a deleted user back. Sessions from before are over, and the
// desk phone needs a new login.
func restored(s State, e Restored, f domain.Fact) State {
	s = s.withoutMissed(e.Missed)
	s.Lifecycle, s.Number, s.Extension, s.Licence, s.Claims = e.As, e.Number, e.Extension, e.Licence, e.Claims
	s.Left, s.Lost, s.Phone, s.EraseAt = nil, nil, "", time.Time{}
	s.Former, s.DeletedAt, s.Leaving, s.Leaves, s.GivesUp = NotOrdered, time.Time{}, false, nil, ""
	s.Login, s.LoginID, s.LoginElsewhere, s.Credential.Since = DeviceLoginIssued{}, "", false, f.At
	if e.SIM {
		return s.ordering(true)
	}
	return s
}

// withoutMissed says which groups and SIMs a restored user is to have again, and
// takes away what belongs to others by now.
func (s State) withoutMissed(missed []Missed) State {
	s.Rejoins = slices.DeleteFunc(s.Rejoinable(), func(id string) bool { return misses(missed, MissedGroup, id) })
	s.Regains = slices.DeleteFunc(s.Regainable(), func(id string) bool { return misses(missed, MissedSIM, id) })
	if misses(missed, MissedEmail, "") {
		s.Person.Email = ""
	}
	if misses(missed, MissedUsername, "") {
		s.Credential.Username = ""
	}
	if misses(missed, MissedDevice, "") {
		s.Device, s.Person.MAC = "", ""
	}
	return s
}

// Rejoinable lists the groups that a deleted user was taken out of, or is being.
func (s State) Rejoinable() []string { return union(s.Left, s.Leaves) }

// Regainable lists the SIMs that a deleted user had.
func (s State) Regainable() []string {
	had := make([]string, 0, len(s.SIMs))
	for _, card := range s.SIMs { // those that are not let go yet may be any moment
		had = append(had, card.ID)
	}
	return union(s.Lost, had)
}

// held lets an action wait, and remembers since when.
func (s State) held(e ActionHeld, at time.Time) State {
	s.Scheduled = slices.Clone(s.Scheduled)
	for i := range s.Scheduled {
		if a := &s.Scheduled[i]; a.ID == e.ID {
			if a.Cause == "" {
				a.HeldSince = at
			}
			a.Cause, a.NextTry = e.Cause, e.NextTry
		}
	}
	slices.SortStableFunc(s.Scheduled, bySchedule)
	return s
}
