package activities_test

import (
	"testing"
	"time"

	"dialtone/activities"
)

func TestWaitsGrowByTheCauseOfTheTrouble(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	tests := []struct {
		name    string
		outcome activities.Outcome
		waits   []time.Duration
	}{
		{"no connection is tried again quickly", activities.Outcome{Cause: "connection", Code: "connection"}, []time.Duration{5 * s, 15 * s, 30 * s, m, 2 * m, 5 * m, 15 * m, 30 * m, 30 * m}},
		{"a time-out is tried again quickly", activities.Outcome{Cause: "timeout", Code: "timeout"}, []time.Duration{5 * s, 15 * s, 30 * s}},
		{"broken TLS is tried again quickly", activities.Outcome{Cause: "tls", Code: "tls"}, []time.Duration{5 * s, 15 * s}},
		{"421 is tried again quickly", activities.Outcome{Cause: "server-busy", Code: "421 4.3.2"}, []time.Duration{5 * s, 15 * s}},
		{"421 without enhanced code too", activities.Outcome{Cause: "server-busy", Code: "421"}, []time.Duration{5 * s, 15 * s}},
		{"greylisting waits for the window", activities.Outcome{Cause: "greylisted", Code: "451 4.7.1"}, []time.Duration{5 * m, 15 * m, 30 * m, h, h}},
		{"any other 4xx is patient", activities.Outcome{Cause: "server-busy", Code: "451 4.3.0"}, []time.Duration{5 * m, 15 * m, 30 * m, h, h}},
		{"a full mailbox is left alone for hours", activities.Outcome{Cause: "mailbox-full", Code: "452 4.2.2"}, []time.Duration{h, 4 * h, 4 * h}},
		{"a misconfigured channel waits for its repair", activities.Outcome{Cause: "channel-misconfigured", Code: "twilio 20003"}, []time.Duration{5 * m, 15 * m, 30 * m, 30 * m}},
		{"an unreachable handset gets three more tries", activities.Outcome{Cause: "handset-unreachable", Code: "twilio 30003"}, []time.Duration{30 * m, 30 * m, 30 * m, 0, 0}},
		{"an unknown Twilio error gets one more try", activities.Outcome{Cause: "unknown", Code: "twilio 30008"}, []time.Duration{5 * m, 0}},
		{"too many requests backs off", activities.Outcome{Cause: "server-busy", Code: "twilio 20429"}, []time.Duration{5 * s, 15 * s, 30 * s}},
		{"a failing SMS service backs off", activities.Outcome{Cause: "server-busy", Code: "http 503", Ambiguous: true}, []time.Duration{5 * s, 15 * s}},
		{"a permanent failure is not tried again", activities.Outcome{Cause: "mailbox-unknown", Code: "550 5.1.1", Permanent: true}, []time.Duration{0, 0}},
		{"what was accepted is not sent again", activities.Outcome{Accepted: true}, []time.Duration{0}},
		{"the provider's wish counts where it is longer", activities.Outcome{Cause: "server-busy", Code: "http 429", RetryAfter: 20 * s}, []time.Duration{20 * s, 20 * s, 30 * s}},
		{"the provider's wish has a bound", activities.Outcome{Cause: "server-busy", Code: "http 429", RetryAfter: 999 * h}, []time.Duration{24 * h}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, want := range test.waits {
				if got := activities.NextTry(test.outcome, i+1); got != want {
					t.Errorf("after attempt %d: wait %v, want %v", i+1, got, want)
				}
			}
			if got := activities.NextTry(test.outcome, 0); got != test.waits[0] {
				t.Errorf("attempt 0 counts as the first: wait %v, want %v", got, test.waits[0])
			}
		})
	}
}
