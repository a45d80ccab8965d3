package activities_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain/sim"
)

func TestTheVendorIsSpokenToAndItsRefusalsAreJudged(t *testing.T) {
	stand := local.NewSIMVendor(local.SIMVendorConfig{Clock: time.Now})
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	vendor := activities.NewVendor(activities.VendorConfig{URL: server.URL, Token: "a-token-of-the-vendor"})
	card := sim.Card{IMSI: "240017430000012"}
	job := activities.VendorJob{Task: sim.Activate, Key: "key", Order: "order", SIM: "a", Kind: sim.Voice, Card: card}
	for name, c := range map[string]struct {
		fault            local.SIMFault
		cause, code, who string
		final            bool
	}{
		"busy":                 {local.SIMFault{Status: 503}, "vendor-busy", "http 503", "sim-vendor", false},
		"too many requests":    {local.SIMFault{Status: 429}, "vendor-busy", "http 429", "sim-vendor", false},
		"wrong token":          {local.SIMFault{Status: 401}, "vendor-misconfigured", "http 401", "operator", false},
		"somebody else's card": {local.SIMFault{Status: 409, Code: "card-in-use"}, "card-in-use", "http 409 card-in-use", "operator", true},
		"an unknown card":      {local.SIMFault{Status: 404, Code: "unknown-card"}, "card-unknown", "http 404 unknown-card", "admin", true},
		"refused":              {local.SIMFault{Status: 422, Detail: "not " + card.IMSI + ", a-token-of-the-vendor"}, "vendor-refused", "http 422", "operator", true},
	} {
		c.fault.Path, c.fault.Times = "*", 1
		if err := stand.Fail(c.fault); err != nil {
			t.Fatal(err)
		}
		_, got := vendor.Do(t.Context(), job)
		if got.Accepted || got.Cause != c.cause || got.Code != c.code || got.Responsible != c.who || got.Permanent != c.final {
			t.Errorf("%s is judged as %+v", name, got)
		}
		if strings.Contains(got.Text, card.IMSI) || strings.Contains(got.Text, "a-token") {
			t.Errorf("%s tells %q", name, got.Text)
		}
	}
	for range 3 { // an answer that is lost, and the same again
		answer, outcome := vendor.Do(t.Context(), job)
		if !outcome.Accepted || answer.Profile.IMSI != card.IMSI || answer.Profile.ICCID == "" {
			t.Fatalf("the vendor said %+v, %+v", answer, outcome)
		}
	}
	if got := stand.Activations(card.IMSI); got != 1 {
		t.Errorf("activated %d times", got)
	}
	server.Close()
	if _, got := vendor.Do(t.Context(), job); got.Cause != "vendor-busy" || got.Code != "connection" {
		t.Errorf("nobody there is judged as %+v", got)
	}
}

func TestHowTheVendorsAddressIsWritten(t *testing.T) {
	for raw, want := range map[string]activities.VendorConfig{
		"https://vendor.example": {URL: "https://vendor.example"},
		"https://:opensesame@vendor.example/v/?secret=sixteen-characters-x": {URL: "https://vendor.example/v", Token: "opensesame", Secret: "sixteen-characters-x"},
		"http://:opensesame@127.0.0.1:99":                                   {URL: "http://127.0.0.1:99", Token: "opensesame"},
	} {
		if got, err := activities.ParseVendor(raw); err != nil || got != want {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "vendor.example", "ftp://vendor.example", "http://:opensesame@vendor.example", "https://v.example?secret=short", "https://v.example?other=1"} {
		if _, err := activities.ParseVendor(raw); err == nil || slices.ContainsFunc([]string{"opensesame", "short"}, func(part string) bool { return strings.Contains(err.Error(), part) }) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
