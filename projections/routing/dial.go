package routing

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"dialtone/domain"
)

// emergencyNumbers are the numbers every phone may call at any time, by
// country. 112 (the GSM and EU number) is one everywhere.
var emergencyNumbers = map[string][]string{
	"AT": {"112", "122", "133", "140", "144", "128", "141"},
	"CH": {"112", "117", "118", "143", "144", "145", "147", "1414"},
	"DE": {"112", "110"},
	"GB": {"112", "999"},
	"GR": {"112", "100", "166", "199"},
	"IT": {"112", "113", "115", "118"},
	"SE": {"112"},
}

// Emergency tells whether the digits are an emergency number in a country (ISO
// 3166-1 alpha-2; 112 where the country is not in the table).
func Emergency(digits, country string) bool {
	if numbers, known := emergencyNumbers[country]; known {
		return slices.Contains(numbers, digits)
	}
	return digits == "112"
}

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
