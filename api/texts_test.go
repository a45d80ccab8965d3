package api_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain/user"
	"dialtone/domain/wire"
)

func TestEveryFactAboutAUserHasASentence(t *testing.T) {
	for _, event := range wire.Events() {
		if strings.HasPrefix(event.Type(), "company.") || strings.Contains(event.Type(), "connected") {
			continue
		}
		if text := api.Summary(event); text == event.Type() || text == "" || strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q", event.Type(), text)
		}
	}
}

func TestSentencesHoldWhatMatters(t *testing.T) {
	next := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)
	name := "Ada"
	for want, event := range map[string]interface{ Type() string }{
		"The step network waits: timeout; next try at 2026-03-02 09:05:00 UTC": user.StepDelayed{Step: "network", Trouble: user.Trouble{Cause: "timeout", NextTry: &next}},
		"The step link failed: link-expired; to act: user":                     user.StepFailed{Step: "link", Trouble: user.Trouble{Cause: "link-expired", Responsible: "user"}},
		"The message was not accepted, attempt 2: full; it is not tried again": user.MessageRefused{Attempt: 2, Trouble: user.Trouble{Cause: "full"}},
		"An activation link was issued, valid until 2026-03-02 09:05 UTC":      user.LinkIssued{Link: user.Link{ExpiresAt: next}},
		"Changed firstName":                           user.DetailsChanged{Personal: &user.PersonChanges{FirstName: &name}},
		"Changed details that are forgotten":          user.DetailsChanged{},
		"The number +4930 was taken away":             user.NumberChanged{Previous: "+4930"},
		"The extension is 4502: 4501 was taken":       user.ExtensionChanged{Extension: "4502", Reason: "4501 was taken"},
		"Gave back 1 thing the user no longer has":    user.ClaimsReleased{Claims: []string{"x"}},
		"The e-mail address was given up":             user.EmailClaimed{},
		"Ordered with extension 4502: 4501 was taken": user.Created{Extension: "4502", ExtensionReason: "4501 was taken"},
	} {
		if got := api.Summary(event); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumbersAreUnderstoodAsTheyAreWrittenInACountry(t *testing.T) {
	for _, c := range []struct{ typed, country, want string }{
		{"030 123456", "DE", "+4930123456"},
		{" 0171/123 45 67 ", "DE", "+491711234567"},
		{"+49 (0) 30 - 12 34 56", "DE", "+4930123456"},
		{"0049 30 123456", "DE", "+4930123456"},
		{"02 1234 5678", "IT", "+390212345678"},
		{"6912345678", "GR", "+306912345678"},
		{"+499999999999", "DE", "+499999999999"},
		{"hello", "DE", "hello"},
		{"12", "DE", "12"},
		{"", "DE", ""},
		{"030 123456", "XX", "030 123456"},
	} {
		if got := api.Phone(c.typed, c.country); got != c.want {
			t.Errorf("%q in %s is %q, want %q", c.typed, c.country, got, c.want)
		}
	}
	if got := api.MAC(" 00:04-13.AA:bb:CC "); got != "000413aabbcc" {
		t.Errorf("MAC %q", got)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b", "": "", `{"a":1}`: `{"a":1}`,
	} {
		if got := api.Harmless(cell); got != want {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}
