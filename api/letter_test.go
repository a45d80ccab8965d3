package api_test

import (
	"net/http"
	"testing"

	"dialtone/api"
)

func TestADeletedUsersNumberCanBeGivenAgainWithTheNextRequest(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call("DELETE", "/v1/users/"+id, "").want(t, http.StatusOK)
	h.user(firm, ada("01")).want(t, http.StatusCreated)
}

func TestTheLetterOfTheContract(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	ordered := h.user(firm, ada("01")).want(t, http.StatusCreated)
	id := ordered.text("id")
	h.get("/v1/users/"+id, ordered).want(t, http.StatusOK)
	h.user(firm, `{"firstName":"B","lastName":"B","number":"+49301234501"}`).want(t, http.StatusConflict).names(t, "/number")
	h.user(firm, `{"firstName":"B","lastName":"B","extension":"4501"}`).want(t, http.StatusConflict).names(t, "/extension")
	for path, status := range map[string]int{
		"/v1/users/%00": http.StatusBadRequest, "/v1/users?q=a%00": http.StatusBadRequest,
		"/v1/users?limit=-1": http.StatusUnprocessableEntity, "/v1/users?limit=201": http.StatusUnprocessableEntity, "/v1/users?limit=200": http.StatusOK,
	} {
		h.call("GET", path, "").want(t, status)
	}
	for _, path := range []string{"/v1/users/" + id, "/v1/users", "/v1/companies/" + firm} {
		h.call("HEAD", path, "").want(t, http.StatusOK)
	}
}

func TestWhatACrashLeftInFlightIsTakenOver(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	if err := h.server.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := h.views.DB().ExecContext(t.Context(), "UPDATE idempotency SET state = 'in-flight'")
	must(t, err)
	first := h.call("POST", "/v1/companies/"+firm+"/users", ada("01"), oneKey).want(t, http.StatusCreated)
	_, err = h.views.DB().ExecContext(t.Context(), "UPDATE idempotency SET state = 'in-flight'")
	must(t, err)
	h.call("POST", "/v1/companies/"+firm+"/users", ada("01"), oneKey).want(t, http.StatusConflict)
	must(t, h.server.TakeOver(t.Context()))
	again := h.call("POST", "/v1/companies/"+firm+"/users", ada("01"), oneKey).want(t, http.StatusCreated)
	if first.text("id") != again.text("id") {
		t.Errorf("the order taken over is another user: %s, %s", first.text("id"), again.text("id"))
	}
}

func TestTheInboxAnswersAtHomeOnly(t *testing.T) {
	h := open(t, func(c *api.Config) {
		c.Dev = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	})
	for host, status := range map[string]int{"localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "evil.example": 403, "evil.example:8080": 403} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/dev/messages", nil)
		must(t, err)
		request.Host = host
		response, err := http.DefaultTransport.RoundTrip(request)
		must(t, err)
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("as %s: status %d, want %d", host, response.StatusCode, status)
		}
	}
}

func TestACompanyLivesInACountryWithTelephones(t *testing.T) {
	h := open(t)
	h.call("POST", "/v1/companies", `{"name":"N","policy":"onenet","language":"en","country":"ZZ"}`).want(t, http.StatusUnprocessableEntity).names(t, "/country")
	h.call("POST", "/v1/companies", `{"name":"N","policy":"onenet","language":"en","country":"se"}`).want(t, http.StatusCreated)
}
