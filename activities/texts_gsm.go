package activities

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The alphabet of a GSM-7 segment (3GPP TS 23.038 section 6.2.1): characters
// that take one septet and characters that take two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€"
)

const (
	smsSegment = 160 // septets in one segment
	smsJoint   = 4   // of them for what joins the operator's name to the rest
)

// gsm writes a text in the GSM-7 alphabet: what it lacks loses its accents
// or, with no likeness there, is left out.
func gsm(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		if septet(r) > 0 {
			out.WriteRune(r)
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			if septet(part) > 0 {
				out.WriteRune(part)
			}
		}
	}
	return plain(out.String())
}

// fitGSM writes a text in the GSM-7 alphabet and cuts it to a number of septets.
func fitGSM(text string, limit int) string {
	text = gsm(text)
	used := 0
	for index, r := range text {
		if used += septet(r); used > limit {
			return strings.TrimSpace(text[:index])
		}
	}
	return text
}

// septets counts the septets of a text; characters outside the alphabet count none.
func septets(text string) int {
	count := 0
	for _, r := range text {
		count += septet(r)
	}
	return count
}

func septet(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 0
}
