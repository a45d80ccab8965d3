package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dialtone/domain/user"
)

const adminsChoice = "Purple elephants knit"

func TestAnAdminChoosesAPasswordThatMustBeChanged(t *testing.T) {
	v := visit(t)
	id, before := v.handed()
	reset := func(body string, headers ...string) answer {
		return v.in(t).call(http.MethodPost, "/v1/users/"+id+"/credential/reset", body, headers...)
	}
	for _, c := range []struct{ name, body, field string }{
		{"too short", `{"password":"short"}`, "/password"},
		{"one that is tried first", `{"password":"Password1234567"}`, "/password"},
		{"the person's name", `{"password":"ada lovelace 1815!"}`, "/password"},
		{"the user name", `{"password":"my ada.lovelace here"}`, "/password"},
		{"sent by SMS", `{"password":"` + adminsChoice + `","way":"sms"}`, "/way"},
		{"sent by mail", `{"password":"` + adminsChoice + `","way":"mail"}`, "/way"},
		{"no text", `{"password":5}`, "/password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reset(c.body).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, c.field)
		})
	}
	v.leads(v.logIn("ada.lovelace", before), "/me") // nothing of that has changed anything
	once := "Idempotency-Key: chosen-1"
	given := reset(`{"password":"`+adminsChoice+`"}`, once).want(t, http.StatusOK)
	again := reset(`{"password":"`+adminsChoice+`"}`, once).want(t, http.StatusOK)
	if given.text("way") != "hand" || given.text("user.credential.state") != "temporary" || given.text("loginName") != "ada.lovelace" {
		t.Errorf("answered %s", given.raw)
	}
	if given.text("passcode") == "" || again.text("passcode") != "" || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the passcode is told as %q and again as %q", given.text("passcode"), again.text("passcode"))
	}
	reset(`{"password":"`+adminsChoice+`!"}`, once).problem(t, http.StatusUnprocessableEntity, "idempotency-key-reused")
	v.cookie = ""
	contains(t, v.logIn("ada.lovelace", before), http.StatusUnauthorized)
	issued := v.state(id).Credential.Temporary
	contains(t, v.logIn("ada.lovelace", user.TemporaryPassword(key(2), id, issued.ID)), http.StatusUnauthorized) // what would have been drawn
	contains(t, v.logIn("ada.lovelace", strings.ToLower(adminsChoice)), http.StatusUnauthorized)
	v.clock.forward(time.Minute)
	v.leads(v.logIn("ada.lovelace", adminsChoice), "/me")
	v.leads(v.view("/me"), "/me/password")
	contains(t, v.choose(adminsChoice, adminsChoice, "countess"), http.StatusUnprocessableEntity, "choose another")
	v.leads(v.choose(adminsChoice, ownPassword, "countess"), "/me?done=password")
	contains(t, v.view("/me"), http.StatusOK, "Hello, Ada")
	v.secretIs(id, adminsChoice)
}

// secretIs checks that a password stands neither in answers, logs, messages nor
// in any file of the house.
func (v *visitor) secretIs(id, password string) {
	v.Helper()
	hash, err := hashed(password)
	v.must(err)
	v.must(v.views.WaitFor(v.Context(), v.head()))
	for _, path := range []string{"/v1/users/" + id, "/v1/users/" + id + "/history?limit=200", "/v1/users?limit=100"} {
		told := string(v.in(v.T).call(http.MethodGet, path, "").raw)
		if strings.Contains(told, password) || strings.Contains(told, hash) {
			v.Errorf("%s tells the password", path)
		}
	}
	if strings.Contains(v.log.String(), password) {
		v.Error("the log tells the password")
	}
	_, folded, err := v.views.GetUser(v.Context(), id)
	v.must(err)
	if c := folded.Credential; c.Sum.Password != "" || c.Temporary.Personal != nil {
		v.Error("the read model holds the hash")
	}
	var kept []string
	v.must(v.views.DB().NewRaw("SELECT CAST(body AS TEXT) || fingerprint FROM idempotency").Scan(v.Context(), &kept))
	if strings.Contains(strings.Join(kept, "\n"), password) || len(kept) == 0 {
		v.Errorf("%d kept answers hold the password", len(kept))
	}
}

func TestWhoIsResetByHandIsToldThatTheOwnPasswordIsVoid(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	v.leads(v.logIn("ada.lovelace", password), "/me")
	v.leads(v.choose(password, ownPassword, "countess"), "/me?done=password")
	before := v.cookie
	v.clock.forward(time.Minute)
	v.in(t).call(http.MethodPost, "/v1/users/"+id+"/credential/reset", `{"password":"`+adminsChoice+`"}`).want(t, http.StatusOK)
	if m := v.state(id).Messages; m[len(m)-1].Purpose != user.PurposePasswordChanged {
		t.Errorf("the last message is about %s", m[len(m)-1].Purpose)
	}
	v.cookie = before
	if got := v.view("/me"); got.status != http.StatusSeeOther {
		t.Errorf("a session from before is answered with %d", got.status)
	}
}
