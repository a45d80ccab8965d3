package activities

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	twilio "github.com/twilio/twilio-go/rest/api/v2010"
)

// lookupPage is how many of the latest messages to a number are looked at.
const lookupPage = 50

// clockSkew is how far Twilio's clock may be behind ours.
const clockSkew = 5 * time.Minute

// Lookup looks for an SMS that was already handed over: same number, same
// text, made at or after since, and none of the others, which are known to be
// messages of their own. Found, its outcome is what became of it. One that
// failed in a way that another try can mend does not count. Not found, the
// outcome is zero, or says why the looking itself went wrong.
func (t *Texter) Lookup(ctx context.Context, text SMS, since time.Time, others []string) (Outcome, bool) {
	ctx, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	trip := t.trip(ctx)
	// No DateSent filter: a message still queued has no such date.
	params := new(twilio.ListMessageParams).SetTo(text.To).SetPageSize(lookupPage)
	page, err := t.api(trip).PageMessage(params, "", "")
	if err == nil && trip.status >= http.StatusMultipleChoices {
		err = errors.New("the SMS service points elsewhere")
	}
	if err != nil {
		outcome := classifySMS(trip, err)
		outcome.Ambiguous, outcome.Permanent = false, false // looking sends nothing and decides nothing
		outcome.Text = clean(outcome.Text, text.To, text.Text, t.config.AuthToken)
		return outcome, false
	}
	for i := range page.Messages {
		message := &page.Messages[i]
		if value(message.Body) != text.Text || value(message.To) != text.To || madeBefore(message, since) {
			continue
		}
		if slices.Contains(others, value(message.Sid)) {
			continue
		}
		if outcome := messageOutcome(message); outcome.Accepted || outcome.Permanent {
			outcome.Text = clean(outcome.Text, text.To, text.Text)
			return outcome, true
		}
	}
	return Outcome{}, false
}

// madeBefore leaves room for two clocks; a message without a readable date is
// not counted as older.
func madeBefore(message *twilio.ApiV2010Message, since time.Time) bool {
	made, err := time.Parse(time.RFC1123Z, value(message.DateCreated))
	return err == nil && made.Before(since.Add(-clockSkew))
}
