package user_test

import (
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestAReportTokenNamesAnAttemptAndCannotBeForged(t *testing.T) {
	key, message := []byte(strings.Repeat("k", 32)), domain.DeriveID("message")
	token := user.ReportToken(key, adaID, message, 3)
	if len(token) > 100 || strings.ContainsAny(token, "+= ") {
		t.Errorf("%q is no envelope id", token)
	}
	id, about, attempt, ok := user.ReadReportToken(key, token)
	if !ok || id != adaID || about != message || attempt != 3 {
		t.Errorf("read %s, %s, %d, %v", id, about, attempt, ok)
	}
	if user.ReportToken(key, "nobody", message, 1) != "" {
		t.Error("what is no id is named")
	}
	forged := []string{"", "x", token[1:], token + "A", strings.ToLower(token), user.ReportToken([]byte("another key"), adaID, message, 3)}
	for place := range token {
		other := byte('A')
		if token[place] == other {
			other = 'B'
		}
		if place < len(token)-1 { // the last character has bits that say nothing
			forged = append(forged, token[:place]+string(other)+token[place+1:])
		}
	}
	for _, other := range forged {
		if _, _, _, ok := user.ReadReportToken(key, other); ok {
			t.Errorf("%q is taken for ours", other)
		}
	}
}

func TestReportsOfMailServersAreNoted(t *testing.T) {
	message := request(user.PurposeReminder, user.Mail, "link-1")
	accepted := func(n int) user.MessageAccepted {
		return user.MessageAccepted{ID: message.ID, Attempt: n, Provider: "250 OK"} // the same each time
	}
	asked := then(mailed, user.LinkReminded{Link: "link-1"}, message)
	sent := then(asked, accepted(1))
	full := user.Trouble{Cause: "mailbox-full", Responsible: "user", Code: "452 4.2.2", NextTry: new(after(1))}
	unknown := user.Trouble{Cause: "mailbox-unknown", Responsible: "admin", Code: "550 5.1.1"}
	slow := user.Trouble{Cause: "server-busy", Responsible: "mail", Code: "450 4.4.1"}
	report := func(attempt int, change func(*user.Receipt)) domain.Decide {
		r := user.Receipt{User: adaID, Message: message.ID, Attempt: attempt}
		change(&r)
		return user.NoteReceipt{Receipt: r}.Decide
	}
	delivered := func(r *user.Receipt) { r.Delivered = true }
	delayed := func(r *user.Receipt) { r.Delayed, r.Trouble = true, &slow }
	failed := func(r *user.Receipt) { r.Trouble = &unknown }
	later := func(r *user.Receipt) { r.Trouble = &full }
	relayed := func(*user.Receipt) {}
	arrived := user.MessageDelivered{ID: message.ID, Provider: "attempt 1"}
	bounced := func(n string, trouble user.Trouble) user.MessageBounced {
		return user.MessageBounced{ID: message.ID, Provider: "attempt " + n, Trouble: trouble}
	}
	waits := user.MessageDelayed{ID: message.ID, Provider: "attempt 1", Trouble: slow}
	again := then(sent, bounced("1", full), accepted(2))
	play(t, []scenario{
		{"it has arrived", sent, report(1, delivered), []domain.Event{arrived}, ""},
		{"it has arrived, as the message says", sent, report(0, delivered), []domain.Event{arrived}, ""},
		{"arrived twice is nothing", then(sent, arrived), report(1, delivered), nil, ""},
		{"handed on is no news", sent, report(1, relayed), nil, ""},
		{"it is delayed", sent, report(1, delayed), []domain.Event{waits}, ""},
		{"delayed twice is once", then(sent, waits), report(1, delayed), nil, ""},
		{"delayed and then arrived", then(sent, waits), report(1, delivered), []domain.Event{arrived}, ""},
		{"delayed after arrived is nothing", then(sent, arrived), report(1, delayed), nil, ""},
		{"delayed after failed is nothing", then(sent, bounced("1", unknown)), report(1, delayed), nil, ""},
		{"it came back", then(sent, waits), report(1, failed), []domain.Event{bounced("1", unknown)}, ""},
		{"it came back and is sent again", sent, report(1, later), []domain.Event{bounced("1", full)}, ""},
		{"came back twice is once", then(sent, bounced("1", unknown)), report(1, failed), nil, ""},
		{"the first attempt's failure is no news about the second", again, report(1, failed), nil, ""},
		{"the second attempt's is, though the server answered the same", again, report(2, failed), []domain.Event{bounced("2", unknown)}, ""},
		{"arrived after it came back: somebody has it", then(sent, bounced("1", unknown)), report(1, delivered), []domain.Event{arrived}, ""},
		{"a report tells of a mail whose answer was lost", asked, report(1, delivered), []domain.Event{user.MessageAccepted{ID: message.ID, Attempt: 1, Provider: "attempt 1"}, arrived}, ""},
		{"nobody's mail", nil, report(1, delivered), nil, "no-message"},
	})
	s := user.Fold(facts(then(sent, waits)...))
	if m, _ := s.Message(message.ID); m.State() != user.MessageTaken || !m.Delayed || m.Trouble.Cause != "server-busy" {
		t.Errorf("a delayed mail is %s, %+v", m.State(), m)
	}
}
