package activities_test

import (
	"strings"
	"testing"

	"dialtone/activities"
	"dialtone/domain"
)

func TestSMSAddressesAreRead(t *testing.T) {
	tests := []struct {
		raw  string
		want activities.SMSConfig
	}{
		{"twilio://AC1:t0ken@?from=NoReply", activities.SMSConfig{AccountSID: "AC1", AuthToken: "t0ken", From: "NoReply"}},
		{"twilio://AC1:t0ken@?from=+4930123456&base=http://127.0.0.1:4010", activities.SMSConfig{AccountSID: "AC1", AuthToken: "t0ken", From: "+4930123456", BaseURL: "http://127.0.0.1:4010"}},
		{"twilio://AC1:t0ken@/?from=%2B4930123456&status=https%3A%2F%2Fexample.org%2Fx", activities.SMSConfig{AccountSID: "AC1", AuthToken: "t0ken", From: "+4930123456", StatusURL: "https://example.org/x"}},
	}
	for _, test := range tests {
		got, err := activities.ParseSMS(test.raw)
		if err != nil || got != test.want {
			t.Errorf("%s: %v, %v", test.raw, got, err)
		}
		if _, err := activities.NewTexter(got); err != nil {
			t.Errorf("%s: %v", test.raw, err)
		}
	}
}

func TestWrongSMSAddressesAreRefusedWithoutShowingTheToken(t *testing.T) {
	for _, raw := range []string{
		"", "t0ken", "http://AC1:t0ken@?from=NoReply", "twilio://AC1:t0ken@host?from=NoReply", "twilio://AC1:t0ken@/path?from=NoReply",
		"twilio://AC1@?from=NoReply", "twilio://:t0ken@?from=NoReply", "twilio://AC1:t0ken-x@?from=NoReply", "twilio://AC1:t0ken%zz@?from=NoReply",
		"twilio://AC1:t0ken@", "twilio://AC1:t0ken@?from=NoReply&region=ie1", "twilio://AC1:t0ken@?from=NoReply&base=ftp://x", "twilio://AC1:t0ken@?from=%zz",
	} {
		_, err := activities.ParseSMS(raw)
		if err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%q: %v", raw, err)
		} else if strings.Contains(err.Error(), "t0ken") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestASenderIsANumberOrAShortName(t *testing.T) {
	for from, ok := range map[string]bool{
		"NoReply": true, "A": true, "ONEPro2026": true, "0123456789": false, "1a": true, "ONE Pro": false, "TooLongName": false,
		"Büro": false, "": false, "+4930123456": true, "+0301234567": false, "4930123456": false, "A\n": false,
	} {
		_, err := activities.NewTexter(activities.SMSConfig{AccountSID: "AC1", AuthToken: "t0ken", From: from})
		if (err == nil) != ok {
			t.Errorf("%q: %v", from, err)
		}
	}
}
