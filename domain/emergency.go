package domain

import "slices"

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

// EmergencySomewhere tells whether the digits are an emergency number in any
// country: such a number is nobody's extension.
func EmergencySomewhere(digits string) bool {
	for _, numbers := range emergencyNumbers {
		if slices.Contains(numbers, digits) {
			return true
		}
	}
	return digits == "911"
}
