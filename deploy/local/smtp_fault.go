package local

import (
	"fmt"
	"slices"

	"github.com/emersion/go-smtp"

	"dialtone/domain"
)

// The moments of an SMTP dialogue (RFC 5321 §3) at which it can go wrong.
const (
	StageConnect  = "connect"  // instead of the greeting
	StageMail     = "mail"     // on MAIL FROM
	StageRcpt     = "rcpt"     // on RCPT TO
	StageData     = "data"     // after the final dot; the mail is lost
	StageAccepted = "accepted" // after the final dot; the mail is delivered nevertheless (RFC 1047)
)

// MailFault is one thing the mail server is told to get wrong.
type MailFault struct {
	Stage    string `json:"stage"`
	Code     int    `json:"code"`         // reply code, 400 to 599; 0 drops the connection without a word
	Enhanced string `json:"enhanced"`     // RFC 3463, "5.1.1"; by default "4.0.0" or "5.0.0"
	Text     string `json:"text"`         // what the reply says
	Times    int    `json:"times"`        // how often; 0 means until Heal
	To       string `json:"to,omitempty"` // only for this recipient; stages rcpt, data and accepted
}

// Fail arms a fault. Faults that fit the same moment are used oldest first.
func (m *MailServer) Fail(fault MailFault) error {
	if err := fault.check(); err != nil {
		return err
	}
	m.faults.add(fault, fault.Times)
	return nil
}

// Heal disarms all faults.
func (m *MailServer) Heal() { m.faults.remove(anything) }

func (m *MailServer) fault(stage string, to ...string) (MailFault, bool) {
	return m.faults.take(func(fault MailFault) bool {
		return fault.Stage == stage && (fault.To == "" || slices.Contains(to, fault.To))
	})
}

func (f MailFault) check() error {
	var check domain.Check
	stages := []string{StageConnect, StageMail, StageRcpt, StageData, StageAccepted}
	check.Need(slices.Contains(stages, f.Stage), "/stage", "unknown", "is none of %v", stages)
	check.Need(f.Code == 0 || f.Code >= 400 && f.Code <= 599, "/code", "range", "is neither 0 nor 400 to 599")
	check.Need(f.Times >= 0, "/times", "negative", "is below 0")
	_, err := parseEnhanced(f.Enhanced)
	check.Need(err == nil, "/enhanced", "format", "is not like 5.1.1")
	early := f.Stage == StageConnect || f.Stage == StageMail
	check.Need(f.To == "" || !early, "/to", "unknown-yet", "no recipient is known at stage %s", f.Stage)
	return check.Err()
}

// answer is the reply of the fault, nil where the connection is to be dropped.
func (f MailFault) answer() *smtp.SMTPError {
	if f.Code == 0 {
		return nil
	}
	enhanced, err := parseEnhanced(f.Enhanced)
	if err != nil || f.Enhanced == "" {
		enhanced = smtp.EnhancedCode{f.Code / 100, 0, 0}
	}
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: enhanced, Message: f.Text}
}

func parseEnhanced(text string) (code smtp.EnhancedCode, err error) {
	if text == "" {
		return smtp.EnhancedCodeNotSet, nil
	}
	var rest string
	count, _ := fmt.Sscanf(text, "%d.%d.%d%s", &code[0], &code[1], &code[2], &rest)
	if count != 3 || code[0] != 4 && code[0] != 5 {
		return code, fmt.Errorf("%q is no enhanced status code", text)
	}
	return code, nil
}
