package user_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

var (
	later   = user.Trouble{Cause: "greylisted", Responsible: "mail", Code: "451 4.7.1", NextTry: new(after(1))}
	never   = user.Trouble{Cause: "mailbox-unknown", Responsible: "admin", Code: "550 5.1.1"}
	tooLate = user.Trouble{Cause: "greylisted", Responsible: "mail", NextTry: new(after(48))}
)

func note(message string, attempt int, trouble *user.Trouble) domain.Decide {
	return user.NoteDelivery{Message: message, Attempt: attempt, Provider: "queue-7", Trouble: trouble}.Decide
}

func TestTheActivationMailIsSent(t *testing.T) {
	accepted := func(attempt int) []domain.Event {
		return []domain.Event{user.MessageAccepted{ID: linkMail.ID, Attempt: attempt, Provider: "queue-7"}}
	}
	delayed := []domain.Event{
		user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: later}, user.StepDelayed{Step: "link", Attempt: 1, Trouble: later},
	}
	gaveUp := tooLate
	gaveUp.NextTry = nil
	failed := []domain.Event{
		user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: never},
		user.StepFailed{Step: "link", Attempt: 1, Trouble: never},
		user.ActivationFailed{Step: "link", Cause: "mailbox-unknown"},
	}
	play(t, []scenario{
		{"it is accepted", linked, note(linkMail.ID, 1, nil), accepted(1), ""},
		{"accepted twice is nothing", then(linked, accepted(1)...), note(linkMail.ID, 1, nil), nil, ""},
		{"transient trouble delays the step", linked, note(linkMail.ID, 1, &later), delayed, ""},
		{"the same trouble twice is nothing", then(linked, delayed...), note(linkMail.ID, 1, &later), nil, ""},
		{"the second attempt goes through", then(linked, delayed...), note(linkMail.ID, 2, nil), accepted(2), ""},
		{"an attempt that was skipped is nothing", linked, note(linkMail.ID, 2, nil), nil, ""},
		{"permanent trouble fails the step", linked, note(linkMail.ID, 1, &never), failed, ""},
		{"the same failure twice is nothing", then(linked, failed...), note(linkMail.ID, 1, &never), nil, ""},
		{
			"a try behind the link's end is not made; the link stays open", linked, note(linkMail.ID, 1, &tooLate),
			[]domain.Event{
				user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: gaveUp}, user.StepDelayed{Step: "link", Attempt: 1, Trouble: gaveUp},
			},
			"",
		},
		{"an unknown message is nothing", linked, note("m", 1, nil), nil, ""},
		{"nobody's message is nothing", nil, note(linkMail.ID, 1, nil), nil, ""},
	})
}

func TestWhatBecomesOfAMailThatIsNotWantedAnyMore(t *testing.T) {
	renewed := then(linked, user.LinkRenewedByAdmin{Link: againLink(2)})
	used := then(linked, user.LinkUsed{Link: "link-1"}, user.CredentialSet{}, user.StepDone{Step: "link"}, user.Activated{})
	accepted := []domain.Event{user.MessageAccepted{ID: linkMail.ID, Attempt: 1, Provider: "queue-7"}}
	play(t, []scenario{
		{"that the old link's mail was sent is noted", renewed, note(linkMail.ID, 1, nil), accepted, ""},
		{"that it was refused matters no more", renewed, note(linkMail.ID, 1, &never), nil, ""},
		{"that a used link's mail was sent is noted", used, note(linkMail.ID, 1, nil), accepted, ""},
		{"that it was refused does not fail an active user", used, note(linkMail.ID, 1, &never), nil, ""},
		{"a deleted user's mail fails no step", then(linked, user.Deleted{}), note(linkMail.ID, 1, &never), []domain.Event{user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: never}}, ""},
	})
	s := user.Fold(facts(then(renewed, accepted...)...))
	if step, _ := s.Step("link"); step.Cause != "mail-queued" {
		t.Errorf("the old link's mail counts for the new link: %+v", step)
	}
}

func TestTheReminder(t *testing.T) {
	rules, mailOnly := presets["unifyoffice"], presets["unifyoffice"]
	mailOnly.ReminderBySMS = false
	remind := func(link string, hours float64) domain.Decide {
		return user.Remind{Link: link, At: after(hours), Policy: rules}.Decide
	}
	mail, sms := request(user.PurposeReminder, user.Mail, "link-1"), request(user.PurposeReminder, user.SMS, "link-1")
	reminded := []domain.Event{user.LinkReminded{Link: "link-1"}, mail, sms}
	noMobile := then(mailed, user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("")}})
	quiet := firstLink
	quiet.RemindAt = nil
	play(t, []scenario{
		{"it comes by mail and SMS after 36 hours", mailed, remind("link-1", 36), reminded, ""},
		{"not earlier", mailed, remind("link-1", 35.99), nil, ""},
		{"reminding twice is nothing", then(mailed, reminded...), remind("link-1", 37), nil, ""},
		{"without a mobile by mail only", noMobile, remind("link-1", 36), reminded[:2], ""},
		{"where the policy wants it by mail only", mailed, user.Remind{Link: "link-1", At: after(36), Policy: mailOnly}.Decide, reminded[:2], ""},
		{"not when the link is over", mailed, remind("link-1", 48), nil, ""},
		{"not when it has expired", expired, remind("link-1", 36), nil, ""},
		{"not when it has been used", confirmed, remind("link-1", 36), nil, ""},
		{"not of the link before", then(mailed, user.LinkRenewedByAdmin{Link: againLink(2)}), remind("link-1", 36), nil, ""},
		{"not where the link asks for none", then(lined, user.LinkIssued{Link: quiet}), remind("link-1", 40), nil, ""},
		{"not who is deleted", then(mailed, user.Deleted{}), remind("link-1", 36), nil, ""},
	})
	late := user.Trouble{Cause: "unreachable", NextTry: new(after(50))}
	gaveUp := user.Trouble{Cause: "unreachable"}
	next := user.Trouble{Cause: "unreachable", NextTry: new(after(40))}
	play(t, []scenario{
		{"an SMS is tried again", then(mailed, reminded...), note(sms.ID, 1, &next), []domain.Event{user.MessageRefused{ID: sms.ID, Attempt: 1, Trouble: next}}, ""},
		{"but not behind the link's end", then(mailed, reminded...), note(sms.ID, 1, &late), []domain.Event{user.MessageRefused{ID: sms.ID, Attempt: 1, Trouble: gaveUp}}, ""},
		{"a reminder that can't be sent fails no step", then(mailed, reminded...), note(mail.ID, 1, &never), []domain.Event{user.MessageRefused{ID: mail.ID, Attempt: 1, Trouble: never}}, ""},
	})
}

func TestANoticeIsNotTriedForEver(t *testing.T) {
	asked := then(chosen, notice(user.PurposePasswordChanged, user.Mail, chosen))
	id := notice(user.PurposePasswordChanged, user.Mail, chosen).ID
	refused := func(hours float64) user.MessageRefused {
		next := after(hours)
		return user.MessageRefused{ID: id, Attempt: 1, Trouble: user.Trouble{Cause: "greylisted", Responsible: "mail", NextTry: &next}}
	}
	last := refused(119.9)
	over := refused(120)
	given := over.Trouble
	over.NextTry = nil
	play(t, []scenario{
		{"within five days it is tried again", asked, note(id, 1, &last.Trouble), []domain.Event{last}, ""},
		{"not behind them", asked, note(id, 1, &given), []domain.Event{over}, ""},
	})
	checkDuties(t, []duty{
		{"what was never tried waits", asked, 119, user.Duty{Task: user.Deliver, Subject: id, Purpose: "password-changed by mail", Attempt: 1}},
		{"and is not sent when nobody remembers", asked, 120, rest()},
	})
	if m, _ := user.Fold(facts(then(asked, over)...)).Message(id); m.State() != user.MessageImpossible {
		t.Errorf("it ends as %s", m.State())
	}
}

func TestAReminderEndsWithItsPassword(t *testing.T) {
	end := after(24)
	aged := then(codeSent, user.PasswordChanged{Age: user.Age{ExpiresAt: &end, RemindAt: []time.Time{noon}}})
	asked := notice(user.PurposeExpires, user.Mail, aged)
	reminded := then(aged, user.PasswordReminded{ExpiresAt: end}, asked)
	next := user.Trouble{Cause: "greylisted", Responsible: "mail", NextTry: &end}
	gaveUp := next
	gaveUp.NextTry = nil
	play(t, []scenario{
		{"no try is made behind the end", reminded, note(asked.ID, 1, &next), []domain.Event{user.MessageRefused{ID: asked.ID, Attempt: 1, Trouble: gaveUp}}, ""},
	})
	for name, event := range map[string]domain.Event{
		"another password":     user.PasswordChanged{Age: user.Age{ExpiresAt: new(after(365 * 24))}},
		"a temporary password": user.CredentialIssued{ID: "cred-9", Way: "hand", ExpiresAt: after(72)},
		"an activation's":      user.CredentialSet{},
		"the end":              user.PasswordExpired{},
		"the next reminder":    user.PasswordReminded{ExpiresAt: end},
	} {
		if m, _ := user.Fold(facts(then(reminded, event)...)).Message(asked.ID); m.State() != user.MessageWithdrawn {
			t.Errorf("behind %s the reminder is %s", name, m.State())
		}
	}
	over := then(reminded, user.PasswordExpired{})
	told := notice(user.PurposeExpired, user.Mail, over)
	if m, _ := user.Fold(facts(then(over, told)...)).Message(told.ID); m.State() != user.MessageWaiting {
		t.Errorf("the notice of the end is %s", m.State())
	}
	if m, _ := user.Fold(facts(then(over, told, user.PasswordChanged{})...)).Message(told.ID); m.State() != user.MessageWithdrawn {
		t.Errorf("behind another password the notice of the end is %s", m.State())
	}
}

func TestAReminderThatComesBackIsNotSentAgainForAnotherPassword(t *testing.T) {
	end := after(72)
	aged := then(codeSent, user.PasswordChanged{Age: user.Age{ExpiresAt: &end}})
	asked := notice(user.PurposeExpires, user.Mail, aged)
	sent := facts(then(aged, asked, user.MessageAccepted{ID: asked.ID, Attempt: 1})...)
	next := user.Trouble{Cause: "mailbox-full", Responsible: "user", NextTry: new(after(4))}
	back := user.NoteReceipt{Receipt: user.Receipt{Message: asked.ID, Trouble: &next}}.Decide
	changed := domain.Fact{Event: user.PasswordChanged{Age: user.Age{ExpiresAt: new(after(365 * 24))}}, At: after(1)}
	for name, c := range map[string]struct {
		given []domain.Fact
		again bool
	}{
		"it tells of this password":  {sent, true},
		"it tells of the one before": {append(slices.Clip(sent), changed), false},
	} {
		events, err := back(c.given)
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %s %v", name, told(events), err)
		}
		if bounced, ok := events[0].(user.MessageBounced); !ok || (bounced.NextTry != nil) != c.again {
			t.Errorf("%s: %s", name, told(events))
		}
	}
}

func TestALongLifeKeepsRecentMessagesOnly(t *testing.T) {
	given := linked
	for n := range 60 {
		m := user.MessageRequested{ID: fmt.Sprint("m", n), Purpose: user.PurposeRenewed, Channel: user.Mail, Link: "link-1"}
		given = then(given, m, user.MessageAccepted{ID: m.ID, Attempt: 1})
	}
	s := user.Fold(facts(given...))
	if _, kept := s.Message(linkMail.ID); !kept {
		t.Error("a message that is still to be sent was forgotten")
	}
	given = then(linked, user.MessageAccepted{ID: linkMail.ID, Attempt: 1})
	for n := range 60 {
		m := user.MessageRequested{ID: fmt.Sprint("m", n), Purpose: user.PurposeRenewed, Channel: user.Mail, Link: "link-1"}
		given = then(given, m, user.MessageAccepted{ID: m.ID, Attempt: 1})
	}
	if s := user.Fold(facts(given...)); len(s.Messages) > 21 || s.Messages[len(s.Messages)-1].ID != "m59" {
		t.Errorf("%d messages are kept, the last is %+v", len(s.Messages), s.Messages[len(s.Messages)-1])
	}
}
