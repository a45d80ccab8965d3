package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/projections"
)

// nordicFirm is a company with the licences and add-ons of guide 2.
func (v *visitor) nordicFirm() string {
	v.Helper()
	done, err := v.server.Desk.CreateCompany(v.Context(), v.cause(), api.CompanyForm{
		Name: "Tre Ekar AB", Policy: "teleproffs", Language: "en", Country: "DE", Numbers: []api.BlockForm{{From: "+49301234500", To: "+49301234509"}},
		Licences: []api.LicenceForm{{Kind: "fast", Count: 2}, {Kind: "free", Count: 1}, {Kind: "mobile-10gb", Count: 1}},
	})
	v.must(err)
	v.settle(done)
	return done.ID
}

var keptField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// goes sends the step that is shown with what is typed into it and presses a button.
func (v *visitor) goes(at page, path, button string, typed url.Values) page {
	v.Helper()
	form := url.Values{"go": {button}}
	for _, kept := range keptField.FindAllStringSubmatch(at.body, -1) {
		form.Set(kept[1], kept[2])
	}
	maps.Copy(form, typed)
	return v.post(path, form)
}

func TestAnOrderIsLedThroughStepByStep(t *testing.T) {
	v := visit(t, mobiles)
	v.signIn()
	v.pooled("+49307777000", "+49307777001")
	firm := v.nordicFirm()
	path := "/companies/" + firm + "/order"
	contains(t, v.view("/companies/"+firm), http.StatusOK, `href="`+path+`"`)

	at := v.view(path)
	contains(t, at, http.StatusOK, `name="firstName"`, `name="email"`)
	at = v.goes(at, path, "licence", url.Values{"firstName": {"Ada"}, "lastName": {""}, "email": {"ada@"}, "language": {"en"}})
	contains(t, at, http.StatusUnprocessableEntity, `value="Ada"`, `id="lastName-fault"`, `id="email-fault"`)
	at = v.goes(at, path, "licence", url.Values{"firstName": {"Ada"}, "lastName": {"Ek"}, "email": {"ada@example.se"}, "language": {"en"}})
	contains(t, at, http.StatusOK, "mobile-10gb · 1 of 1 free", "verified by a code in an SMS: free")
	at = v.goes(at, path, "number", url.Values{"licence": {"mobile-10gb"}, "mobile": {"+491711234567"}})
	contains(t, at, http.StatusOK, "the next free one: +49301234500", "+49307777000 · in the operator&#39;s pool", `value="company:" selected`)
	at = v.goes(at, path, "extras", url.Values{"pick": {"pool:+49307777001"}, "find": {""}, "extension": {"1"}})
	contains(t, at, http.StatusUnprocessableEntity, `id="extension-fault"`, `value="pool:+49307777001" selected`)
	at = v.goes(at, path, "extras", url.Values{"pick": {"pool:+49307777001"}, "find": {"7001"}, "extension": {""}})
	if contains(t, at, http.StatusOK, "+49307777001 · in"); strings.Contains(at.body, "+49307777000 · in") {
		t.Error("the search does not narrow the choice")
	}
	at = v.goes(at, path, "extras", url.Values{"pick": {"pool:+49307777001"}, "find": {"7001"}, "extension": {""}})
	contains(t, at, http.StatusOK, "twin-data", "needs a licence of kind mobile", `name="activate"`)
	at = v.goes(at, path, "review", url.Values{"addon-twin-data": {"yes"}, "activate": {"yes"}, "device": {"none"}, "mac": {""}})
	contains(t, at, http.StatusOK, "Ada Ek", "Number +49307777001", "Extension 7001", "Licence mobile-10gb (0 of 1 stay free)", "Add-on twin-data",
		"The number +49307777001 is bought", "A SIM card is ordered", "Mail to a…@example.se: activation link", "at once", `value="confirm"`)

	first := v.goes(at, path, "confirm", nil)
	second := v.goes(at, path, "confirm", nil)
	if first.status != http.StatusSeeOther || second.header.Get("Location") != first.header.Get("Location") {
		t.Fatalf("answered %d to %q, then %d to %q: %s", first.status, first.header.Get("Location"), second.status, second.header.Get("Location"), first.body)
	}
	user, _, _ := strings.Cut(strings.TrimPrefix(first.header.Get("Location"), "/users/"), "?")
	state := v.state(user)
	if state.Number != "+49307777001" || state.Extension != "7001" || state.Licence != "mobile-10gb" || strings.Join(state.Options, " ") != "twin-data" {
		t.Errorf("ordered %s, %s, %s, %v", state.Number, state.Extension, state.Licence, state.Options)
	}
	if s := v.numberOf("+49307777001"); s.Company != firm || s.User != user || !v.house.firm(firm).Owns("+49307777001") {
		t.Errorf("the number stands as %+v", s)
	}
	rows, _, err := v.views.Users(t.Context(), projections.UserFilter{Company: firm})
	if v.must(err); len(rows) != 1 {
		t.Errorf("%d users were ordered", len(rows))
	}
	contains(t, v.view("/users/"+user), http.StatusOK, "Ada Ek", "+49307777001")
}

func TestTheDeskPhonesLoginIsShownWithTheOrder(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.nordicFirm()
	order := url.Values{
		"command": {"a-command-of-one-order"}, "step": {"review"}, "go": {"confirm"}, "firstName": {"Ada"}, "lastName": {"Ek"}, "licence": {"fast"},
		"pick": {"company:"}, "device": {"yealink t46u"}, "mac": {"00:15:65:00:00:01"},
	}
	first, second := v.post("/companies/"+firm+"/order", order), v.post("/companies/"+firm+"/order", order)
	login := regexp.MustCompile(`<dd>([^<]+)</dd>`)
	told := login.FindAllStringSubmatch(first.body, -1)
	if first.status != http.StatusOK || len(told) < 2 || !slices.EqualFunc(told, login.FindAllStringSubmatch(second.body, -1), slices.Equal) {
		t.Fatalf("ordered with %d: %s\nand again: %s", first.status, first.body, second.body)
	}
	back := regexp.MustCompile(`class="btn" href="/users/([^"]+)"`)
	user := back.FindStringSubmatch(first.body)
	if user == nil || !slices.Equal(user, back.FindStringSubmatch(second.body)) {
		t.Fatalf("it leads back to %q", user)
	}
	if state := v.state(user[1]); state.Login.Username != told[0][1] {
		t.Errorf("%s was shown, %s stands", told[0][1], state.Login.Username)
	}

	order.Set("command", "a-command-of-another")
	order.Set("device", "none")
	order.Set("mac", "")
	if without := v.post("/companies/"+firm+"/order", order); without.status != http.StatusSeeOther {
		t.Errorf("without a phone it is answered with %d", without.status)
	}
}

func TestTheReviewNamesWhatIsMissingAndLeadsThere(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.nordicFirm()
	path := "/companies/" + firm + "/order"
	form := url.Values{
		"command": {"a-command-of-one-order"}, "step": {"extras"}, "go": {"review"}, "firstName": {"Ada"}, "lastName": {"Ek"}, "licence": {"fast"},
		"pick": {"company:"}, "activate": {"yes"}, "extension": {"1"},
	}
	at := v.post(path, form)
	contains(t, at, http.StatusOK, "This order would be refused", "Number: Has 3 to 6 digits", `name="go" value="number"`)
	if strings.Contains(at.body, `value="confirm"`) {
		t.Error("what would be refused can be confirmed")
	}
	contains(t, v.goes(at, path, "number", nil), http.StatusUnprocessableEntity, `id="extension-fault"`)
	form.Set("extension", "")
	at = v.post(path, form)
	contains(t, at, http.StatusOK, "Number +49301234500", `name="pick" value="company:+49301234500"`)
	v.house.user(firm, `{"firstName":"Eve","lastName":"Ek","number":"+49301234500"}`).want(t, http.StatusCreated) // somebody is faster
	refused := v.goes(at, path, "confirm", nil)
	contains(t, refused, http.StatusConflict, `id="pick-fault"`, "already assigned", `name="firstName" value="Ada"`)
	ordered := v.goes(refused, path, "confirm", url.Values{"pick": {"company:"}, "find": {""}, "extension": {""}})
	if ordered.status != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", ordered.status, ordered.body)
	}
	if s := v.numberOf("+49301234501"); s.User == "" {
		t.Error("the next free number was not taken")
	}
	form.Set("addon-twin-data", "yes")
	form.Set("command", "another-command-of-an-order")
	contains(t, v.post(path, form), http.StatusUnprocessableEntity, `id="addons-fault"`, "Twin-data needs a licence of kind mobile")
}

func TestTheOrderSpeaksEveryLanguage(t *testing.T) {
	v := visit(t)
	v.signIn()
	v.pooled("+49307777000", "+49307777001")
	firm := v.nordicFirm()
	key := regexp.MustCompile(`\b(order|numbers)\.[a-z-]+|&lt;no value|no value`)
	for _, tag := range []string{"de", "el", "en", "it", "sv"} {
		for _, step := range []string{"person", "licence", "number", "extras", "review"} {
			shown := v.ask(http.MethodPost, "/companies/"+firm+"/order?lang="+tag, url.Values{
				"command": {"a-command-in-" + tag + "-language"}, "step": {step}, "go": {"find"}, "firstName": {"Ada"}, "lastName": {"Ek"},
				"licence": {"fast"}, "pick": {"pool:"}, "activate": {"yes"},
			})
			if contains(t, shown, http.StatusOK, `lang="`+tag+`"`); key.MatchString(shown.body) {
				t.Errorf("%s in %s says %q", step, tag, key.FindString(shown.body))
			}
		}
	}
}

func TestAnOrderThatBuysIsCutOffAndGoesOn(t *testing.T) {
	for _, prefix := range []string{"number-", "extension-", "seat-", "email-", "company-", "user-"} {
		t.Run("at "+prefix, func(t *testing.T) {
			h, store := openBrittle(t)
			firm := h.nordic()
			h.pooled("+49307777000", "+49307777002")
			const body = `{"firstName":"Ada","lastName":"Ek","email":"ada@example.se","licence":"fast","numberFrom":"pool"}`
			store.fail(prefix)
			h.user(firm, body, oneKey).problem(t, http.StatusServiceUnavailable, "store-unavailable")
			store.mend()
			made := h.user(firm, body, oneKey).want(t, http.StatusCreated)
			n := domain.E164(made.text("number"))
			bought := 0
			for _, n := range []domain.E164{"+49307777000", "+49307777001", "+49307777002"} {
				if h.firm(firm).Owns(n) {
					bought++
				}
			}
			if s := h.numberOf(n); s.User != made.text("id") || s.Company != firm || bought != 1 {
				t.Errorf("%s stands as %+v, %d were bought", n, s, bought)
			}
		})
	}
}

func TestARefusedOrderBuysNothing(t *testing.T) {
	h := open(t)
	firm := h.nordic()
	h.pooled("+49307777000", "+49307777000")
	h.user(firm, `{"firstName":"Eve","lastName":"Ek","email":"eve@example.se","number":"+49301234501","licence":"fast"}`).want(t, http.StatusCreated)
	for body, code := range map[string]string{
		`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","email":"eve@example.se","numberFrom":"pool"}`:                  "email-taken",
		`{"firstName":"Ada","lastName":"Ek","licence":"fast","numberFrom":"pool","number":"+49307777000"}`:                          "quota-reached",
		`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","extension":"4501","numberFrom":"pool","number":"030 7777000"}`: "extension-taken",
		`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","numberFrom":"pool","number":"+49307777009"}`:                   "number-not-offered",
		`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","numberFrom":"pool","number":"+49301234502"}`:                   "number-taken",
		`{"firstName":"","lastName":"Ek","licence":"mobile-10gb","numberFrom":"pool"}`:                                              "invalid-input",
	} {
		reviewed := h.call(http.MethodPost, "/v1/companies/"+firm+"/users/review", body).want(t, http.StatusOK)
		if code != "invalid-input" && reviewed.text("missing.0.code") != code {
			t.Errorf("%s is reviewed as %s", body, reviewed.raw)
		}
		if refused := h.user(firm, body); refused.text("code") != code {
			t.Errorf("%s is refused as %s", body, refused.raw)
		}
		if s := h.numberOf("+49307777000"); s.Company != "" || s.User != "" || h.firm(firm).Owns("+49307777000") {
			t.Fatalf("after %s the number stands as %+v", body, s)
		}
	}
	h.caughtUp()
	told := h.call(http.MethodPost, "/v1/companies/"+firm+"/users/review", `{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","numberFrom":"pool"}`).want(t, http.StatusOK)
	if told.text("takes.0.value") != "+49307777000" || told.text("takes.1.value") != "7000" || told.text("orders.0.what") != "purchase" || told.text("orders.0.value") != "+49307777000" {
		t.Errorf("reviewed as %s", told.raw)
	}
}

func TestTheNextFreeNumberIsTakenWhereNoneIsNamed(t *testing.T) {
	h := open(t)
	firm := h.nordic()
	h.call(http.MethodPut, "/v1/numbers/+49301234500/reservation", `{"reason":"later"}`).want(t, http.StatusOK)
	h.caughtUp()
	const body = `{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","numberFrom":"company"}`
	told := h.call(http.MethodPost, "/v1/companies/"+firm+"/users/review", body).want(t, http.StatusOK)
	if told.text("takes.0.value") != "+49301234501" || told.text("takes.1.value") != "4501" {
		t.Errorf("reviewed as %s", told.raw)
	}
	first, second := h.user(firm, body).want(t, http.StatusCreated), h.user(firm, body).want(t, http.StatusCreated) // the read models may not know of the first
	if first.text("number") != "+49301234501" || second.text("number") != "+49301234502" {
		t.Errorf("got %s and %s", first.text("number"), second.text("number"))
	}
	kept := h.user(firm, `{"firstName":"Ada","lastName":"Ek","licence":"fast","number":"+49301234500"}`).want(t, http.StatusCreated)
	if s := h.numberOf("+49301234500"); s.User != kept.text("id") || s.StandingAt(h.clock.Now()) != number.Held {
		t.Errorf("what is kept and named stands as %+v", s)
	}
	empty := h.call(http.MethodPost, "/v1/companies", `{"name":"E","policy":"onenet","language":"en","country":"DE"}`).want(t, http.StatusCreated).text("id")
	h.user(empty, `{"firstName":"A","lastName":"B","numberFrom":"company"}`).problem(t, http.StatusConflict, "no-free-number").names(t, "/number")
	h.user(empty, `{"firstName":"A","lastName":"B","numberFrom":"pool"}`).problem(t, http.StatusConflict, "pool-empty")
}
