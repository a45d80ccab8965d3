package api_test

import (
	"net/http"
	"testing"
)

func TestAMainUserHasTheMainNumberWhereItIsNeeded(t *testing.T) {
	for _, c := range []struct{ policy, named, number, extension, step string }{
		{"onepro", "", "", "", "credentials"},
		{"onenet", "", "+4930123450", "3450", "line"},
		{"teleproffs", "", "", "", "link"},
		{"unifyoffice", "", "", "", "link"},
		{"officesmart", "", "+4930123450", "450", "line"},
		{"unifyoffice", `,"number":"030 123455","extension":"700"`, "+4930123455", "700", "line"},
		{"officesmart", `,"number":"030 123455"`, "+4930123455", "455", "line"},
	} {
		t.Run(c.policy+c.named, func(t *testing.T) {
			h := open(t)
			body := `{"name":"Acme","policy":"` + c.policy + `","language":"de","country":"DE","numbers":[{"from":"+4930123450","to":"+4930123459"}],
				"licences":[{"kind":"standard","count":1}],
				"mainUser":{"firstName":"Grace","lastName":"Hopper","email":"grace@example.com","mobile":"+491711234567"` + c.named + `}}`
			made := h.call(http.MethodPost, "/v1/companies", body, oneKey).want(t, http.StatusCreated)
			again := h.call(http.MethodPost, "/v1/companies", body, oneKey)
			if again.text("mainUser") != made.text("mainUser") {
				t.Errorf("the same order again made %s", again.raw)
			}
			main := h.get("/v1/users/"+made.text("mainUser"), again).want(t, http.StatusOK)
			if main.text("number") != c.number || main.text("extension") != c.extension || main.text("activation.steps.0.name") != c.step || main.text("admin") != "true" {
				t.Errorf("main user %s", main.raw)
			}
			if c.number != "" {
				h.user(made.text("id"), `{"firstName":"A","lastName":"B","email":"ab@example.com","number":"`+c.number+`"}`).problem(t, http.StatusConflict, "number-taken")
			}
		})
	}
}

// The process ends anywhere while the main user is given the main number.
func TestACompanyThatWasCutOffGivesItsMainUserTheNumber(t *testing.T) {
	const body = `{"name":"Acme","policy":"officesmart","language":"it","country":"IT","numbers":[{"from":"+390125123040","to":"+390125123049"}],
		"mainUser":{"firstName":"Grace","lastName":"Hopper","email":"grace@example.com"}}`
	for _, prefix := range []string{"number-", "extension-", "email-", "company-", "user-"} {
		t.Run("at "+prefix, func(t *testing.T) {
			h, store := openBrittle(t)
			store.fail(prefix)
			h.call(http.MethodPost, "/v1/companies", body, oneKey).problem(t, http.StatusServiceUnavailable, "store-unavailable")
			store.mend()
			made := h.call(http.MethodPost, "/v1/companies", body, oneKey).want(t, http.StatusCreated)
			main := h.get("/v1/users/"+made.text("mainUser"), made).want(t, http.StatusOK)
			if main.text("number") != "+390125123040" || main.text("extension") != "040" {
				t.Errorf("main user %s", main.raw)
			}
			if used := h.get("/v1/numbers?state=held&company="+made.text("id"), made).want(t, http.StatusOK).items(); len(used) != 1 {
				t.Errorf("%d numbers are given", len(used))
			}
		})
	}
}
