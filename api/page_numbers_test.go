package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

func TestNumbersAreListedFilteredSearchedAndBought(t *testing.T) {
	v := visit(t)
	v.signIn()
	v.pooled("+49307777000", "+49307777001")
	firm := v.firm("onenet", "+4930123400", "+4930123499")
	list := "/companies/" + firm + "/numbers"
	contains(t, v.view("/companies/"+firm), http.StatusOK, `href="`+list+`"`)
	ada := v.numbered(firm, "+4930123401")
	v.house.call(http.MethodPut, "/v1/numbers/+4930123402/reservation", `{"reason":"the new branch"}`).want(t, http.StatusOK)
	v.caughtUp()
	first := v.view(list)
	contains(t, first, http.StatusOK, "+4930123400", `href="/users/`+ada+`"`, "N N", "with a user", "kept for later", "the new branch", "fixed", `rel="next"`)
	next := regexp.MustCompile(`href="([^"]*cursor=[^"]*)"[^>]*rel="next"`).FindStringSubmatch(first.body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	if behind := v.view(strings.ReplaceAll(next[1], "&amp;", "&")); strings.Contains(behind.body, "+4930123400<") || !strings.Contains(behind.body, "+4930123499<") {
		t.Errorf("the next page is\n%s", behind.body)
	}
	for query, want := range map[string][2]string{
		"?state=reserved": {"+4930123402", "+4930123401<"}, "?state=assigned": {"+4930123401", "+4930123402<"},
		"?q=030-123417": {"+4930123417", "+4930123401<"}, "?kind=mobile": {"No number fits this filter.", "+4930123401<"},
	} {
		if found := v.view(list + query); !strings.Contains(found.body, want[0]) || strings.Contains(found.body, want[1]) {
			t.Errorf("%s finds\n%s", query, found.body)
		}
	}
	contains(t, v.view(list+"?cursor=zzz"), http.StatusUnprocessableEntity)
	buy := "/companies/" + firm + "/purchases"
	contains(t, v.sends(list, buy, url.Values{"count": {"some"}, "kind": {"fixed"}}), http.StatusUnprocessableEntity, `id="count-fault"`, `value="some"`)
	contains(t, v.sends(list, buy, url.Values{"number": {"+49309999999"}, "kind": {"fixed"}}), http.StatusConflict, `id="number-fault"`, `value="+49309999999"`)
	contains(t, v.sends(list, buy, url.Values{"number": {"030 7777001"}, "kind": {"fixed"}}), http.StatusOK, "The numbers are the company&#39;s.")
	contains(t, v.view(list+"?q=7777001"), http.StatusOK, `href="/numbers/+49307777001"`)
}

func TestANumberIsForwardedKeptAndGivenBackOnItsPage(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("onenet", "+4930123400", "+4930123409")
	const at = "/numbers/+4930123405"
	contains(t, v.view(at), http.StatusOK, "+4930123405", "free", "Ärzte am Park")
	contains(t, v.sends(at, at+"/forward", url.Values{"to": {"030 123405"}}), http.StatusUnprocessableEntity, `id="to-fault"`, "Is another number.", `value="030 123405"`)
	contains(t, v.sends(at, at+"/forward", url.Values{"to": {""}}), http.StatusUnprocessableEntity, `id="to-fault"`)
	contains(t, v.sends(at, at+"/forward", url.Values{"to": {"030 999999"}}), http.StatusOK, "Saved.", "forwarded", "+4930999999")
	contains(t, v.view("/companies/"+firm+"/numbers?state=forwarded"), http.StatusOK, "calls go to +4930999999")
	if ended := v.sends(at, at+"/unforward", url.Values{}); strings.Contains(ended.body, "· forwarded<") {
		t.Errorf("the forwarding has not ended:\n%s", ended.body)
	}
	contains(t, v.sends(at, at+"/reserve", url.Values{"reason": {""}, "until": {"soon"}}), http.StatusUnprocessableEntity, `id="until-fault"`, `value="soon"`)
	contains(t, v.sends(at, at+"/reserve", url.Values{"reason": {"the new branch"}, "until": {"2026-04-01"}}), http.StatusOK, "kept for later", "the new branch", "2026-04-01")
	contains(t, v.sends(at, at+"/forward", url.Values{"to": {"030 999999"}}), http.StatusOK, "forwarded") // what is kept is forwarded, too (2.52)
	v.sends(at, at+"/unforward", url.Values{})
	v.sends(at, at+"/unreserve", url.Values{})
	contains(t, v.sends(at, at+"/release", url.Values{"to": {"pool"}}), http.StatusOK, "in the operator&#39;s pool")
	contains(t, v.view("/companies/"+firm+"/numbers?state=inactive"), http.StatusOK, "+4930123405", "no longer the company&#39;s")
	contains(t, v.view("/numbers/+4930555555"), http.StatusNotFound)

	v.house.call(http.MethodPost, "/v1/companies/"+firm+"/numbers", `{"numbers":[{"from":"+4917155500","to":"+4917155509"}],"kind":"mobile"}`).want(t, http.StatusOK)
	const mobile = "/numbers/+4917155500"
	shown := v.view(mobile)
	contains(t, shown, http.StatusOK, "mobile", "direct forwarding")
	if strings.Contains(shown.body, mobile+"/forward") {
		t.Error("a mobile number offers to be forwarded")
	}
	contains(t, v.post(mobile+"/forward", url.Values{"command": {"a-command-of-its-own"}, "to": {"030 999999"}}), http.StatusConflict, "give it to a user", "direct forwarding")
	contains(t, v.ask(http.MethodPost, mobile+"/forward?lang=de", url.Values{"command": {"another-command-of-it"}, "to": {"030 999999"}}), http.StatusConflict, "direkte Weiterleitung")
}

func TestWhoHadTheNumberIsAskedOnItsPage(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("onenet", "+4930123400", "+4930123409")
	const at = "/numbers/+4930123405"
	day := v.clock.Now().UTC().Format(time.DateOnly)
	ada := v.numbered(firm, "+4930123405")
	v.clock.forward(48 * time.Hour)
	v.signIn()
	contains(t, v.view(at), http.StatusOK, "N N", "Take it from the user")
	contains(t, v.sends(at, at+"/release", url.Values{"to": {"company"}}), http.StatusOK, "free")
	v.clock.forward(48 * time.Hour)
	v.signIn()
	later := v.clock.Now().UTC().Format(time.DateOnly)
	contains(t, v.view(at+"?day="+day), http.StatusOK, `href="/users/`+ada+`"`, "N N", "Number reserved for the user", "by the operator", "until ")
	if free := v.view(at + "?day=" + later); strings.Contains(free.body, ada) || !strings.Contains(free.body, "until now") {
		t.Errorf("on a later day it says\n%s", free.body)
	}
	contains(t, v.view(at+"?day=2020-01-01"), http.StatusOK, "It was nobody&#39;s.")
	contains(t, v.view(at+"?day=soon"), http.StatusUnprocessableEntity)
	contains(t, v.view(at+"?day=2030-01-01"), http.StatusUnprocessableEntity, "Has not come yet")
	key := regexp.MustCompile(`\b(order|numbers|users)\.[a-z-]+|no value`)
	for _, tag := range []string{"de", "el", "en", "it", "sv"} {
		for _, path := range []string{at, "/companies/" + firm + "/numbers"} {
			if shown := v.view(path + "?lang=" + tag); shown.status != http.StatusOK || key.MatchString(shown.body) {
				t.Errorf("%s in %s: %q", path, tag, key.FindString(shown.body))
			}
		}
	}
}

func TestAnAdminSeesOnlyTheTimesOfTheOwnCompanyOnANumbersPage(t *testing.T) {
	e := estates(t)
	boss := e.as(domain.ActorAdmin, e.boss)
	const at = "/numbers/+49301234533"
	e.call(http.MethodPost, "/v1"+at+"/release", `{"to":"pool"}`).want(t, http.StatusOK)
	e.call(http.MethodPost, "/v1/companies/"+e.foreign+"/purchases", `{"number":"+49301234533"}`).want(t, http.StatusOK)
	shown := string(e.send(http.MethodGet, at, "", boss).want(t, http.StatusOK).raw)
	if strings.Contains(shown, "Rival") || strings.Contains(shown, e.foreign) || strings.Contains(shown, at+"/") || !strings.Contains(shown, "no longer the company") {
		t.Errorf("the admin sees\n%s", shown)
	}
	e.send(http.MethodGet, "/numbers/+49401234550", "", boss).want(t, http.StatusNotFound)
}

func TestAForgottenOwnerIsShownAsForgotten(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("onenet", "+4930123400", "+4930123409")
	ada := v.house.user(firm, `{"firstName":"Ada","lastName":"Secret","number":"+4930123405"}`).want(t, http.StatusCreated).text("id")
	v.confirm(ada)
	v.house.call(http.MethodDelete, "/v1/users/"+ada, "").want(t, http.StatusOK)
	owner := func() answer {
		return v.house.call(http.MethodGet, "/v1/numbers/+4930123405/owners", "").want(t, http.StatusOK)
	}
	if had := owner(); had.text("items.1.user.name") != "Ada Secret" {
		t.Fatalf("before: %s", had.raw)
	}
	v.must(v.keys.Destroy(t.Context(), user.Stream(ada), v.clock.Now()))
	had := owner()
	if had.text("items.1.user.id") != ada || had.text("items.1.user.erased") != "true" || strings.Contains(string(had.raw), "Secret") {
		t.Errorf("the forgotten owner is told as %s", had.raw)
	}
	shown := v.view("/numbers/+4930123405")
	if contains(t, shown, http.StatusOK, "(erased)", `href="/users/`+ada+`"`); strings.Contains(shown.body, "Secret") {
		t.Errorf("the page tells the name:\n%s", shown.body)
	}
	if s := v.numberOf("+4930123405"); s.FormerUser != ada || s.StandingAt(v.clock.Now()) != number.Free {
		t.Errorf("the number stands as %+v", s)
	}
}
