package local

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"dialtone/domain"
)

// MailReport is one delivery status notification (RFC 3464) that the mail server
// is told to send about the last mail to an address.
type MailReport struct {
	To         string `json:"to"`
	Action     string `json:"action"`               // delivered, delayed, failed, relayed or expanded
	Status     string `json:"status"`               // enhanced status code, "5.1.1"
	Diagnostic string `json:"diagnostic,omitempty"` // what a server answered, "550 5.1.1 no such mailbox"
	Nameless   bool   `json:"nameless,omitempty"`   // without the envelope's id, as servers report that know no DSN
}

// ReportTo says where reports are handed over, as a mail server's pipe would.
func (m *MailServer) ReportTo(address string) { m.reportTo.Store(&address) }

// Report hands over a report about the last mail to an address.
func (m *MailServer) Report(ctx context.Context, report MailReport) error {
	var check domain.Check
	known := slices.Contains([]string{"delivered", "delayed", "failed", "relayed", "expanded"}, report.Action)
	check.Need(known, "/action", "unknown", "is delivered, delayed, failed, relayed or expanded")
	if err := check.Err(); err != nil {
		return err
	}
	address := m.reportTo.Load()
	if address == nil {
		return errors.New("nobody takes reports")
	}
	messages, err := m.inbox.Messages(ctx, report.To)
	if err != nil {
		return err
	}
	messages = slices.DeleteFunc(messages, func(message Message) bool { return message.Channel != ChannelMail })
	if len(messages) == 0 {
		return errors.New("there is no mail to that address")
	}
	return handOver(ctx, *address, report.mail(messages[len(messages)-1]))
}

// mail is the report as a mail.
func (r MailReport) mail(about Message) string {
	name := ""
	if about.Envelope != "" && !r.Nameless {
		name = "Original-Envelope-Id: " + about.Envelope + "\r\n"
	}
	diagnostic := ""
	if r.Diagnostic != "" {
		diagnostic = "Diagnostic-Code: smtp; " + r.Diagnostic + "\r\n"
	}
	var returned strings.Builder
	returned.WriteString("Message-ID: <" + about.MessageID + ">\r\n")
	for field, value := range about.Headers {
		if field != "Message-Id" && !strings.ContainsAny(value, "\r\n") {
			returned.WriteString(field + ": " + value + "\r\n")
		}
	}
	return strings.Join([]string{
		"From: Mail Delivery System <MAILER-DAEMON@dialtone.local>", "To: " + about.From, "Subject: Delivery report", "MIME-Version: 1.0",
		"Auto-Submitted: auto-replied", `Content-Type: multipart/report; report-type=delivery-status; boundary="report"`, "",
		"--report", "Content-Type: text/plain", "", "This is a report about your mail.", "",
		"--report", "Content-Type: message/delivery-status", "", name + "Reporting-MTA: dns; dialtone.local", "",
		"Final-Recipient: rfc822; " + r.To, "Action: " + r.Action, "Status: " + r.Status, diagnostic,
		"--report", "Content-Type: text/rfc822-headers", "", returned.String(), "--report--", "",
	}, "\r\n")
}

func handOver(ctx context.Context, address, mail string) error {
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(mail))
	if err != nil {
		return fmt.Errorf("hand a report over: %w", err)
	}
	request.Header.Set("Content-Type", "message/rfc822")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("hand a report over: %w", err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the report was answered with %s", response.Status)
	}
	return nil
}
