package local

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Twilio signs with
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
)

// SMSReport is one delivery receipt that the SMS service is told to send.
type SMSReport struct {
	ID     string `json:"id"`             // the message's sid
	Status string `json:"status"`         // sent, delivered, undelivered or failed
	Code   int    `json:"code,omitempty"` // Twilio's error code, 30003
}

// reportTimeout bounds how long whoever gets a receipt may take.
const reportTimeout = 10 * time.Second

// Report sends a receipt where the message's sender wished it, signed as
// Twilio signs, and has the message stand so from now on.
func (s *SMS) Report(ctx context.Context, report SMSReport) error {
	known := slices.Contains([]string{"sent", "delivered", "undelivered", "failed"}, report.Status)
	var check domain.Check
	check.Need(known, "/status", "unknown", "is sent, delivered, undelivered or failed")
	if err := check.Err(); err != nil {
		return err
	}
	message, err := s.find(ctx, report.ID)
	if err != nil {
		return err
	}
	if message.ReportTo == "" {
		return errors.New("the sender wants no receipts")
	}
	s.mu.Lock()
	s.reports[report.ID] = report
	s.mu.Unlock()
	return s.deliver(ctx, message, report)
}

func (s *SMS) deliver(ctx context.Context, message Message, report SMSReport) error {
	form := url.Values{
		"MessageSid": {report.ID}, "SmsSid": {report.ID}, "MessageStatus": {report.Status}, "SmsStatus": {report.Status},
		"To": {message.To}, "From": {message.From}, "AccountSid": {s.cfg.Account}, "ApiVersion": {twilioVersion},
	}
	if report.Code != 0 {
		form.Set("ErrorCode", strconv.Itoa(report.Code))
	}
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, message.ReportTo, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("report a delivery: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", signature(s.cfg.Token, message.ReportTo, form))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("report a delivery: %w", err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the receipt was answered with %s", response.Status)
	}
	return nil
}

// signature is X-Twilio-Signature: HMAC-SHA1 over the address and the fields in
// the order of their names.
func signature(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// reported words a message as it stands by the last report, delivered where
// there was none.
func (s *SMS) reported(message Message) smsResource {
	s.mu.Lock()
	report, told := s.reports[message.MessageID]
	s.mu.Unlock()
	if !told {
		return s.resource(message, "delivered")
	}
	resource := s.resource(message, report.Status)
	if report.Code != 0 {
		resource.ErrorCode = &report.Code
	}
	return resource
}
