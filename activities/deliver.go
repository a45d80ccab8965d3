package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
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
	who, groups, err := u.departed(ctx, m)
	if err != nil {
		return user.Duty{}, fmt.Errorf("deliver message %s: %w", m.ID, err)
	}
	outcome, attempt := u.send(ctx, s, m, TextData{Colleague: who, Groups: groups}), m.Attempts+1
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

// send renders a message from what it is about and what is known of the user,
// and hands it over.
func (u *Users) send(ctx context.Context, s subject, m user.Message, about TextData) Outcome {
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
		Brand: rules.Brand, GreekUnicode: rules.Sender.GreekUnicode, Colleague: about.Colleague, Groups: about.Groups,
	}))
	if err != nil {
		return unwritten(err)
	}
	if rendered.SMS == "" && m.Channel == user.SMS || rendered.Subject == "" && m.Channel == user.Mail {
		return unwritten(domain.Faultf(domain.Invalid, "no-text", "there is no text for the purpose %q by %s", m.Purpose, m.Channel))
	}
	if m.Channel == user.SMS {
		// An attempt whose end was not seen may have gone through: the provider
		// knows. While it cannot be asked, nothing is sent.
		text := SMS{
			ID: m.ID, To: cmp.Or(m.To, person.Mobile), Text: rendered.SMS, From: rules.Sender.SMS, Wide: rules.Sender.Wide,
			User: s.state.ID, Attempt: m.Attempts + 1,
		}
		found, sent := u.SMS.Lookup(ctx, text, m.RequestedAt, othersThan(m, s.state.Messages))
		if sent || found.Code != "" {
			return found
		}
		return u.SMS.Send(ctx, text)
	}
	return u.Mail.Send(ctx, Mail{
		ID: m.ID, To: cmp.Or(m.To, person.Email), ToName: strings.TrimSpace(person.FirstName + " " + person.LastName),
		Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML, Language: rendered.Language, Date: m.RequestedAt,
		Envelope: user.ReportToken(u.LinkKey, s.state.ID, m.ID, m.Attempts+1), Report: user.ReportToken(u.LinkKey, s.state.ID, m.ID, 0),
	})
}

// unwritten is the outcome of a message that cannot be put into words, be it for
// what the user lacks or for a fault of ours. No later try would do better, and
// nothing else about the user has to wait for it.
func unwritten(err error) Outcome {
	text := "the message could not be written"
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		text = fault.Detail // names the text and what it lacks
	}
	return Outcome{Cause: causeNotSendable, Permanent: true, Responsible: responsible(causeNotSendable, ""), Text: clean(text)}
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
