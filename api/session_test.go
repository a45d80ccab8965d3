package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
)

// session logs an admin in and gives the cookie as a header.
func (h *house) session() (*http.Cookie, string) {
	h.t.Helper()
	w := httptest.NewRecorder()
	must(h.t, h.server.StartSession(h.t.Context(), w, domain.Actor{Kind: domain.ActorOperator, ID: "ida"}))
	cookie := w.Result().Cookies()[0]
	return cookie, "Cookie: " + cookie.Name + "=" + cookie.Value
}

func TestASessionIsALoginForAsLongAsItIsUsed(t *testing.T) {
	h := open(t)
	cookie, header := h.session()
	if cookie.Name != "dialtone" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || len(cookie.Value) != 43 {
		t.Fatalf("cookie %v", cookie)
	}
	for range 2 {
		h.clock.forward(7*time.Hour + 59*time.Minute)
		h.send(http.MethodGet, "/v1/users", "", header).want(t, http.StatusOK)
	}
	h.clock.forward(8 * time.Hour)
	h.send(http.MethodGet, "/v1/users", "", header).problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestASessionEndsAfterADayHoweverMuchItIsUsed(t *testing.T) {
	h := open(t)
	_, header := h.session()
	for range 5 {
		h.clock.forward(4 * time.Hour)
		h.send(http.MethodGet, "/v1/users", "", header).want(t, http.StatusOK)
	}
	h.clock.forward(4 * time.Hour)
	h.send(http.MethodGet, "/v1/users", "", header).problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestASessionEndsWhenItIsEnded(t *testing.T) {
	h := open(t)
	cookie, header := h.session()
	r, w := httptest.NewRequest(http.MethodPost, "/logout", nil), httptest.NewRecorder()
	r.AddCookie(cookie)
	must(t, h.server.EndSession(t.Context(), w, r))
	if taken := w.Result().Cookies()[0]; taken.MaxAge >= 0 {
		t.Fatalf("the cookie stays: %v", taken)
	}
	h.send(http.MethodGet, "/v1/users", "", header).problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestTheDatabaseHoldsNoSessionsToken(t *testing.T) {
	h := open(t)
	cookie, _ := h.session()
	var tokens []string
	must(t, h.views.ReadDB().NewSelect().TableExpr("sessions").Column("token").Scan(t.Context(), &tokens))
	if len(tokens) != 1 || strings.Contains(tokens[0], cookie.Value) {
		t.Fatalf("tokens %v", tokens)
	}
}

func TestOverHTTPSTheCookieIsTheHostsAlone(t *testing.T) {
	h := open(t, func(c *api.Config) { c.PublicURL = "https://phones.example" })
	cookie, header := h.session()
	if cookie.Name != "__Host-dialtone" || !cookie.Secure || cookie.Domain != "" {
		t.Fatalf("cookie %v", cookie)
	}
	h.send(http.MethodGet, "/v1/users", "", header).want(t, http.StatusOK)
}

func TestAnotherSitesPageCannotUseASession(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	_, header := h.session()
	path := "/v1/companies/" + firm + "/sites"
	h.send(http.MethodPost, path, `{"name":"Bonn"}`, header, "Sec-Fetch-Site: cross-site").problem(t, http.StatusForbidden, "cross-origin")
	h.send(http.MethodPost, path, `{"name":"Bonn"}`, header, "Origin: http://evil.example").problem(t, http.StatusForbidden, "cross-origin")
	h.send(http.MethodPost, path, `{"name":"Bonn"}`, header, "Sec-Fetch-Site: same-origin").want(t, http.StatusCreated)
	h.send(http.MethodPost, path, `{"name":"Köln"}`, header, "Origin: http://phones.example").want(t, http.StatusCreated)
}
