package activities_test

import (
	"net/http"
	"testing"
	"time"

	"dialtone/activities"
)

// twilioCodes is every code of the classification with what must follow.
var twilioCodes = []struct {
	status, code         int
	cause, party         string
	permanent, ambiguous bool
	firstWait            time.Duration
}{
	{401, 10001, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{401, 20003, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{429, 20429, "server-busy", "sms", false, false, 5 * time.Second},
	{500, 20500, "server-busy", "sms", false, true, 5 * time.Second},
	{400, 21211, "number-invalid", "admin", true, false, 0},
	{400, 21222, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 21224, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 21408, "region-blocked", "operator", true, false, 0},
	{400, 21606, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 21608, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 21610, "opted-out", "user", true, false, 0},
	{400, 21612, "number-invalid", "admin", true, false, 0},
	{400, 21614, "number-invalid", "admin", true, false, 0},
	{503, 21730, "server-busy", "sms", false, false, 5 * time.Second},
	{400, 30001, "server-busy", "sms", false, false, 5 * time.Second},
	{400, 30002, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 30003, "handset-unreachable", "user", false, false, 30 * time.Minute},
	{400, 30004, "content-filtered", "operator", true, false, 0},
	{400, 30005, "number-invalid", "admin", true, false, 0},
	{400, 30006, "number-invalid", "admin", true, false, 0},
	{400, 30007, "content-filtered", "operator", true, false, 0},
	{400, 30008, "unknown", "sms", false, false, 5 * time.Minute},
	{400, 30010, "channel-misconfigured", "operator", false, false, 5 * time.Minute},
	{400, 30038, "content-filtered", "operator", true, false, 0},
	{400, 30450, "region-blocked", "operator", true, false, 0},
	{400, 30453, "region-blocked", "operator", true, false, 0},
	{400, 21999, "unknown", "sms", true, false, 0},
	{502, 21999, "server-busy", "sms", false, true, 5 * time.Minute},
}

func TestWhatTwilioSaysDecidesWhatHappensNext(t *testing.T) {
	for _, test := range twilioCodes {
		texter, count := startTwilio(t, answer(test.status, map[string]any{
			"code": test.code, "message": "The 'To' number " + reminderToJane.To + " is wrong", "status": test.status,
		}))
		got := texter.Send(t.Context(), reminderToJane)
		if got.Accepted || got.Cause != test.cause || got.Responsible != test.party || got.Permanent != test.permanent || got.Ambiguous != test.ambiguous {
			t.Errorf("%d: outcome %+v", test.code, got)
		}
		if wait := activities.NextTry(got, 1); wait != test.firstWait {
			t.Errorf("%d: next try in %v, want %v", test.code, wait, test.firstWait)
		}
		if got.Text != "The 'To' number … is wrong" || count.Load() != 1 {
			t.Errorf("%d: %d requests, text %q", test.code, count.Load(), got.Text)
		}
	}
}

func TestADeliveryReportIsJudgedLikeARefusal(t *testing.T) {
	for _, test := range twilioCodes {
		if test.code == 21999 {
			continue
		}
		got := activities.DeliveryFailure(test.code, "to "+reminderToJane.To)
		if got.Cause != test.cause || got.Permanent != test.permanent || got.Text != "to …" {
			t.Errorf("%d: outcome %+v", test.code, got)
		}
	}
	if got := activities.DeliveryFailure(0, ""); got.Cause != "unknown" || !got.Permanent || got.Accepted {
		t.Errorf("no code: outcome %+v", got)
	}
}

func TestAnswersWithoutATwilioCode(t *testing.T) {
	tests := []struct {
		name       string
		status     int
		retryAfter string
		body       string
		want       activities.Outcome
	}{
		{"too many requests", 429, "", `slow down`, activities.Outcome{Code: "http 429", Text: "Too Many Requests", Cause: "server-busy", Responsible: "sms"}},
		{"a retry date is not read", 429, "Mon, 23 Nov 2026 14:30:00 GMT", `{}`, activities.Outcome{Code: "http 429", Text: "Too Many Requests", Cause: "server-busy", Responsible: "sms"}},
		{"a gateway's page", 502, "", `<html>`, activities.Outcome{Code: "http 502", Text: "Bad Gateway", Cause: "server-busy", Responsible: "sms", Ambiguous: true}},
		{"wrong login", 401, "", `{}`, activities.Outcome{Code: "http 401", Text: "Unauthorized", Cause: "channel-misconfigured", Responsible: "operator"}},
		{"no such place", 404, "", `nope`, activities.Outcome{Code: "http 404", Text: "Not Found", Cause: "channel-misconfigured", Responsible: "operator"}},
		{"sent elsewhere", 302, "", `{}`, activities.Outcome{Code: "http 302", Text: "Found", Cause: "channel-misconfigured", Responsible: "operator"}},
		{"bad request", 400, "", `{}`, activities.Outcome{Code: "http 400", Text: "Bad Request", Cause: "unknown", Permanent: true, Responsible: "sms"}},
		{"a success that can't be read", 201, "", `<html>`, activities.Outcome{Code: "http 201", Text: "Created", Cause: "unknown", Responsible: "sms", Ambiguous: true}},
		{"a success without a name", 201, "", `{}`, activities.Outcome{Code: "no sid", Text: "the answer names no message", Cause: "unknown", Responsible: "sms", Ambiguous: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			texter, _ := startTwilio(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.retryAfter != "" {
					w.Header().Set("Retry-After", test.retryAfter)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			if got := texter.Send(t.Context(), reminderToJane); got != test.want {
				t.Errorf("outcome %+v", got)
			}
		})
	}
}

func TestAMessageThatFailsAtOnceIsAFailure(t *testing.T) {
	texter, _ := startTwilio(t, answer(http.StatusCreated, map[string]any{"sid": "SM1", "status": "failed", "error_code": 30007}))
	got := texter.Send(t.Context(), reminderToJane)
	want := activities.Outcome{Provider: "SM1", Code: "twilio 30007", Cause: "content-filtered", Permanent: true, Responsible: "operator"}
	if got != want {
		t.Errorf("outcome %+v", got)
	}
}
