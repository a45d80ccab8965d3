package group

import (
	"slices"
	"time"

	"dialtone/domain"
)

// AbandonClaim is the sweep's command: it gives a claim up for a group whose
// facts do not name it, so that a slow order that still believes in it conflicts.
type AbandonClaim struct {
	Claim    string
	Deadline time.Time // of the taking that is given up; a later taking is another matter
}

// Decide writes the note unless the group names the claim.
func (in AbandonClaim) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Claim == in.Claim {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the group names the claim")
	}
	if s.Abandoned.Since(in.Claim, in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: in.Claim}}, nil
}

// ReleaseReason says why claims of a group are given back.
func (s State) ReleaseReason() string {
	if s.Gone {
		return "group deleted"
	}
	return "changed"
}

// NoteReleased is the command that records which claims are free again.
type NoteReleased struct{ Claims []string }

// Decide notes those that were waiting for it.
func (in NoteReleased) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	released := slices.DeleteFunc(slices.Clone(in.Claims), func(claim string) bool { return !slices.Contains(s.Loose, claim) })
	if len(released) == 0 {
		return nil, nil
	}
	return []domain.Event{ClaimsReleased{Claims: released}}, nil
}
