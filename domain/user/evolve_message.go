package user

import (
	"slices"
	"time"
)

// accept notes that the provider has the message.
func (m *Message) accept(e MessageAccepted, at time.Time) {
	m.Accepted, m.Bounced, m.Final, m.Delayed = true, false, false, false
	m.Attempts, m.NextTry, m.Trouble = e.Attempt, nil, Trouble{}
	m.Provider, m.AcceptedAt, m.EndedAt = e.Provider, at, time.Time{}
}

// deliver notes the best end a message can have; nothing is tried any more.
func (m *Message) deliver(at time.Time) {
	m.Accepted, m.Delivered, m.Bounced, m.Final = true, true, false, false
	m.NextTry, m.Trouble, m.EndedAt = nil, Trouble{}, at
}

// bounce notes that an attempt the provider had taken came to nothing. With a
// next try the message stands again where one that was refused does.
func (m *Message) bounce(e MessageBounced, at time.Time) {
	m.Bounced, m.Accepted, m.Final = true, false, e.NextTry == nil
	m.NextTry, m.Trouble, m.EndedAt = e.NextTry, e.Trouble, at
	m.Bounces = append(slices.Clone(m.Bounces), e.Provider)
}

// delay notes that the message has not arrived yet, and why.
func (m *Message) delay(e MessageDelayed) { m.Delayed, m.Trouble = true, e.Trouble }

// MessageState is where a message stands on its way.
type MessageState string

// The states of a message.
const (
	MessageWaiting    MessageState = "requested" // to be sent, or to be sent again
	MessageTaken      MessageState = "accepted"  // the provider has it
	MessageArrived    MessageState = "delivered"
	MessageReturned   MessageState = "bounced"   // the provider could not deliver it
	MessageImpossible MessageState = "failed"    // the provider did not take it
	MessageWithdrawn  MessageState = "withdrawn" // not wanted any more before it was sent
)

// State tells where the message stands.
func (m Message) State() MessageState {
	switch {
	case m.Delivered:
		return MessageArrived
	case m.Accepted:
		return MessageTaken
	case m.Bounced && m.NextTry == nil:
		return MessageReturned
	case m.Final && m.Trouble.Cause != "":
		return MessageImpossible
	case m.Final:
		return MessageWithdrawn
	}
	return MessageWaiting
}

// Superseded tells when a newer link took the place of the one a message is
// about; zero where none did, or is still to be made.
func (l CurrentLink) Superseded(m Message) time.Time {
	if m.Link == "" || m.Link == l.ID {
		return time.Time{}
	}
	return l.IssuedAt
}
