package activities

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"dialtone/domain/sim"
)

// The causes of what does not go through at the SIM vendor.
const (
	causeVendorBusy          = "vendor-busy"
	causeVendorRefused       = "vendor-refused"
	causeVendorMisconfigured = "vendor-misconfigured"
	causeCardInUse           = "card-in-use"
	causeCardUnknown         = "card-unknown"
	causeDispatchAwaited     = "dispatch-awaited"
)

const partyVendor = "sim-vendor"

// vendorActors names who must act on a cause; for the others only time helps.
var vendorActors = map[string]string{
	causeVendorRefused: partyOperator, causeVendorMisconfigured: partyOperator,
	causeCardInUse: partyOperator, causeCardUnknown: partyAdmin,
}

// profileForm is what stands behind the first $ of an activation code: a host
// and a matching id (SGP.22 §4.1).
var profileForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,255}\$[A-Z0-9-]{1,255}$`)

var (
	vendorQuick  = pace{waits: []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}}
	vendorChecks = pace{waits: []time.Duration{time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}}
)

// vendorCodes say what the vendor's own codes mean; all are final.
var vendorCodes = map[string]string{"card-in-use": causeCardInUse, "unknown-card": causeCardUnknown}

func vendorOutcome(code, cause string, permanent bool) Outcome {
	party := vendorActors[cause]
	if party == "" {
		party = partyVendor
	}
	return Outcome{Code: code, Cause: cause, Permanent: permanent, Responsible: party}
}

// classifyVendor judges a refusal: by the vendor's code where it is known, else
// by the status. What the operator has to set right is tried again.
func classifyVendor(status int, answer vendorBody, header http.Header, personal ...string) Outcome {
	code := fmt.Sprintf("http %d", status)
	var outcome Outcome
	switch cause, known := vendorCodes[answer.Code]; {
	case known && status < 500:
		outcome = vendorOutcome(code, cause, true)
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500:
		outcome = vendorOutcome(code, causeVendorBusy, false)
		outcome.RetryAfter = retryAfter(header)
	case status < 400, status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		outcome = vendorOutcome(code, causeVendorMisconfigured, false)
	default:
		outcome = vendorOutcome(code, causeVendorRefused, true)
	}
	if vendorCode.MatchString(answer.Code) {
		outcome.Code += " " + answer.Code
	}
	outcome.Text = clean(cardNumber.ReplaceAllString(answer.Detail, "…"), personal...)
	return outcome
}

var (
	vendorCode = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	cardNumber = regexp.MustCompile(`[0-9]{9,}|LPA:\S+`)
)

// lostVendor judges an exchange without an answer. Its words may hold the
// vendor's address, so none of them are kept.
func lostVendor(err error) Outcome {
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return vendorOutcome("cancelled", causeVendorBusy, false)
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return vendorOutcome("timeout", causeVendorBusy, false)
	case strings.Contains(err.Error(), "tls: "):
		return vendorOutcome("tls", causeVendorMisconfigured, false)
	}
	return vendorOutcome("connection", causeVendorBusy, false)
}

// vendorTrouble gives what an outcome means for a SIM; nil where it went well.
func vendorTrouble(outcome Outcome, attempt int, id string, now time.Time) *sim.Trouble {
	if outcome.Accepted {
		return nil
	}
	trouble := &sim.Trouble{Cause: outcome.Cause, Responsible: outcome.Responsible, Code: outcome.Code, Text: outcome.Text}
	if outcome.Permanent {
		return trouble
	}
	waits := vendorQuick.waits
	switch outcome.Cause {
	case causeVendorMisconfigured:
		waits = repair.waits
	case causeDispatchAwaited:
		waits = vendorChecks.waits
	}
	wait := max(waits[min(max(attempt, 1), len(waits))-1], min(outcome.RetryAfter, maxRetryAfter))
	next := now.Add(wait + spread(id, wait/10))
	trouble.NextTry = &next
	return trouble
}
