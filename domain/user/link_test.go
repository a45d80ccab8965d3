package user_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// by is a cause of a command "again" at so many hours behind noon.
func by(actor domain.Actor, hours float64) domain.Cause {
	return domain.Cause{Command: "again", Actor: actor, At: after(hours)}
}

// againLink is the link that a command "again" makes.
func againLink(hours float64) user.Link {
	id := domain.EventID(user.Stream(adaID), "again", 0)
	return user.Link{ID: id, Key: user.LinkKey, Hash: "hash of " + id, ExpiresAt: after(hours + 48), RemindAt: new(after(hours + 36))}
}

func TestTheFirstLinkIsIssued(t *testing.T) {
	rules := presets["unifyoffice"]
	quiet := rules
	quiet.Link.RemindAfter = 0
	issue := user.IssueLink{Cause: by(domain.Actor{Kind: domain.ActorSystem}, 1), Policy: rules, Mint: mint}.Decide
	link := againLink(1)
	unreminded := link
	unreminded.RemindAt = nil
	issued := []domain.Event{user.LinkIssued{Link: link}, request(user.PurposeLink, user.Mail, link.ID)}
	play(t, []scenario{
		{"it comes with its mail", lined, issue, issued, ""},
		{"issuing twice is nothing", then(lined, issued...), issue, nil, ""},
		{"not before its turn", running, issue, nil, ""},
		{"not when the link has been used", confirmed, issue, nil, ""},
		{"not when it has expired", expired, issue, nil, ""},
		{"again after a retry", then(expired, user.ActivationRetried{Step: "link"}), issue, issued, ""},
		{"not where no link is wanted", netStarted, issue, nil, ""},
		{"not for who is deleted", then(lined, user.Deleted{}), issue, nil, ""},
		{"not for nobody", nil, issue, nil, ""},
		{
			"a policy may not remind",
			lined,
			user.IssueLink{Cause: by(domain.Actor{}, 1), Policy: quiet, Mint: mint}.Decide,
			[]domain.Event{user.LinkIssued{Link: unreminded}, request(user.PurposeLink, user.Mail, link.ID)},
			"",
		},
	})
}

func TestALinkIsRenewedByThreeActors(t *testing.T) {
	renew := func(actor domain.Actor, hours float64) domain.Decide {
		return user.RenewLink{Cause: by(actor, hours), Policy: presets["unifyoffice"], Mint: mint}.Decide
	}
	link := againLink(50)
	mail := request(user.PurposeRenewed, user.Mail, link.ID)
	early := againLink(2)
	network := user.RenewLink{Cause: by(admin, 2), Policy: presets["onenet"], Mint: mint}.Decide
	lostMail := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1}, linkFailed("mailbox-unknown", "admin"), user.ActivationFailed{Step: "link"})
	play(t, []scenario{
		{"the user renews an expired one", expired, renew(self, 50), []domain.Event{user.LinkRenewedByUser{Link: link}, mail}, ""},
		{"an admin renews an expired one", expired, renew(admin, 50), []domain.Event{user.LinkRenewedByAdmin{Link: link}, mail}, ""},
		{"the back-office renews an expired one", expired, renew(operator, 50), []domain.Event{user.LinkRenewedByOperator{Link: link}, mail}, ""},
		{"the user renews one that is over but not noted as such", mailed, renew(self, 50), []domain.Event{user.LinkRenewedByUser{Link: link}, mail}, ""},
		{"the user keeps an open one", mailed, renew(self, 2), nil, "link-valid"},
		{"an admin renews an open one", mailed, renew(admin, 2), []domain.Event{user.LinkRenewedByAdmin{Link: early}, request(user.PurposeRenewed, user.Mail, early.ID)}, ""},
		{"an admin renews one that could not be mailed", lostMail, renew(admin, 2), []domain.Event{user.LinkRenewedByAdmin{Link: early}, request(user.PurposeRenewed, user.Mail, early.ID)}, ""},
		{"the back-office renews before the first was issued", lined, renew(operator, 2), []domain.Event{user.LinkRenewedByOperator{Link: early}, request(user.PurposeRenewed, user.Mail, early.ID)}, ""},
		{"not before the activation", ordered, renew(admin, 2), nil, "no-link-yet"},
		{"not before its turn", running, renew(admin, 2), nil, "no-link-yet"},
		{"not when it has been used", confirmed, renew(admin, 2), nil, "already-activated"},
		{"not where no link is wanted", netStarted, network, nil, "no-link"},
		{"not for who is suspended", then(expired, user.Suspended{}), renew(admin, 50), nil, "suspended"},
		{"not for who is deleted", deleted, renew(admin, 50), nil, "no-user"},
		{"not for nobody", nil, renew(admin, 50), nil, "no-user"},
	})
}

func TestARenewedLinkTakesThePlaceOfTheOldOne(t *testing.T) {
	link := againLink(2)
	s := user.Fold(facts(then(linked, user.LinkRenewedByAdmin{Link: link}, request(user.PurposeRenewed, user.Mail, link.ID))...))
	if s.Link.ID != link.ID || s.StateAt("hash-1", after(3)) != user.LinkSuperseded || s.StateAt(link.Hash, after(3)) != user.LinkOpen {
		t.Errorf("the link is %+v", s.Link)
	}
	if duty := s.Duty(after(3)); duty.Task != user.Deliver || duty.Subject == linkMail.ID {
		t.Errorf("the old link's mail is still to be sent: %+v", duty)
	}
	again := user.Fold(facts(then(expired, user.ActivationRetried{Step: "link"})...))
	if again.StateAt("hash-1", after(49)) != user.LinkSuperseded || again.Lifecycle != user.Pending {
		t.Errorf("after a retry the link is %+v", again.Link)
	}
}

func TestALinkExpires(t *testing.T) {
	expire := func(link string, at time.Time) domain.Decide { return user.ExpireLink{Link: link, At: at}.Decide }
	over := []domain.Event{user.LinkExpired{Link: "link-1"}, linkFailed("link-expired", "user"), user.ActivationFailed{Step: "link", Cause: "link-expired"}}
	renewed := then(mailed, user.LinkRenewedByAdmin{Link: againLink(2)})
	play(t, []scenario{
		{"at its deadline", mailed, expire("link-1", after(48)), over, ""},
		{"not a moment before", mailed, expire("link-1", after(48).Add(-time.Nanosecond)), nil, ""},
		{"expiring twice is nothing", expired, expire("link-1", after(49)), nil, ""},
		{"a used one does not expire", confirmed, expire("link-1", after(49)), nil, ""},
		{"a renewed one does not expire", renewed, expire("link-1", after(49)), nil, ""},
		{"nor its successor before its time", renewed, expire(againLink(2).ID, after(49)), nil, ""},
		{"a deleted user's does not expire", then(mailed, user.Deleted{}), expire("link-1", after(49)), nil, ""},
		{"nobody's does not expire", nil, expire("", after(49)), nil, ""},
	})
}

func TestALinkIsUsed(t *testing.T) {
	follow := func(hash string, hours float64) domain.Decide {
		return user.Confirm{Hash: hash, At: after(hours), Question: "first-pet", Sum: sum}.Decide
	}
	used := []domain.Event{
		user.LinkUsed{Link: "link-1"}, user.CredentialSet{Question: "first-pet", Personal: &sum}, user.StepDone{Step: "link"}, user.Activated{},
	}
	bounced := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1}, linkFailed("mailbox-unknown", "admin"), user.ActivationFailed{Step: "link"})
	play(t, []scenario{
		{"it sets the secrets and ends the activation", mailed, follow("hash-1", 1), used, ""},
		{"before the mail server said that it took the mail", linked, follow("hash-1", 1), used, ""},
		{"although the mail was thought lost", bounced, follow("hash-1", 1), used, ""},
		{"using it twice is refused", confirmed, follow("hash-1", 1), nil, "link-used"},
		{"at its deadline it is over", mailed, follow("hash-1", 48), nil, "link-expired"},
		{"an expired one is over", expired, follow("hash-1", 47), nil, "link-expired"},
		{"a renewed one is superseded", then(mailed, user.LinkRenewedByUser{Link: againLink(2)}), follow("hash-1", 3), nil, "link-superseded"},
		{"after renewal of an expired one too", then(expired, user.LinkRenewedByUser{Link: againLink(50)}), follow("hash-1", 51), nil, "link-superseded"},
		{"an unknown one is missing", mailed, follow("hash-2", 1), nil, "no-link"},
		{"an empty one is missing", ordered, follow("", 1), nil, "no-link"},
		{"a suspended user's is kept", then(mailed, user.Suspended{}), follow("hash-1", 1), nil, "suspended"},
		{"a deleted user's is missing", then(mailed, user.Deleted{}), follow("hash-1", 1), nil, "no-link"},
	})
	s := user.Fold(facts(confirmed...))
	if s.Lifecycle != user.Active || s.Credential.State != "set" || s.Credential.Sum != sum || s.Credential.Question != "first-pet" || s.Credential.SetAt != noon {
		t.Errorf("activated to %+v with %+v", s.Lifecycle, s.Credential)
	}
}

// A confirm and an expiry that were both decided on one revision: whichever is
// appended first counts, and the other, judged anew, ends as nothing or a refusal.
func TestAConfirmAndAnExpiryRace(t *testing.T) {
	confirm := user.Confirm{Hash: "hash-1", At: after(48).Add(-time.Second), Sum: sum}.Decide
	expire := user.ExpireLink{Link: "link-1", At: after(48)}.Decide
	base := facts(mailed...)
	won, err := confirm(base)
	lost, errToo := expire(base)
	if err != nil || errToo != nil || len(won) == 0 || len(lost) == 0 {
		t.Fatalf("both must be possible at one revision: %v, %v", err, errToo)
	}
	play(t, []scenario{
		{"the confirm came first", then(mailed, won...), expire, nil, ""},
		{"the expiry came first", then(mailed, lost...), confirm, nil, "link-expired"},
	})
}

// A link that lies in a mailbox that is not the user's any more is void.
func TestANewAddressMakesTheOpenLinkVoid(t *testing.T) {
	moved := []domain.Event{
		user.DetailsChanged{Personal: &user.PersonChanges{Email: new("king@example.com")}},
		user.EmailClaimed{Claim: user.EmailStream("king")},
		user.ClaimsReleased{Claims: []string{user.EmailStream("ada")}},
	}
	reminder := request(user.PurposeReminder, user.Mail, "link-1")
	reminded := then(mailed, user.LinkReminded{Link: "link-1"}, reminder, request(user.PurposeReminder, user.SMS, "link-1"))
	bounced := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1}, linkFailed("mailbox-unknown", "admin"), user.ActivationFailed{Step: "link", Cause: "mailbox-unknown"})
	send := user.Duty{Task: user.SendLink, Attempt: 1}
	checkDuties(t, []duty{
		{"a new one is sent", then(mailed, moved...), 1, send},
		{"although the mail was still to go out", then(linked, moved...), 1, send},
		{"although a reminder was", then(reminded, moved...), 37, send},
		{"although the old one is over", then(mailed, moved...), 100, send},
		{"where the mail had failed, a person says go on", then(bounced, moved...), 1, rest()},
		{"and it goes on with a new one", then(bounced, then(moved, user.ActivationRetried{Step: "link"})...), 1, send},
		{"another writing of the address changes nothing", then(mailed, moved[0]), 1, wait(36)},
		{"what has expired waits for its renewal", then(expired, moved...), 49, rest()},
		{"an active user needs nothing", then(confirmed, moved...), 1, rest()},
	})
	issue := user.IssueLink{Cause: by(domain.Actor{Kind: domain.ActorSystem}, 1), Policy: presets["unifyoffice"], Mint: mint}.Decide
	link := againLink(1)
	issued := []domain.Event{user.LinkIssued{Link: link}, request(user.PurposeLink, user.Mail, link.ID)}
	play(t, []scenario{
		{"the new link comes with its mail", then(mailed, moved...), issue, issued, ""},
		{"the old one leads nowhere", then(mailed, moved...), user.Confirm{Hash: "hash-1", At: after(1), Sum: sum}.Decide, nil, "link-superseded"},
		{"nor beside the new one", then(mailed, then(moved, issued...)...), user.Confirm{Hash: "hash-1", At: after(2), Sum: sum}.Decide, nil, "link-superseded"},
		{"nor where its mail had failed", then(bounced, moved...), user.Confirm{Hash: "hash-1", At: after(1), Sum: sum}.Decide, nil, "link-superseded"},
		{"it does not expire any more", then(mailed, moved...), user.ExpireLink{Link: "link-1", At: after(49)}.Decide, nil, ""},
		{"a mail that was under way is noted", then(linked, moved...), user.NoteDelivery{Message: linkMail.ID, Attempt: 1}.Decide, []domain.Event{user.MessageAccepted{ID: linkMail.ID, Attempt: 1}}, ""},
		{"its trouble is nobody's any more", then(linked, moved...), user.NoteDelivery{Message: linkMail.ID, Attempt: 1, Trouble: &later}.Decide, nil, ""},
	})
	s := user.Fold(facts(then(mailed, moved...)...))
	if step, _ := s.Step("link"); step != (user.Step{Name: "link", State: user.Waiting, Attempts: 1, Since: noon}) || s.Link.State != user.LinkNone || len(s.Link.Older) != 1 {
		t.Errorf("the step is %+v, the link %+v", step, s.Link)
	}
}

func TestALinkCanAskForAPasswordSentBySMS(t *testing.T) {
	both := presets["unifyoffice"]
	both.Link.SMSPassword, both.Mobile = true, policy.MobileRequired
	cause := issuing
	issue := user.IssueLink{Cause: cause, Policy: both, Mint: mint}.Decide
	link := user.Link{ID: issuedID(0), Key: user.LinkKey, Hash: "hash of " + issuedID(0), ExpiresAt: after(48), RemindAt: new(after(36)), Password: true}
	mail, sms := request(user.PurposeLink, user.Mail, link.ID), request(user.PurposeLinkPassword, user.SMS, link.ID)
	open := then(lined, user.LinkIssued{Link: link}, mail, sms)
	confirm := func(right bool) domain.Decide {
		return user.Confirm{Hash: link.Hash, At: after(1), Policy: both, Sum: sum, Right: right}.Decide
	}
	missed := user.LinkMissed{Link: link.ID}
	four := then(open, missed, missed, missed, missed)
	again := func(channel string) domain.Decide {
		cause.At = after(1)
		return user.ResendLink{Cause: cause, Channel: channel}.Decide
	}
	bySMS := request(user.PurposeLinkPassword, user.SMS, link.ID)
	bySMS.ID = domain.DeriveID("message", link.ID, user.PurposeLinkPassword, user.SMS, cause.Command)
	guessed := user.StepFailed{Step: "link", Attempt: 1, Trouble: user.Trouble{Cause: "link-guessed", Responsible: "admin"}}
	play(t, []scenario{
		{"link by mail, password by SMS", lined, issue, []domain.Event{user.LinkIssued{Link: link}, mail, sms}, ""},
		{"with the password the account is activated", open, confirm(true), []domain.Event{user.LinkUsed{Link: link.ID}, user.CredentialSet{Personal: &sum}, user.StepDone{Step: "link"}, user.Activated{}}, ""},
		{"without it that is a miss", open, confirm(false), []domain.Event{missed}, ""},
		{"the fifth makes the link void", four, confirm(false), []domain.Event{missed, guessed, user.ActivationFailed{Step: "link", Cause: "link-guessed"}}, ""},
		{"then the right one is too late", then(four, missed, guessed, user.ActivationFailed{Step: "link", Cause: "link-guessed"}), confirm(true), nil, "link-expired"},
		{
			"another link is another chance", then(four, user.LinkRenewedByAdmin{Link: user.Link{ID: "l2", Hash: "h2", ExpiresAt: after(48), Password: true}}),
			user.Confirm{Hash: "h2", At: after(1), Policy: both, Sum: sum}.Decide,
			[]domain.Event{user.LinkMissed{Link: "l2"}},
			"",
		},
		{"sent again by SMS, it is the password alone", open, again(user.SMS), []domain.Event{bySMS}, ""},
	})
	if both.Validate() != nil {
		t.Error(both.Validate())
	}
	if both.Mobile = ""; code(both.Validate()) != "invalid-input, /mobile conflict" {
		t.Error(both.Validate())
	}
	key := []byte(strings.Repeat("k", 32))
	if password := user.LinkPassword(key, adaID, "l1"); !user.IsLinkPassword(key, adaID, user.Link{ID: "l1"}, strings.ToUpper(password)) ||
		user.IsLinkPassword(key, adaID, user.Link{ID: "l2"}, password) || password == user.TemporaryPassword(key, adaID, "l1") {
		t.Errorf("password %q", password)
	}
}
