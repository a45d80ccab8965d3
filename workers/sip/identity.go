package sip

import (
	"strings"

	"dialtone/domain"
	"dialtone/projections/routing"
)

// speaksFor tells whether a user may put a name into the user part of From:
// the login, the number with or without plus, or the extension.
func speaksFor(u *routing.User, name string) bool {
	if name == "" {
		return false
	}
	number := string(u.Number)
	return name == u.Login || name == number || name == strings.TrimPrefix(number, "+") || name == u.Extension
}

// asserted is the value of P-Asserted-Identity (RFC 3325) for a caller, empty
// where there is nothing to assert.
func asserted(u *routing.User, identity domain.E164, domainName string, toTrunk bool) string {
	name := string(identity)
	if !toTrunk && u.Number == "" {
		name = u.Extension // colleagues see the extension, the world the main number
	}
	if name == "" {
		return ""
	}
	return "<sip:" + name + "@" + domainName + ">"
}

// reasonField is the value of the Reason field (RFC 3326) of a refusal.
func reasonField(status, text string) string {
	return `SIP;cause=` + status + `;text="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
