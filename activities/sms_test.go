package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/activities"
)

var reminderToJane = activities.SMS{ID: "n-1", User: "u-1", Attempt: 2, To: "+4915112345678", Text: "Ihre Aktivierungsmail wartet. Öffnen & lesen"}

// startTwilio serves answers like Twilio's REST API and counts requests.
func startTwilio(t *testing.T, handle http.HandlerFunc) (*activities.Texter, *atomic.Int32) {
	t.Helper()
	count := new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return newTexter(t, server.URL, 5*time.Second), count
}

func newTexter(t *testing.T, base string, timeout time.Duration) *activities.Texter {
	t.Helper()
	texter, err := activities.NewTexter(activities.SMSConfig{
		AccountSID: "AC123", AuthToken: "t0ken", From: "NoReply", BaseURL: base, StatusURL: "https://example.org/webhooks/twilio", Timeout: timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	return texter
}

func answer(status int, body any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
}

func TestAnSMSIsHandedOver(t *testing.T) {
	var form url.Values
	var path, user, token string
	texter, count := startTwilio(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form, path = r.PostForm, r.Method+" "+r.URL.Path
		user, token, _ = r.BasicAuth()
		answer(http.StatusCreated, map[string]any{"sid": "SM1", "status": "queued", "error_code": nil})(w, r)
	})
	outcome := texter.Send(t.Context(), reminderToJane)
	if outcome != (activities.Outcome{Accepted: true, Provider: "SM1"}) || count.Load() != 1 {
		t.Fatalf("%d requests, outcome %+v", count.Load(), outcome)
	}
	if path != "POST /2010-04-01/Accounts/AC123/Messages.json" || user != "AC123" || token != "t0ken" {
		t.Errorf("request %s by %s:%s", path, user, token)
	}
	want := url.Values{
		"To": {reminderToJane.To}, "From": {"NoReply"}, "Body": {reminderToJane.Text},
		"StatusCallback": {"https://example.org/webhooks/twilio?attempt=2&message=n-1&user=u-1"},
	}
	if form.Encode() != want.Encode() {
		t.Errorf("form %v", form)
	}
}

func TestABaseURLMayHaveAPath(t *testing.T) {
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		answer(http.StatusCreated, map[string]any{"sid": "SM1"})(w, r)
	}))
	defer server.Close()
	outcome := newTexter(t, server.URL+"/twilio/", time.Second).Send(t.Context(), reminderToJane)
	if !outcome.Accepted || path != "/twilio/2010-04-01/Accounts/AC123/Messages.json" {
		t.Errorf("path %s, outcome %+v", path, outcome)
	}
}

func TestAnAmbiguousSMSIsFoundAgain(t *testing.T) {
	since := time.Date(2026, time.November, 23, 14, 30, 0, 900, time.UTC)
	message := func(sid, to, body string, made time.Time, status string, code any) map[string]any {
		return map[string]any{
			"sid": sid, "to": to, "body": body, "status": status, "error_code": code, "error_message": "to " + to,
			"date_created": made.Format(time.RFC1123Z), "date_sent": nil,
		}
	}
	to, text := reminderToJane.To, reminderToJane.Text
	tests := []struct {
		name     string
		messages []any
		found    bool
		outcome  activities.Outcome
	}{
		{"nothing there", nil, false, activities.Outcome{}},
		{"queued, by a clock that is behind", []any{message("SM1", to, text, since.Add(-4*time.Minute), "queued", nil)}, true, activities.Outcome{Accepted: true, Provider: "SM1"}},
		{"an older one with the same text", []any{message("SM1", to, text, since.Add(-time.Hour), "delivered", nil)}, false, activities.Outcome{}},
		{"another text", []any{message("SM1", to, "other", since, "queued", nil)}, false, activities.Outcome{}},
		{"another message's", []any{message("SMother", to, text, since, "sent", nil)}, false, activities.Outcome{}},
		{"another number", []any{message("SM1", "+4930000000", text, since, "queued", nil)}, false, activities.Outcome{}},
		{
			"the second of two",
			[]any{message("SM2", to, "other", since, "queued", nil), message("SM1", to, text, since, "sent", nil)},
			true,
			activities.Outcome{Accepted: true, Provider: "SM1"},
		},
		{"undelivered, but worth another try", []any{message("SM1", to, text, since, "undelivered", 30003)}, false, activities.Outcome{}},
		{
			"undelivered, one that failed for good",
			[]any{message("SM1", to, text, since, "undelivered", 30005)},
			true,
			activities.Outcome{Provider: "SM1", Code: "twilio 30005", Text: "to …", Cause: "number-invalid", Permanent: true, Responsible: "admin"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked url.Values
			texter, _ := startTwilio(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Query()
				answer(http.StatusOK, map[string]any{"messages": test.messages, "page": 0})(w, r)
			})
			outcome, found := texter.Lookup(t.Context(), activities.SMS{To: to, Text: text}, since, []string{"SMother"})
			if found != test.found || outcome != test.outcome {
				t.Errorf("found %v, outcome %+v", found, outcome)
			}
			if asked.Get("To") != to {
				t.Errorf("asked for %v", asked)
			}
		})
	}
}

func TestALookupThatFailsSaysSo(t *testing.T) {
	texter, _ := startTwilio(t, answer(http.StatusServiceUnavailable, map[string]any{"code": 20500, "message": "oh", "status": 503}))
	outcome, found := texter.Lookup(t.Context(), reminderToJane, time.Time{}, nil)
	if found || outcome.Code != "twilio 20500" || outcome.Ambiguous || outcome.Permanent || outcome.Accepted {
		t.Errorf("found %v, outcome %+v", found, outcome)
	}
}

func TestAnSMSServiceThatDoesNotAnswer(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	outcome := newTexter(t, closed.URL, time.Second).Send(t.Context(), reminderToJane)
	if outcome.Cause != "connection" || outcome.Ambiguous || outcome.Permanent || strings.Contains(outcome.Text, "AC123") {
		t.Errorf("nobody listens: %+v", outcome)
	}

	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	outcome = newTexter(t, silent.URL, 50*time.Millisecond).Send(t.Context(), reminderToJane)
	if outcome.Cause != "timeout" || outcome.Code != "timeout" || !outcome.Ambiguous || outcome.Permanent {
		t.Errorf("silence: %+v", outcome)
	}

	ctx, cancel := context.WithCancel(t.Context())
	leaving := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}))
	defer leaving.Close()
	defer close(release)
	outcome = newTexter(t, leaving.URL, time.Minute).Send(ctx, reminderToJane)
	if outcome.Code != "cancelled" || !outcome.Ambiguous || outcome.Permanent {
		t.Errorf("cancelled: %+v", outcome)
	}
}

func TestAHungUpExchangeLeavesItOpen(t *testing.T) {
	texter, count := startTwilio(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	outcome := texter.Send(t.Context(), reminderToJane)
	if outcome.Cause != "connection" || !outcome.Ambiguous || outcome.Permanent || count.Load() != 1 {
		t.Errorf("%d requests, outcome %+v", count.Load(), outcome)
	}
}

func TestAWrongNumberIsNotSent(t *testing.T) {
	texter, count := startTwilio(t, answer(http.StatusCreated, map[string]any{"sid": "SM1"}))
	for _, to := range []string{"", "015112345678", "+49 151", "+4915112345678\r\n", "whatsapp:+4915112345678"} {
		outcome := texter.Send(t.Context(), activities.SMS{ID: "n-1", To: to, Text: "x"})
		if outcome.Cause != "number-invalid" || !outcome.Permanent || outcome.Responsible != "admin" {
			t.Errorf("%q: %+v", to, outcome)
		}
	}
	if count.Load() != 0 {
		t.Errorf("%d requests", count.Load())
	}
}

func TestManyRefusedAtOnceDoNotComeBackAtOnce(t *testing.T) {
	texter, _ := startTwilio(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		answer(http.StatusTooManyRequests, map[string]any{"code": 20429, "message": "Too Many Requests", "status": 429})(w, r)
	})
	waits := make(map[time.Duration]bool)
	for i := range 8 {
		sms := reminderToJane
		sms.ID = fmt.Sprintf("n-%d", i)
		outcome := texter.Send(t.Context(), sms)
		if again := texter.Send(t.Context(), sms); again != outcome {
			t.Errorf("one id, two waits: %v and %v", outcome.RetryAfter, again.RetryAfter)
		}
		if outcome.RetryAfter < 120*time.Second || outcome.RetryAfter > 150*time.Second {
			t.Errorf("wait %v", outcome.RetryAfter)
		}
		waits[outcome.RetryAfter] = true
	}
	if len(waits) < 6 {
		t.Errorf("only %d different waits", len(waits))
	}
}
