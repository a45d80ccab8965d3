package activities

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strings"
)

// mailStage is how far an attempt came.
type mailStage string

const (
	stageLogin     mailStage = "login"     // connecting, greeting, STARTTLS, AUTH
	stageSender    mailStage = "sender"    // MAIL FROM
	stageRecipient mailStage = "recipient" // RCPT TO
	stageContent   mailStage = "content"   // DATA up to the final dot
	stageAfterDot  mailStage = "after-dot" // the final dot is out, the reply is not in
)

// smtpRules find the cause of a refusal in "stage code enhanced-code text";
// the first match counts. Codes: RFC 5321 section 4.2, RFC 7504 (521, 556),
// RFC 4954 (AUTH), RFC 3207 (454 for STARTTLS). Enhanced codes: RFC 3463,
// RFC 7505 (5.1.10, null MX), RFC 7372 (5.7.x).
var smtpRules = []struct {
	refusal *regexp.Regexp
	cause   string
}{
	// Before an address was named a final no is about us, not about the person.
	{regexp.MustCompile(`^login 454 .*(?i:tls)`), causeTLS},
	{regexp.MustCompile(`^login 5`), causeChannelMisconfigured},
	{regexp.MustCompile(`^\S+ (530|534|535|538) `), causeChannelMisconfigured},
	{regexp.MustCompile(`^sender 5\d\d (5\.1\.[78]|-) `), causeChannelMisconfigured},
	{regexp.MustCompile(`^\S+ 50[0-4] `), causeChannelMisconfigured},
	// Greylisting has no code of its own: 451 4.7.1 by custom (RFC 6647), or words.
	{regexp.MustCompile(`^\S+ 4\d\d \S+ .*(?i:gr[ae]y-? ?list)`), causeGreylisted},
	{regexp.MustCompile(`^\S+ 451 4\.7\.1 `), causeGreylisted},
	{regexp.MustCompile(`^\S+ \d+ [45]\.2\.2 `), causeMailboxFull},
	{regexp.MustCompile(`^\S+ (452|552) (-|[45]\.2\.\d+) `), causeMailboxFull},
	{regexp.MustCompile(`^\S+ 5\d\d 5\.(1\.(1|2|3|6|10)|2\.1) `), causeMailboxUnknown},
	{regexp.MustCompile(`^\S+ \d+ [45]\.7\.(5|10|11) `), causeTLS},
	{regexp.MustCompile(`^\S+ 5\d\d 5\.7\.\d+ `), causePolicyRefused},
	{regexp.MustCompile(`^\S+ 5\d\d 5\.(3\.4|2\.3|6\.\d+) `), causeContentFiltered},
	{regexp.MustCompile(`^recipient (550|551|553|556) - `), causeMailboxUnknown},
	{regexp.MustCompile(`^(content|after-dot) 55\d - `), causeContentFiltered},
	{regexp.MustCompile(`^\S+ 55[04] - `), causePolicyRefused},
	{regexp.MustCompile(`^\S+ 4`), causeServerBusy},
}

// recoverable are the causes that a 5xx reply does not make permanent: a
// mailbox gets tidied, a certificate renewed and a password corrected without
// the message or the address being wrong.
var recoverable = map[string]bool{causeMailboxFull: true, causeChannelMisconfigured: true, causeTLS: true}

// classifyMail turns the error of a stage into an outcome; ended is the
// attempt's own end, if any.
func classifyMail(stage mailStage, err, ended error) Outcome {
	if refusal, ok := errors.AsType[*textproto.Error](err); ok {
		return classifyReply(stage, refusal)
	}
	outcome := Outcome{Text: err.Error(), Ambiguous: stage == stageAfterDot}
	var network net.Error
	var garbled textproto.ProtocolError
	switch {
	case errors.Is(ended, context.Canceled):
		outcome.Code, outcome.Cause = "cancelled", causeConnection
	case errors.Is(ended, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		outcome.Code, outcome.Cause = "timeout", causeTimeout
	case strings.Contains(err.Error(), "tls: "):
		outcome.Code, outcome.Cause = "tls", causeTLS
	case stage != stageLogin, network != nil, errors.As(err, &garbled), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		outcome.Code, outcome.Cause = "connection", causeConnection
	default:
		outcome.Code, outcome.Cause = "login", causeChannelMisconfigured
	}
	outcome.Responsible = responsible(outcome.Cause, partyMail)
	return outcome
}

var enhancedCode = regexp.MustCompile(`^([245])\.\d{1,3}\.\d{1,3}\b`)

// classifyReply looks a server's reply up in the rules.
func classifyReply(stage mailStage, refusal *textproto.Error) Outcome {
	enhanced := enhancedCode.FindString(refusal.Msg)
	if enhanced != "" && int(enhanced[0]-'0') != refusal.Code/100 {
		enhanced = ""
	}
	text := strings.TrimSpace(strings.TrimPrefix(refusal.Msg, enhanced))
	outcome := Outcome{
		Code:  strings.TrimSpace(fmt.Sprintf("%d %s", refusal.Code, enhanced)),
		Text:  text,
		Cause: causeUnknown,
	}
	if enhanced == "" || strings.HasSuffix(enhanced, ".0.0") {
		enhanced = "-" // x.0.0 says no more than the reply code
	}
	line := fmt.Sprintf("%s %d %s %s", stage, refusal.Code, enhanced, plain(text))
	for _, rule := range smtpRules {
		if rule.refusal.MatchString(line) {
			outcome.Cause = rule.cause
			break
		}
	}
	outcome.Permanent = refusal.Code >= 500 && !recoverable[outcome.Cause]
	outcome.Responsible = responsible(outcome.Cause, partyMail)
	return outcome
}
