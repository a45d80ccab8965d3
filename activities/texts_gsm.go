package activities

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The alphabet of a GSM-7 segment (3GPP TS 23.038 section 6.2.1): characters
// that take one septet and characters that take two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€"
)

// latin are the Latin letters that look like Greek capitals. The other Greek
// capitals are in the alphabet themselves.
var latin = map[rune]rune{
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K',
	'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X',
}

// likenesses are characters with a likeness in the alphabet that is not their
// own letter without an accent.
var likenesses = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '«': `"`, '»': `"`,
	'–': "-", '—': "-", '…': "...", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ı': "i",
}

// gsm writes a text in the GSM-7 alphabet: Greek in capitals, and what else it
// lacks loses its accents or, with no likeness there, is left out.
func gsm(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		if septet(r) > 0 {
			out.WriteRune(r)
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			out.WriteString(alike(part))
		}
	}
	return plain(out.String())
}

// alike gives what a character without its accents becomes in the alphabet.
func alike(r rune) string {
	if like, ok := likenesses[r]; ok {
		return like
	}
	if unicode.Is(unicode.Greek, r) {
		r = unicode.ToUpper(r)
		if like, ok := latin[r]; ok {
			r = like
		}
	}
	if septet(r) == 0 {
		return ""
	}
	return string(r)
}

// fit cuts a text to a size.
func fit(text string, limit int, size func(string) int) string {
	runes := []rune(text)
	for i := range runes {
		if size(string(runes[:i+1])) > limit {
			return strings.TrimSpace(string(runes[:i]))
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
