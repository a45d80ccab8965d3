package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Restore is the command that brings a deleted user back. Claims names what has
// been taken again for the user before.
type Restore struct {
	Actor     domain.Actor
	Policy    policy.Policy
	At        time.Time // the moment the command was given, before anything was claimed for it
	DeletedAt time.Time // the deletion that is undone
	Licence   string
	Claims    Claims
	Missed    []Missed // what the user is to come back without
}

// Check tells what speaks against it before anything is claimed.
func (in Restore) Check(s State) error {
	switch {
	case s.ID == "":
		return gone()
	case s.Erased || s.Erasing:
		return domain.Faultf(domain.Refused, "erased", "the person was erased, and nothing is left to be restored")
	case s.Lifecycle != Gone:
		return nil
	case len(s.Loose) > 0:
		return domain.Faultf(domain.Unavailable, "being-released", "what the user had before is just being given back; try again in a moment")
	}
	former := s
	former.Lifecycle = s.Former
	if err := mayTouch(former, in.Actor, in.Policy); err != nil {
		return err
	}
	if within := in.Policy.RestoreWithin.Std(); within > 0 && in.At.After(s.DeletedAt.Add(within)) {
		return domain.Faultf(domain.Refused, "restore-too-late", "a deleted user can be restored for %s only", within)
	}
	return nil
}

// Decide restores the user to what it was; who is not deleted needs nothing.
func (in Restore) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := in.Check(s); err != nil || s.Lifecycle != Gone {
		return nil, err
	}
	if !s.DeletedAt.Equal(in.DeletedAt) {
		return nil, domain.Faultf(domain.Unavailable, "busy", "somebody else is changing the same user; try again")
	}
	given := func(claim string) bool { return s.Abandoned.Since(claim, in.At) }
	if slices.ContainsFunc(in.Claims.List(), given) {
		return nil, domain.Faultf(domain.Conflict, "claims-expired", "the restoration took too long and what it had claimed was given up; try again")
	}
	back := Restored{As: s.Former, Number: s.Number, Extension: s.Extension, Licence: in.Licence, Claims: in.Claims, Missed: in.Missed}
	if misses(in.Missed, MissedNumber, "") {
		back.Number = ""
	}
	if misses(in.Missed, MissedExtension, "") {
		back.Extension = ""
	}
	if misses(in.Missed, MissedLicence, "") {
		back.Licence = ""
	}
	back.SIM = !s.OrderSIM && len(s.withoutMissed(in.Missed).Regains) == 0 && in.Policy.SIMs.Orders(back.Licence)
	return []domain.Event{back}, nil
}
