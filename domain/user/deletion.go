package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Goes is what a user has no more with the deletion. Nothing of it is personal;
// the groups that are left are told by a fact of their own.
type Goes struct {
	Number    domain.E164 `json:"number,omitempty"`
	Extension string      `json:"extension,omitempty"`
	Licence   string      `json:"licence,omitempty"` // the seat is free again, or goes back to the operator
	Device    string      `json:"device,omitempty"`
	Email     bool        `json:"email,omitempty"`    // the address is free for others
	Username  bool        `json:"username,omitempty"` // so is the name to log in with
	SIMs      []string    `json:"sims,omitempty"`     // ids; detached, for others to have
	Planned   []string    `json:"planned,omitempty"`  // ids of actions that will not be done
}

// Goes tells what goes with the user, nil for nothing.
func (s State) Goes() *Goes {
	goes := Goes{Number: s.Number, Extension: s.Extension, Licence: s.Licence, Email: s.Claims.Email != "", Username: s.Claims.Username != ""}
	if s.HasDeskPhone() {
		goes.Device = s.Device
	}
	for _, sim := range s.SIMs {
		goes.SIMs = append(goes.SIMs, sim.ID)
	}
	for _, action := range s.Scheduled {
		goes.Planned = append(goes.Planned, action.ID)
	}
	if goes.Number == "" && goes.Extension == "" && goes.Licence == "" && goes.Device == "" && !goes.Email && !goes.Username &&
		len(goes.SIMs)+len(goes.Planned) == 0 {
		return nil
	}
	return &goes
}

// EraseAt is the moment from which on a deleted user's person is kept no longer,
// the zero time where it is kept until somebody erases it.
func (e Deleted) EraseAt(deleted time.Time) time.Time {
	if e.Retention == 0 {
		return time.Time{}
	}
	return deleted.Add(e.Retention.Std())
}

// retention is how long a person is kept behind the deletion; it is never over
// before the time in which the user can come back.
func retention(rules policy.Policy) policy.Duration {
	if rules.Retention == 0 {
		return 0
	}
	return max(rules.Retention, rules.RestoreWithin)
}

// ErasureBegun says that the deleted user's person is being erased: nobody can
// bring the user back any more.
type ErasureBegun struct{}

// Erased says that the key to everything personal about the deleted user was
// destroyed, and that the read models hold nothing of it.
type Erased struct{}

// Type is the wire name.
func (ErasureBegun) Type() string { return "user.erasure-begun.v1" }

// Type is the wire name.
func (Erased) Type() string { return "user.erased.v1" }

// BeginErasure is the workflow's command from which on there is no way back.
type BeginErasure struct{ At time.Time }

// Decide begins it once, when it is due and the user was not brought back.
func (in BeginErasure) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Erasing || s.erasureDuty(in.At).Task != EraseUser {
		return nil, nil
	}
	return []domain.Event{ErasureBegun{}}, nil
}

// NoteErased is the workflow's command that records that nothing is left of the
// person.
type NoteErased struct{}

// Decide notes it once.
func (NoteErased) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Erasing || s.Forgotten {
		return nil, nil
	}
	return []domain.Event{Erased{}}, nil
}

// erasureDuty says when a deleted user's person is to be erased. What was begun
// goes on until it is noted.
func (s State) erasureDuty(now time.Time) Duty {
	switch {
	case s.Lifecycle != Gone || s.Forgotten || !s.Erasing && s.EraseAt.IsZero():
		return Duty{Task: Rest}
	case s.Erasing || !now.Before(s.EraseAt):
		return Duty{Task: EraseUser}
	}
	return Duty{Task: Wait, Due: s.EraseAt}
}

// union gives the words of two lists, each once, in order.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
