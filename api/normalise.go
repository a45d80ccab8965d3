package api

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"dialtone/domain"
)

var (
	spelling   = regexp.MustCompile(`[\s()./\-]`) // what people put between digits
	macDivider = strings.NewReplacer(":", "", "-", "", ".", "", " ", "")
)

// telephoned tells whether numbers can be dialled nationally in a country (ISO
// 3166-1).
func telephoned(country string) bool { return phonenumbers.GetCountryCodeForRegion(country) != 0 }

// phone gives a number, typed nationally or internationally in a country (ISO
// 3166-1), in the form of E.164. What is no number is given back as it is, for
// the rules to refuse.
func phone(typed, country string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return ""
	}
	if bare := spelling.ReplaceAllString(strings.Replace(typed, "(0)", "", 1), ""); strings.HasPrefix(bare, "+") {
		return bare
	}
	parsed, err := phonenumbers.Parse(typed, country)
	if err != nil {
		return typed
	}
	number := phonenumbers.Format(parsed, phonenumbers.E164)
	if !domain.E164(number).Valid() {
		return typed
	}
	return number
}

// mac gives a MAC address as 12 lower-case digits, however it is divided.
func mac(typed string) string { return strings.ToLower(macDivider.Replace(strings.TrimSpace(typed))) }

func trimmed(fields ...*string) {
	for _, field := range fields {
		*field = strings.TrimSpace(*field)
	}
}
