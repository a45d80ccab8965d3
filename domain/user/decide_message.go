package user

import (
	"time"

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
		accepted := []domain.Event{MessageAccepted{ID: m.ID, Attempt: in.Attempt, Provider: in.Provider}}
		return append(accepted, s.noteCredential(m, nil)...), nil
	}
	if m.Final {
		return nil, nil
	}
	trouble := s.untilItEnds(m, *in.Trouble)
	events := []domain.Event{MessageRefused{ID: m.ID, Attempt: in.Attempt, Trouble: trouble}}
	if m.Credential != "" {
		return append(events, s.noteCredential(m, &trouble)...), nil
	}
	return append(events, s.linkSuffers(m, trouble, in.Trouble.NextTry == nil)...), nil
}

// untilItEnds takes away a next try that would come after the end of what the
// message is about.
func (s State) untilItEnds(m Message, trouble Trouble) Trouble {
	if end := s.endOf(m); trouble.NextTry != nil && end != nil && !trouble.NextTry.Before(*end) {
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

// noticesFor is how long a notice is tried: as long as mail servers do (RFC 5321
// section 4.5.4.1).
const noticesFor = 5 * 24 * time.Hour

// endOf gives the end of the link, temporary password, reset or code that a
// message is about, behind which it is worth nothing. What is about none of them
// ends some days after it was asked for, and a reminder of the password's end
// with the password. It is nil where what the message is about is gone.
func (s State) endOf(m Message) *time.Time {
	switch {
	case m.Link != "" && m.Link == s.Link.ID:
		return &s.Link.ExpiresAt
	case m.Link == "" && m.Credential == "":
		end := m.RequestedAt.Add(noticesFor)
		if c := s.Credential; m.Purpose == PurposeExpires && c.ExpiresAt != nil && c.ExpiresAt.Before(end) {
			end = *c.ExpiresAt
		}
		return &end
	}
	switch m.Credential {
	case s.Credential.Temporary.ID:
		return &s.Credential.Temporary.ExpiresAt
	case s.Credential.Reset.ID:
		return &s.Credential.Reset.ExpiresAt
	case s.Verification.Code.ID:
		return &s.Verification.Code.ExpiresAt
	}
	return nil
}

// carriesLink tells whether the user cannot go on without the message.
func (m Message) carriesLink() bool {
	return m.Channel == Mail && (m.Purpose == PurposeLink || m.Purpose == PurposeRenewed)
}
