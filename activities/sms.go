package activities

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	twilio "github.com/twilio/twilio-go/rest/api/v2010"

	"dialtone/domain"
)

// SMS is one text message to one mobile.
type SMS struct {
	ID   string // the notification's id
	To   string // E.164
	Text string
	From string // the sender's name or number; empty: the configured one
	Wide bool   // From may have up to 11 characters and spaces (policy.Sender)

	User    string // whom it is about, by id; for the receipts
	Attempt int    // from 1
}

// SMSConfig says which Twilio account sends, and as whom.
type SMSConfig struct {
	AccountSID, AuthToken string
	From                  string // E.164 number, or a sender name of 1 to 10 letters and digits with at least one letter
	BaseURL               string // where the API is; default https://api.twilio.com
	StatusURL             string // where Twilio reports deliveries, without the ids; empty = nowhere
	Timeout               time.Duration
}

// String names the API only, so that a printed configuration shows no token.
func (c SMSConfig) String() string { return "twilio " + c.BaseURL }

// Texter sends SMS through Twilio's REST API.
type Texter struct {
	config    SMSConfig
	base      *url.URL
	transport http.RoundTripper
}

const (
	twilioURL         = "https://api.twilio.com"
	defaultSMSTimeout = 20 * time.Second
)

// NewTexter checks the configuration and makes a Texter; nothing is dialled.
func NewTexter(config SMSConfig) (*Texter, error) {
	config.BaseURL = strings.TrimRight(cmp.Or(config.BaseURL, twilioURL), "/")
	config.Timeout = cmp.Or(config.Timeout, defaultSMSTimeout)
	base, err := url.Parse(config.BaseURL)
	var check domain.Check
	check.Need(err == nil && webLink(config.BaseURL), "/base", "format", "the SMS service must be an http or https URL")
	check.Need(alphanumeric.MatchString(config.AccountSID), "/sid", "format", "the Twilio account SID must be letters and digits")
	check.Need(alphanumeric.MatchString(config.AuthToken), "/token", "format", "the Twilio token must be letters and digits")
	check.Need(validSender(config.From, false), "/from", "format", "the SMS sender must be a number such as +4930123456, or 1 to 10 letters and digits with at least one letter")
	check.Need(config.StatusURL == "" || webLink(config.StatusURL), "/statusUrl", "format", "the delivery report URL must be an http or https URL")
	check.Need(config.Timeout > 0, "/timeout", "range", "the SMS time-out must be positive")
	if err := check.Err(); err != nil {
		return nil, fmt.Errorf("setting up SMS: %w", err)
	}
	return &Texter{config: config, base: base, transport: http.DefaultTransport.(*http.Transport).Clone()}, nil
}

// Send makes one attempt to hand the SMS over and says how it ended. After an
// ambiguous one look with Lookup before sending again: the API is not
// idempotent.
func (t *Texter) Send(ctx context.Context, text SMS) Outcome {
	if !domain.E164(text.To).Valid() {
		return refusedUnsent(causeNumberInvalid, partySMS, "the mobile is not an international number such as +4915112345678")
	}
	from := cmp.Or(text.From, t.config.From)
	if !validSender(from, text.Wide) {
		return refusedUnsent(causeChannelMisconfigured, partySMS, "the policy's SMS sender is none that the SMS service takes")
	}
	ctx, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	trip := t.trip(ctx)
	params := new(twilio.CreateMessageParams).SetTo(text.To).SetFrom(from).SetBody(text.Text)
	if t.config.StatusURL != "" {
		params.SetStatusCallback(receiptURL(t.config.StatusURL, text))
	}
	message, err := t.api(trip).CreateMessage(params)
	var outcome Outcome
	if err == nil && trip.status < http.StatusMultipleChoices {
		outcome = messageOutcome(message)
	} else {
		outcome = classifySMS(trip, err)
	}
	if outcome.RetryAfter > 0 {
		outcome.RetryAfter += spread(text.ID, outcome.RetryAfter/4)
	}
	outcome.Text = clean(outcome.Text, text.To, strings.TrimPrefix(text.To, "+"), text.Text, t.config.AuthToken)
	return outcome
}

// api gives twilio-go's service over one exchange.
func (t *Texter) api(trip *exchange) *twilio.ApiService {
	session := &client.Client{
		Credentials: client.NewCredentials(t.config.AccountSID, t.config.AuthToken),
		HTTPClient: &http.Client{
			Transport:     trip,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	session.SetAccountSid(t.config.AccountSID)
	return twilio.NewApiServiceWithClient(session)
}

// messageOutcome reads what Twilio says about a message it knows.
func messageOutcome(message *twilio.ApiV2010Message) Outcome {
	sid, status := value(message.Sid), value(message.Status)
	if status == "failed" || status == "undelivered" || status == "canceled" {
		outcome := DeliveryFailure(value(message.ErrorCode), value(message.ErrorMessage))
		outcome.Provider = sid
		return outcome
	}
	if sid == "" {
		return Outcome{Code: "no sid", Cause: causeUnknown, Responsible: partySMS, Ambiguous: true, Text: "the answer names no message"}
	}
	return Outcome{Accepted: true, Provider: sid}
}

// spread shares retries out over a window, always the same for one id, so that
// many messages refused at once do not come back at once.
func spread(id string, window time.Duration) time.Duration {
	if window <= 0 {
		return 0
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(id))
	return time.Duration(sum.Sum64()>>1) % window
}

func value[T any](pointer *T) T {
	if pointer == nil {
		var zero T
		return zero
	}
	return *pointer
}
