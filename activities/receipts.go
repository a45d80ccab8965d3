package activities

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"

	"dialtone/domain"
	"dialtone/domain/user"
)

// ReceiptPath is where Twilio reports deliveries, below the public URL.
const ReceiptPath = "/webhooks/twilio"

// Receipts reads what Twilio reports about SMS it has taken.
type Receipts struct {
	validator client.RequestValidator
	endpoint  string
	now       func() time.Time
}

// NewReceipts makes a reader for one account. Twilio signs the URL that it was
// given, so publicURL must be the origin that it reports to, whatever proxies
// make of it on the way.
func NewReceipts(authToken, publicURL string, now func() time.Time) *Receipts {
	return &Receipts{
		validator: client.NewRequestValidator(authToken),
		endpoint:  strings.TrimRight(publicURL, "/") + ReceiptPath,
		now:       now,
	}
}

// arrivals and losses are Twilio's words for an end; all others say that the
// message is on its way.
var (
	arrivals = map[string]bool{"delivered": true, "read": true}
	losses   = map[string]bool{"undelivered": true, "failed": true, "canceled": true}
)

// Read checks the signature over the endpoint with the query, and the form, and
// gives what the receipt says. What Twilio has not signed is a Denied fault;
// what it has signed and we can't read is an Invalid one.
func (r *Receipts) Read(query string, form url.Values, signature string) (user.Receipt, error) {
	address := r.endpoint
	if query != "" {
		address += "?" + query
	}
	fields := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) != 1 { // Twilio sends each once; of two only one would be covered
			return user.Receipt{}, forged()
		}
		fields[name] = values[0]
	}
	if !r.validator.Validate(address, fields, signature) {
		return user.Receipt{}, forged()
	}
	about, err := url.ParseQuery(query)
	if err != nil {
		return user.Receipt{}, unreadableReceipt()
	}
	attempt, err := strconv.Atoi(about.Get("attempt"))
	receipt := user.Receipt{
		User: about.Get("user"), Message: about.Get("message"), Attempt: attempt,
		Provider: fields["MessageSid"], Status: fields["MessageStatus"],
	}
	if err != nil || attempt < 1 || receipt.User == "" || receipt.Message == "" || receipt.Provider == "" || receipt.Status == "" {
		return user.Receipt{}, unreadableReceipt()
	}
	receipt.Delivered = arrivals[receipt.Status]
	if losses[receipt.Status] {
		receipt.Trouble = r.trouble(fields, attempt)
	}
	return receipt, nil
}

// trouble says why the message came to nothing, and when it is sent again.
func (r *Receipts) trouble(fields map[string]string, attempt int) *user.Trouble {
	code, err := strconv.Atoi(fields["ErrorCode"])
	if err != nil {
		code = 0
	}
	outcome := DeliveryFailure(code, clean(fields["ErrorMessage"], fields["To"], strings.TrimPrefix(fields["To"], "+")))
	trouble := &user.Trouble{Cause: outcome.Cause, Responsible: outcome.Responsible, Code: outcome.Code, Text: outcome.Text}
	if wait := NextTry(outcome, attempt); wait > 0 {
		next := r.now().Add(wait)
		trouble.NextTry = &next
	}
	return trouble
}

func forged() error {
	return domain.Faultf(domain.Denied, "forged", "the receipt does not carry the provider's signature")
}

func unreadableReceipt() error {
	return domain.Faultf(domain.Invalid, "unreadable-receipt", "the receipt does not say what it is about")
}

// receiptURL gives where deliveries of one attempt at a message are reported;
// ids only, for URLs stand in the logs of others.
func receiptURL(base string, text SMS) string {
	address, err := url.Parse(base)
	if err != nil {
		return base
	}
	query := address.Query()
	query.Set("user", text.User)
	query.Set("message", text.ID)
	query.Set("attempt", strconv.Itoa(max(text.Attempt, 1)))
	address.RawQuery = query.Encode()
	return address.String()
}
