package domain

import (
	"regexp"
	"strings"
)

// E164 is a telephone number in the international form of ITU-T E.164: a plus
// sign and 8 to 15 digits, the first not 0.
type E164 string

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// Valid tells whether the number has the form of ITU-T E.164.
func (n E164) Valid() bool { return e164.MatchString(string(n)) }

// Last gives the last n digits, fewer where the number is shorter.
func (n E164) Last(count int) string {
	digits := strings.TrimPrefix(string(n), "+")
	if len(digits) <= count {
		return digits
	}
	return digits[len(digits)-count:]
}
