package main

import (
	"net"
	"net/url"
	"strings"
	"time"

	"dialtone/activities"
)

// smsConfig gives the SMS account of the configuration; false where the
// embedded service is meant and runs in another process.
func smsConfig(c Config, s *stands) (activities.SMSConfig, bool, error) {
	endpoint := strings.TrimRight(c.PublicURL, "/") + activities.ReceiptPath
	if c.SMS != embedded {
		config, err := activities.ParseSMS(c.SMS)
		if config.StatusURL == "" && reachable(c.PublicURL) {
			config.StatusURL = endpoint
		}
		return config, true, err
	}
	if s == nil {
		return activities.SMSConfig{}, false, nil
	}
	return activities.SMSConfig{
		AccountSID: standAccount, AuthToken: s.smsToken, From: "Dialtone", BaseURL: "http://" + s.smsAddr, StatusURL: endpoint,
	}, true, nil
}

// messenger gives the SMS sender of the configuration.
func messenger(c Config, s *stands) (*activities.Texter, error) {
	config, _, err := smsConfig(c, s)
	if err != nil {
		return nil, err
	}
	return activities.NewTexter(config)
}

// receipts gives the reader of delivery receipts, nil where there is no account
// whose signature could be checked.
func receipts(c Config, s *stands, now func() time.Time) (*activities.Receipts, error) {
	config, known, err := smsConfig(c, s)
	if err != nil || !known {
		return nil, err
	}
	return activities.NewReceipts(config.AuthToken, c.PublicURL, now), nil
}

// reachable tells whether a provider out there can report to our origin.
// Twilio refuses messages whose reports would go nowhere.
func reachable(publicURL string) bool {
	origin, err := url.Parse(publicURL)
	if err != nil {
		return false
	}
	host := origin.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".localhost") && !strings.HasSuffix(host, ".local")
}
