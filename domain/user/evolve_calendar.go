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
}

// planned applies the facts of the calendar.
func planned(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case ActionScheduled:
		action := Scheduled{ID: e.ID, What: e.What, At: e.At, By: f.Actor}
		if e.Personal != nil {
			action.Reason = e.Personal.Reason
		}
		s.Scheduled = append(slices.Clone(s.Scheduled), action)
		slices.SortStableFunc(s.Scheduled, func(a, b Scheduled) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
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
func deleted(s State, f domain.Fact) State {
	s.Former, s.DeletedAt = s.Lifecycle, f.At
	s.Lifecycle, s.Scheduled = Gone, nil
	s.loosen(s.Claims.List()...)
	s.Claims = Claims{}
	return s
}

// restored brings a deleted user back. Sessions from before are over, and the
// desk phone needs a new login.
func restored(s State, e Restored, f domain.Fact) State {
	s.Lifecycle, s.Number, s.Extension, s.Licence, s.Claims = e.As, e.Number, e.Extension, e.Licence, e.Claims
	s.Former, s.DeletedAt = NotOrdered, time.Time{}
	s.Login, s.Credential.Since = DeviceLoginIssued{}, f.At
	return s
}
