package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestTheSupportSeesNoContactDataInLists(t *testing.T) {
	e := estates(t)
	made := e.user(e.own, `{"firstName":"Grace","lastName":"Hidden","email":"grace.hidden@example.com","mobile":"+491719876543","contractNumber":"C-4711","number":"+49301234507"}`).want(t, http.StatusCreated)
	e.settled(made)
	looks := func() int {
		history, err := e.journal.Load(t.Context(), user.LookStream(made.text("id")))
		must(t, err)
		return len(history.Facts)
	}
	lists := []string{"/v1/users", "/v1/users?q=grace", "/v1/activations", "/v1/numbers", "/v1/licences", "/v1/companies", "/users", "/users?q=grace", "/", "/companies", "/companies/" + e.own, "/companies/" + e.own + "/setup", "/v1/companies/" + e.own, "/v1/companies/" + e.own + "/setup"}
	for role, session := range map[string]string{"support": e.as(domain.ActorSupport, "sue"), "operator": e.as(domain.ActorOperator, "olga"), "admin": e.as(domain.ActorAdmin, e.boss)} {
		named, told := false, false
		for _, list := range lists {
			body := string(e.send(http.MethodGet, list, "", session).raw)
			named = named || strings.Contains(body, "Hidden") && strings.Contains(body, "+49301234507")
			for _, contact := range []string{"grace.hidden@example.com", "+491719876543", "C-4711"} {
				if found := strings.Contains(body, contact); found && role == "support" {
					t.Errorf("%s shows the support %s", list, contact)
				} else if found {
					told = true
				}
			}
		}
		if !named || told != (role != "support") {
			t.Errorf("%s: names and numbers %t, contacts %t", role, named, told)
		}
	}
	if got := looks(); got != 0 {
		t.Errorf("lists are %d looks", got)
	}
	if shown := e.send(http.MethodGet, "/v1/users/"+made.text("id"), "", e.as(domain.ActorSupport, "sue")).want(t, http.StatusOK); shown.text("mobile") != "+491719876543" || looks() != 1 {
		t.Errorf("opened, the support sees %s after %d looks", shown.raw, looks())
	}
}

func TestWhoAsksForHelpIsSeenByWhoCanHelp(t *testing.T) {
	v := visit(t)
	firm := v.firm("officesmart", "+390125123040", "+390125123049")
	worker := v.create(firm, `{"firstName":"Ben","lastName":"Stuckworker","number":"+390125123049","licence":"standard","language":"en"}`)
	boss := v.create(firm, `{"firstName":"Bea","lastName":"Stuckboss","number":"+390125123048","licence":"standard","language":"en"}`)
	chief := v.create(firm, `{"firstName":"Cleo","lastName":"Chief","email":"cleo@example.com","number":"+390125123047","licence":"standard","language":"en"}`)
	api := v.in(t)
	for _, id := range []string{boss, chief} {
		api.call(http.MethodPut, "/v1/users/"+id+"/admin", "").want(t, http.StatusOK)
	}
	for _, id := range []string{worker, boss} {
		v.reset(id, "hand")
	}
	help := func(from string) (who []string) {
		t.Helper()
		v.must(v.views.WaitFor(t.Context(), v.head()))
		for _, item := range api.call(http.MethodGet, "/v1/users?company="+firm+"&help="+from, "").want(t, http.StatusOK).items() {
			row := item.(map[string]any)
			who = append(who, row["lastName"].(string))
			if row["askedForHelp"] != from || row["askedForHelpAt"] != "2026-03-02T09:00:00Z" {
				t.Errorf("%v waits for %v since %v", row["lastName"], row["askedForHelp"], row["askedForHelpAt"])
			}
		}
		return who
	}
	page := func(session, path string) string {
		v.cookie = strings.TrimPrefix(session, "Cookie: ")
		shown := v.view(path + "?lang=en")
		contains(t, shown, http.StatusOK)
		_, card, _ := strings.Cut(shown.body, `id="help"`)
		card, _, _ = strings.Cut(card, "</section>")
		return card
	}
	firstPages := func(ofOperator, ofAdmin string) {
		t.Helper()
		operator, admin := v.as(domain.ActorOperator, "olga"), v.as(domain.ActorAdmin, chief)
		for path, want := range map[string][2]string{"/": {operator, ofOperator}, "/companies/" + firm: {admin, ofAdmin}} {
			card := page(want[0], path)
			if want[1] == "" && card != "" || !strings.Contains(card, want[1]) || want[1] != "" && !strings.Contains(card, "2026-03-02") || strings.Count(card, "row-name") > 1 {
				t.Errorf("%s asks for help of %q: %s", path, want[1], card)
			}
		}
	}
	firstPages("", "")
	v.cookie = ""
	for _, name := range []string{"+390125123049", "+390125123048"} {
		v.post("/reset", url.Values{"name": {name}})
	}
	if got := strings.Join(help("admin"), " ") + ", " + strings.Join(help("operator"), " "); got != "Stuckworker, Stuckboss" {
		t.Errorf("help is wanted by %s", got)
	}
	firstPages("Stuckboss", "Stuckworker")
	for _, id := range []string{worker, boss} {
		v.reset(id, "hand")
	}
	if got := append(help("admin"), help("operator")...); len(got) != 0 {
		t.Errorf("still waiting: %v", got)
	}
	firstPages("", "")
}

func TestUsersAreListedSiteBySite(t *testing.T) {
	v := visit(t)
	firm := v.firm("onepro", "+4930123450", "+4930123459")
	api := v.in(t)
	site := func(name string) string {
		return api.call(http.MethodPost, "/v1/companies/"+firm+"/sites", `{"name":"`+name+`"}`).want(t, http.StatusCreated).text("id")
	}
	north, south := site("Nordhaus"), site("Suedhaus")
	v.create(firm, `{"firstName":"Nora","lastName":"North","email":"nora@example.com","mobile":"+491711234567","number":"+4930123451","licence":"standard","language":"en","site":"`+north+`"}`)
	v.create(firm, `{"firstName":"Sven","lastName":"South","email":"sven@example.com","mobile":"+491711234568","number":"+4930123452","licence":"standard","language":"en","site":"`+south+`"}`)
	other := v.firm("onepro", "+4930123460", "+4930123469")
	v.must(v.views.WaitFor(t.Context(), v.head()))
	v.signIn()
	for path, want := range map[string][2]bool{
		"/users?company=" + firm:                        {true, true},
		"/users?company=" + firm + "&site=" + north:     {true, false},
		"/users?company=" + firm + "&site=" + south:     {false, true},
		"/users?company=" + firm + "&q=o&site=" + north: {true, false},
		"/users?company=" + other + "&site=" + north:    {false, false},
		"/users": {true, true},
	} {
		shown := v.view(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=en")
		if got := [2]bool{strings.Contains(shown.body, "Nora North"), strings.Contains(shown.body, "Sven South")}; got != want || shown.status != http.StatusOK {
			t.Errorf("%s: %d, north and south %v, want %v", path, shown.status, got, want)
		}
		if column := strings.Contains(shown.body, `<td data-label="Site">Nordhaus</td>`); column != want[0] {
			t.Errorf("%s: the column tells the site: %t", path, column)
		}
		if choice := strings.Contains(shown.body, `id="site"`); choice != strings.Contains(path, firm) {
			t.Errorf("%s: sites to choose from: %t", path, choice)
		}
	}
	contains(t, v.view("/users?company="+firm+"&site="+north+"&lang=en"), http.StatusOK, `<option value="`+north+`" selected>Nordhaus</option>`, "site="+north)
	contains(t, v.view("/companies/"+firm+"?lang=en"), http.StatusOK, `<td data-label="Site">Suedhaus</td>`)
}
