package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"dialtone/api"
)

func TestWhoDoesNotSayWhoItIsIsTurnedAway(t *testing.T) {
	h := open(t)
	for _, c := range []struct {
		name    string
		headers []string
	}{
		{"nobody", nil},
		{"a wrong token", []string{"Authorization: Bearer wrong"}},
		{"an empty token", []string{"Authorization: Bearer "}},
		{"another scheme", []string{"Authorization: Basic " + operatorToken}},
		{"a cookie that is none", []string{"Cookie: dialtone=abc"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.in(t).send(http.MethodGet, "/v1/users", "", c.headers...).problem(t, http.StatusUnauthorized, "unauthenticated")
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Fatalf("headers %v", a.header)
			}
		})
	}
	_, cookie := h.session()
	h.send(http.MethodGet, "/v1/users", "", cookie, "Authorization: Bearer wrong").problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestWhatIsNotThereIsAProblemToo(t *testing.T) {
	h := open(t)
	h.call(http.MethodGet, "/v1/nothing", "").problem(t, http.StatusNotFound, "no-route")
	wrong := h.call(http.MethodPut, "/v1/users", "").problem(t, http.StatusMethodNotAllowed, "method-not-allowed")
	if wrong.header.Get("Allow") != "GET" {
		t.Fatalf("Allow is %q", wrong.header.Get("Allow"))
	}
	h.call(http.MethodGet, "/v1/companies/none", "").problem(t, http.StatusNotFound, "no-company")
	h.call(http.MethodGet, "/v1/licences", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/company")
	h.call(http.MethodGet, "/v1/users?state=happy", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/state")
	h.call(http.MethodGet, "/v1/users?limit=many", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/limit")
}

func TestGarbageIsRefusedWithoutRepeatingIt(t *testing.T) {
	h := open(t)
	const secret = "hunter2"
	for _, body := range []string{`{"name":"` + secret, `["` + secret + `"]`, `"` + secret + `"`, `{"name":{"x":"` + secret + `"}}`, "\xff\xfe" + secret} {
		for _, keyed := range []string{"Idempotency-Key: " + strings.Repeat("k", len(body)), "X: y"} {
			a := h.call(http.MethodPost, "/v1/companies", body, keyed)
			if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: status %d", body, a.status)
			}
			a.problem(t, a.status, a.text("code"))
			if strings.Contains(string(a.raw), secret) {
				t.Errorf("the problem repeats what was sent: %s", a.raw)
			}
		}
	}
	large := `{"name":"` + strings.Repeat("x", 1<<20) + `"}`
	h.call(http.MethodPost, "/v1/companies", large).problem(t, http.StatusRequestEntityTooLarge, "too-large")
	h.call(http.MethodPost, "/v1/companies", large, oneKey).problem(t, http.StatusRequestEntityTooLarge, "too-large")
	if strings.Contains(h.log.String(), secret) {
		t.Error("the log repeats what was sent")
	}
}

func TestAPanicIsAProblemWithATraceAndItsStackIsInTheLog(t *testing.T) {
	h := open(t, func(c *api.Config) { c.Ready = func(context.Context) error { panic("a bug") } })
	a := h.call(http.MethodGet, "/readyz", "").problem(t, http.StatusInternalServerError, "internal")
	trace := a.text("trace")
	if trace != a.header.Get("Dialtone-Trace") || strings.Contains(string(a.raw), "a bug") {
		t.Fatalf("problem %s", a.raw)
	}
	if log := h.log.String(); !strings.Contains(log, trace) || !strings.Contains(log, "a bug") || !strings.Contains(log, "problems_test.go") {
		t.Fatalf("log %s", log)
	}
}

func TestTheProcessTellsHowItIs(t *testing.T) {
	var trouble error
	h := open(t, func(c *api.Config) {
		c.Ready = func(context.Context) error { return trouble }
		c.Dev = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.URL.Path)) })
	})
	h.send(http.MethodGet, "/healthz", "").want(t, http.StatusOK)
	h.send(http.MethodGet, "/readyz", "").want(t, http.StatusOK)
	trouble = errors.New("the disk at 10.1.2.3 is full")
	down := h.send(http.MethodGet, "/readyz", "").problem(t, http.StatusServiceUnavailable, "not-ready")
	if strings.Contains(string(down.raw), "10.1.2.3") || !strings.Contains(h.log.String(), "10.1.2.3") || down.header.Get("Retry-After") == "" {
		t.Fatalf("problem %s", down.raw)
	}
	h.call(http.MethodGet, "/v1/users/secret-token", "")
	metrics := string(h.send(http.MethodGet, "/metrics", "").want(t, http.StatusOK).raw)
	if !strings.Contains(metrics, `dialtone_http_request_duration_seconds_count{method="GET",route="/v1/users/:id",status="404"} 1`) {
		t.Errorf("metrics %s", metrics)
	}
	if strings.Contains(metrics, "secret-token") || strings.Contains(h.log.String(), "secret-token") {
		t.Error("metrics or log hold a path")
	}
	if dev := h.send(http.MethodGet, "/dev/messages", "").want(t, http.StatusOK); string(dev.raw) != "/dev/messages" {
		t.Errorf("dev %s", dev.raw)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := open(t)
	a := h.call(http.MethodGet, "/v1/users", "").want(t, http.StatusOK)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if a.header.Get(name) != want {
			t.Errorf("%s is %q", name, a.header.Get(name))
		}
	}
	if !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("policy %q", a.header.Get("Content-Security-Policy"))
	}
}

func TestAQuestionWaitsForACommandItKnowsOf(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.call(http.MethodGet, "/v1/users", "", "Dialtone-After: 12").problem(t, http.StatusBadRequest, "malformed")
	h.call(http.MethodGet, "/v1/users", "", "Dialtone-After: p!").problem(t, http.StatusBadRequest, "malformed")
	behind := h.call(http.MethodGet, "/v1/users", "", "Dialtone-After: pzzzzzzzz").problem(t, http.StatusServiceUnavailable, "behind")
	if behind.header.Get("Retry-After") == "" {
		t.Fatalf("headers %v", behind.header)
	}
}

func TestAServerNeedsWhatItNeeds(t *testing.T) {
	_, err := api.New(api.Config{PublicURL: "phones"})
	for _, want := range []string{"Journal", "Views", "NewID", "Hash", "Log", "Policies", "ClaimKey", "LinkKey", "DeviceKey", "SessionKey", "PublicURL"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
