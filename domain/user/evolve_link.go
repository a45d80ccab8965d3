package user

import (
	"slices"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// newLink puts a link in the place of the one before; the link step waits for
// the user again, and what was to be sent for the older link is not sent any more.
func (s State) newLink(link Link, f domain.Fact) State {
	older := s.Link.retire().Older
	s.Link = CurrentLink{Link: link, State: LinkOpen, IssuedAt: f.At, Older: older}
	s.Lifecycle = Pending
	s = s.hush(link.ID).withStep(policy.StepLink, func(step *Step) { step.Attempts++ })
	return s.linkWaits("mail-queued", "mail")
}

// linkWaits makes the link's step wait until the link's end, and says for whom.
func (s State) linkWaits(cause, responsible string) State {
	deadline := s.Link.ExpiresAt
	return s.withStep(policy.StepLink, func(step *Step) {
		if step.State != Done {
			*step = Step{Name: step.Name, State: Waiting, Cause: cause, Responsible: responsible, Attempts: step.Attempts, Deadline: &deadline}
		}
	})
}

// withdrawLink makes an open link void, since whoever it was mailed to is not
// the user any more. The step waits for a new one; where it had failed, it waits
// for its retry.
func (s State) withdrawLink() State {
	if s.Link.State != LinkOpen {
		return s
	}
	s.Link = s.Link.retire()
	return s.hush("").withStep(policy.StepLink, func(step *Step) {
		if step.State != Done && step.State != StepBroken {
			*step = Step{Name: step.Name, State: Waiting, Attempts: step.Attempts}
		}
	})
}

// retire moves the link's hash to the older ones.
func (l CurrentLink) retire() CurrentLink {
	older := slices.Clone(l.Older)
	if l.Hash != "" {
		older = append(older, l.Hash)
	}
	return CurrentLink{State: LinkNone, Older: older}
}
