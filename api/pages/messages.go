package pages

import (
	"slices"
	"strings"
	"time"

	"dialtone/domain/user"
)

// sent gives the user's messages, newest first.
func (a Account) sent() []user.Message {
	newest := slices.Clone(a.Messages)
	slices.Reverse(newest)
	return newest
}

// resendable tells whether the link can go out again by a channel.
func (a Account) resendable(channel string) bool {
	if a.LinkState != string(user.LinkOpen) || !a.renewable() {
		return false
	}
	if channel == user.SMS {
		return a.Mobile != ""
	}
	return a.Email != "" && a.State != string(user.Failed)
}

// messageTitle words what a message is about and how it goes.
func messageTitle(f Frame, m user.Message) string {
	return f.First(m.Channel, "medium."+m.Channel) + ": " + f.First(m.Purpose, "purpose."+m.Purpose)
}

func messageState(f Frame, m user.Message) string {
	return f.First(string(m.State()), "message."+string(m.State()))
}

// messageTone is the colour of a message's state, one of those of steps.
func messageTone(m user.Message) string {
	switch m.State() {
	case user.MessageArrived, user.MessageTaken:
		return "done"
	case user.MessageReturned, user.MessageImpossible:
		return "failed"
	case user.MessageWaiting, user.MessageWithdrawn:
	}
	return "waiting"
}

// messageCause words what went wrong, with what the other side answered.
func messageCause(f Frame, m user.Message) string {
	cause := m.Trouble.Cause
	if cause == "" {
		return ""
	}
	said := []string{f.First(cause, "cause."+cause), m.Trouble.Code, m.Trouble.Text}
	return strings.Join(slices.DeleteFunc(said, func(part string) bool { return part == "" }), " · ")
}

// superseded tells when a newer link took the place of the one in a message.
func (a Account) superseded(m user.Message) (time.Time, bool) {
	at := a.Link.Superseded(m)
	return at, !at.IsZero()
}
