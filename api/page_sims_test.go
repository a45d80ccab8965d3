package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/sim"
)

// mobiles orders a company of the operator whose mobile licences bring SIMs, and
// a user with each set of add-ons.
func (v *visitor) mobiles(options ...[]string) (firm string, people []string) {
	v.Helper()
	done, err := v.server.Desk.CreateCompany(v.Context(), v.cause(), api.CompanyForm{
		Name: "Tre Ekar AB", Policy: "teleproffs", Language: "sv", Country: "SE",
		Licences: []api.LicenceForm{{Kind: "mobile-10gb", Count: 20}, {Kind: "fast", Count: 5}},
	})
	v.must(err)
	firm = done.ID
	for i, services := range options {
		made, err := v.server.Desk.CreateUser(v.Context(), v.cause(), firm, api.UserForm{
			FirstName: "Erik", LastName: "Ek", Extension: "60" + string(rune('1'+i)), Licence: "mobile-10gb", Options: services,
		})
		v.must(err)
		people = append(people, made.ID)
		v.settle(made)
	}
	return firm, people
}

var simLink = regexp.MustCompile(`href="(/users/[^"/]+/sims/[^"/]+)"`)

// only gives the path of the one SIM that a page leads to.
func only(t *testing.T, p page) string {
	t.Helper()
	found := simLink.FindAllStringSubmatch(p.body, -1)
	if len(found) != 1 {
		t.Fatalf("the page leads to %d SIMs:\n%s", len(found), p.body)
	}
	return found[0][1]
}

func TestACardIsAddedSwappedBlockedAndRemovedOnItsPages(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm, people := v.mobiles(nil)
	at := "/users/" + people[0] + "/sims"
	contains(t, v.view("/users/"+people[0]), http.StatusOK, `href="`+at+`"`)
	contains(t, v.view(at), http.StatusOK, "The user has no SIM card", "needs the add-on twin-data", `href="/companies/`+firm+`/sims"`)
	refused := v.sends(at, at, url.Values{"kind": {"voice"}, "card": {"26201 4300 0000 12"}, "date": {""}})
	contains(t, refused, http.StatusUnprocessableEntity, "Begins with 24001743", `value="26201 4300 0000 12"`)
	contains(t, v.sends(at, at, url.Values{"kind": {"voice"}, "card": {"12"}, "date": {""}}), http.StatusUnprocessableEntity, "exactly 15 digits")
	contains(t, v.sends(at, at, url.Values{"kind": {"data"}, "card": {freshIMSI()}}), http.StatusConflict, "needs the add-on twin-data")
	contains(t, v.sends(at, at, url.Values{"kind": {"esim"}}), http.StatusUnprocessableEntity, "ordered by its user")
	given := v.sends(at, at, url.Values{"kind": {"voice"}, "card": {"0174300000120"}, "date": {"2026-05-20"}}) // as printed on the small card
	contains(t, given, http.StatusOK, "The card is added", "240017430000012", "to be activated on 2026-05-19 22:00:00 UTC")
	card := only(t, given)
	contains(t, v.view(card), http.StatusOK, "240017430000012", "SIM card registered", "Swap for another card")
	contains(t, v.sends(card, card+"/swap", url.Values{"card": {"240017430000012"}}), http.StatusConflict, "same SIM card")
	contains(t, v.sends(card, card+"/swap", url.Values{"card": {"1"}}), http.StatusUnprocessableEntity, "exactly 15 digits")
	swapped := v.sends(card, card+"/swap", url.Values{"card": {"240017430000013"}})
	contains(t, swapped, http.StatusOK, "Saved", "240017430000012", "240017430000013")
	contains(t, v.sends(card, card+"/block", url.Values{}), http.StatusOK, "blocked")
	contains(t, v.view(card), http.StatusOK, "Lift the block", "Block asked for")
	contains(t, v.sends(card, card+"/unblock", url.Values{}), http.StatusOK, "Saved")
	removed := v.sends(card, card+"/detach", url.Values{})
	if contains(t, removed, http.StatusOK, "Saved"); strings.Contains(removed.body, "240017430000012") {
		t.Errorf("the removed card is there still:\n%s", removed.body)
	}
	contains(t, v.view(card), http.StatusNotFound)
	contains(t, v.post(card+"/melt", url.Values{"command": {strings.Repeat("c", 20)}}), http.StatusNotFound)
}

func TestATwinCardIsOfferedWithItsAddOn(t *testing.T) {
	v := visit(t)
	v.signIn()
	_, people := v.mobiles([]string{"twin-data"})
	at := "/users/" + people[0] + "/sims"
	contains(t, v.view(at), http.StatusOK, `value="data"`)
	contains(t, v.sends(at, at, url.Values{"kind": {"data"}, "card": {freshIMSI()}}), http.StatusOK, "twin card for data")
}

func TestTheOperatorOrdersCardsForACompany(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm, people := v.mobiles(nil)
	at := "/companies/" + firm + "/sims"
	contains(t, v.view("/companies/"+firm), http.StatusOK, `href="`+at+`"`)
	contains(t, v.view(at), http.StatusOK, "There are no SIM cards")
	for _, wrong := range []string{"0", "101", "many"} {
		contains(t, v.sends(at, at, url.Values{"kind": {"voice"}, "count": {wrong}}), http.StatusUnprocessableEntity, "1 to 100")
	}
	ordered := v.sends(at, at, url.Values{"kind": {"voice"}, "count": {"3"}})
	contains(t, ordered, http.StatusOK, "The cards are ordered", "number not known yet")
	if rows := strings.Count(ordered.body, "number not known yet"); rows != 3 {
		t.Errorf("%d cards were ordered", rows)
	}
	made := v.call(http.MethodPost, "/v1/companies/"+firm+"/sims", `{"kind":"data","count":2}`, "Idempotency-Key: stock-1").want(t, http.StatusCreated)
	v.call(http.MethodPost, "/v1/companies/"+firm+"/sims", `{"kind":"data","count":2}`, "Idempotency-Key: stock-1").want(t, http.StatusCreated)
	if s := v.sim(made.items()[0].(map[string]any)["id"].(string)); s.User != "" || s.Company != firm || s.Kind != sim.Data {
		t.Errorf("ordered was %+v", s)
	}
	v.simFact(made.items()[0].(map[string]any)["id"].(string), sim.OrderAccepted{Attempt: 1}, sim.Dispatched{Personal: &sim.Card{IMSI: "240017430000077"}})
	v.settledNow()
	contains(t, v.view(at+"?state=free"), http.StatusOK, "…0077", "free")
	contains(t, v.view(at+"?state=ordered&q=0077"), http.StatusOK, "There are no SIM cards")
	if all := v.call(http.MethodGet, "/v1/sims?company="+firm, "").want(t, http.StatusOK); len(all.items()) != 5 {
		t.Errorf("there are %d SIMs", len(all.items()))
	}
	v.call(http.MethodPost, "/v1/companies/none/sims", `{"kind":"data","count":2}`).problem(t, http.StatusNotFound, "no-company")
	admin := v.as(domain.ActorAdmin, people[0])
	if shown := v.send(http.MethodGet, at, "", admin); strings.Contains(string(shown.raw), `name="count"`) {
		t.Error("an admin is offered to order cards")
	}
	for _, tag := range []string{"de", "el", "sv", "it"} {
		for _, path := range []string{at, "/users/" + people[0] + "/sims"} {
			if shown := v.view(path + "?lang=" + tag); shown.status != http.StatusOK || strings.Contains(shown.body, "sims.") || strings.Contains(shown.body, "There are no") {
				t.Errorf("%s in %s:\n%s", path, tag, shown.body)
			}
		}
	}
}

func TestTheSupportSeesTheEndsOfACardsNumbersAndChangesNothing(t *testing.T) {
	v := visit(t)
	_, people := v.mobiles(nil)
	imsi := freshIMSI()
	id := v.simOf(people[0], imsi)
	v.settledNow()
	at := "/users/" + people[0] + "/sims"
	v.cookie = strings.TrimPrefix(v.as(domain.ActorSupport, "sue"), "Cookie: ")
	for _, path := range []string{at, at + "/" + id} {
		shown := v.view(path)
		contains(t, shown, http.StatusOK, sim.Tail(imsi))
		if strings.Contains(shown.body, imsi) || strings.Contains(shown.body, `action="`+at) || strings.Contains(shown.body, "SIM card registered") {
			t.Errorf("%s shows the support too much:\n%s", path, shown.body)
		}
	}
	v.settledNow()
	looks := v.call(http.MethodGet, "/v1/users/"+people[0]+"/history?type=user.viewed.v1", "")
	if len(looks.want(t, http.StatusOK).items()) == 0 {
		t.Errorf("the looks are no facts: %s", looks.raw)
	}
}

func TestACardOfSomebodyElseIsNotTheUsers(t *testing.T) {
	v := visit(t)
	v.signIn()
	_, people := v.mobiles(nil, nil)
	id := v.simOf(people[0], freshIMSI())
	v.settledNow()
	theirs := "/users/" + people[1] + "/sims/" + id
	contains(t, v.view(theirs), http.StatusNotFound)
	for _, do := range []string{"detach", "block", "swap"} {
		contains(t, v.post(theirs+"/"+do, url.Values{"command": {strings.Repeat("d", 20)}, "card": {freshIMSI()}}), http.StatusConflict)
	}
	if s := v.sim(id); s.User != people[0] || s.Blocking {
		t.Errorf("the card is %+v", s)
	}
}
