package user_test

import (
	"errors"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func resend(channel, command string, at time.Time) domain.Decide {
	return user.ResendLink{Cause: domain.Cause{Command: command, Actor: operator, At: at}, Channel: channel}.Decide
}

func again(channel, command string) user.MessageRequested {
	m := request(user.PurposeLink, channel, "link-1")
	m.ID = domain.DeriveID("message", "link-1", user.PurposeLink, channel, command)
	return m
}

func TestTheLinkIsSentAgain(t *testing.T) {
	nobody := then(mailed, user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new(""), Email: new("")}})
	failed := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: never},
		user.StepFailed{Step: "link", Attempt: 1, Trouble: never}, user.ActivationFailed{Step: "link", Cause: never.Cause})
	play(t, []scenario{
		{"by mail after a minute", mailed, resend(user.Mail, "c", noon.Add(time.Minute)), []domain.Event{again(user.Mail, "c")}, ""},
		{"not within the minute", mailed, resend(user.Mail, "c", noon.Add(time.Minute-1)), nil, "too-soon"},
		{"by SMS at once, since none was sent yet", mailed, resend(user.SMS, "c", noon), []domain.Event{again(user.SMS, "c")}, ""},
		{"by SMS once a minute", then(mailed, again(user.SMS, "b")), resend(user.SMS, "c", noon), nil, "too-soon"},
		{"by SMS where the mailbox is unknown", failed, resend(user.SMS, "c", after(1)), []domain.Event{again(user.SMS, "c")}, ""},
		{"by mail not where mail has failed", failed, resend(user.Mail, "c", after(1)), nil, "activation-failed"},
		{"by SMS not without a mobile", nobody, resend(user.SMS, "c", after(1)), nil, "no-mobile"},
		{"by mail not without an address", nobody, resend(user.Mail, "c", after(1)), nil, "no-email"},
		{"by nothing else", mailed, resend("fax", "c", after(1)), nil, "unknown-channel, /channel unknown-channel"},
		{"not a link that is over", mailed, resend(user.Mail, "c", after(48)), nil, "no-open-link"},
		{"not a link that has expired", expired, resend(user.Mail, "c", after(49)), nil, "no-open-link"},
		{"not before there is one", lined, resend(user.Mail, "c", after(1)), nil, "no-open-link"},
		{"not once it is used", confirmed, resend(user.Mail, "c", after(1)), nil, "already-activated"},
		{"not while suspended", then(mailed, user.Suspended{}), resend(user.Mail, "c", after(1)), nil, "suspended"},
		{"not to who is deleted", deleted, resend(user.Mail, "c", after(1)), nil, "no-user"},
	})
}

func TestTheCooldownSaysHowLongItLasts(t *testing.T) {
	_, err := resend(user.Mail, "c", noon.Add(20*time.Second))(facts(mailed...))
	fault, ok := errors.AsType[*domain.Fault](err)
	if !ok || fault.Wait != 40*time.Second || fault.Kind != domain.Unavailable {
		t.Errorf("fault %+v", fault)
	}
}

func TestWhatWaitsToBeSentIsOvertakenByWhatIsSentAgain(t *testing.T) {
	refused := user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: later}
	text := request(user.PurposeLink, user.SMS, "link-1")
	s := user.Fold(facts(then(linked, refused, text, again(user.Mail, "c"))...))
	for id, want := range map[string]user.MessageState{
		linkMail.ID: user.MessageImpossible, text.ID: user.MessageWaiting, again(user.Mail, "c").ID: user.MessageWaiting,
	} {
		if m, _ := s.Message(id); m.State() != want {
			t.Errorf("%+v is %s, want %s", m, m.State(), want)
		}
	}
	if duty := s.Duty(after(1)); duty.Task != user.Deliver || duty.Subject == linkMail.ID {
		t.Errorf("duty %+v", duty)
	}
}
