package user_test

import (
	"strconv"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// The stations of an activation by temporary passwords. The password is issued
// at noon.
var (
	handed   = then(ordered, user.ActivationStarted{Steps: []string{"line", "credentials"}}, user.StepStarted{Step: "line", Attempt: 1}, user.StepDone{Step: "line"})
	nameSet  = user.UsernameSet{Claim: "login-ada", Personal: &user.Username{Username: "augusta.lovelace"}}
	byCode   = user.CredentialIssued{ID: issuedID(1), Key: user.LinkKey, Way: "sms", Passcode: 6, ExpiresAt: after(168)}
	nameMail = carrying(byCode.ID, user.PurposeUsername, user.Mail)
	codeSMS  = carrying(byCode.ID, user.PurposePassword, user.SMS)
	sending  = then(handed, nameSet, byCode, nameMail, codeSMS)
	nameSent = then(sending, user.MessageAccepted{ID: nameMail.ID, Attempt: 1})
	codeSent = then(nameSent, user.MessageAccepted{ID: codeSMS.ID, Attempt: 1}, user.StepDone{Step: "credentials"}, user.Activated{})
	chosen   = then(codeSent, user.LoggedIn{Method: "temporary"}, user.PasswordChanged{Personal: &user.CredentialSum{Password: "$argon2id$q"}})
	locked   = then(chosen, user.LoginLocked{Failures: 10})
)

// issuing is the cause of commands about credentials.
var issuing = domain.Cause{Command: "issue", Actor: operator, At: noon}

// issuedID is the id of the n-th event of the command.
func issuedID(n int) string { return domain.EventID(user.Stream(adaID), issuing.Command, n) }

func carrying(credential, purpose, channel string) user.MessageRequested {
	return user.MessageRequested{ID: domain.DeriveID("message", credential, purpose, channel), Purpose: purpose, Channel: channel, Credential: credential}
}

// notice is the message that tells a user with such a history what has changed.
func notice(purpose, channel string, given []domain.Event) user.MessageRequested {
	return user.MessageRequested{ID: domain.DeriveID("message", adaID, purpose, channel, strconv.Itoa(len(given))), Purpose: purpose, Channel: channel}
}

// without is Ada whom neither mail nor SMS reaches, in a way as she was ordered.
func without(given []domain.Event, mail, mobile bool) []domain.Event {
	person := ada
	if mail {
		person.Email = ""
	}
	if mobile {
		person.Mobile = ""
	}
	order := created()
	order.Personal = &person
	return append([]domain.Event{order}, given[1:]...)
}

func TestTemporaryPasswordsAreIssuedTheWayThePolicySays(t *testing.T) {
	step := func(rules string) domain.Decide {
		return user.IssueCredential{Cause: issuing, Company: firm(rules), Step: true, Username: "augusta.lovelace", Claim: "login-ada"}.Decide
	}
	asked := func(rules, way string) domain.Decide {
		return user.IssueCredential{Cause: issuing, Company: firm(rules), Way: way}.Decide
	}
	delayed := user.StepDelayed{Step: "credentials", Trouble: user.Trouble{
		Cause: "hand-over", Responsible: "admin", Text: "neither mail nor SMS reaches the user: hand the password over, or name an address or a mobile",
	}}
	year := after(365 * 24)
	led := func(rules string) company.State { // the user is the main user
		led := firm(rules)
		led.MainUser = user.Fold(facts(handed...)).ID
		return led
	}
	issued := func(way string, passcode int, ends time.Time) user.CredentialIssued {
		return user.CredentialIssued{ID: issuedID(0), Key: user.LinkKey, Way: way, Passcode: passcode, ExpiresAt: ends}
	}
	play(t, []scenario{
		{"name by mail, password by SMS", handed, step("onepro"), []domain.Event{nameSet, byCode, nameMail, codeSMS}, ""},
		{
			"both by one SMS for the main user", handed,
			user.IssueCredential{Cause: issuing, Company: led("onepro"), Step: true, Username: "augusta.lovelace", Claim: "login-ada"}.Decide,
			[]domain.Event{nameSet, byCode, carrying(issuedID(1), user.PurposeBoth, user.SMS)},
			"",
		},
		{
			"by hand the main user's name still goes by mail", codeSent, user.IssueCredential{Cause: issuing, Company: led("onepro"), Way: "hand"}.Decide,
			[]domain.Event{issued("hand", 6, after(168)), carrying(issuedID(0), user.PurposeUsername, user.Mail)},
			"",
		},
		{"a step that waits for its messages issues nothing more", sending, step("onepro"), nil, ""},
		{"a step that is done issues nothing more", codeSent, step("onepro"), nil, ""},
		{"no step, no password", ordered, step("onepro"), nil, ""},
		{"who has chosen one needs none", then(handed, user.PasswordChanged{}), step("onepro"), []domain.Event{user.StepDone{Step: "credentials"}, user.Activated{}}, ""},
		{
			"by mail where the policy has that first, as long as the company's first passwords live", then(handed, nameSet), step("officesmart"),
			[]domain.Event{issued("mail", 0, year), carrying(issuedID(0), user.PurposeBoth, user.Mail)},
			"",
		},
		{
			"by SMS where there is no address", without(then(handed, nameSet), true, false), step("officesmart"),
			[]domain.Event{issued("sms", 0, year), carrying(issuedID(0), user.PurposePassword, user.SMS)},
			"",
		},
		{"somebody has to hand it over where nothing reaches the user", without(handed, true, true), step("officesmart"), []domain.Event{delayed}, ""},
		{"which is said once", then(without(handed, true, true), delayed), step("officesmart"), nil, ""},
		{
			"handing it over ends the step", then(without(then(handed, nameSet), true, true), delayed), asked("officesmart", "hand"),
			[]domain.Event{issued("hand", 0, year), user.StepDone{Step: "credentials"}, user.Activated{}},
			"",
		},
		{"an admin resets an account", locked, asked("onepro", ""), []domain.Event{issued("sms", 6, after(168)), carrying(issuedID(0), user.PurposeUsername, user.Mail), carrying(issuedID(0), user.PurposePassword, user.SMS)}, ""},
		{"by mail there is no way without an address", without(codeSent, true, false), asked("officesmart", "mail"), nil, "no-email"},
		{"by SMS there is none without a mobile", without(codeSent, false, true), asked("officesmart", "sms"), nil, "no-mobile"},
		{"a pigeon is none", codeSent, asked("officesmart", "pigeon"), nil, "unknown-way, /way unknown-way"},
		{"who is suspended gets none", then(codeSent, user.Suspended{}), asked("onepro", ""), nil, "suspended"},
		{"nobody gets none", nil, asked("onepro", ""), nil, "no-user"},
	})
}

func TestTheCredentialsStepEndsWithItsMessages(t *testing.T) {
	note := func(message string, attempt int, trouble *user.Trouble) domain.Decide {
		return user.NoteDelivery{Message: message, Attempt: attempt, Trouble: trouble}.Decide
	}
	soon, late := after(1), after(168)
	busy := user.Trouble{Cause: "server-busy", Responsible: "sms", NextTry: &soon}
	final := user.Trouble{Cause: "number-invalid", Responsible: "user"}
	tooLate := user.Trouble{Cause: "server-busy", Responsible: "sms", NextTry: &late}
	over := user.Trouble{Cause: "server-busy", Responsible: "sms"}
	accepted := func(id string) user.MessageAccepted { return user.MessageAccepted{ID: id, Attempt: 1} }
	play(t, []scenario{
		{"one of two messages is not the end", sending, note(nameMail.ID, 1, nil), []domain.Event{accepted(nameMail.ID)}, ""},
		{"both are", nameSent, note(codeSMS.ID, 1, nil), []domain.Event{accepted(codeSMS.ID), user.StepDone{Step: "credentials"}, user.Activated{}}, ""},
		{
			"trouble is told at the step", nameSent, note(codeSMS.ID, 1, &busy),
			[]domain.Event{user.MessageRefused{ID: codeSMS.ID, Attempt: 1, Trouble: busy}, user.StepDelayed{Step: "credentials", Attempt: 1, Trouble: busy}},
			"",
		},
		{
			"an SMS that can't be sent fails the step", nameSent, note(codeSMS.ID, 1, &final),
			[]domain.Event{
				user.MessageRefused{ID: codeSMS.ID, Attempt: 1, Trouble: final},
				user.StepFailed{Step: "credentials", Attempt: 1, Trouble: final},
				user.ActivationFailed{Step: "credentials", Cause: "number-invalid"},
			},
			"",
		},
		{
			"nothing is tried behind the password's end", nameSent, note(codeSMS.ID, 1, &tooLate),
			[]domain.Event{
				user.MessageRefused{ID: codeSMS.ID, Attempt: 1, Trouble: over},
				user.StepFailed{Step: "credentials", Attempt: 1, Trouble: over},
				user.ActivationFailed{Step: "credentials", Cause: "server-busy"},
			},
			"",
		},
	})
}

func TestWhatTheWorkflowDoesForCredentials(t *testing.T) {
	change := user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("+491711234568")}}
	stuck := then(without(handed, true, true), user.StepDelayed{Step: "credentials", Trouble: user.Trouble{Cause: "hand-over", Responsible: "admin"}})
	end, remind := after(365*24), []time.Time{after(335 * 24), after(358 * 24), after(364 * 24)}
	aged := then(codeSent, user.PasswordChanged{Age: user.Age{ExpiresAt: &end, RemindAt: remind}})
	for _, c := range []struct {
		name  string
		given []domain.Event
		at    time.Time
		want  user.Duty
	}{
		{"the step asks for a password", handed, noon, user.Duty{Task: user.HandOver, Attempt: 1}},
		{"its messages are sent", sending, noon, user.Duty{Task: user.Deliver, Subject: nameMail.ID, Purpose: "credentials-username by mail", Attempt: 1}},
		{"behind the password's end another one is issued", sending, after(169), user.Duty{Task: user.HandOver, Attempt: 2}},
		{"a step that waits for a hand rests", stuck, noon, user.Duty{Task: user.Rest}},
		{"until a mobile is named", then(stuck, change), noon, user.Duty{Task: user.HandOver, Attempt: 1}},
		{"a retry issues another password", then(sending, user.ActivationRetried{Step: "credentials"}), after(169), user.Duty{Task: user.HandOver, Attempt: 2}},
		{"a password without age asks for nothing", chosen, after(1e6), user.Duty{Task: user.Rest}},
		{"the first reminder is waited for", aged, noon, user.Duty{Task: user.Wait, Due: remind[0]}},
		{"and is due", aged, remind[0], user.Duty{Task: user.RemindOfPassword, Attempt: 1}},
		{"then the next", then(aged, user.PasswordReminded{ExpiresAt: end}), remind[0], user.Duty{Task: user.Wait, Due: remind[1]}},
		{"then the end", then(aged, user.PasswordReminded{}, user.PasswordReminded{}, user.PasswordReminded{}), remind[2], user.Duty{Task: user.Wait, Due: end}},
		{"which comes", aged, end, user.Duty{Task: user.EndPassword, Subject: "2027-03-02T12:00:00Z"}},
		{"once", then(aged, user.PasswordExpired{}), after(366 * 24), user.Duty{Task: user.Rest}},
		{"who is deleted is reminded of nothing", then(aged, user.Deleted{}, user.ClaimsReleased{Claims: append(claims().List(), "login-ada")}, user.GroupsLeft{}), end, user.Duty{Task: user.Rest}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := user.Fold(facts(c.given...)).Duty(c.at); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestActivationsWithoutAddressFallBackToTemporaryPasswords(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		email string
		want  string
	}{
		"a link where there is an address": {"teleproffs", "ada@example.com", `["line","link"]`},
		"a password where there is none":   {"teleproffs", "", `["line","credentials"]`},
		"onepro hands passwords over":      {"onepro", "ada@example.com", `["line","credentials"]`},
	} {
		t.Run(name, func(t *testing.T) {
			in := order()
			in.Company, in.Activate, in.Person.Email, in.Licence = firm(c.rules), true, c.email, ""
			if in.Extension = "0049"; c.rules == "officesmart" {
				in.Extension = "049"
			}
			events, err := in.Decide(nil)
			if err != nil {
				t.Fatal(err)
			}
			started, _ := events[len(events)-1].(user.ActivationStarted)
			if got := text(t, started.Steps); got != c.want {
				t.Errorf("steps %s, want %s", got, c.want)
			}
		})
	}
}

func TestPasswordsAgeAsThePolicySays(t *testing.T) {
	office := policy.Credentials{MaxAge: policy.Duration(365 * 24 * time.Hour), RemindBefore: []policy.Duration{policy.Duration(30 * 24 * time.Hour)}}
	change := user.ChangePassword{At: noon, Policy: policy.Policy{Credentials: office}, Sum: "$argon2id$r"}.Decide
	for range 2 {
		events, err := change(facts(codeSent...))
		if err != nil {
			t.Fatal(err)
		}
		changed, _ := events[0].(user.PasswordChanged)
		if changed.ExpiresAt == nil || !changed.ExpiresAt.Equal(after(365*24)) || len(changed.RemindAt) != 1 || !changed.RemindAt[0].Equal(after(335*24)) {
			t.Errorf("age %+v", changed.Age)
		}
	}
	if events, _ := (user.ChangePassword{At: noon, Sum: "$argon2id$r"}).Decide(facts(codeSent...)); text(t, events[0]) != `{"personal":{"password":"$argon2id$r"}}` {
		t.Errorf("without an age: %s", text(t, events[0]))
	}
}
