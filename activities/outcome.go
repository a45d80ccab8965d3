package activities

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Outcome is how one attempt to send a mail or an SMS ended. It carries no
// address, no number and no link, so it may stand in a fact and in a history.
type Outcome struct {
	Accepted    bool
	Provider    string        // what the provider calls it: the SMTP server's last reply, or the Twilio SID
	Code        string        // "451 4.7.1", "twilio 21211", "http 503", "timeout", "connection", "tls", "cancelled"
	Text        string        // the provider's words without personal data, at most 200 characters
	Cause       string        // stable name of what went wrong, one of the causes below
	Permanent   bool          // the same message to the same address can't get through
	Responsible string        // who must act: user, admin, operator, mail or sms
	RetryAfter  time.Duration // the provider's wish for the wait before the next try; 0 = by the schedule
	Ambiguous   bool          // it may have been delivered although no acceptance was seen
}

// The causes, stable because facts and translations name them.
const (
	causeMailboxUnknown       = "mailbox-unknown"
	causeMailboxFull          = "mailbox-full"
	causeGreylisted           = "greylisted"
	causeServerBusy           = "server-busy"
	causePolicyRefused        = "policy-refused"
	causeTLS                  = "tls"
	causeConnection           = "connection"
	causeTimeout              = "timeout"
	causeNumberInvalid        = "number-invalid"
	causeHandsetUnreachable   = "handset-unreachable"
	causeOptedOut             = "opted-out"
	causeRegionBlocked        = "region-blocked"
	causeChannelMisconfigured = "channel-misconfigured"
	causeContentFiltered      = "content-filtered"
	causeNotSendable          = "not-sendable"
	causeUnknown              = "unknown"
)

// The parties who can act on a cause.
const (
	partyUser     = "user"
	partyAdmin    = "admin"
	partyOperator = "operator"
	partyMail     = "mail"
	partySMS      = "sms"
)

// actors names who must act on a cause; the other causes are the channel's own
// trouble, and only time helps.
var actors = map[string]string{
	causeMailboxUnknown:       partyAdmin,
	causeNumberInvalid:        partyAdmin,
	causeMailboxFull:          partyUser,
	causeHandsetUnreachable:   partyUser,
	causeOptedOut:             partyUser,
	causePolicyRefused:        partyOperator,
	causeRegionBlocked:        partyOperator,
	causeChannelMisconfigured: partyOperator,
	causeContentFiltered:      partyOperator,
	causeNotSendable:          partyOperator,
}

// responsible gives who must act on a cause met on a channel.
func responsible(cause, channel string) string {
	if party, ok := actors[cause]; ok {
		return party
	}
	return channel
}

// maxText bounds a provider's words, in characters.
const maxText = 200

var personal = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://\S+|<?[^\s<>"'(),;:]+@[^\s<>"'(),;]+>?|\+[0-9][0-9 ().-]{4,}[0-9]`)

// clean takes addresses, links, telephone numbers and the given names out of
// a provider's words, joins its lines and shortens them.
func clean(text string, names ...string) string {
	text = strings.ToValidUTF8(text, "")
	text = personal.ReplaceAllString(text, "…")
	for _, name := range names {
		if len(name) > 2 {
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(name)).ReplaceAllString(text, "…")
		}
	}
	return shorten(plain(text), maxText)
}

// plain makes one line of a text: control and format characters become
// spaces, and no two spaces stand together.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
}

// shorten cuts a text to a number of characters.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
