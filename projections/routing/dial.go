package routing

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"dialtone/domain"
)

var separators = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "")

// dialled strips what people and phones put between digits (RFC 3966 §5.1.1).
// What is no telephone number is left alone.
func dialled(target string) string {
	bare := separators.Replace(target)
	if bare == "" || strings.Trim(strings.TrimPrefix(bare, "+"), "0123456789") != "" {
		return target
	}
	return bare
}

// E164 reads what was dialled in a country: +49…, 0049…, 030… Italy's leading
// 0 belongs to the number and stays. Possible tells whether a number of that
// length can exist; nothing is said about who has it.
func E164(target, country string) (number domain.E164, possible bool) {
	if len(target) > 32 {
		return "", false
	}
	parsed, err := phonenumbers.Parse(target, country)
	if err != nil {
		return "", false
	}
	number = domain.E164(phonenumbers.Format(parsed, phonenumbers.E164))
	return number, number.Valid() && phonenumbers.IsPossibleNumber(parsed)
}
