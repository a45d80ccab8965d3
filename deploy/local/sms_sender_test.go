package local_test

import (
	"net/http/httptest"
	"testing"

	"dialtone/activities"
	"dialtone/deploy/policies"
	"dialtone/domain/policy"
)

// newTexter is the product's way to the stand-in, with a sender of its own.
func newTexter(t *testing.T) (*activities.Texter, func() string) {
	t.Helper()
	inbox := newInbox(t)
	server := httptest.NewServer(newSMS(inbox))
	t.Cleanup(server.Close)
	texter, err := activities.NewTexter(activities.SMSConfig{AccountSID: account, AuthToken: token, From: "Dialtone", BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return texter, func() string {
		got := received(t, inbox, "+306912345678")
		if len(got) == 0 {
			return ""
		}
		return got[len(got)-1].From
	}
}

func TestAnSMSComesFromTheSenderOfThePolicy(t *testing.T) {
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"onepro": "ONE Pro", "teleproffs": "NoReply", "unifyoffice": "Dialtone"} {
		texter, last := newTexter(t)
		sender := presets[name].Sender
		outcome := texter.Send(t.Context(), activities.SMS{ID: name, To: "+306912345678", Text: "x", From: sender.SMS, Wide: sender.Wide})
		if !outcome.Accepted || last() != want {
			t.Errorf("%s: from %q, %+v", name, last(), outcome)
		}
	}
}

func TestWhatIsASenderIsThePolicysToSay(t *testing.T) {
	for _, c := range []struct {
		sender policy.Sender
		goes   bool
	}{
		{policy.Sender{}, true},
		{policy.Sender{SMS: "ABCDEFGHIJ"}, true},
		{policy.Sender{SMS: "ABCDEFGHIJK"}, false},
		{policy.Sender{SMS: "ONE Pro"}, false},
		{policy.Sender{SMS: "ONE Pro", Wide: true}, true},
		{policy.Sender{SMS: "ONE Pro SMS", Wide: true}, true},
		{policy.Sender{SMS: "ONE Pro Text", Wide: true}, false},
		{policy.Sender{SMS: "12345", Wide: true}, false},
		{policy.Sender{SMS: " Pro", Wide: true}, false},
		{policy.Sender{SMS: "Prö", Wide: true}, false},
		{policy.Sender{SMS: "+302101234567"}, true},
	} {
		texter, last := newTexter(t)
		outcome := texter.Send(t.Context(), activities.SMS{ID: "m", To: "+306912345678", Text: "x", From: c.sender.SMS, Wide: c.sender.Wide})
		if outcome.Accepted != c.goes || (last() != "") != c.goes {
			t.Errorf("%+v: %+v, from %q", c.sender, outcome, last())
		}
		if !c.goes && (!outcome.Permanent || outcome.Responsible != "operator" || outcome.Cause != "channel-misconfigured") {
			t.Errorf("%+v is not the operator's to mend: %+v", c.sender, outcome)
		}
	}
}

func TestTheStandInTakesOnlySendersThatTwilioTakes(t *testing.T) {
	api := twilioClient(t, newSMS(newInbox(t)), token)
	for from, takes := range map[string]bool{"ONE Pro": true, "+302101234567": true, "12345": false, "Twelve Chars": false, "Prö": false} {
		if _, err := api.CreateMessage(text("+306912345678", "x").SetFrom(from)); (err == nil) != takes {
			t.Errorf("%q: %v", from, err)
		}
	}
}
