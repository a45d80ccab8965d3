package activities_test

import (
	"fmt"
	"strings"
	"testing"

	"dialtone/activities"
	"dialtone/domain"
)

func TestSMTPAddressesAreRead(t *testing.T) {
	tests := []struct {
		raw  string
		want activities.MailConfig
	}{
		{"smtp://mail.example.org", activities.MailConfig{Host: "mail.example.org", Port: 587, TLS: activities.TLSOffered}},
		{"smtp://u:p%40ss@mail.example.org:25/", activities.MailConfig{Host: "mail.example.org", Port: 25, TLS: activities.TLSOffered, Username: "u", Password: "p@ss"}},
		{"smtps://u:p@[::1]", activities.MailConfig{Host: "::1", Port: 465, TLS: activities.TLSImplicit, Username: "u", Password: "p"}},
		{
			"smtp://127.0.0.1:1025?tls=none&from=a@example.org&name=Example%20Phone&helo=host.example.org",
			activities.MailConfig{Host: "127.0.0.1", Port: 1025, TLS: activities.TLSNone, From: "a@example.org", FromName: "Example Phone", HELO: "host.example.org"},
		},
		{"smtp://h?tls=required", activities.MailConfig{Host: "h", Port: 587, TLS: activities.TLSRequired}},
	}
	for _, test := range tests {
		if got, err := activities.ParseSMTP(test.raw); err != nil || got != test.want {
			t.Errorf("%s: %v, %v", test.raw, got, err)
		}
	}
}

func TestWrongSMTPAddressesAreRefusedWithoutShowingThePassword(t *testing.T) {
	for _, raw := range []string{
		"", "s3cret", "http://u:s3cret@h", "smtp://u:s3cret@", "smtp://u:s3cret@h:0", "smtp://u:s3cret@h:99999", "smtp://u:s3cret@h:port",
		"smtp://u:s3cret#x@h", "smtp://u:s3cret/x@h:25", "smtp://u:%zz-s3cret@h", "smtp://u@h", "smtp://:s3cret@h",
		"smtp://u:s3cret@h?tls=maybe", "smtps://u:s3cret@h?tls=none", "smtp://u:s3cret@h?timeout=1", "smtp://u:s3cret@h\n",
	} {
		_, err := activities.ParseSMTP(raw)
		if err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%q: %v", raw, err)
		} else if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestPrintedConfigurationsShowNoSecret(t *testing.T) {
	mail := activities.MailConfig{Host: "h", Port: 25, Password: "s3cret"}
	sms := activities.SMSConfig{BaseURL: "https://api.example.org", AuthToken: "s3cret"}
	if printed := fmt.Sprintf("%v %+v %s %v %+v", mail, mail, mail, sms, sms); strings.Contains(printed, "s3cret") {
		t.Error(printed)
	}
}
