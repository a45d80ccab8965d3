package policy_test

import (
	"testing"

	"dialtone/domain/policy"
)

func TestTextOnABrandsColourCanBeRead(t *testing.T) {
	for colour, want := range map[string][3]string{
		"":                     {"#0b57d0", "#ffffff", "#0b57d0"},
		"#0a7d38":              {"#0a7d38", "#ffffff", "#0a7d38"},
		"#e60000":              {"#e60000", "#ffffff", "#e60000"},
		"#000000":              {"#000000", "#ffffff", "#000000"},
		"#ffffff":              {"#ffffff", "#1a2234", "#1a2234"},
		"#ffcc00":              {"#ffcc00", "#1a2234", "#1a2234"},
		"#ff7900":              {"#ff7900", "#1a2234", "#1a2234"},
		"red":                  {"#0b57d0", "#ffffff", "#0b57d0"},
		"#0a7d38;} body{x:y":   {"#0b57d0", "#ffffff", "#0b57d0"},
		"#0a7d38\n":            {"#0b57d0", "#ffffff", "#0b57d0"},
		"url(//evil.example/)": {"#0b57d0", "#ffffff", "#0b57d0"},
	} {
		b := policy.Brand{Colour: colour}
		if got := [3]string{b.Ground(), b.Ink(), b.Accent()}; got != want {
			t.Errorf("%q: %q, want %q", colour, got, want)
		}
	}
	for colour, want := range map[string]string{"": "#e2ebf9", "#000000": "#e0e0e0", "#ffffff": "#ffffff", "#ffcc00": "#fff9e0", "red": "#e2ebf9"} {
		if got := (policy.Brand{Colour: colour}).Pale(); got != want {
			t.Errorf("%q pales to %s, want %s", colour, got, want)
		}
	}
}
