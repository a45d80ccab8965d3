package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain/policy"
)

// mobiles lets teleproffs order SIMs with mobile licences.
func mobiles(c *api.Config) {
	rules := c.Policies["teleproffs"]
	rules.SIMs = policy.SIMs{Auto: true, Licences: []string{"mobile"}}
	c.Policies["teleproffs"] = rules
}

func (h *house) head() string {
	h.t.Helper()
	position, err := h.journal.Store().Head(h.t.Context())
	must(h.t, err)
	return fmt.Sprint(position)
}

func (h *house) nordic() (firm string) {
	h.t.Helper()
	return h.company("teleproffs", `,"licences":[{"kind":"fast","count":1},{"kind":"mobile-10gb","count":2}]`)
}

func TestAnOrderIsReviewedBeforeItIsGiven(t *testing.T) {
	h := open(t, mobiles)
	firm := h.nordic()
	h.user(firm, `{"firstName":"Eve","lastName":"Ek","extension":"4501","licence":"mobile-10gb"}`).want(t, http.StatusCreated)
	h.caughtUp()
	before := h.head()
	path := "/v1/companies/" + firm + "/users/review"
	const body = `{"firstName":"Ada","lastName":"Ek","email":"ada@example.se","mobile":"+46701234567","number":"030 1234501","licence":"mobile-10gb","options":["twin-data"]}`
	told := h.call(http.MethodPost, path, body).want(t, http.StatusOK)
	for at, want := range map[string]string{
		"takes.0.what": "number", "takes.0.value": "+49301234501",
		"takes.1.what": "extension", "takes.1.value": "4502", "takes.1.note": "4501 was taken",
		"takes.2.what": "licence", "takes.2.value": "mobile-10gb", "takes.2.left": "0", "takes.2.of": "2",
		"takes.3.what": "add-on", "takes.3.value": "twin-data",
		"orders.0.what": "sim", "orders.1.what": "activation",
		"mails.0.purpose": "activation-link", "mails.0.channel": "mail", "mails.0.to": "a…@example.se", "mails.0.atOnce": "true",
		"mails.1.purpose": "activation-reminder", "mails.1.atOnce": "false", "mails.2.channel": "sms", "mails.2.to": "…4567",
	} {
		if told.text(at) != want {
			t.Errorf("%s is %q, want %q", at, told.text(at), want)
		}
	}
	if missing, is := told.at("missing").([]any); !is || len(missing) != 0 {
		t.Errorf("misses %v", told.at("missing"))
	}
	if after := h.head(); after != before {
		t.Errorf("a review moved the log from %s to %s", before, after)
	}
	ordered := h.user(firm, body).want(t, http.StatusCreated)
	if ordered.text("number") != told.text("takes.0.value") || ordered.text("extension") != told.text("takes.1.value") || ordered.text("licence") != told.text("takes.2.value") {
		t.Errorf("ordered %s, reviewed %s", ordered.raw, told.raw)
	}
}

func TestAReviewSaysWhatTheOrderWouldBeRefusedFor(t *testing.T) {
	h := open(t)
	firm := h.nordic()
	h.user(firm, `{"firstName":"Eve","lastName":"Ek","email":"eve@example.se","number":"+49301234501","licence":"fast"}`).want(t, http.StatusCreated)
	path := "/v1/companies/" + firm + "/users/review"
	for _, c := range []struct{ body, missing string }{
		{`{"firstName":"Ada","lastName":"Ek","licence":"fast"}`, "/licence quota-reached"},
		{`{"firstName":"Ada","lastName":"Ek","licence":"gold"}`, "/licence unknown"},
		{`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","number":"+49301234501"}`, "/number number-taken"},
		{`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","number":"+49309999999"}`, "/number foreign"},
		{`{"firstName":"Ada","lastName":"Ek","licence":"mobile-10gb","extension":"4501"}`, "/extension extension-taken"},
		{`{"lastName":"Ek","licence":"fast","email":"EVE@example.se","options":["twin-data"]}`, "/firstName missing, /options needs-licence, /email email-taken, /licence quota-reached"},
	} {
		told := h.call(http.MethodPost, path, c.body).want(t, http.StatusOK)
		list, _ := told.at("missing").([]any)
		found := make([]string, 0, len(list))
		for i := range list {
			found = append(found, told.text(fmt.Sprintf("missing.%d.pointer", i))+" "+told.text(fmt.Sprintf("missing.%d.code", i)))
		}
		if got := strings.Join(found, ", "); got != c.missing {
			t.Errorf("%s misses %q, want %q", c.body, got, c.missing)
		}
		if refused := h.user(firm, c.body); refused.status < 400 {
			t.Errorf("%s is ordered all the same", c.body)
		}
	}
	told := h.call(http.MethodPost, path, `{"firstName":"Ada","lastName":"Ek","licence":"fast"}`)
	if detail := told.text("missing.0.detail"); !strings.Contains(detail, "all 1 licences of kind fast") {
		t.Errorf("the quota is told as %q", detail)
	}
	h.call(http.MethodPost, "/v1/companies/none/users/review", ada("02")).problem(t, http.StatusNotFound, "no-company")
}

func TestOf500OrdersAtOnceNoneGetsALicenceTooMany(t *testing.T) {
	const orders, licences = 500, 40
	h := open(t)
	firm := h.company("unifyoffice", fmt.Sprintf(`,"licences":[{"kind":"basic","count":%d}]`, licences))
	answers := make([]answer, orders)
	var all sync.WaitGroup
	for n := range orders {
		all.Go(func() {
			answers[n] = h.call(http.MethodPost, "/v1/companies/"+firm+"/users", fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com","licence":"basic"}`, n))
		})
	}
	all.Wait()
	seats, won := map[string]bool{}, 0
	for n, a := range answers {
		switch a.status {
		case http.StatusCreated:
			won++
			seats[h.state(a.text("id")).Claims.Seat] = true
		case http.StatusConflict:
			a.problem(t, http.StatusConflict, "quota-reached")
		default:
			t.Errorf("order %d was answered %d: %s", n, a.status, a.raw)
		}
	}
	if won != licences || len(seats) != licences {
		t.Errorf("%d users have %d licences of %d", won, len(seats), licences)
	}
	h.caughtUp()
	left := h.call(http.MethodGet, "/v1/licences?company="+firm, "").want(t, http.StatusOK)
	if left.text("items.0.used") != fmt.Sprint(licences) || left.text("items.0.free") != "0" {
		t.Errorf("counted as %s", left.raw)
	}
}
