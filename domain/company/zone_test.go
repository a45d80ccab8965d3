package company_test

import (
	"testing"

	"dialtone/domain/company"
)

func TestTextsNameThePlacesTime(t *testing.T) {
	firm := company.State{Country: "DE", Sites: []company.Site{{ID: "lisbon", TimeZone: "Europe/Lisbon"}, {ID: "bonn"}}}
	for site, zone := range map[string]string{"": "Europe/Berlin", "lisbon": "Europe/Lisbon", "bonn": "Europe/Berlin", "nowhere": "Europe/Berlin"} {
		if got := firm.ZoneAt(site); got != zone {
			t.Errorf("site %q: %s, want %s", site, got, zone)
		}
	}
	if got := (company.State{Country: "US"}).ZoneAt(""); got != "UTC" {
		t.Errorf("a country of several zones: %s", got)
	}
}
