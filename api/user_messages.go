package api

import (
	"slices"
	"time"

	"dialtone/domain/user"
)

// Message is one notification of a user and what became of it.
type Message struct {
	ID           string     `json:"id"`
	Purpose      string     `json:"purpose" example:"activation-link"`
	Channel      string     `json:"channel" enum:"mail,sms"`
	State        string     `json:"state" enum:"requested,accepted,delivered,bounced,failed,withdrawn" doc:"requested: to be sent, or to be sent again; accepted: the mail server or provider has it; bounced: it had it and could not deliver; failed: it did not take it; withdrawn: not wanted any more before it was sent"`
	RequestedAt  time.Time  `json:"requestedAt"`
	AcceptedAt   *time.Time `json:"acceptedAt,omitempty"`
	DeliveredAt  *time.Time `json:"deliveredAt,omitempty" doc:"As the provider or a mail server reports it"`
	BouncedAt    *time.Time `json:"bouncedAt,omitempty"`
	SupersededAt *time.Time `json:"supersededAt,omitempty" doc:"When a newer link took the place of the one in it"`
	Attempts     int        `json:"attempts"`
	NextTry      *time.Time `json:"nextTry,omitempty"`
	Cause        string     `json:"cause,omitempty" example:"handset-unreachable"`
	Responsible  string     `json:"responsible,omitempty" doc:"Who must act: user, admin, operator, mail, sms"`
	Code         string     `json:"code,omitempty" example:"twilio 30003" doc:"What the other side answered"`
	Text         string     `json:"text,omitempty"`
}

// shownMessages gives the recent messages, newest first.
func shownMessages(s user.State) []Message {
	shown := make([]Message, 0, len(s.Messages))
	for _, m := range slices.Backward(s.Messages) {
		shown = append(shown, shownMessage(m, s.Link))
	}
	return shown
}

func shownMessage(m user.Message, link user.CurrentLink) Message {
	shown := Message{
		ID: m.ID, Purpose: m.Purpose, Channel: m.Channel, State: string(m.State()), RequestedAt: m.RequestedAt.UTC(), Attempts: m.Attempts,
		AcceptedAt: momentOf(m.AcceptedAt), SupersededAt: momentOf(link.Superseded(m)), NextTry: m.NextTry,
		Cause: m.Trouble.Cause, Responsible: m.Trouble.Responsible, Code: m.Trouble.Code, Text: m.Trouble.Text,
	}
	switch {
	case m.Delivered:
		shown.DeliveredAt = momentOf(m.EndedAt)
	case m.Bounced:
		shown.BouncedAt = momentOf(m.EndedAt)
	}
	return shown
}

// momentOf gives nil for the zero time.
func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	utc := t.UTC()
	return &utc
}
