package activities

import (
	"strings"
	"time"
)

// pace is a list of waits: the n-th is waited after the n-th attempt.
type pace struct {
	waits []time.Duration
	limit int // further tries allowed; 0 = no limit, the last wait repeats
}

var (
	// quick is for trouble on the way: no connection, a time-out, 421.
	quick = pace{waits: []time.Duration{
		5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute,
		2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	}}
	// patient is for "come back later". RFC 5321 section 4.5.4.1 wants 30
	// minutes between tries; the two earlier ones meet the usual greylisting
	// windows (RFC 6647 section 5), because a person waits for this mail.
	patient = pace{waits: []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}}
	// slow is for a full mailbox: somebody has to tidy it first.
	slow = pace{waits: []time.Duration{time.Hour, 4 * time.Hour}}
	// repair is for a channel the operator has to set right.
	repair = pace{waits: []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute}}
	// handset is for Twilio 30003: "retry after at least 30 minutes", three times.
	handset = pace{waits: []time.Duration{30 * time.Minute}, limit: 3}
	// once is for Twilio 30008, an unknown error: one more try, then another channel.
	once = pace{waits: []time.Duration{5 * time.Minute}, limit: 1}
)

// paces gives the pace of a cause; what is not listed goes patiently.
var paces = map[string]pace{
	causeConnection:           quick,
	causeTimeout:              quick,
	causeTLS:                  quick,
	causeMailboxFull:          slow,
	causeChannelMisconfigured: repair,
	causeHandsetUnreachable:   handset,
}

// pacesByCode gives the pace of the codes whose cause alone does not tell it:
// 421 closes the connection (RFC 5321 section 3.8), and Twilio asks for a
// backing off after 20429, 20500, 21730 and 30001.
var pacesByCode = map[string]pace{
	"421":          quick,
	"twilio 20429": quick,
	"twilio 20500": quick,
	"twilio 21730": quick,
	"twilio 30001": quick,
	"twilio 30008": once,
	"http 429":     quick,
}

// maxRetryAfter bounds the wait a provider can ask for.
const maxRetryAfter = 24 * time.Hour

// NextTry gives the wait before the next attempt, counted from the end of the
// given one (1 = the first): the schedule's wait or the provider's wish,
// whichever is longer. Zero means that no further attempt makes sense.
func NextTry(outcome Outcome, attempt int) time.Duration {
	if outcome.Accepted || outcome.Permanent {
		return 0
	}
	pace := paceOf(outcome)
	if pace.limit > 0 && attempt > pace.limit {
		return 0
	}
	place := min(max(attempt, 1), len(pace.waits)) - 1
	return max(pace.waits[place], min(outcome.RetryAfter, maxRetryAfter))
}

func paceOf(outcome Outcome) pace {
	if pace, ok := pacesByCode[outcome.Code]; ok {
		return pace
	}
	reply, _, _ := strings.Cut(outcome.Code, " ")
	if pace, ok := pacesByCode[reply]; ok {
		return pace
	}
	if strings.HasPrefix(outcome.Code, "http 5") {
		return quick
	}
	if pace, ok := paces[outcome.Cause]; ok {
		return pace
	}
	return patient
}
