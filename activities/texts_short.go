package activities

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// The sizes of an SMS (3GPP TS 23.038 and 23.040 section 9.2.3.24.1).
const (
	smsSegment  = 160 // septets in one segment of GSM-7
	smsPart     = 153 // and in each of several
	ucs2Segment = 70  // UTF-16 units in an SMS of one segment
	ucs2Part    = 67  // and in each of several
)

// operatorLeast is how much of the operator's name is worth a place: as much
// as a sender's name may have.
const operatorLeast = 11

// sayShort says an entry as an SMS. It takes one GSM-7 segment; the operator's
// name gets what room the rest leaves, and the link to what the service is
// about comes in only where that leaves room for the name. What GSM-7 would
// change, a secret or Greek that is to stay as it is written, goes as UCS-2. An
// SMS that is there for its link takes as many segments as the link needs, as
// does one whose secrets are longer than usual: nothing but the name is cut.
func (s *speech) sayShort(id string, greekUnicode bool) string {
	words := s.words
	defer func() { s.words = words }()
	write, size, room := gsm, septets, func(int) int { return smsSegment }
	if words.Link != "" && strings.Contains(s.say(id), words.Link) {
		room = gsmRoom
	}
	if !s.fitsGSM() || greekUnicode && hasGreek(s.say(id)) {
		write, size, room = plain, units, ucs2Room
	}
	said := func(operator, info string) string {
		s.words.Operator, s.words.InfoURL = operator, info
		return write(s.say(id))
	}
	least := fit(write(words.Operator), operatorLeast, size)
	info := words.InfoURL
	if size(said(least, info)) > room(size(said(least, ""))) {
		info = ""
	}
	// What joins the name to the rest counts too, so the longest that fits is tried out.
	limit := room(size(said(least, "")))
	operator := write(words.Operator)
	over := size(said(operator, info)) - limit
	if over <= 0 {
		return said(operator, info)
	}
	return said(fit(operator, size(operator)-over, size), info)
}

// fitsGSM tells whether what must arrive as it is stays so in GSM-7.
func (s *speech) fitsGSM() bool {
	for _, exact := range []string{s.words.Username, s.words.Password, s.words.Passcode, s.words.Code} {
		if gsm(exact) != exact {
			return false
		}
	}
	return true
}

func hasGreek(text string) bool {
	for _, r := range text {
		if unicode.Is(unicode.Greek, r) {
			return true
		}
	}
	return false
}

// units counts the UTF-16 units of a text.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// gsmRoom gives the septets of as many segments as a text of a size needs.
func gsmRoom(size int) int {
	if size <= smsSegment {
		return smsSegment
	}
	return (size + smsPart - 1) / smsPart * smsPart
}

// ucs2Room gives the units of as many segments as a text of a size needs.
func ucs2Room(size int) int {
	if size <= ucs2Segment {
		return ucs2Segment
	}
	return (size + ucs2Part - 1) / ucs2Part * ucs2Part
}
