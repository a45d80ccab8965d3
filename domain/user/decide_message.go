package user

import (
	"dialtone/domain"
	"dialtone/domain/policy"
)

// NoteDelivery is the command that notes how an attempt at a message ended.
type NoteDelivery struct {
	Message  string
	Attempt  int
	Provider string
	Trouble  *Trouble // nil: accepted
}

// Decide notes it once. A try that would come after the link's end is not made;
// an activation mail that cannot be delivered fails the link's step.
func (in NoteDelivery) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	m, ok := s.Message(in.Message)
	if !ok || m.Accepted || in.Attempt != m.Attempts+1 {
		return nil, nil
	}
	if in.Trouble == nil { // sent is sent, also when it was not wanted any more by then
		return []domain.Event{MessageAccepted{ID: m.ID, Attempt: in.Attempt, Provider: in.Provider}}, nil
	}
	if m.Final {
		return nil, nil
	}
	trouble := s.untilLinkEnds(m, *in.Trouble)
	events := []domain.Event{MessageRefused{ID: m.ID, Attempt: in.Attempt, Trouble: trouble}}
	return append(events, s.linkSuffers(m, trouble, in.Trouble.NextTry == nil)...), nil
}

// untilLinkEnds takes away a next try that would come after the end of the link
// the message is about.
func (s State) untilLinkEnds(m Message, trouble Trouble) Trouble {
	if trouble.NextTry != nil && m.Link != "" && m.Link == s.Link.ID && !trouble.NextTry.Before(s.Link.ExpiresAt) {
		trouble.NextTry = nil
	}
	return trouble
}

// linkSuffers gives what trouble with a message does to the link's step, where
// the user cannot go on without that message.
func (s State) linkSuffers(m Message, trouble Trouble, final bool) []domain.Event {
	step, waits := s.Step(policy.StepLink)
	if !waits || step.State == Done || !m.carriesLink() || m.Link != s.Link.ID || s.Link.State != LinkOpen || !s.Exists() {
		return nil
	}
	if final {
		return s.stepFailed(policy.StepLink, trouble)
	}
	return []domain.Event{StepDelayed{Step: policy.StepLink, Attempt: step.Attempts, Trouble: trouble}}
}

// carriesLink tells whether the user cannot go on without the message.
func (m Message) carriesLink() bool {
	return m.Channel == Mail && (m.Purpose == PurposeLink || m.Purpose == PurposeRenewed)
}
