package user_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

func TestLoginsLocksAndChanges(t *testing.T) {
	login := user.LogIn{Method: "password"}.Decide
	change := user.ChangePassword{At: noon, Sum: "$argon2id$r"}.Decide
	rename := user.ChangePassword{At: noon, Sum: "$argon2id$r", Username: "ada", Claim: "login-other"}.Decide
	changed := user.PasswordChanged{Personal: &user.CredentialSum{Password: "$argon2id$r"}}
	pin := user.ChangePIN{Sum: "$argon2id$s"}.Decide
	lock := user.LockLogin{Failures: 10}.Decide
	play(t, []scenario{
		{"a login is a fact", chosen, login, []domain.Event{user.LoggedIn{Method: "password"}}, ""},
		{"who is locked does not log in", locked, login, nil, "login-locked"},
		{"who is suspended does not", then(chosen, user.Suspended{}), login, nil, "suspended"},
		{"nobody does not", nil, login, nil, "no-user"},
		{"a password is changed and the user told", codeSent, change, []domain.Event{changed, notice(user.PurposePasswordChanged, user.Mail, codeSent)}, ""},
		{"by SMS where there is no address", without(codeSent, true, false), change, []domain.Event{changed, notice(user.PurposePasswordChanged, user.SMS, codeSent)}, ""},
		{"by nothing where there is neither", without(codeSent, true, true), change, []domain.Event{changed}, ""},
		{
			"the name is changed with it", codeSent, rename,
			[]domain.Event{changed, user.UsernameSet{Claim: "login-other", Personal: &user.Username{Username: "ada"}}, notice(user.PurposePasswordChanged, user.Mail, codeSent)},
			"",
		},
		{"who is locked changes nothing", locked, change, nil, "login-locked"},
		{"nobody changes nothing", nil, change, nil, "no-user"},
		{"a PIN is changed and the user told", chosen, pin, []domain.Event{user.PINChanged{Personal: &user.CredentialSum{PIN: "$argon2id$s"}}, notice(user.PurposePINChanged, user.Mail, chosen)}, ""},
		{"too many failures lock the account and the user is told", chosen, lock, []domain.Event{user.LoginLocked{Failures: 10}, notice(user.PurposeLocked, user.Mail, chosen)}, ""},
		{"locking twice is nothing", locked, lock, nil, ""},
		{"an admin unlocks", locked, user.UnlockLogin{}.Decide, []domain.Event{user.LoginUnlocked{}}, ""},
		{"unlocking twice is nothing", chosen, user.UnlockLogin{}.Decide, nil, ""},
		{"a user is made admin", chosen, user.SetAdmin{Admin: true}.Decide, []domain.Event{user.AdminGranted{}, notice(user.PurposeAdminGranted, user.Mail, chosen)}, ""},
		{"twice is nothing", then(chosen, user.AdminGranted{}), user.SetAdmin{Admin: true}.Decide, nil, ""},
		{"and no longer", then(chosen, user.AdminGranted{}), user.SetAdmin{}.Decide, []domain.Event{user.AdminRevoked{}, notice(user.PurposeAdminRevoked, user.Mail, then(chosen, user.AdminGranted{}))}, ""},
		{"who cannot log in yet is not told", netActive, user.SetAdmin{Admin: true}.Decide, []domain.Event{user.AdminGranted{}}, ""},
		{"which nobody was", chosen, user.SetAdmin{}.Decide, nil, ""},
	})
}

func TestResets(t *testing.T) {
	reset := user.ResetRequested{ID: issuedID(0), Key: user.LinkKey, Hash: "hash of " + issuedID(0), ExpiresAt: after(1)}
	mail := carrying(reset.ID, user.PurposeReset, user.Mail)
	asked := then(chosen, reset, mail)
	request := func(minutes float64) domain.Decide {
		cause := issuing
		cause.At = after(minutes / 60)
		return user.RequestReset{Cause: cause, Mint: mint}.Decide
	}
	use := func(hash string, hours float64) domain.Decide {
		return user.ChangePassword{At: after(hours), Sum: "$argon2id$r", Reset: hash}.Decide
	}
	changed := user.PasswordChanged{Reset: reset.ID, Personal: &user.CredentialSum{Password: "$argon2id$r"}}
	later := reset
	later.ExpiresAt = after(1 + 2./60)
	play(t, []scenario{
		{"a link is mailed", chosen, request(0), []domain.Event{reset, mail}, ""},
		{"not twice a minute", asked, request(0.5), nil, ""},
		{"another one later", asked, request(2), []domain.Event{later, mail}, ""},
		{"who has no password yet gets none", handed, request(0), nil, ""},
		{"who is suspended gets none", then(chosen, user.Suspended{}), request(0), nil, ""},
		{"nobody gets none", nil, request(0), nil, ""},
		{"without an address the admin has to help", without(chosen, true, false), request(0), []domain.Event{user.ResetMissed{Responsible: "admin"}}, ""},
		{"which is said once", then(without(chosen, true, false), user.ResetMissed{Responsible: "admin"}), request(0), nil, ""},
		{"and the operator where the admin is the user", then(without(chosen, true, false), user.AdminGranted{}), request(0), []domain.Event{user.ResetMissed{Responsible: "operator"}}, ""},
		{"a link changes the password", asked, use(reset.Hash, 0.5), []domain.Event{changed, notice(user.PurposePasswordChanged, user.Mail, asked)}, ""},
		{"and lets in who was locked out", then(asked, user.LoginLocked{Failures: 10}), use(reset.Hash, 0.5), []domain.Event{changed, notice(user.PurposePasswordChanged, user.Mail, then(asked, user.LoginLocked{}))}, ""},
		{"once", then(asked, changed), use(reset.Hash, 0.5), nil, "no-link"},
		{"for an hour", asked, use(reset.Hash, 1), nil, "link-expired"},
		{"a link of nobody does not", asked, use("hash of nothing", 0.5), nil, "no-link"},
		{"a new password of an admin voids it", then(asked, byCode), use(reset.Hash, 0.5), nil, "no-link"},
		{"not who is suspended", then(asked, user.Suspended{}), use(reset.Hash, 0.5), nil, "suspended"},
	})
}

func TestWhoseAddressChangesIsToldAtBoth(t *testing.T) {
	address := "countess@example.com"
	change := user.Change{
		Company: firm("unifyoffice"), Actor: operator, At: noon, Person: user.PersonChanges{Email: &address}, EmailClaim: user.EmailStream("countess"),
	}.Decide
	told := func(given []domain.Event, to string) user.MessageRequested {
		return user.MessageRequested{
			ID: domain.DeriveID("message", adaID, user.PurposeEmailChanged, to, strconv.Itoa(len(given))), Purpose: user.PurposeEmailChanged,
			Channel: user.Mail, Personal: &user.Address{To: to},
		}
	}
	changed := []domain.Event{user.DetailsChanged{Personal: &user.PersonChanges{Email: &address}}, user.EmailClaimed{Claim: user.EmailStream("countess")}}
	play(t, []scenario{
		{"with a password", confirmed, change, then(changed, told(confirmed, "ada@example.com"), told(confirmed, address)), ""},
		{"not before, when the address was likely a mistake", mailed, change, changed, ""},
		{"not where there was none", without(confirmed, true, false), change, changed, ""},
	})
	if m := user.Fold(facts(then(confirmed, told(confirmed, "ada@example.com"))...)).Messages; m[len(m)-1].To != "ada@example.com" {
		t.Errorf("the message goes to %q", m[len(m)-1].To)
	}
}

func TestForgottenNamesAreMailed(t *testing.T) {
	remind := user.RemindUsername{At: noon, Policy: presets["onepro"]}.Decide
	told := user.MessageRequested{ID: domain.DeriveID("message", adaID, user.PurposeUsernameAsked, strconv.Itoa(len(chosen))), Purpose: user.PurposeUsernameAsked, Channel: user.Mail}
	play(t, []scenario{
		{"the name is mailed", chosen, remind, []domain.Event{told}, ""},
		{"not twice a minute", then(chosen, told), remind, nil, ""},
		{"not without an address", without(chosen, true, false), remind, nil, ""},
		{"not where there is no name yet", confirmed, remind, nil, ""},
		{"not to nobody", nil, remind, nil, ""},
	})
}

func TestThePasswordsEndIsRemindedOfAndComes(t *testing.T) {
	end, days := after(365*24), []time.Time{after(335 * 24), after(358 * 24), after(364 * 24)}
	aged := then(codeSent, user.PasswordChanged{Age: user.Age{ExpiresAt: &end, RemindAt: days}})
	remind := func(at time.Time) domain.Decide { return user.RemindOfPasswordEnd{At: at}.Decide }
	expire := func(at time.Time) domain.Decide { return user.ExpirePassword{At: at}.Decide }
	reminded := user.PasswordReminded{ExpiresAt: end}
	play(t, []scenario{
		{"not before it is due", aged, remind(noon), nil, ""},
		{"when it is due", aged, remind(days[0]), []domain.Event{reminded, notice(user.PurposeExpires, user.Mail, aged)}, ""},
		{"those that were missed are one message", aged, remind(days[2]), []domain.Event{reminded, reminded, reminded, notice(user.PurposeExpires, user.Mail, aged)}, ""},
		{"not after the end", aged, remind(end), nil, ""},
		{"not for a password without age", chosen, remind(end), nil, ""},
		{"the end comes", aged, expire(end), []domain.Event{user.PasswordExpired{}, notice(user.PurposeExpired, user.Mail, aged)}, ""},
		{"not early", aged, expire(end.Add(-1)), nil, ""},
		{"once", then(aged, user.PasswordExpired{}), expire(end), nil, ""},
	})
}

func TestWhatALoginDemandsFirst(t *testing.T) {
	end := after(10)
	office := firm("officesmart")
	for _, c := range []struct {
		name  string
		given []domain.Event
		firm  company.State
		want  user.Demand
	}{
		{"a temporary password is changed", codeSent, office, user.DemandPassword},
		{"an expired one, too, whether noted or not", then(codeSent, user.PasswordChanged{Age: user.Age{ExpiresAt: &end}}), office, user.DemandPassword},
		{"an address is named", without(chosen, true, false), office, user.DemandEmail},
		{"where the policy wants one", without(chosen, true, false), firm("teleproffs"), user.DemandNothing},
		{"then nothing", chosen, office, user.DemandNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := user.Fold(facts(c.given...)).Demands(c.firm, after(11)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestCredentialsAreShownAsTheyStand(t *testing.T) {
	for want, given := range map[user.CredentialState][]domain.Event{
		user.CredentialNone: handed, user.CredentialTemporary: codeSent, user.CredentialChosen: chosen, user.CredentialLocked: locked,
		user.CredentialOver: then(chosen, user.PasswordExpired{}),
	} {
		if got := user.Fold(facts(given...)).Credential.Shown(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if s := user.Fold(facts(then(locked, byCode)...)).Credential; s.Locked || s.Shown() != user.CredentialTemporary || s.Sum.Password != "" {
		t.Errorf("a reset account is %+v", s)
	}
}

func TestUsernames(t *testing.T) {
	names := func(first, last string, number domain.E164) []string {
		return user.Usernames(user.State{ID: adaID, Person: user.Person{FirstName: first, LastName: last}, Number: number})
	}
	for want, got := range map[string][]string{
		"augusta.lovelace": names("Augusta", "Lovelace", ""), "giorgos.papadopoulos": names("Γιώργος", "Παπαδόπουλος", ""),
		"joerg.mueller": names("Jörg", "Müller", ""), "asa.oestroem": names("Ása", "Öström", ""), "302114119721": names("", "", "+302114119721"),
		"o.brien": names("O", "'Brien", ""),
	} {
		if got[0] != want || len(got) != 11 || !strings.HasPrefix(got[1], want) || got[10][0] != 'u' {
			t.Errorf("%q: %q", want, got)
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(got))); len(distinct) != len(got) {
			t.Errorf("%q are not all different", got)
		}
	}
	if got := names("", "", ""); len(got) != 1 || len(got[0]) != 13 {
		t.Errorf("without a name: %q", got)
	}
	for name, want := range map[string]string{
		"ada": "", "a.b-c_1": "", "ab": "invalid-input, /username form", "Ada": "invalid-input, /username form", "ada@x": "invalid-input, /username form",
		"491711234567": "invalid-input, /username letter", "": "invalid-input, /username form",
	} {
		if got := code(user.CheckUsername(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestTemporaryPasswordsAreDerived(t *testing.T) {
	key, other := []byte(strings.Repeat("k", 32)), []byte(strings.Repeat("o", 32))
	password := user.TemporaryPassword(key, adaID, "c1")
	if len(password) != 14 || password != user.TemporaryPassword(key, adaID, "c1") || password == user.TemporaryPassword(other, adaID, "c1") || password == user.TemporaryPassword(key, adaID, "c2") {
		t.Errorf("password %q", password)
	}
	issued := user.CredentialIssued{ID: "c1"}
	for _, typed := range []string{password, strings.ToUpper(password), strings.ReplaceAll(password, "-", ""), strings.ReplaceAll(password, "-", " ")} {
		if !user.IsTemporary(key, adaID, issued, typed) {
			t.Errorf("%q is not the password", typed)
		}
	}
	for _, typed := range []string{"", "-", password[1:], password + "a"} {
		if user.IsTemporary(key, adaID, issued, typed) {
			t.Errorf("%q is the password", typed)
		}
	}
	if user.IsTemporary(key, adaID, user.CredentialIssued{}, user.TemporaryPassword(key, adaID, "")) {
		t.Error("a password that was never issued lets in")
	}
	for digits := 4; digits <= 10; digits++ {
		if code := user.TemporaryPasscode(key, adaID, "c1", digits); len(code) != digits || strings.Trim(code, "0123456789") != "" {
			t.Errorf("passcode %q of %d digits", code, digits)
		}
	}
	if id, ok := user.TokenUser(user.ResetToken(key, adaID, "r1")); !ok || id != adaID {
		t.Errorf("the reset link is for %q", id)
	}
	if user.ResetToken(key, adaID, "r1") == user.Token(key, adaID, "r1") || user.LoginClaim(key, "Ada") != user.LoginClaim(key, " ada ") {
		t.Error("derivations are mixed up")
	}
}
