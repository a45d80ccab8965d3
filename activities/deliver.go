package activities

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dialtone/domain/user"
)

// Deliver makes one attempt to send a message and notes how it ended. Running
// again after a crash sends the same message: same Message-ID, same link.
func (u *Users) Deliver(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("deliver message %s: %w", in.Duty.Subject, err)
	}
	m, ok := s.state.Message(in.Duty.Subject)
	made := in.Duty.Attempt > 0 && m.Attempts >= in.Duty.Attempt // its result was lost; the next try has its time
	if !ok || m.Accepted || m.Final || made || s.state.Erased {
		return u.next(s.history), nil
	}
	outcome, err := u.send(ctx, s, m)
	if err != nil {
		return user.Duty{}, fmt.Errorf("deliver message %s: %w", m.ID, err)
	}
	attempt := m.Attempts + 1
	note := user.NoteDelivery{Message: m.ID, Attempt: attempt, Provider: outcome.Provider}
	if !outcome.Accepted {
		note.Trouble = &user.Trouble{Cause: outcome.Cause, Responsible: outcome.Responsible, Code: outcome.Code, Text: outcome.Text}
		if wait := NextTry(outcome, attempt); wait > 0 {
			next := u.Journal.Now().Add(wait)
			note.Trouble.NextTry = &next
		}
	}
	return u.execute(ctx, s, u.cause(s, "delivery", m.ID, strconv.Itoa(attempt)), note.Decide)
}

func (u *Users) send(ctx context.Context, s subject, m user.Message) (Outcome, error) {
	person, link := s.state.Person, s.state.Link
	zone, err := time.LoadLocation(s.firm.ZoneAt(s.state.Site))
	if err != nil {
		zone = time.UTC
	}
	rules := s.firm.Policy
	rendered, err := u.Texts.Render(m.Purpose, s.state.Language, u.withSecrets(s, m, TextData{
		FirstName: person.FirstName, LastName: person.LastName,
		Company: s.firm.Name, Operator: rules.Operator,
		Link:   strings.TrimRight(u.PublicURL, "/") + "/activate/" + user.Token(u.LinkKey, s.state.ID, m.Link),
		Number: string(s.state.Number), Extension: s.state.Extension,
		ExpiresAt: link.ExpiresAt, ValidHours: int(rules.Link.Valid.Std().Hours()), Zone: zone,
		Brand: rules.Brand, GreekUnicode: rules.Sender.GreekUnicode,
	}))
	if err != nil {
		return Outcome{}, err
	}
	if m.Channel == user.SMS {
		// An attempt whose end was not seen may have gone through: the provider
		// knows. While it cannot be asked, nothing is sent.
		text := SMS{
			ID: m.ID, To: person.Mobile, Text: rendered.SMS, From: rules.Sender.SMS, Wide: rules.Sender.Wide,
			User: s.state.ID, Attempt: m.Attempts + 1,
		}
		found, sent := u.SMS.Lookup(ctx, text, m.RequestedAt, othersThan(m, s.state.Messages))
		if sent || found.Code != "" {
			return found, nil
		}
		return u.SMS.Send(ctx, text), nil
	}
	return u.Mail.Send(ctx, Mail{
		ID: m.ID, To: cmp.Or(m.To, person.Email), ToName: strings.TrimSpace(person.FirstName + " " + person.LastName),
		Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML, Language: rendered.Language, Date: m.RequestedAt,
		Envelope: user.ReportToken(u.LinkKey, s.state.ID, m.ID, m.Attempts+1), Report: user.ReportToken(u.LinkKey, s.state.ID, m.ID, 0),
	}), nil
}

// othersThan gives what the provider calls the attempts at other messages. A
// link that is sent again has the same text as the message before it.
func othersThan(m user.Message, messages []user.Message) []string {
	var others []string
	for _, other := range messages {
		if other.ID != m.ID && other.Channel == user.SMS {
			others = append(append(others, other.Provider), other.Bounces...)
		}
	}
	return others
}
