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
	s.EraseAt = e.eraseAt(f.At)
	s.Left, s.Rejoins = s.Rejoins, nil
	s.loosen(s.Claims.List()...)
	s.Claims = Claims{}
	return s
}

// restored brings a deleted user back. Sessions from before are over, and the
// desk phone needs a new login.
func restored(s State, e Restored, f domain.Fact) State {
	s.Lifecycle, s.Number, s.Extension, s.Licence, s.Claims = e.As, e.Number, e.Extension, e.Licence, e.Claims
	s.Rejoins, s.Left, s.EraseAt = union(s.Left, s.Leaves), nil, time.Time{}
	s.Former, s.DeletedAt, s.Leaving, s.Leaves, s.GivesUp = NotOrdered, time.Time{}, false, nil, ""
	s.Login, s.LoginID, s.Credential.Since = DeviceLoginIssued{}, "", f.At
	return s
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
