package user

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

const reportMAC = 16 // bytes of HMAC, 128 bits

// ReportToken derives what names an attempt at a mail to the servers that carry
// it, and proves in their reports that we have named it: the ids of user and
// message, the attempt and 128 bits of HMAC-SHA256, base64url, 67 characters.
// It fits an ENVID (RFC 3461 §4.4). Attempt 0 is the message as such. It is ""
// where an id is no UUID.
func ReportToken(key []byte, user, message string, attempt int) string {
	raw := make([]byte, 0, 50)
	for _, id := range []string{user, message} {
		bytes, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
		if err != nil || len(bytes) != 16 {
			return ""
		}
		raw = append(raw, bytes...)
	}
	raw = binary.BigEndian.AppendUint16(raw, uint16(min(max(attempt, 0), 1<<16-1)))
	return base64.RawURLEncoding.EncodeToString(append(raw, mac(key, "mail-report", string(raw))[:reportMAC]...))
}

// ReadReportToken gives what a token names; false for one that is not ours.
func ReadReportToken(key []byte, token string) (user, message string, attempt int, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 34+reportMAC {
		return "", "", 0, false
	}
	named := raw[:34]
	if !hmac.Equal(raw[34:], mac(key, "mail-report", string(named))[:reportMAC]) {
		return "", "", 0, false
	}
	return uuidOf(named[:16]), uuidOf(named[16:32]), int(binary.BigEndian.Uint16(named[32:])), true
}

func uuidOf(raw []byte) string {
	text := hex.EncodeToString(raw)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// mailAttempt is what stands for the provider's id of an attempt at a mail:
// what a mail server answers need not differ from one attempt to the next.
func mailAttempt(n int) string { return fmt.Sprintf("attempt %d", n) }

// about gives a receipt the provider's id by which attempts at the message are
// told apart, and that of the attempt that was taken last.
func (r Receipt) about(m Message) (receipt Receipt, last string) {
	if m.Channel != Mail {
		return r, m.Provider
	}
	if r.Attempt == 0 { // the report names the message only
		r.Attempt = max(m.Attempts, 1)
	}
	r.Provider = mailAttempt(r.Attempt)
	return r, mailAttempt(m.Attempts)
}
