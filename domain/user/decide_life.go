package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Suspend is the command that leaves a user nothing but emergency calls.
type Suspend struct {
	Actor  domain.Actor
	Policy policy.Policy
}

// Decide suspends the user (rules 1.7, X9).
func (in Suspend) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, nil
	}
	if err := mayTouch(s, in.Actor, in.Policy); err != nil {
		return nil, err
	}
	return []domain.Event{Suspended{}}, nil
}

// Resume is the command that ends a suspension.
type Resume struct {
	Actor  domain.Actor
	Policy policy.Policy
}

// Decide gives the user back what the lifecycle allows (rules 1.7, X9).
func (in Resume) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case !s.Suspended:
		return nil, nil
	}
	if err := mayTouch(s, in.Actor, in.Policy); err != nil {
		return nil, err
	}
	return []domain.Event{Resumed{}}, nil
}

// Delete is the command that ends a user. Claims are released behind it.
type Delete struct {
	Actor  domain.Actor
	Policy policy.Policy
	GiveUp bool // the licence goes back to the operator (rule 2.22)
}

// Ends gives the fact by which a user who exists would be deleted, or what speaks
// against it. It is what Decide writes, and what is shown before.
func (in Delete) Ends(s State) (Deleted, error) {
	if !s.Exists() {
		return Deleted{}, gone()
	}
	if err := mayTouch(s, in.Actor, in.Policy); err != nil {
		return Deleted{}, err
	}
	licence, err := in.givesUp(s)
	return Deleted{Licence: licence, Goes: s.Goes(), Retention: retention(in.Policy)}, err
}

// Decide deletes the user (rules 1.7, 1.13, X9); nothing that was planned will be done.
func (in Delete) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.ID != "" && s.Lifecycle == Gone {
		return nil, nil
	}
	ends, err := in.Ends(s)
	if err != nil {
		return nil, err
	}
	return append([]domain.Event{ends}, cancelled(s.Scheduled, func(Scheduled) bool { return true })...), nil
}

// IssueDeviceLogin is the command that gives a desk phone a new login.
type IssueDeviceLogin struct {
	Username, Realm string
	Chosen          bool          // the password is somebody's choice
	Policy          policy.Policy // says whether it may be
	HA1             map[string]string
}

// Decide issues the login; the one before no longer works.
func (in IssueDeviceLogin) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case !s.HasLine():
		return nil, domain.Faultf(domain.Refused, "no-line", "a user without number and extension has nothing a phone could log in to")
	case in.Chosen && !in.Policy.ChoosesDevicePasswords():
		return nil, domain.Faultf(domain.Refused, "generated-only", "passwords of desk phones are drawn by this operator's policy; none can be chosen")
	}
	return []domain.Event{DeviceLoginIssued{Username: in.Username, Realm: in.Realm, Chosen: in.Chosen, Personal: &DeviceLogin{HA1: in.HA1}}}, nil
}

// AbandonClaim is the sweep's command: it gives a claim up for a user whose
// facts do not name it, so that a slow order that still believes in it conflicts.
type AbandonClaim struct {
	Claim    string
	Deadline time.Time // of the taking that is given up; a later taking is another matter
}

// Decide writes the note unless the user names the claim.
func (in AbandonClaim) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Claims.Holds(in.Claim) {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the user names the claim")
	}
	if s.Abandoned.Since(in.Claim, in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: in.Claim}}, nil
}

// NoteReleased is the command that records which claims are free again.
type NoteReleased struct{ Claims []string }

// Decide notes those that were waiting for it.
func (in NoteReleased) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	var released []string
	for _, claim := range in.Claims {
		if slices.Contains(s.Loose, claim) {
			released = append(released, claim)
		}
	}
	if len(released) == 0 {
		return nil, nil
	}
	return []domain.Event{ClaimsReleased{Claims: released}}, nil
}
