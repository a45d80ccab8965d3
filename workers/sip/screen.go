package sip

import (
	"bytes"
	"strings"
)

// maxHeader is the longest header part that is looked at, in bytes.
const maxHeader = 32 << 10

// screen looks at a datagram before the parser does: what is no SIP message is
// dropped without an answer, so that it costs next to nothing and nobody gets
// an answer to something they did not send in earnest.
func screen(datagram []byte) bool {
	head, _, found := bytes.Cut(datagram, []byte("\r\n\r\n"))
	if !found || len(head) > maxHeader || bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	lines := strings.Split(string(head), "\r\n")
	return startsWell(lines[0]) && hasVia(lines[1:])
}

// startsWell tells a request line or a status line from anything else.
func startsWell(line string) bool {
	first, rest, _ := strings.Cut(line, " ")
	if first == "SIP/2.0" {
		return len(rest) >= 3 && rest[0] >= '1' && rest[0] <= '6' && isDigit(rest[1]) && isDigit(rest[2])
	}
	at := strings.LastIndexByte(rest, ' ')
	return len(first) > 0 && len(first) <= 32 && isToken(first) && at > 0 && strings.HasPrefix(strings.ToUpper(rest[at+1:]), "SIP/")
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// isToken tells whether a text is a token of RFC 3261 §25.1.
func isToken(text string) bool {
	for i := range len(text) {
		b := text[i]
		if !isDigit(b) && (b|0x20 < 'a' || b|0x20 > 'z') && !strings.ContainsRune("-.!%*_+`'~", rune(b)) {
			return false
		}
	}
	return text != ""
}

// hasVia tells whether there is a Via field, without which there is nobody to
// answer to. Other missing fields are answered with 400.
func hasVia(lines []string) bool {
	for _, line := range lines {
		name, _, found := strings.Cut(line, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); found && (name == "via" || name == "v") {
			return true
		}
	}
	return false
}
