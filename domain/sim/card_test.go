package sim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/sim"
)

const (
	prefix = "24001743"
	imsi   = "240017430000012"
	iccid  = "8946012345678901233" // 19 digits
	long   = "89460123456789012347"
)

func TestWhatIsReadOffACard(t *testing.T) {
	for name, c := range map[string]struct {
		typed  sim.Typed
		prefix string
		want   sim.Card
		wrong  string // the pointer of what is wrong
	}{
		"an IMSI":                             {sim.Typed{IMSI: imsi}, prefix, sim.Card{IMSI: imsi}, ""},
		"an IMSI in groups":                   {sim.Typed{IMSI: "240 01-743 0000012"}, prefix, sim.Card{IMSI: imsi}, ""},
		"an IMSI that is too short":           {sim.Typed{IMSI: imsi[1:]}, "", sim.Card{}, "/imsi"},
		"an IMSI that is too long":            {sim.Typed{IMSI: imsi + "1"}, prefix, sim.Card{}, "/imsi"},
		"an IMSI with a letter":               {sim.Typed{IMSI: "24001743000001x"}, prefix, sim.Card{}, "/imsi"},
		"another operator's IMSI":             {sim.Typed{IMSI: "262017430000012"}, prefix, sim.Card{}, "/imsi"},
		"any IMSI where no beginning is set":  {sim.Typed{IMSI: "262017430000012"}, "", sim.Card{IMSI: "262017430000012"}, ""},
		"an ICCID of 19 digits":               {sim.Typed{ICCID: iccid}, prefix, sim.Card{ICCID: iccid}, ""},
		"an ICCID of 20 digits":               {sim.Typed{ICCID: long}, prefix, sim.Card{ICCID: long}, ""},
		"an ICCID with a wrong check digit":   {sim.Typed{ICCID: "8946012345678901239"}, prefix, sim.Card{}, "/iccid"},
		"an ICCID of 18 digits":               {sim.Typed{ICCID: "894601234567890128"}, prefix, sim.Card{}, "/iccid"},
		"the 13 digits on the small card":     {sim.Typed{Printed: "0174300000129"}, prefix, sim.Card{IMSI: imsi}, ""},
		"13 digits that begin otherwise":      {sim.Typed{Printed: "0174400000129"}, prefix, sim.Card{}, "/printed"},
		"12 of the 13 digits":                 {sim.Typed{Printed: "017430000012"}, prefix, sim.Card{}, "/printed"},
		"13 digits of an operator unknown":    {sim.Typed{Printed: "0174300000129"}, "", sim.Card{}, "/printed"},
		"13 digits that belong to the IMSI":   {sim.Typed{Printed: "0174300000129", IMSI: imsi}, prefix, sim.Card{IMSI: imsi}, ""},
		"13 digits that belong to another":    {sim.Typed{Printed: "0174300000139", IMSI: imsi}, prefix, sim.Card{}, "/printed"},
		"IMSI and ICCID":                      {sim.Typed{IMSI: imsi, ICCID: iccid}, prefix, sim.Card{IMSI: imsi, ICCID: iccid}, ""},
		"nothing at all":                      {sim.Typed{}, prefix, sim.Card{}, "/imsi"},
		"digits of another script, as no one": {sim.Typed{IMSI: "٢٤٠٠١٧٤٣٠٠٠٠٠١٢"}, "", sim.Card{}, "/imsi"},
	} {
		card, err := c.typed.Card(c.prefix)
		if card != c.want || (err == nil) != (c.wrong == "") {
			t.Errorf("%s is read as %+v, %v", name, card, err)
		}
		if fault, ok := errors.AsType[*domain.Fault](err); ok && !slices.ContainsFunc(fault.Fields, func(f domain.FieldFault) bool { return f.Pointer == c.wrong }) {
			t.Errorf("%s is wrong at %+v, not at %s", name, fault.Fields, c.wrong)
		}
	}
}

func TestAWrongDigitOfAnICCIDIsNoticed(t *testing.T) {
	for place := range iccid {
		for digit := '0'; digit <= '9'; digit++ {
			other := iccid[:place] + string(digit) + iccid[place+1:]
			if _, err := (sim.Typed{ICCID: other}).Card(""); (err == nil) != (other == iccid) {
				t.Fatalf("%s is taken: %v", other, err)
			}
		}
	}
}

func TestClaimsOnACardTellNothingOfIt(t *testing.T) {
	key := make([]byte, 32)
	card := sim.Card{IMSI: imsi, ICCID: iccid}
	claims := card.Claims(key)
	if len(claims) != 2 || !slices.Equal(claims[:1], sim.Card{IMSI: imsi}.Claims(key)) || claims[0] == claims[1] {
		t.Fatalf("the claims are %v", claims)
	}
	for _, claim := range claims {
		if !strings.HasPrefix(claim, "imsi-") || strings.Contains(claim, imsi) || strings.Contains(claim, iccid) {
			t.Errorf("a claim is named %s", claim)
		}
	}
	if slices.Equal(claims, card.Claims([]byte("another key of thirty-two bytes!"))) {
		t.Error("claims do not depend on the key")
	}
}
