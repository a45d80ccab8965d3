package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"dialtone/domain"
)

// Card is what identifies a card. It is personal data: it stands sealed in facts
// and nowhere in names.
type Card struct {
	IMSI  string `json:"imsi,omitempty"`  // 15 digits (ITU-T E.212)
	ICCID string `json:"iccid,omitempty"` // 19 or 20 digits with a check digit (ITU-T E.118)
}

// Named tells whether anything identifies the card.
func (c Card) Named() bool { return c != Card{} }

// Completed gives the card with what another source knows of it besides.
func (c Card) Completed(by Card) Card {
	if c.IMSI == "" {
		c.IMSI = by.IMSI
	}
	if c.ICCID == "" {
		c.ICCID = by.ICCID
	}
	return c
}

// Claims names the claims on a card, under the key that never rotates: one on
// each of its two numbers, since either may be all that is known of it.
func (c Card) Claims(key []byte) []string {
	var names []string
	if c.IMSI != "" {
		names = append(names, claimName(key, "imsi", c.IMSI))
	}
	if c.ICCID != "" {
		names = append(names, claimName(key, "iccid", c.ICCID))
	}
	return names
}

func claimName(key []byte, kind, number string) string {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(kind + "\x1f" + number))
	return "imsi-" + hex.EncodeToString(sum.Sum(nil)[:16])
}

const imsiLength = 15

// Typed is what somebody reads off a card: one of the three is enough.
type Typed struct{ IMSI, ICCID, Printed string }

// Card reads a card's numbers under the beginning that the operator's IMSIs have
// ("24001743", "" for any), and tells field by field what is wrong with them.
func (t Typed) Card(prefix string) (Card, error) {
	imsi, iccid, printed := bare(t.IMSI), bare(t.ICCID), bare(t.Printed)
	var c domain.Check
	c.Need(imsi+iccid+printed != "", "/imsi", "missing", "is needed, or the ICCID, or the 13 digits on the small card")
	if imsi != "" {
		checkIMSI(&c, "/imsi", imsi, prefix)
	}
	if iccid != "" {
		c.Need(validICCID(iccid), "/iccid", "form", "has 19 or 20 digits, the last of which fits the others")
	}
	if printed != "" {
		read, ok := FromPrinted(printed, prefix)
		c.Need(ok, "/printed", "form", "has 13 digits and begins with %s", printedPrefix(prefix))
		c.Need(!ok || imsi == "" || imsi == read, "/printed", "conflict", "belongs to another IMSI")
		imsi = read
	}
	if err := c.Err(); err != nil {
		return Card{}, err
	}
	return Card{IMSI: imsi, ICCID: iccid}, nil
}

func checkIMSI(c *domain.Check, pointer, imsi, prefix string) {
	c.Need(digits(imsi) && len(imsi) == imsiLength, pointer, "form", "has exactly 15 digits")
	c.Need(strings.HasPrefix(imsi, prefix), pointer, "imsi-foreign", "begins with %s", prefix)
}

// FromPrinted gives the IMSI of the 13 digits that stand on the small card: the
// country code of the operator's IMSIs in front, the last digit dropped (2.5). It
// needs to know how those IMSIs begin.
func FromPrinted(printed, prefix string) (imsi string, ok bool) {
	const length, country = 13, 3
	if len(printed) != length || !digits(printed) || len(prefix) < country || !strings.HasPrefix(printed, printedPrefix(prefix)) {
		return "", false
	}
	return prefix[:country] + printed[:length-1], true
}

func printedPrefix(prefix string) string {
	if len(prefix) < 3 {
		return "what the operator says"
	}
	return prefix[3:]
}

// bare takes away what people put between digits.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
}

func digits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// validICCID checks length and check digit (Luhn, ISO/IEC 7812-1).
func validICCID(text string) bool {
	if !digits(text) || len(text) != 19 && len(text) != 20 {
		return false
	}
	sum := 0
	for n, r := range slices.Backward([]byte(text)) {
		digit := int(r - '0')
		if (len(text)-1-n)%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}

// Tail is how a card's number is shown where it need not be read in full: its
// last four digits.
func Tail(number string) string {
	if len(number) < 4 {
		return ""
	}
	return "…" + number[len(number)-4:]
}
