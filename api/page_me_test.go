package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

const ownPassword = "seven ducks on a lake"

// handed brings a user of onepro to a temporary password by SMS.
func (v *visitor) handed() (id, password string) {
	v.Helper()
	company := v.firm("onepro", "+302114119720", "+302114119729")
	id = v.create(company, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+306912345678","number":"+302114119721","licence":"standard","language":"en"}`)
	return id, v.reset(id, "sms")
}

func (v *visitor) create(company, body string) string {
	v.Helper()
	created := v.in(v.T).call(http.MethodPost, "/v1/companies/"+company+"/users", body)
	if created.status != http.StatusCreated {
		v.Fatalf("ordering was answered with %d: %s", created.status, created.raw)
	}
	return created.text("id")
}

// reset issues a temporary password and gives it as the message or the answer tells it.
func (v *visitor) reset(id, way string) string {
	v.Helper()
	answer := v.in(v.T).call(http.MethodPost, "/v1/users/"+id+"/credential/reset", fmt.Sprintf(`{"way":%q}`, way))
	if answer.status != http.StatusOK || answer.text("way") != way {
		v.Fatalf("a reset was answered with %d: %s", answer.status, answer.raw)
	}
	password := user.TemporaryPassword(key(2), id, v.state(id).Credential.Temporary.ID)
	if told := answer.text("password"); way == "hand" && told != password || way != "hand" && told != "" {
		v.Fatalf("by %s the answer tells %q", way, told)
	}
	return password
}

// logIn tries a name and a password and keeps the session.
func (v *visitor) logIn(name, password string) page {
	v.Helper()
	answer := v.post("/login", url.Values{"name": {name}, "password": {password}, "next": {"/"}})
	if cookie, _, _ := strings.Cut(answer.header.Get("Set-Cookie"), ";"); cookie != "" {
		v.cookie = cookie
	}
	return answer
}

func (v *visitor) leads(p page, to string) {
	v.Helper()
	if got := p.header.Get("Location"); p.status != http.StatusSeeOther || got != to {
		v.Errorf("answered %d to %q, want %q", p.status, got, to)
	}
}

// choose fills the form for a new password in.
func (v *visitor) choose(old, password, username string) page {
	v.Helper()
	command := commandField.FindStringSubmatch(v.view("/me/password").body)
	if command == nil {
		v.Fatal("there is no form for a password")
	}
	form := url.Values{"command": {command[1]}, "old": {old}, "password": {password}, "passwordAgain": {password}}
	if username != "" {
		form.Set("username", username)
	}
	answer := v.post("/me/password", form)
	for _, cookie := range answer.header.Values("Set-Cookie") {
		v.cookie, _, _ = strings.Cut(cookie, ";")
	}
	return answer
}

func TestTheFirstLoginChangesNameAndPassword(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	if name := v.state(id).Credential.Username; name != "ada.lovelace" {
		t.Fatalf("the user name is %q", name)
	}
	contains(t, v.logIn("ada.lovelace", "wrong"), http.StatusUnauthorized, "name or password is wrong")
	contains(t, v.logIn("+302114119721", password), http.StatusUnauthorized, "name or password is wrong") // not a name of this operator
	v.leads(v.logIn(" ADA.lovelace", strings.ToUpper(password)), "/me")
	v.leads(v.view("/me"), "/me/password")
	contains(t, v.view("/me/password"), http.StatusOK, "temporary password", `name="username"`, "15 to 128 characters", "One Pro")
	contains(t, v.choose(password, "short", "ada.lovelace"), http.StatusUnprocessableEntity, "Needs 15 to 128 characters", "Must be changed at the first login, too")
	contains(t, v.choose("wrong", ownPassword, "countess"), http.StatusUnprocessableEntity, "Is not your password")
	contains(t, v.choose(password, "countess of words", "countess"), http.StatusUnprocessableEntity)
	v.leads(v.choose(password, ownPassword, "countess"), "/me?done=password")
	contains(t, v.view("/me?done=password"), http.StatusOK, "Hello, Ada", "The password is changed", "+302114119721", "countess")
	v.leads(v.post("/logout", nil), "/login?done=out")
	contains(t, v.logIn("ada.lovelace", ownPassword), http.StatusUnauthorized)
	contains(t, v.logIn("countess", password), http.StatusUnauthorized)
	v.leads(v.logIn("countess", ownPassword), "/me")
	history := v.in(t).call(http.MethodGet, "/v1/users/"+id+"/history", "")
	for _, secret := range []string{password, ownPassword} {
		if strings.Contains(string(history.raw), secret) || strings.Contains(v.log.String(), secret) {
			t.Errorf("%q is told", secret)
		}
	}
}

func TestAllOtherSessionsEndWhenAPasswordChanges(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	v.leads(v.logIn("ada.lovelace", password), "/me")
	v.leads(v.choose(password, ownPassword, "countess"), "/me?done=password")
	first := v.cookie
	v.clock.forward(time.Minute)
	v.leads(v.logIn("countess", ownPassword), "/me")
	second := v.cookie
	v.cookie = first
	contains(t, v.view("/me"), http.StatusOK, "Hello, Ada")
	v.clock.forward(time.Minute)
	v.leads(v.choose(ownPassword, ownPassword+" and more", ""), "/me?done=password")
	contains(t, v.view("/me"), http.StatusOK)
	for _, old := range []string{first, second} {
		v.cookie = old
		if got := v.view("/me"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
			t.Errorf("a session from before is answered with %d", got.status)
		}
	}
	v.clock.forward(time.Minute)
	v.leads(v.logIn("countess", ownPassword+" and more"), "/me")
	v.do(id, func(domain.Cause) domain.Decide { return user.Suspend{}.Decide })
	v.leads(v.view("/me"), "/login?done=over&next=%2Fme")
	contains(t, v.logIn("countess", ownPassword+" and more"), http.StatusUnauthorized)
}

func TestAPasswordHandedOverAsksForAnAddress(t *testing.T) {
	v := visit(t)
	company := v.firm("officesmart", "+390125123040", "+390125123049")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","number":"+390125123049","licence":"standard","language":"en"}`)
	password := v.reset(id, "hand")
	contains(t, v.logIn("0125 123049", password), http.StatusUnauthorized) // dialled in the company's country it is another number
	v.leads(v.logIn("0039 0125 123049", password), "/me")
	v.leads(v.view("/me"), "/me/password")
	v.leads(v.choose(password, ownPassword, ""), "/me?done=password")
	v.leads(v.view("/me"), "/me/email")
	form := v.view("/me/email")
	contains(t, form, http.StatusOK, "Name an e-mail address")
	command := commandField.FindStringSubmatch(form.body)[1]
	contains(t, v.post("/me/email", url.Values{"command": {command}, "email": {"nonsense"}}), http.StatusUnprocessableEntity, "Is an address such as")
	v.leads(v.post("/me/email", url.Values{"command": {command + "x"}, "email": {"ada@example.com"}}), "/me?done=email")
	contains(t, v.view("/me"), http.StatusOK, "ada@example.com", "The password is valid until")
	other := v.view("/me/email") // from now on the address is changed by the password only
	contains(t, other, http.StatusOK, `name="old"`)
	command = commandField.FindStringSubmatch(other.body)[1]
	contains(t, v.post("/me/email", url.Values{"command": {command}, "email": {"eve@example.com"}}), http.StatusUnprocessableEntity, "Is not your password")
	v.clock.forward(366 * 24 * time.Hour)
	v.leads(v.logIn("+390125123049", ownPassword), "/me")
	v.leads(v.view("/me"), "/me/password")
	contains(t, v.view("/me/password"), http.StatusOK, "The password has expired")
}

func TestGuessingBecomesSlowAndThenLocks(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	known, unknown := "ada.lovelace", "nobody.at.all"
	for n := 1; n <= 10; n++ {
		guessed, guessedToo := v.logIn(known, "guess"), v.logIn(unknown, "guess")
		if strings.ReplaceAll(guessed.body, known, "") != strings.ReplaceAll(guessedToo.body, unknown, "") || guessed.status != guessedToo.status {
			t.Fatalf("guess %d tells which names there are: %d and %d", n, guessed.status, guessedToo.status)
		}
		if n >= 3 {
			early := v.logIn(known, password)
			contains(t, early, http.StatusTooManyRequests, "Too many tries")
			if early.header.Get("Retry-After") == "" {
				t.Error("nobody says for how long")
			}
		}
		v.clock.forward(time.Minute)
	}
	if s := v.state(id).Credential; !s.Locked {
		t.Fatalf("after ten guesses the account is %s", s.Shown())
	}
	contains(t, v.logIn(known, password), http.StatusUnauthorized, "name or password is wrong")
	v.clock.forward(time.Minute)
	unlocked := v.in(t).call(http.MethodDelete, "/v1/users/"+id+"/credential/lock", "")
	if unlocked.status != http.StatusOK || unlocked.text("credential.state") != "temporary" {
		t.Fatalf("unlocking: %d %s", unlocked.status, unlocked.raw)
	}
	v.leads(v.logIn(known, password), "/me")
	if last := v.state(id); last.Messages[len(last.Messages)-1].Purpose != user.PurposeLocked {
		t.Errorf("the last message is %+v", last.Messages[len(last.Messages)-1])
	}
}

func TestAForgottenPasswordIsResetByMail(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	v.leads(v.logIn("ada.lovelace", password), "/me")
	v.leads(v.choose(password, ownPassword, "countess"), "/me?done=password")
	v.cookie = ""
	contains(t, v.view("/reset"), http.StatusOK, "Reset the password", "User name forgotten")
	known, unknown := v.post("/reset", url.Values{"name": {"countess"}}), v.post("/reset", url.Values{"name": {"nobody"}})
	contains(t, known, http.StatusOK, "Look into your mailbox")
	if known.body != unknown.body {
		t.Error("the answer tells which names there are")
	}
	token := user.ResetToken(key(2), id, v.state(id).Credential.Reset.ID)
	before := v.head()
	contains(t, v.view("/reset/"+token), http.StatusOK, "Choose your new password", "15 to 128")
	contains(t, v.post("/reset/"+token, url.Values{"password": {"short"}, "passwordAgain": {"short"}}), http.StatusUnprocessableEntity, "Needs 15 to 128")
	if v.head() != before {
		t.Error("looking has written facts")
	}
	next := "eight ducks on a lake"
	form := url.Values{"password": {next}, "passwordAgain": {next}}
	done := v.post("/reset/"+token, form)
	contains(t, done, http.StatusOK, "The password is changed")
	if done.header.Get("Set-Cookie") != "" {
		t.Error("a link signs in")
	}
	contains(t, v.view("/reset/"+token), http.StatusGone, "This link does not work")
	contains(t, v.view("/reset/nonsense"), http.StatusGone, "This link does not work")
	contains(t, v.logIn("countess", ownPassword), http.StatusUnauthorized)
	v.leads(v.logIn("countess", next), "/me")
	contains(t, v.post("/reset", url.Values{"email": {"ada@example.com"}}), http.StatusOK, "Look into your mailbox")
	if m := v.state(id).Messages; m[len(m)-1].Purpose != user.PurposeUsernameAsked {
		t.Errorf("the last message is %+v", m[len(m)-1])
	}
}

func TestAForgottenNameThatThereIsNotIsAnsweredTheSame(t *testing.T) {
	v := visit(t)
	company := v.firm("onepro", "+302114119720", "+302114119729")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+306912345678","number":"+302114119721","licence":"standard","language":"en"}`)
	before := v.head()
	nameless := v.post("/reset", url.Values{"email": {"ada@example.com"}})
	unknown := v.post("/reset", url.Values{"email": {"nobody@example.com"}})
	contains(t, nameless, http.StatusOK, "Look into your mailbox")
	if nameless.body != unknown.body {
		t.Error("the answer tells who has a user name")
	}
	if v.head() != before {
		t.Errorf("a mail about no name was asked for: %+v", v.state(id).Messages)
	}
}

func TestUsersSeeNothingOfTheBackOffice(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	v.leads(v.logIn("ada.lovelace", password), "/me")
	for _, path := range []string{"/", "/users", "/users/" + id, "/companies"} {
		if got := v.view(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
			t.Errorf("%s is answered with %d", path, got.status)
		}
	}
	for _, path := range []string{"/v1/users/" + id, "/v1/users", "/v1/users/" + id + "/history"} {
		if got := v.view(path); got.status != http.StatusForbidden || !strings.Contains(got.body, "login-unfinished") {
			t.Errorf("with a temporary password %s is answered with %d", path, got.status)
		}
	}
	v.cookie = ""
	for _, path := range []string{"/me", "/me/password", "/me/pin", "/me/email"} {
		if got := v.view(path); got.status != http.StatusSeeOther {
			t.Errorf("without a session %s is answered with %d", path, got.status)
		}
	}
}

func TestAPINIsChangedByThePassword(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK)
	v.leads(v.logIn("ada@example.com", "Tr0ub4dor&3x"), "/me")
	form := v.view("/me/pin")
	contains(t, form, http.StatusOK, "Choose your PIN", "6 to 10 digits")
	send := func(old, pin string) page {
		command := commandField.FindStringSubmatch(v.view("/me/pin").body)[1]
		return v.post("/me/pin", url.Values{"command": {command}, "old": {old}, "pin": {pin}, "pinAgain": {pin}})
	}
	contains(t, send("wrong", "111111"), http.StatusUnprocessableEntity, "Is not your password", "one digit repeated")
	v.leads(send("Tr0ub4dor&3x", "924816"), "/me?done=pin")
	if m := v.state(id).Messages; m[len(m)-1].Purpose != user.PurposePINChanged {
		t.Errorf("the last message is %+v", m[len(m)-1])
	}
}

func TestAMobileIsVerifiedByACode(t *testing.T) {
	v := visit(t)
	company := v.firm("teleproffs", "+46812340", "+46812349")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","number":"+46812341","licence":"standard","language":"en","email":"ada@example.se"}`)
	password := v.reset(id, "hand")
	v.leads(v.logIn("ada@example.se", password), "/me")
	v.leads(v.choose(password, ownPassword, ""), "/me?done=password")
	send := func(path string, form url.Values) page {
		form.Set("command", commandField.FindStringSubmatch(v.view("/me/mobile").body)[1])
		return v.post(path, form)
	}
	contains(t, v.view("/me/mobile"), http.StatusOK, "Verify your mobile", `name="mobile"`)
	contains(t, send("/me/mobile/code", url.Values{"mobile": {"nonsense"}}), http.StatusUnprocessableEntity, "such as")
	v.leads(send("/me/mobile/code", url.Values{"mobile": {"+46701234567"}}), "/me/mobile?done=code")
	contains(t, v.view("/me/mobile"), http.StatusOK, `autocomplete="one-time-code"`, "+46701234567")
	contains(t, send("/me/mobile/code", url.Values{}), http.StatusTooManyRequests, "wait")
	contains(t, send("/me/mobile", url.Values{"code": {"0"}}), http.StatusUnprocessableEntity, "not the code")
	if missed := v.state(id).Verification.Missed; missed != 1 {
		t.Errorf("%d misses are noted", missed)
	}
	code := user.MobileCode(key(2), id, v.state(id).Verification.Code)
	v.leads(send("/me/mobile", url.Values{"code": {code}}), "/me?done=mobile")
	contains(t, v.view("/me/mobile"), http.StatusOK, "is verified")
}

func TestAdminsAreMadeAndUnmade(t *testing.T) {
	v := visit(t)
	id, _ := v.handed()
	for _, step := range []struct {
		method string
		admin  bool
	}{{http.MethodPut, true}, {http.MethodPut, true}, {http.MethodDelete, false}, {http.MethodDelete, false}} {
		got := v.in(t).call(step.method, "/v1/users/"+id+"/admin", "")
		if got.status != http.StatusOK || strings.Contains(string(got.raw), `"admin":true`) != step.admin {
			t.Errorf("%s is answered with %d: %s", step.method, got.status, got.raw)
		}
	}
}
