package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/company"
)

// founded orders a company of unifyoffice with a main user and gives both.
func (h *house) founded() (firm, boss string) {
	h.t.Helper()
	made := h.call(http.MethodPost, "/v1/companies", `{"name":"Example","policy":"unifyoffice","language":"de","country":"DE",
		"numbers":[{"from":"+4930123400","to":"+4930123499"}],"licences":[{"kind":"standard","count":5}],
		"mainUser":{"firstName":"Mia","lastName":"Main","email":"mia@example.com","mobile":"+491711234567"}}`).want(h.t, http.StatusCreated)
	position, err := api.ParsePosition(made.header.Get("Dialtone-Position"))
	must(h.t, err)
	must(h.t, h.views.WaitFor(h.t.Context(), position))
	return made.text("id"), made.text("mainUser")
}

// list gives a member that is a list of objects.
func (a answer) list(name string) (found []map[string]any) {
	members, _ := a.body[name].([]any)
	for _, member := range members {
		object, _ := member.(map[string]any)
		found = append(found, object)
	}
	return found
}

// steps tells a checklist as "name state".
func (a answer) steps(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, step := range a.list("steps") {
		found[step["name"].(string)] = step["state"].(string)
	}
	return found
}

func TestTheSetUpIsDoneSkippedAndComeBackTo(t *testing.T) {
	h := open(t)
	firm, boss := h.founded()
	path := "/v1/companies/" + firm + "/setup"
	first := h.call(http.MethodGet, path, "").want(t, http.StatusOK)
	if got := first.steps(t); len(got) != 7 || got["numbers"] != "waiting" || got["main-number"] != "done" || got["main-user"] != "waiting" || got["users"] != "open" || first.text("next") != "users" {
		t.Fatalf("the set-up begins with %s", first.raw)
	}
	boss2 := h.as(domain.ActorAdmin, boss)
	h.send(http.MethodPut, path+"/users", `{"state":"skipped"}`, boss2).want(t, http.StatusOK)
	done := h.send(http.MethodPut, path+"/attendant", `{"state":"done"}`, boss2).want(t, http.StatusOK)
	if got := done.steps(t); got["users"] != "skipped" || got["attendant"] != "done" || done.text("next") != "contact" {
		t.Errorf("after two steps: %s", done.raw)
	}
	if found := h.get("/v1/companies/"+firm, done); found.text("attendant") != boss || found.text("mainUser") != boss {
		t.Errorf("the main user is not the attendant: %s", found.raw)
	}
	h.send(http.MethodPut, "/v1/companies/"+firm+"/region", `{"language":"sv","timeZone":"Europe/Stockholm"}`, boss2).want(t, http.StatusOK)
	h.send(http.MethodPut, path+"/contact", `{"state":"done"}`, boss2).want(t, http.StatusOK)
	back := h.send(http.MethodPut, path+"/users", `{"state":"open"}`, boss2).want(t, http.StatusOK)
	if got := back.steps(t); got["users"] != "open" || got["region"] != "done" || back.text("next") != "users" {
		t.Errorf("after coming back: %s", back.raw)
	}
	if found := h.get("/v1/companies/"+firm, back); found.text("timeZone") != "Europe/Stockholm" || found.text("language") != "sv" {
		t.Errorf("the region is not kept: %s", found.raw)
	}
	h.send(http.MethodPut, path+"/greeting", `{"state":"done"}`, boss2).problem(t, http.StatusNotFound, "no-setup-step")
	h.send(http.MethodPut, path+"/users", `{"state":"waiting"}`, boss2).want(t, http.StatusUnprocessableEntity)
	h.send(http.MethodPut, "/v1/companies/"+firm+"/region", `{"language":"sv","timeZone":"Mars/Olympus"}`, boss2).problem(t, http.StatusUnprocessableEntity, "unknown-zone").names(t, "/timeZone")
	h.call(http.MethodGet, "/v1/companies/none/setup", "").problem(t, http.StatusNotFound, "no-company")
}

func TestTheAttendantIsOneOfTheCompany(t *testing.T) {
	h := open(t)
	firm, boss := h.founded()
	path := "/v1/companies/" + firm + "/attendant"
	other := h.call(http.MethodPost, "/v1/companies", `{"name":"Other","policy":"onenet","language":"en","country":"DE"}`).want(t, http.StatusCreated).text("id")
	stranger := h.user(other, `{"firstName":"S","lastName":"T","extension":"1234"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPut, path, `{"user":"`+stranger+`"}`).problem(t, http.StatusUnprocessableEntity, "unknown-user").names(t, "/user")
	ben := h.user(firm, `{"firstName":"Ben","lastName":"B","email":"ben@example.com"}`).want(t, http.StatusCreated).text("id")
	set := h.call(http.MethodPut, path, `{"user":"`+ben+`"}`).want(t, http.StatusOK)
	if set.text("attendant") != ben {
		t.Errorf("the attendant is %s", set.raw)
	}
	gone := h.call(http.MethodDelete, "/v1/users/"+ben, "").want(t, http.StatusOK)
	if got := h.get("/v1/companies/"+firm+"/setup", gone).steps(t); got["attendant"] != "open" {
		t.Errorf("an attendant who is deleted is still there: %v", got)
	}
	h.call(http.MethodPut, path, `{"user":"`+ben+`"}`).problem(t, http.StatusUnprocessableEntity, "unknown-user")
	h.call(http.MethodPut, "/v1/companies/"+firm+"/setup/attendant", `{"state":"done"}`).problem(t, http.StatusConflict, "no-attendant")
	h.call(http.MethodPut, path, `{"user":"`+boss+`"}`).want(t, http.StatusOK)
	if cleared := h.call(http.MethodDelete, path, "").want(t, http.StatusOK); cleared.text("attendant") != "" {
		t.Errorf("the attendant stays: %s", cleared.raw)
	}
}

func TestNumbersAndLicencesFollowTheOrder(t *testing.T) {
	h := open(t)
	firm, _ := h.founded()
	path := "/v1/companies/" + firm
	more := h.call(http.MethodPost, path+"/numbers", `{"numbers":[{"from":"030 555000","to":"030 555009"}]}`).want(t, http.StatusOK)
	if got := more.list("numbers"); len(got) != 2 || got[1]["from"] != "+4930555000" || got[1]["state"] != "waiting" {
		t.Fatalf("the numbers are %s", more.raw)
	}
	if free := h.get("/v1/numbers?state=free&limit=200&company="+firm, more).items(); len(free) != 110 {
		t.Errorf("%d numbers are free", len(free))
	}
	h.user(firm, `{"firstName":"Ada","lastName":"L","email":"ada@example.com","number":"+4930555005"}`).want(t, http.StatusCreated)
	again := h.call(http.MethodPost, path+"/numbers", `{"numbers":[{"from":"+4930555000","to":"+4930555009"}]}`).want(t, http.StatusOK)
	if again.header.Get("ETag") != more.header.Get("ETag") {
		t.Errorf("the same numbers again changed something: %s", again.raw)
	}
	h.call(http.MethodPost, path+"/numbers", `{"numbers":[{"from":"+4930555005","to":"+4930555014"}]}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/numbers/0")
	h.call(http.MethodPost, path+"/numbers", `{"numbers":[]}`).want(t, http.StatusUnprocessableEntity)

	rival := h.call(http.MethodPost, "/v1/companies", `{"name":"Rival","policy":"onenet","language":"en","country":"DE"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPost, "/v1/companies/"+rival+"/numbers", `{"numbers":[{"from":"+4930555009","to":"+4930555009"}]}`).problem(t, http.StatusConflict, "number-taken")
	first := h.call(http.MethodPost, "/v1/companies/"+rival+"/numbers", `{"numbers":[{"from":"+4930777000","to":"+4930777009"}]}`).want(t, http.StatusOK)
	if first.text("mainNumber") != "+4930777000" || first.list("numbers")[0]["state"] != "done" {
		t.Errorf("the first numbers: %s", first.raw)
	}

	for n := range 3 {
		h.user(firm, `{"firstName":"A","lastName":"B","email":"u`+string(rune('a'+n))+`@example.com"}`).want(t, http.StatusCreated)
	}
	h.user(firm, `{"firstName":"A","lastName":"B","email":"full@example.com"}`).problem(t, http.StatusConflict, "quota-reached")
	h.call(http.MethodPost, path+"/licences", `{"licences":[{"kind":"standard","count":1}]}`).want(t, http.StatusOK)
	h.user(firm, `{"firstName":"A","lastName":"B","email":"full@example.com"}`).want(t, http.StatusCreated)
	h.call(http.MethodPost, path+"/licences", `{"licences":[{"kind":"standard","count":0}]}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/licences/0/count")
}

func TestTheOperatorChangesWhatIsTheCompanys(t *testing.T) {
	h := open(t)
	firm, boss := h.founded()
	path := "/v1/companies/" + firm
	ben := h.user(firm, `{"firstName":"Ben","lastName":"B","email":"ben@example.com"}`).want(t, http.StatusCreated).text("id")
	changed := h.call(http.MethodPatch, path, `{"name":"Example SE","mainNumber":"030 123401","mainFax":"+4930123499","mainUser":"`+ben+`"}`).want(t, http.StatusOK)
	if changed.text("name") != "Example SE" || changed.text("mainNumber") != "+4930123401" || changed.text("mainFax") != "+4930123499" || changed.text("mainUser") != ben {
		t.Errorf("changed to %s", changed.raw)
	}
	if !h.state(ben).Credential.Admin || !h.state(boss).Credential.Admin {
		t.Error("a new main user is an administrator, and the former one stays one")
	}
	if none := h.call(http.MethodPatch, path, `{"mainFax":null}`).want(t, http.StatusOK); none.text("mainFax") != "" {
		t.Errorf("the fax stays: %s", none.raw)
	}
	h.call(http.MethodPatch, path, `{"mainNumber":"+4940999"}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/mainNumber")
	h.call(http.MethodPatch, path, `{"mainFax":"+4930123499"}`).want(t, http.StatusOK)
	h.call(http.MethodPatch, path, `{"mainNumber":"+4930123499"}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/mainFax")
	h.call(http.MethodPatch, path, `{"mainUser":"nobody"}`).problem(t, http.StatusUnprocessableEntity, "unknown-user").names(t, "/mainUser")
	h.call(http.MethodPatch, path, `{"name":"X"}`, `If-Match: "0"`).problem(t, http.StatusPreconditionFailed, "stale")

	adopted := h.call(http.MethodPut, path+"/policy", `{"policy":"onenet"}`).want(t, http.StatusOK)
	if adopted.text("policy") != "onenet" {
		t.Errorf("adopted %s", adopted.raw)
	}
	h.user(firm, `{"firstName":"No","lastName":"Mail","extension":"777"}`).want(t, http.StatusCreated) // onenet asks for no address
	h.call(http.MethodPut, path+"/policy", `{"policy":"nobodys"}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/policy")
}

func TestACompanyHasAHistory(t *testing.T) {
	h := open(t)
	firm, _ := h.founded()
	last := h.call(http.MethodPut, "/v1/companies/"+firm+"/setup/users", `{"state":"skipped"}`).want(t, http.StatusOK)
	var types []string
	for _, fact := range h.get("/v1/companies/"+firm+"/history", last).want(t, http.StatusOK).list("items") {
		types = append(types, fact["type"].(string))
		if fact["summary"] == fact["type"] {
			t.Errorf("%s has no sentence", fact["type"])
		}
	}
	want := "company.created.v1 company.policy-adopted.v1 company.numbers-connected.v1 company.connection-ordered.v1 company.main-number-set.v1 " +
		"company.licences-ordered.v1 company.main-user-set.v1 company.setup-step-skipped.v1"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("the history is\n%s, want\n%s", got, want)
	}
	h.call(http.MethodGet, "/v1/companies/none/history", "").problem(t, http.StatusNotFound, "no-company")
}

func TestTheSetUpPageLeadsAnAdminThrough(t *testing.T) {
	v := visit(t)
	boss, colleague := v.led()
	v.asAdmin()
	firm := "/companies/" + v.state(boss).Company
	setup := firm + "/setup"
	contains(t, v.view(firm, "Accept-Language", "de"), http.StatusOK, "Einrichtung fortsetzen", setup)
	contains(t, v.view(setup, "Accept-Language", "de"), http.StatusOK, "Weitere Benutzer", "Europe/Berlin", "mia@example.com", "Ada Lovelace")
	step := func(name string, values url.Values) page {
		values.Set("command", commandOn(t, v.view(setup).body))
		return v.post(setup+"/"+name, values)
	}
	v.leads(step("users", url.Values{"state": {"skipped"}}), setup+"?done=setup#users")
	v.leads(step("attendant", url.Values{"state": {"save"}, "user": {colleague}}), setup+"?done=setup#attendant")
	wrong := step("region", url.Values{"state": {"save"}, "language": {"sv"}, "timeZone": {"Europe/Nowhere"}})
	contains(t, wrong, http.StatusUnprocessableEntity, `value="Europe/Nowhere"`, "timeZone-fault")
	v.leads(step("region", url.Values{"state": {"save"}, "language": {"sv"}, "timeZone": {"Europe/Stockholm"}}), setup+"?done=setup#region")
	v.leads(step("contact", url.Values{
		"state": {"save"}, "person": {boss}, "firstName": {"Mia"}, "was-firstName": {"Mia"}, "lastName": {"Major"}, "was-lastName": {"Main"},
	}), setup+"?done=setup#contact")
	v.leads(step("users", url.Values{"state": {"open"}}), setup+"?done=setup#users")
	history, err := v.journal.Load(t.Context(), company.Stream(v.state(boss).Company))
	v.must(err)
	state := company.Fold(history.Facts)
	if state.Attendant != colleague || state.TimeZone != "Europe/Stockholm" || v.state(boss).Person.LastName != "Major" || state.Setup["users"].State != company.SetupOpen {
		t.Errorf("the set-up led to %+v", state)
	}
}

// commandOn finds the command of a page's first form.
func commandOn(t *testing.T, html string) string {
	t.Helper()
	found := regexp.MustCompile(`name="command" value="([^"]+)"`).FindStringSubmatch(html)
	if found == nil {
		t.Fatalf("no command on the page:\n%s", html)
	}
	return found[1]
}

// Another admin than the main user does not change the main user's data on the
// set-up page, and what was shown of one main user is not written to the next.
func TestContactDataAreTheMainUsersOwn(t *testing.T) {
	v := visit(t)
	boss, colleague := v.led()
	firm := v.state(boss).Company
	setup := "/companies/" + firm + "/setup"
	done, err := v.server.Desk.GrantAdmin(t.Context(), v.cause(), colleague)
	v.must(err)
	v.settle(done)
	v.cookie, _, _ = strings.Cut(strings.TrimPrefix(v.as(domain.ActorAdmin, colleague), "Cookie: "), ";")
	if page := v.view(setup); strings.Contains(page.body, "mia@example.com") || !strings.Contains(page.body, "/users/"+boss) {
		t.Errorf("another admin is shown the form:\n%s", page.body)
	}
	form := url.Values{"state": {"save"}, "person": {boss}, "firstName": {"Mallory"}, "was-firstName": {"Mia"}}
	form.Set("command", uuid.NewString())
	contains(t, v.post(setup+"/contact", form), http.StatusForbidden)

	v.signIn()
	done, err = v.server.Desk.ChangeCompany(t.Context(), v.cause(), firm, api.CompanyChangeForm{MainUser: api.Put(colleague)})
	v.must(err)
	v.settle(done)
	form.Set("command", uuid.NewString())
	contains(t, v.post(setup+"/contact", form), http.StatusPreconditionFailed)
	if v.state(boss).Person.FirstName != "Mia" || v.state(colleague).Person.FirstName != "Ada" {
		t.Error("somebody got another's name")
	}
	contains(t, v.post(setup+"/numbers", url.Values{"state": {"done"}, "command": {uuid.NewString()}}), http.StatusNotFound, "alert-danger")
}

func TestTheOperatorChangesACompanyOnItsPage(t *testing.T) {
	v := visit(t)
	boss, colleague := v.led()
	v.signIn()
	firm := "/companies/" + v.state(boss).Company
	send := func(form string, values url.Values) page {
		values.Set("command", uuid.NewString())
		return v.post(firm+"/"+form, values)
	}
	contains(t, v.view(firm), http.StatusOK, "Connect numbers", "Order licences", "Adopt rules", firm+"/history")
	contains(t, v.view(firm+"/setup"), http.StatusOK, "What the operator does", "Main user")
	v.leads(send("numbers", url.Values{"from": {"+4930777000"}, "to": {"+4930777009"}}), firm+"?done=setup")
	contains(t, send("numbers", url.Values{"from": {"+4930777005"}, "to": {"+4930777010"}}), http.StatusUnprocessableEntity, `value="+4930777010"`, "from-fault", " open")
	v.leads(send("licences", url.Values{"kind": {"standard"}, "count": {"2"}}), firm+"?done=setup")
	contains(t, send("licences", url.Values{"kind": {"standard"}, "count": {"two"}}), http.StatusUnprocessableEntity, `value="two"`, "count-fault")
	v.leads(send("change", url.Values{"name": {"Studio Bianchi"}, "mainNumber": {"+4930777000"}, "mainFax": {"+4930777001"}, "mainUser": {colleague}}), firm+"?done=setup")
	contains(t, send("change", url.Values{"name": {""}, "was-name": {"Studio Bianchi"}}), http.StatusUnprocessableEntity, "name-fault")
	v.leads(send("change", url.Values{"name": {"Studio Verdi"}, "was-name": {"Studio Bianchi"}, "mainFax": {""}}), firm+"?done=setup") // an older page knew of no fax
	contains(t, v.view(firm), http.StatusOK, "Studio Verdi", "+4930777001")
	v.leads(send("policy", url.Values{"policy": {"officesmart"}}), firm+"?done=setup")
	v.leads(send("connection", url.Values{}), firm+"/setup?done=setup")
	contains(t, v.view(firm+"/history"), http.StatusOK, "Renamed to Studio Bianchi", "Rules adopted", "The main fax is +4930777001")
}
