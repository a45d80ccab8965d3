package main

import (
	"testing"
	"time"
)

func TestDeliveriesAreReportedWhereTheProviderCanCome(t *testing.T) {
	const account = "twilio://AC1:t0ken@?from=Dialtone"
	for _, c := range []struct{ sms, public, want string }{
		{account, "https://phones.example", "https://phones.example/webhooks/twilio"},
		{account, "https://phones.example/", "https://phones.example/webhooks/twilio"},
		{account, "https://203.0.113.7:8443", "https://203.0.113.7:8443/webhooks/twilio"},
		{account, "http://127.0.0.1:8080", ""},
		{account, "http://[::1]:8080", ""},
		{account, "http://0.0.0.0:8080", ""},
		{account, "http://192.168.1.7", ""},
		{account, "http://localhost:8080", ""},
		{account, "http://pbx.local", ""},
		{account + "&status=https%3A%2F%2Felsewhere.example%2Fx", "https://phones.example", "https://elsewhere.example/x"},
		{embedded, "http://127.0.0.1:8080", "http://127.0.0.1:8080/webhooks/twilio"},
	} {
		config, known, err := smsConfig(Config{SMS: c.sms, PublicURL: c.public}, &stands{smsAddr: "127.0.0.1:1", smsToken: "drawn"})
		if err != nil || !known || config.StatusURL != c.want {
			t.Errorf("%s with %s: %q, %v", c.sms, c.public, config.StatusURL, err)
		}
	}
}

func TestWithoutAnAccountNobodyCanSignReceipts(t *testing.T) {
	if reader, err := receipts(Config{SMS: embedded, PublicURL: "https://phones.example"}, nil, time.Now); reader != nil || err != nil {
		t.Errorf("%v, %v", reader, err)
	}
	if reader, err := receipts(Config{SMS: "twilio://AC1:t0ken@?from=Dialtone", PublicURL: "https://phones.example"}, nil, time.Now); reader == nil || err != nil {
		t.Errorf("%v, %v", reader, err)
	}
}
