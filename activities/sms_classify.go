package activities

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
)

// twilioRules say what a Twilio error code means for the message. Meanings are
// those of twilio.com/docs/api/errors/<code>; how long to wait is in
// outcome_schedule.go.
var twilioRules = map[int]struct {
	cause     string
	permanent bool
	ambiguous bool
}{
	10001: {cause: causeChannelMisconfigured},             // account not active
	20003: {cause: causeChannelMisconfigured},             // wrong credentials
	20429: {cause: causeServerBusy},                       // too many requests: not processed, safe to send again
	20500: {cause: causeServerBusy, ambiguous: true},      // internal error: the message may have gone out
	21211: {cause: causeNumberInvalid, permanent: true},   // invalid To
	21222: {cause: causeChannelMisconfigured},             // account SID with forbidden characters
	21224: {cause: causeChannelMisconfigured},             // token with forbidden characters
	21408: {cause: causeRegionBlocked, permanent: true},   // country not permitted
	21606: {cause: causeChannelMisconfigured},             // sender is not ours or can't send SMS
	21608: {cause: causeChannelMisconfigured},             // trial account, unverified number
	21610: {cause: causeOptedOut, permanent: true},        // recipient answered STOP
	21612: {cause: causeNumberInvalid, permanent: true},   // not reachable from this sender
	21614: {cause: causeNumberInvalid, permanent: true},   // not a mobile number
	21730: {cause: causeServerBusy},                       // maintenance
	30001: {cause: causeServerBusy},                       // queue overflow
	30002: {cause: causeChannelMisconfigured},             // account suspended
	30003: {cause: causeHandsetUnreachable},               // handset off or out of reach
	30004: {cause: causeContentFiltered, permanent: true}, // blocked
	30005: {cause: causeNumberInvalid, permanent: true},   // unknown or no longer in use
	30006: {cause: causeNumberInvalid, permanent: true},   // landline, or carrier can't be reached
	30007: {cause: causeContentFiltered, permanent: true}, // filtered as spam
	30008: {cause: causeUnknown},                          // unknown error
	30010: {cause: causeChannelMisconfigured},             // dearer than the highest price allowed
	30038: {cause: causeContentFiltered, permanent: true}, // one-time password filtered
	30450: {cause: causeRegionBlocked, permanent: true},   // pumping protection
	30453: {cause: causeRegionBlocked, permanent: true},   // pumping protection
}

// DeliveryFailure classifies an error code that Twilio reports about a message
// it had accepted, in a delivery report or in its list of messages. A code
// that is not known (0 too) is an unknown, final failure.
func DeliveryFailure(code int, text string) Outcome {
	outcome := Outcome{Code: fmt.Sprintf("twilio %d", code), Text: clean(text), Cause: causeUnknown, Permanent: true}
	if rule, ok := twilioRules[code]; ok {
		outcome.Cause, outcome.Permanent, outcome.Ambiguous = rule.cause, rule.permanent, rule.ambiguous
	}
	outcome.Responsible = responsible(outcome.Cause, partySMS)
	return outcome
}

// classifySMS turns a failed exchange into an outcome: by Twilio's code where
// it is known, else by the HTTP status, else by what the network says.
func classifySMS(trip *exchange, err error) Outcome {
	var refusal *client.TwilioRestError
	errors.As(err, &refusal)
	var outcome Outcome
	switch {
	case refusal != nil && refusal.Code != 0:
		outcome = DeliveryFailure(refusal.Code, refusal.Message)
		if _, known := twilioRules[refusal.Code]; !known {
			outcome.byStatus(trip.status)
		}
	case trip.status != 0:
		outcome = Outcome{Code: fmt.Sprintf("http %d", trip.status), Text: http.StatusText(trip.status)}
		outcome.byStatus(trip.status)
	default:
		outcome = lostExchange(trip, err)
	}
	if outcome.Cause == causeServerBusy {
		outcome.RetryAfter = retryAfter(trip.header)
	}
	outcome.Responsible = responsible(outcome.Cause, partySMS)
	return outcome
}

// byStatus judges an answer whose code says nothing. A success that can't be
// read and every 5xx may have sent the message.
func (o *Outcome) byStatus(status int) {
	o.Cause, o.Permanent, o.Ambiguous = causeUnknown, false, false
	switch {
	case status == http.StatusTooManyRequests:
		o.Cause = causeServerBusy
	case status >= 500, status == http.StatusRequestTimeout:
		o.Cause, o.Ambiguous = causeServerBusy, true
	case status < 300:
		o.Ambiguous = true
	case status < 400, status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		o.Cause = causeChannelMisconfigured
	default:
		o.Permanent = true
	}
}

// lostExchange judges an exchange without an answer. Where no connection came
// about nothing was sent.
func lostExchange(trip *exchange, err error) Outcome {
	outcome := Outcome{Code: "connection", Cause: causeConnection, Text: err.Error(), Ambiguous: trip.left.Load()}
	if request, ok := errors.AsType[*url.Error](err); ok {
		outcome.Text = request.Err.Error()
	}
	var network net.Error
	switch {
	case errors.Is(trip.ctx.Err(), context.Canceled):
		outcome.Code = "cancelled"
	case errors.As(err, &network) && network.Timeout(), trip.ctx.Err() != nil:
		outcome.Code, outcome.Cause = "timeout", causeTimeout
	case strings.Contains(err.Error(), "tls: "):
		outcome.Code, outcome.Cause = "tls", causeTLS
	}
	return outcome
}

// retryAfter reads Retry-After in seconds (RFC 9110 section 10.2.3); the form
// with a date would need a clock, and Twilio does not use it.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
}
