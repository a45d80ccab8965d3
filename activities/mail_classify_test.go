package activities_test

import (
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"dialtone/activities"
)

func TestWhatTheServerRepliesDecidesWhatHappensNext(t *testing.T) {
	type reply = func(*smtp.Conn) error
	const (
		permanent = true
		transient = false
	)
	tests := []struct {
		name              string
		hello, from, rcpt reply
		data              reply
		code, cause       string
		permanent         bool
		party             string
	}{
		{"greylisting by code", nil, nil, says(451, 4, 7, 1, "try again later"), nil, "451 4.7.1", "greylisted", transient, "mail"},
		{"greylisting by words", nil, nil, says(450, 4, 2, 0, "<jane.roe@example.com>: Greylisted, see http://example.org/x"), nil, "450 4.2.0", "greylisted", transient, "mail"},
		{"unknown mailbox", nil, nil, says(550, 5, 1, 1, "no such user"), nil, "550 5.1.1", "mailbox-unknown", permanent, "admin"},
		{"unknown mailbox without enhanced code", nil, nil, says(550, 0, 0, 0, "User unknown"), nil, "550", "mailbox-unknown", permanent, "admin"},
		{"enhanced code that says nothing", nil, nil, says(550, 5, 0, 0, "User unknown"), nil, "550 5.0.0", "mailbox-unknown", permanent, "admin"},
		{"domain without mail", nil, nil, says(556, 5, 1, 10, "null MX"), nil, "556 5.1.10", "mailbox-unknown", permanent, "admin"},
		{"disabled mailbox", nil, nil, says(550, 5, 2, 1, "disabled"), nil, "550 5.2.1", "mailbox-unknown", permanent, "admin"},
		{"full mailbox, transient", nil, nil, says(452, 4, 2, 2, "over quota"), nil, "452 4.2.2", "mailbox-full", transient, "user"},
		{"full mailbox, said to be permanent", nil, nil, nil, says(552, 5, 2, 2, "over quota"), "552 5.2.2", "mailbox-full", transient, "user"},
		{"full mailbox without enhanced code", nil, nil, says(552, 0, 0, 0, "full"), nil, "552", "mailbox-full", transient, "user"},
		{"full disk of the server", nil, says(452, 4, 3, 1, "insufficient storage"), nil, nil, "452 4.3.1", "server-busy", transient, "mail"},
		{"policy at the recipient", nil, nil, says(550, 5, 7, 1, "relaying denied"), nil, "550 5.7.1", "policy-refused", permanent, "operator"},
		{"policy after the content", nil, nil, nil, says(550, 5, 7, 26, "unauthenticated"), "550 5.7.26", "policy-refused", permanent, "operator"},
		{"refused recipient without reason", nil, nil, says(554, 0, 0, 0, "no"), nil, "554", "policy-refused", permanent, "operator"},
		{"spam", nil, nil, nil, says(554, 0, 0, 0, "looks like spam"), "554", "content-filtered", permanent, "operator"},
		{"bad content", nil, nil, nil, says(554, 5, 6, 0, "malformed"), "554 5.6.0", "content-filtered", permanent, "operator"},
		{"too large", nil, nil, nil, says(552, 5, 3, 4, "too large"), "552 5.3.4", "content-filtered", permanent, "operator"},
		{"sender refused", nil, says(553, 0, 0, 0, "sender not allowed"), nil, nil, "553", "channel-misconfigured", transient, "operator"},
		{"sender address bad", nil, says(550, 5, 1, 8, "bad sender"), nil, nil, "550 5.1.8", "channel-misconfigured", transient, "operator"},
		{"login wanted", nil, says(530, 5, 7, 0, "authentication required"), nil, nil, "530 5.7.0", "channel-misconfigured", transient, "operator"},
		{"TLS wanted", nil, nil, says(550, 5, 7, 10, "encryption needed"), nil, "550 5.7.10", "tls", transient, "mail"},
		{"closing at the greeting", says(421, 4, 3, 2, "shutting down"), nil, nil, nil, "421 4.3.2", "server-busy", transient, "mail"},
		{"closing at the recipient", nil, nil, says(421, 4, 7, 0, "too many connections"), nil, "421 4.7.0", "server-busy", transient, "mail"},
		{"refusing us at the greeting", says(554, 5, 7, 1, "not you"), nil, nil, nil, "554 5.7.1", "channel-misconfigured", transient, "operator"},
		{"local trouble after the content", nil, nil, nil, says(451, 4, 3, 0, "queue file write error"), "451 4.3.0", "server-busy", transient, "mail"},
		{"a code nobody knows", nil, nil, says(599, 0, 0, 0, "well"), nil, "599", "unknown", permanent, "mail"},
		{"hanging up at the recipient", nil, nil, hangsUp, nil, "connection", "connection", transient, "mail"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			relay := startRelay(t, script{hello: test.hello, from: test.from, rcpt: test.rcpt, data: test.data})
			got := newMailer(t, relay.config()).Send(t.Context(), letterToJane)
			if got.Accepted || got.Ambiguous || got.Code != test.code || got.Cause != test.cause ||
				got.Permanent != test.permanent || got.Responsible != test.party {
				t.Errorf("outcome %+v", got)
			}
			if (activities.NextTry(got, 1) == 0) != test.permanent {
				t.Errorf("next try in %v", activities.NextTry(got, 1))
			}
		})
	}
}

func TestHangingUpAfterTheFinalDotLeavesItOpen(t *testing.T) {
	relay := startRelay(t, script{data: hangsUp})
	outcome := newMailer(t, relay.config()).Send(t.Context(), letterToJane)
	if outcome.Accepted || outcome.Permanent || !outcome.Ambiguous || outcome.Cause != "connection" {
		t.Errorf("outcome %+v", outcome)
	}
}

func TestAReplyIsQuotedWithoutPersonalData(t *testing.T) {
	const words = "<jane.roe@example.com> (Jane Roé, user jane.roe): see https://example.org/activate/t0ken or call +49 30 123456"
	relay := startRelay(t, script{rcpt: says(550, 5, 7, 1, words+strings.Repeat(" and so on", 50))})
	outcome := newMailer(t, relay.config()).Send(t.Context(), letterToJane)
	for _, secret := range []string{"jane", "Roé", "t0ken", "123456", "@"} {
		if strings.Contains(outcome.Text, secret) {
			t.Errorf("%q shows in %q", secret, outcome.Text)
		}
	}
	if length := len([]rune(outcome.Text)); length != 200 || !strings.Contains(outcome.Text, "and so on") {
		t.Errorf("%d characters: %q", length, outcome.Text)
	}
}
