package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestACompanyIsOrderedWithEverythingItNeeds(t *testing.T) {
	h := open(t)
	made := h.call(http.MethodPost, "/v1/companies", `{"name":" Acme ","policy":"unifyoffice","language":"de","country":"de",
		"numbers":[{"from":"030 1234500","to":"030 1234509"}],"licences":[{"kind":"standard","count":3}],
		"mainUser":{"firstName":"Grace","lastName":"Hopper","email":"grace@example.com","mobile":"0171 1234567"}}`).want(t, http.StatusCreated)
	id := made.text("id")
	if made.header.Get("Location") != "/v1/companies/"+id || made.header.Get("ETag") == "" || made.text("name") != "Acme" {
		t.Fatalf("headers %v, body %s", made.header, made.raw)
	}
	found := h.get("/v1/companies/"+id, made).want(t, http.StatusOK)
	if found.text("numbers.0.from") != "+49301234500" || found.text("licences.0.count") != "3" || found.text("policy") != "unifyoffice" || found.text("country") != "DE" {
		t.Fatalf("company %s", found.raw)
	}
	if found.header.Get("ETag") != made.header.Get("ETag") {
		t.Fatalf("ETag %s, was %s", found.header.Get("ETag"), made.header.Get("ETag"))
	}
	main := h.get("/v1/users/"+made.text("mainUser"), made).want(t, http.StatusOK)
	if main.text("email") != "grace@example.com" || main.text("mobile") != "+491711234567" || main.text("activation.steps.0.name") != "link" {
		t.Fatalf("main user %s", main.raw)
	}
	if list := h.get("/v1/companies", made).want(t, http.StatusOK).items(); len(list) != 1 {
		t.Fatalf("%d companies", len(list))
	}
	if used := h.get("/v1/licences?company="+id, made).want(t, http.StatusOK).text("items.0.used"); used != "1" {
		t.Fatalf("the main user takes %s licences", used)
	}
	if numbers := h.get("/v1/numbers?state=free&limit=4&company="+id, made).want(t, http.StatusOK); len(numbers.items()) != 4 || numbers.text("next") == "" {
		t.Fatalf("numbers %s", numbers.raw)
	}
}

func TestABadOrderOfACompanyIsToldFieldByField(t *testing.T) {
	h := open(t)
	const good = `{"name":"Acme","policy":"onenet","language":"de","country":"DE"}`
	for _, c := range []struct {
		name, body string
		fields     []string
	}{
		{"an unknown policy", strings.Replace(good, "onenet", "nobodys", 1), []string{"/policy"}},
		{"no name", `{"policy":"onenet","language":"de","country":"DE"}`, []string{"/name"}},
		{"a name that is a number", strings.Replace(good, `"Acme"`, `1`, 1), []string{"/name"}},
		{"an unknown member", strings.Replace(good, `{`, `{"colour":"red",`, 1), []string{"/colour"}},
		{"everything at once", `{"name":"","policy":"nobodys","language":"xx","country":"Germany"}`, []string{"/name", "/language", "/country", "/policy"}},
		{"a block the wrong way round", strings.Replace(good, `}`, `,"numbers":[{"from":"+49301234509","to":"+49301234500"}]}`, 1), []string{"/numbers/0/to"}},
		{"a number that is a boolean", strings.Replace(good, `}`, `,"numbers":[{"from":true,"to":"+49301234500"}]}`, 1), []string{"/numbers/0/from"}},
		{"too many numbers", strings.Replace(good, `}`, `,"numbers":[{"from":"+4930100000","to":"+4930109999"},{"from":"+4930200000","to":"+4930209999"},{"from":"+4930300000","to":"+4930300001"}]}`, 1), []string{"/numbers"}},
		{"a main user without a number, whose name is long", strings.Replace(good, `}`, `,"mainUser":{"lastName":"B","firstName":"`+strings.Repeat("é", 24)+`"}}`, 1), []string{"/mainUser/firstName", "/mainUser/number"}},
		{"a main user with somebody else's number", strings.Replace(good, `}`, `,"numbers":[{"from":"+49301234500","to":"+49301234509"}],"mainUser":{"lastName":"B","firstName":"A","number":"+49301234600"}}`, 1), []string{"/mainUser/number"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.in(t).call(http.MethodPost, "/v1/companies", c.body).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, c.fields...)
		})
	}
	policy := h.call(http.MethodPost, "/v1/companies", strings.Replace(good, "onenet", "nobodys", 1))
	if !strings.Contains(policy.text("errors.0.detail"), "officesmart, onenet, onepro, teleproffs, unifyoffice") {
		t.Fatalf("the known policies are not named: %s", policy.raw)
	}
}

func TestARefusedCompanyLeavesNothingBehind(t *testing.T) {
	h := open(t)
	h.company("onenet")
	const second = `{"name":"Second","policy":"onenet","language":"en","country":"DE","numbers":[{"from":"+4930999900","to":"+4930999999"},{"from":"+49301234599","to":"+49301234609"}]}`
	h.call(http.MethodPost, "/v1/companies", second).problem(t, http.StatusConflict, "number-taken")
	h.call(http.MethodPost, "/v1/companies", strings.Replace(second, "+49301234599", "+49301234600", 1)).want(t, http.StatusCreated)
}

func TestAMainUserWhoIsRefusedRefusesTheCompany(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	h.user(firm, ada("01")).want(t, http.StatusCreated)
	const body = `{"name":"Second","policy":"onenet","language":"en","country":"DE","numbers":[{"from":"+4930999900","to":"+4930999910"}],"mainUser":{"firstName":"Ada","lastName":"L","email":"ADA01@example.com"}}`
	h.call(http.MethodPost, "/v1/companies", body).problem(t, http.StatusConflict, "email-taken")
	h.call(http.MethodPost, "/v1/companies", strings.Replace(body, "ADA01", "bob", 1)).want(t, http.StatusCreated)
}

func TestASiteIsOpenedOnce(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	site := h.call(http.MethodPost, "/v1/companies/"+firm+"/sites", `{"name":"Berlin","timeZone":"Europe/Berlin"}`).want(t, http.StatusCreated)
	if site.text("country") != "DE" || site.text("id") == "" {
		t.Fatalf("site %s", site.raw)
	}
	h.call(http.MethodPost, "/v1/companies/"+firm+"/sites", `{"name":"Berlin"}`).problem(t, http.StatusConflict, "site-exists")
	h.call(http.MethodPost, "/v1/companies/"+firm+"/sites", `{"name":""}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/name")
	h.call(http.MethodPost, "/v1/companies/none/sites", `{"name":"Berlin"}`).problem(t, http.StatusNotFound, "no-company")
	h.call(http.MethodPost, "/v1/companies/"+firm+"/sites", `{"name":"Bonn"}`, `If-Match: "0"`).problem(t, http.StatusPreconditionFailed, "stale")
	placed := h.user(firm, `{"number":"+49301234501","site":"`+site.text("id")+`"}`).want(t, http.StatusCreated)
	if list := h.get("/v1/users?site="+site.text("id"), placed).want(t, http.StatusOK).items(); len(list) != 1 {
		t.Fatalf("%d users at the site", len(list))
	}
}
