package user

import (
	"time"

	"dialtone/domain"
)

// resendAfter is how long a channel rests before the link goes out by it again.
const resendAfter = time.Minute

// ResendLink is the command that sends the message with the current link again,
// by one channel. The link stays the same.
type ResendLink struct {
	Cause   domain.Cause
	Channel string // Mail or SMS
}

// Decide asks for the message. What still waits to be sent with the same link
// by the same channel is overtaken by it.
func (in ResendLink) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case in.Channel != Mail && in.Channel != SMS:
		return nil, domain.Faultf(domain.Invalid, "unknown-channel", "a link is sent by mail or sms, not by %q", in.Channel).At("/channel")
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, domain.Faultf(domain.Refused, "suspended", "the user is suspended; resume first")
	case s.Link.State == LinkDone:
		return nil, domain.Faultf(domain.Refused, "already-activated", "the user has followed the link already")
	case !s.Link.OpenAt(in.Cause.At):
		return nil, domain.Faultf(domain.Refused, "no-open-link", "there is no link that could be sent again; renew it")
	case in.Channel == Mail && s.Lifecycle == Failed:
		return nil, domain.Faultf(domain.Refused, "activation-failed", "the mail could not be delivered; correct what is wrong and retry the activation")
	case in.Channel == Mail && s.Person.Email == "":
		return nil, domain.Faultf(domain.Refused, "no-email", "the user has no e-mail address")
	case in.Channel == SMS && s.Person.Mobile == "":
		return nil, domain.Faultf(domain.Refused, "no-mobile", "the user has no mobile that an SMS could go to")
	}
	if wait := s.Link.rests(s.Messages, in.Channel, in.Cause.At); wait > 0 {
		return nil, domain.TooSoon(wait, "the link was sent by %s just now; try again in %d s", in.Channel, int((wait+time.Second-1)/time.Second))
	}
	if err := s.helpRests(in.Cause.At); err != nil {
		return nil, err
	}
	purpose := PurposeLink
	if in.Channel == SMS && s.Link.Password { // link and password never go the same way
		purpose = PurposeLinkPassword
	}
	again := messageFor(purpose, in.Channel, s.Link.ID)
	again.ID = domain.DeriveID("message", s.Link.ID, purpose, in.Channel, in.Cause.Command)
	return []domain.Event{again}, nil
}

// rests tells for how long yet the link is not to be sent by a channel.
func (l CurrentLink) rests(messages []Message, channel string, at time.Time) time.Duration {
	var wait time.Duration
	for _, m := range messages {
		if m.Link == l.ID && m.Channel == channel {
			wait = max(wait, m.RequestedAt.Add(resendAfter).Sub(at))
		}
	}
	return wait
}

// overtake lets a message with a link not be sent any more where another with
// the same link goes out by the same channel.
func (s State) overtake(by MessageRequested) State {
	if by.Purpose != PurposeLink {
		return s
	}
	return s.withdraw(func(m *Message) bool {
		withLink := m.Purpose == PurposeLink || m.Purpose == PurposeRenewed
		return withLink && m.Link == by.Link && m.Channel == by.Channel
	})
}
