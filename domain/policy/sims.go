package policy

import (
	"regexp"

	"dialtone/domain"
)

// SIMs says who has SIM cards and what they look like.
type SIMs struct {
	Auto       bool     `json:"auto,omitzero"`       // a card is ordered with a licence that has one (2.12)
	Licences   []string `json:"licences,omitzero"`   // kinds that have SIMs, or their beginnings up to a hyphen; none: any user may have one
	Prefix     string   `json:"prefix,omitzero"`     // what the operator's IMSIs begin with, "24001743" (2.4)
	TwinOption string   `json:"twinOption,omitzero"` // the add-on that a data card needs; "twin-data" where none is named
}

// For tells whether the holder of a licence may have a SIM.
func (r SIMs) For(licence string) bool {
	return kindAmong(r.Licences, licence)
}

// Orders tells whether a SIM is ordered for the holder of a licence by itself.
func (r SIMs) Orders(licence string) bool { return r.Auto && licence != "" && r.For(licence) }

var prefixForm = regexp.MustCompile(`^[0-9]{5,14}$`)

func (r SIMs) check(c *domain.Check) {
	c.Need(!r.Auto || len(r.Licences) > 0, "/sims/licences", "missing", "says with which licences a SIM card is ordered")
	c.Need(r.Prefix == "" || prefixForm.MatchString(r.Prefix), "/sims/prefix", "form", "has 5 to 14 digits, those of country and operator first")
}
