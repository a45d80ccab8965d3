package device

import (
	"slices"
	"strings"
)

// The manufacturers whose phones configure themselves, and what is chosen for all
// that is not on the list.
const (
	Yealink = "yealink"
	Snom    = "snom"
	Poly    = "poly"
	Other   = "other"
)

// Manufacturer is a maker of desk phones with the models on the list (0.9).
type Manufacturer struct {
	Name   string   `json:"name"`  // short, lower case
	Title  string   `json:"title"` // as people write it
	Models []string `json:"models"`
}

// Manufacturers is the list of phones that are known by name.
var Manufacturers = []Manufacturer{
	{Yealink, "Yealink", []string{"T31P", "T33G", "T42U", "T43U", "T44W", "T46U", "T48U", "T53W", "T54W", "T57W", "T58W", "W70B"}},
	{Snom, "Snom", []string{"D120", "D315", "D335", "D385", "D713", "D717", "D735", "D765", "D785", "D862", "D865", "M500"}},
	{Poly, "Poly", []string{"Edge B20", "Edge E100", "Edge E220", "Edge E350", "Edge E450", "VVX 150", "VVX 250", "VVX 350", "VVX 450", "CCX 400", "CCX 500"}},
	{"cisco", "Cisco", []string{"6851", "7821", "7841", "7861", "8841", "8851", "8861"}},
	{"gigaset", "Gigaset", []string{"Maxwell 2", "Maxwell 3", "Maxwell 4", "N670 IP"}},
	{"grandstream", "Grandstream", []string{"GRP2601", "GRP2612", "GRP2614", "GRP2615", "GXP1625", "GXP2135"}},
	{Other, "Other", nil},
}

// Find gives a manufacturer by its short name.
func Find(name string) (Manufacturer, bool) {
	at := slices.IndexFunc(Manufacturers, func(m Manufacturer) bool { return m.Name == name })
	if at < 0 {
		return Manufacturer{}, false
	}
	return Manufacturers[at], true
}

// Format names the kind of configuration file of a manufacturer's phones, "" where
// there is none.
func Format(manufacturer string) string {
	if slices.Contains([]string{Yealink, Snom, Poly}, manufacturer) {
		return manufacturer
	}
	return ""
}

// Kind is how a user's own facts name a kind of phone: lower case, at most 40
// characters.
func Kind(manufacturer, model string) string {
	kind := strings.ToLower(model)
	if manufacturer != Other {
		kind = manufacturer + " " + kind
	}
	kind = strings.ReplaceAll(kind, "+", "-")
	return kind[:min(40, len(kind))]
}

// Named finds the manufacturer and model that a kind of phone means, in whatever
// case and with or without the maker's name. What is not on the list is of another
// maker.
func Named(kind string) (manufacturer, model string) {
	wanted := bare(kind)
	for _, maker := range Manufacturers {
		for _, model := range maker.Models {
			if wanted == bare(model) || wanted == bare(maker.Name+model) {
				return maker.Name, model
			}
		}
	}
	if kind == "" {
		return Other, "unknown"
	}
	return Other, kind
}

func bare(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(strings.ToLower(text))
}
