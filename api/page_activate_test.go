package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func goodSecrets() url.Values {
	return url.Values{
		"password": {"Tr0ub4dor&3x"}, "passwordAgain": {"Tr0ub4dor&3x"}, "pin": {"270391"}, "pinAgain": {"270391"},
		"question": {"first-pet"}, "answer": {"Mietzi"},
	}
}

func TestAnOpenLinkShowsTheFormWithItsRulesUnderTheFields(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	shown := v.view("/activate/" + token)
	contains(t, shown, http.StatusOK, "Activate your telephone account", "Ada", "Unify Office", "Ärzte am Park", "+4930123451", "3451",
		"4 March 2026, 10:00 (Europe/Berlin)", `name="password"`, `autocomplete="new-password"`, `name="pinAgain"`, `value="first-pet"`,
		"has 8 to 32 characters", "has 6 to 10 digits", "not one digit repeated", "private (incognito) window", `aria-describedby="password-rules"`)
	if strings.Contains(shown.body, token) {
		t.Error("the page of an open link holds the token")
	}
	if strings.Index(shown.body, `id="password-rules"`) < strings.Index(shown.body, `id="passwordAgain"`) {
		t.Error("the rules do not stand under the fields")
	}
	contains(t, v.view("/activate/"+token+"?lang=de"), http.StatusOK, `<html lang="de"`, "Aktivieren Sie Ihr Telefonkonto", "4. März 2026, 10:00 Uhr (Europe/Berlin)")
}

func TestLookingAtALinkChangesNothingAboutIt(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	v.view("/activate/" + token)
	if facts := v.facts(id); facts[len(facts)-1].Event.Type() != (user.LinkOpened{}).Type() {
		t.Error("it was not noted that the page was opened")
	}
	before := v.head()
	for range 20 {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
			v.ask(method, "/activate/"+token, nil)
		}
	}
	if v.head() != before {
		t.Error("looking has written facts")
	}
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls")
}

func TestFollowingTheLinkActivatesAndDoingItAgainIsHarmless(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls", "+4930123451", "3451")
	if state := v.state(id); state.Lifecycle != user.Active || state.Credential.Question != "first-pet" {
		t.Errorf("the user is %s", state.Lifecycle)
	}
	after := v.head()
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls", "+4930123451")
	contains(t, v.view("/activate/"+token), http.StatusOK, "already active")
	if v.head() != after {
		t.Error("the second time has written facts")
	}
}

func TestAUsedLinkTellsNothingToWhoeverDoesNotKnowThePassword(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls")
	after := v.head()
	other := goodSecrets()
	other.Set("password", "An0ther&3xyz")
	late := func() url.Values { v.clock.forward(11 * time.Minute); return goodSecrets() }
	for name, form := range map[string]func() url.Values{
		"another password": func() url.Values { return other }, "none": func() url.Values { return url.Values{} }, "the right one, much later": late,
	} {
		shown := v.post("/activate/"+token, form())
		contains(t, shown, http.StatusOK, "already active")
		for _, secret := range []string{"You can now", "+4930123451", "3451", "Ada"} {
			if strings.Contains(shown.body, secret) {
				t.Errorf("%s: the page tells %q", name, secret)
			}
		}
	}
	if v.head() != after {
		t.Error("trying has written facts")
	}
}

func TestOfTwoPasswordsAtTheSameTimeOneIsToldThatItCounts(t *testing.T) {
	var between func()
	v := visit(t, func(cfg *api.Config) {
		cfg.Hash = func(secret string) (string, error) {
			if first := between; first != nil {
				between = nil
				first()
			}
			return hashed(secret)
		}
	})
	_, token := v.invited()
	other := goodSecrets()
	other.Set("password", "An0ther&3xyz")
	other.Set("passwordAgain", "An0ther&3xyz")
	between = func() {
		contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls")
	}
	contains(t, v.post("/activate/"+token, other), http.StatusOK, "already active")
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK, "You can now make and receive calls")
}

func TestALinkToAnAddressThatIsNotTheUsersAnyMoreLeadsNowhere(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	done, err := v.server.Desk.ChangeUser(v.Context(), v.cause(), id, api.ChangeForm{Email: api.Put("countess@example.com")})
	v.must(err)
	v.settle(done)
	contains(t, v.view("/activate/"+token), http.StatusOK, "A mail is on its way")
	shown := v.post("/activate/"+token, goodSecrets())
	contains(t, shown, http.StatusOK, "A mail is on its way")
	if strings.Contains(shown.body, "+4930123451") || v.state(id).Lifecycle != user.Pending {
		t.Error("the old link still leads somewhere")
	}
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.IssueLink{Cause: cause, Policy: v.rules("unifyoffice"), Mint: user.Minter(key(2), id)}.Decide
	})
	contains(t, v.view("/activate/"+token), http.StatusGone, "A newer link was sent")
	contains(t, v.post("/activate/"+v.token(id), goodSecrets()), http.StatusOK, "You can now make and receive calls")
}

func TestBrokenRulesAreToldBesideTheirFieldsAndNoSecretComesBack(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	before := v.head()
	form := url.Values{
		"password": {"kürz1"}, "passwordAgain": {"andersW"}, "pin": {"123456"}, "pinAgain": {"654321"},
		"question": {"first-school"}, "answer": {"zq"},
	}
	shown := v.post("/activate/"+token, form)
	contains(t, shown, http.StatusUnprocessableEntity, "Needs 8 to 32 characters, has 5.", "neither letter nor digit", "Is not the same password.",
		"a row such as 123456", "Is not the same PIN.", "Needs 3 to 100 characters.", `aria-invalid="true"`, "autofocus",
		`aria-describedby="password-fault password-rules"`, `<option value="first-school" selected>`)
	for name, typed := range form {
		if name != "question" && regexp.MustCompile(`value="`+regexp.QuoteMeta(typed[0])+`"|>`+regexp.QuoteMeta(typed[0])+`<`).MatchString(shown.body) {
			t.Errorf("what was typed as %s came back", name)
		}
	}
	if strings.Count(shown.body, "autofocus") != 1 {
		t.Error("the cursor belongs into one field")
	}
	contains(t, v.post("/activate/"+token+"?lang=de", form), http.StatusUnprocessableEntity, "Stimmt nicht überein.", "Noch nicht aktiviert")
	if v.head() != before {
		t.Error("a refused form has written facts")
	}
}

func TestAFormMayHoldOnlyItsOwnFields(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	more, twice, large := goodSecrets(), goodSecrets(), goodSecrets()
	more.Set("admin", "true")
	twice.Add("pin", "270391")
	large.Set("answer", strings.Repeat("x", 20_000))
	contains(t, v.post("/activate/"+token, more), http.StatusBadRequest)
	contains(t, v.post("/activate/"+token, twice), http.StatusBadRequest)
	contains(t, v.post("/activate/"+token, large), http.StatusRequestEntityTooLarge)
	contains(t, v.ask(http.MethodPost, "/activate/"+token, goodSecrets(), "Content-Type", "application/json"), http.StatusBadRequest)
}

func TestAnExpiredLinkAsksForNoPasswordAndOffersANewOne(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	v.clock.forward(48*time.Hour + time.Second)
	shown := v.view("/activate/" + token)
	contains(t, shown, http.StatusGone, "This link has expired", "4 March 2026, 10:00 (Europe/Berlin)", `action="/activate/`+token+`/link?lang=en"`)
	if strings.Contains(shown.body, `type="password"`) {
		t.Error("an expired link asks for a password")
	}
	contains(t, v.post("/activate/"+token, url.Values{"password": {"x"}}), http.StatusGone, "This link has expired")
	renewed := v.post("/activate/"+token+"/link?lang=en", nil)
	contains(t, renewed, http.StatusOK, "A mail is on its way")
	head := v.head()
	if again := v.post("/activate/"+token+"/link?lang=en", nil); again.body != renewed.body || v.head() != head {
		t.Error("asking twice is not answered alike or does something twice")
	}
	if unknown := v.post("/activate/nonsense/link?lang=en", nil); unknown.body != renewed.body || unknown.status != renewed.status {
		t.Error("asking tells whether a link was known")
	}
	contains(t, v.view("/activate/"+token), http.StatusGone, "A newer link was sent", "4 March 2026, 10:00 (Europe/Berlin)")
	contains(t, v.post("/activate/"+v.token(id), goodSecrets()), http.StatusOK, "You can now make and receive calls")
	contains(t, v.view("/activate/"+token), http.StatusOK, "already active")
}

func TestUnknownLinksAllLookTheSame(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	first := v.view("/activate/nonsense")
	contains(t, first, http.StatusNotFound, "We do not know this link")
	for _, other := range []string{
		strings.Repeat("A", 64), user.Token(key(9), id, v.state(id).Link.ID), user.Token(key(2), domain.DeriveID("nobody"), "x"), token[:60], "%00",
	} {
		if shown := v.view("/activate/" + other); shown.status != first.status || shown.body != first.body {
			t.Errorf("%q looks different: %d", other, shown.status)
		}
	}
	contains(t, v.post("/activate/nonsense", goodSecrets()), http.StatusNotFound, "We do not know this link")
}

func TestASuspendedUserIsToldWhomToAsk(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	v.do(id, func(domain.Cause) domain.Decide { return user.Suspend{}.Decide })
	contains(t, v.view("/activate/"+token), http.StatusForbidden, "Your account is suspended", "Ärzte am Park")
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusForbidden, "Your account is suspended")
	if v.state(id).Lifecycle == user.Active {
		t.Error("a suspended user was activated")
	}
}

func TestALinkAsksForThePasswordFromTheSMSWhereThePolicyWantsBoth(t *testing.T) {
	v := visit(t, func(cfg *api.Config) {
		both := cfg.Policies["unifyoffice"]
		both.Link.SMSPassword, both.Mobile = true, policy.MobileRequired
		cfg.Policies["unifyoffice"] = both
	})
	company := v.firm("unifyoffice", "+4930123450", "+4930123459")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+491711234567","number":"+4930123451","licence":"standard","language":"en","activate":true}`)
	v.do(id, func(domain.Cause) domain.Decide { return user.StartStep{Step: "line"}.Decide })
	v.do(id, func(domain.Cause) domain.Decide { return user.FinishStep{Step: "line", Attempt: 1}.Decide })
	v.do(id, func(cause domain.Cause) domain.Decide {
		both := v.rules("unifyoffice")
		both.Link.SMSPassword = true
		return user.IssueLink{Cause: cause, Policy: both, Mint: user.Minter(key(2), id)}.Decide
	})
	token := v.token(id)
	contains(t, v.view("/activate/"+token), http.StatusOK, `name="code"`, "Password from the SMS")
	wrong, right := goodSecrets(), goodSecrets()
	contains(t, v.post("/activate/"+token, wrong), http.StatusUnprocessableEntity, "Is not the password that was sent by SMS")
	wrong.Set("code", "aaaa-aaaa-aaaa")
	for range 3 {
		contains(t, v.post("/activate/"+token, wrong), http.StatusUnprocessableEntity)
	}
	if state := v.state(id); state.Link.Missed != 4 || state.Lifecycle != user.Pending {
		t.Fatalf("%d misses, %s", state.Link.Missed, state.Lifecycle)
	}
	right.Set("code", user.LinkPassword(key(2), id, v.state(id).Link.ID))
	short := url.Values{}
	maps.Copy(short, right)
	short.Set("password", "x")
	contains(t, v.post("/activate/"+token, short), http.StatusUnprocessableEntity) // the rules come first and cost no guess
	contains(t, v.post("/activate/"+token, right), http.StatusOK, "You can now make and receive calls")
}
