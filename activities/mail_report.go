package activities

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"dialtone/domain"
	"dialtone/domain/user"
)

// ReportPath is where mail servers' reports are taken, below the public URL.
const ReportPath = "/webhooks/mail"

// reportHeader names the message in what a report gives back of it, for servers
// that offer no DSN.
const reportHeader gomail.Header = "Dialtone-Report"

var reportToken = regexp.MustCompile(`^[A-Za-z0-9_-]{67}$`)

// envelope is what MAIL and RCPT say.
type envelope struct{ from, to string }

// envelope asks for reports where the server passes the wish on (RFC 3461): of
// every end and of delays, with our name for the attempt and without the text.
func (m *Mailer) envelope(client *smtp.Client, letter Mail) envelope {
	around := envelope{from: "<" + m.config.From + ">", to: "<" + letter.To + ">"}
	if offered, _ := client.Extension("DSN"); offered && reportToken.MatchString(letter.Envelope) {
		around.from += " RET=HDRS ENVID=" + letter.Envelope
		around.to += " NOTIFY=SUCCESS,FAILURE,DELAY"
	}
	return around
}

// MailReports reads what mail servers report (RFC 3464) about mails of ours.
type MailReports struct {
	key []byte
	now func() time.Time
}

// NewMailReports makes a reader of reports about mails named under a key.
func NewMailReports(key []byte, now func() time.Time) *MailReports {
	return &MailReports{key: key, now: now}
}

// Read reads a report: a whole mail as a mail server's pipe gives it, or a body
// of the type multipart/report. What names no mail of ours, or is no report, is
// a Denied or an Invalid fault.
func (r *MailReports) Read(contentType string, body []byte) (user.Receipt, error) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return user.Receipt{}, noReport()
	}
	if !strings.HasPrefix(kind, "multipart/") {
		letter, err := mail.ReadMessage(bytes.NewReader(withoutPostmark(body)))
		if err != nil {
			return user.Receipt{}, noReport()
		}
		contentType = letter.Header.Get("Content-Type")
		if body, err = io.ReadAll(letter.Body); err != nil {
			return user.Receipt{}, noReport()
		}
	}
	report, err := readReport(contentType, body)
	if err != nil {
		return user.Receipt{}, err
	}
	for _, token := range report.tokens {
		if id, message, attempt, ours := user.ReadReportToken(r.key, token); ours {
			return r.receipt(user.Receipt{User: id, Message: message, Attempt: attempt}, report.fields), nil
		}
	}
	return user.Receipt{}, forged()
}

// withoutPostmark takes away the line that a mailbox puts ahead of a mail.
func withoutPostmark(body []byte) []byte {
	if line, rest, found := bytes.Cut(body, []byte("\n")); found && bytes.HasPrefix(line, []byte("From ")) {
		return rest
	}
	return body
}

// deliveryReport is what a report says of the one person our mails go to, and
// whatever in it may be our name for the mail.
type deliveryReport struct {
	fields textproto.MIMEHeader
	tokens []string
}

// mostParts is more than a report has: three, says RFC 3462.
const mostParts = 10

func readReport(contentType string, body []byte) (deliveryReport, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/report" || !strings.EqualFold(parameters["report-type"], "delivery-status") {
		return deliveryReport{}, noReport()
	}
	var report deliveryReport
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for range mostParts {
		part, err := parts.NextPart()
		if err != nil {
			break // what was read before counts
		}
		var content io.Reader = part
		if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
			content = base64.NewDecoder(base64.StdEncoding, part)
		}
		report.take(part.Header.Get("Content-Type"), content)
	}
	if report.fields.Get("Action") == "" {
		return deliveryReport{}, noReport()
	}
	return report, nil
}

// take reads one part: the status, or what is given back of the mail.
func (d *deliveryReport) take(contentType string, content io.Reader) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return
	}
	fields := textproto.NewReader(bufio.NewReader(content))
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		about, err := fields.ReadMIMEHeader()
		if err != nil {
			return
		}
		d.tokens = append([]string{about.Get("Original-Envelope-Id")}, d.tokens...) // it names the attempt, too
		if recipient, err := fields.ReadMIMEHeader(); err == nil || errors.Is(err, io.EOF) {
			d.fields = recipient
		}
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		header, _ := fields.ReadMIMEHeader() // headers may end where the part does
		d.tokens = append(d.tokens, header.Get(string(reportHeader)))
	}
}

// receipt says what the report tells. What was only handed on is no news.
func (r *MailReports) receipt(receipt user.Receipt, fields textproto.MIMEHeader) user.Receipt {
	action := strings.ToLower(strings.TrimSpace(fields.Get("Action")))
	code := statusCode.FindString(fields.Get("Status"))
	receipt.Status = strings.TrimSpace(action + " " + code)
	switch action {
	case "delivered":
		receipt.Delivered = true
	case "failed", "delayed":
		outcome := reported(fields, code)
		receipt.Delayed = action == "delayed"
		receipt.Trouble = &user.Trouble{Cause: outcome.Cause, Responsible: outcome.Responsible, Code: outcome.Code, Text: outcome.Text}
		if wait := NextTry(outcome, max(receipt.Attempt, 1)); wait > 0 && !receipt.Delayed {
			receipt.Trouble.NextTry = new(r.now().Add(wait))
		}
	default:
		if !slices.Contains([]string{"relayed", "expanded"}, action) {
			receipt.Status = "unknown"
		}
	}
	return receipt
}

var (
	statusCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)
	replyCode  = regexp.MustCompile(`^([245]\d\d)[ -]\s*(.*)$`)
)

// reported classifies what a server met as if it had answered us: by the reply
// it quotes, else by the status alone.
func reported(fields textproto.MIMEHeader, status string) Outcome {
	_, said, _ := strings.Cut(fields.Get("Diagnostic-Code"), ";")
	said = strings.TrimSpace(said)
	refusal := textproto.Error{Code: 550, Msg: strings.TrimSpace(status + " " + said)}
	if strings.HasPrefix(status, "4") {
		refusal.Code = 450
	}
	if reply := replyCode.FindStringSubmatch(said); reply != nil && (status == "" || reply[1][0] == status[0]) {
		refusal.Code, _ = strconv.Atoi(reply[1])
		refusal.Msg = reply[2]
		if enhancedCode.FindString(refusal.Msg) == "" {
			refusal.Msg = strings.TrimSpace(status + " " + refusal.Msg)
		}
	}
	outcome := classifyReply(stageRecipient, &refusal)
	_, address, _ := strings.Cut(fields.Get("Final-Recipient"), ";")
	local, _, _ := strings.Cut(strings.TrimSpace(address), "@")
	outcome.Text = clean(outcome.Text, local)
	return outcome
}

func noReport() error {
	return domain.Faultf(domain.Invalid, "no-report", "it is no report of a mail server")
}
