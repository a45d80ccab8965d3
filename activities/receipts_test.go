package activities_test

import (
	"crypto/hmac"
	"crypto/sha1" // what Twilio signs with
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/user"
)

const (
	receiptToken = "t0ken"
	receiptQuery = "attempt=2&message=m-1&user=u-1"
)

var receiptNoon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// signed signs as twilio.com/docs/usage/security says: HMAC-SHA1 over the URL
// and the fields in the order of their names.
func signed(token, address string, form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	text := address
	for _, name := range names {
		text += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func report(status, code string) url.Values {
	form := url.Values{
		"MessageSid": {"SM1"}, "SmsSid": {"SM1"}, "MessageStatus": {status}, "SmsStatus": {status},
		"To": {"+4915112345678"}, "From": {"Dialtone"}, "AccountSid": {"AC1"}, "ApiVersion": {"2010-04-01"},
	}
	if code != "" {
		form.Set("ErrorCode", code)
		form.Set("ErrorMessage", "the handset +4915112345678 did not answer")
	}
	return form
}

func receipts(publicURL string) *activities.Receipts {
	return activities.NewReceipts(receiptToken, publicURL, func() time.Time { return receiptNoon })
}

func TestAReceiptIsRead(t *testing.T) {
	next := func(after time.Duration) *time.Time { return new(receiptNoon.Add(after)) }
	trouble := func(cause, party, code string, next *time.Time) *user.Trouble {
		return &user.Trouble{Cause: cause, Responsible: party, Code: code, Text: "the handset … did not answer", NextTry: next}
	}
	silent := &user.Trouble{Cause: "unknown", Responsible: "sms", Code: "twilio 0"}
	for _, c := range []struct {
		status, code string
		delivered    bool
		trouble      *user.Trouble
	}{
		{"accepted", "", false, nil},
		{"scheduled", "", false, nil},
		{"queued", "", false, nil},
		{"sending", "", false, nil},
		{"sent", "", false, nil},
		{"word-of-tomorrow", "", false, nil},
		{"delivered", "", true, nil},
		{"read", "", true, nil},
		{"undelivered", "30003", false, trouble("handset-unreachable", "user", "twilio 30003", next(30*time.Minute))},
		{"undelivered", "30005", false, trouble("number-invalid", "admin", "twilio 30005", nil)},
		{"undelivered", "30008", false, trouble("unknown", "sms", "twilio 30008", nil)}, // the second attempt was the last
		{"failed", "30007", false, trouble("content-filtered", "operator", "twilio 30007", nil)},
		{"failed", "21610", false, trouble("opted-out", "user", "twilio 21610", nil)},
		{"failed", "", false, silent},
		{"canceled", "", false, silent},
	} {
		form := report(c.status, c.code)
		got, err := receipts("https://phones.example/").Read(receiptQuery, form, signed(receiptToken, "https://phones.example/webhooks/twilio?"+receiptQuery, form))
		if err != nil {
			t.Fatalf("%s %s: %v", c.status, c.code, err)
		}
		gotTrouble := got.Trouble
		got.Trouble = nil
		want := user.Receipt{User: "u-1", Message: "m-1", Attempt: 2, Provider: "SM1", Status: c.status, Delivered: c.delivered}
		if got != want || !sameTrouble(gotTrouble, c.trouble) {
			t.Errorf("%s %s: %+v with %+v, want %+v", c.status, c.code, got, gotTrouble, c.trouble)
		}
	}
}

func sameTrouble(a, b *user.Trouble) bool {
	if a == nil || b == nil {
		return a == b
	}
	if (a.NextTry == nil) != (b.NextTry == nil) || a.NextTry != nil && !a.NextTry.Equal(*b.NextTry) {
		return false
	}
	return a.Cause == b.Cause && a.Responsible == b.Responsible && a.Code == b.Code && a.Text == b.Text
}

func TestAReceiptThatTwilioHasNotSignedIsForged(t *testing.T) {
	const address = "https://phones.example/webhooks/twilio?" + receiptQuery
	form := report("delivered", "")
	right := signed(receiptToken, address, form)
	changed, twice, more, fewer := report("failed", ""), report("delivered", ""), report("delivered", ""), report("delivered", "")
	twice.Add("MessageStatus", "failed")
	more.Set("Extra", "x")
	fewer.Del("To")
	for name, c := range map[string]struct {
		query     string
		form      url.Values
		signature string
	}{
		"no signature":        {receiptQuery, form, ""},
		"another token":       {receiptQuery, form, signed("other", address, form)},
		"another user":        {strings.Replace(receiptQuery, "u-1", "u-2", 1), form, right},
		"another message":     {strings.Replace(receiptQuery, "m-1", "m-2", 1), form, right},
		"no query":            {"", form, right},
		"another status":      {receiptQuery, changed, right},
		"a field twice":       {receiptQuery, twice, right},
		"a field more":        {receiptQuery, more, right},
		"a field less":        {receiptQuery, fewer, right},
		"nothing":             {receiptQuery, nil, right},
		"another host":        {receiptQuery, form, signed(receiptToken, "https://evil.example/webhooks/twilio?"+receiptQuery, form)},
		"another scheme":      {receiptQuery, form, signed(receiptToken, "http://phones.example/webhooks/twilio?"+receiptQuery, form)},
		"another path":        {receiptQuery, form, signed(receiptToken, "https://phones.example/?"+receiptQuery, form)},
		"cut":                 {receiptQuery, form, right[:20]},
		"with something more": {receiptQuery, form, right + "="},
	} {
		if got, err := receipts("https://phones.example").Read(c.query, c.form, c.signature); domain.KindOf(err) != domain.Denied || got != (user.Receipt{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWhatIsSignedButSaysNothingIsUnreadable(t *testing.T) {
	for _, query := range []string{"", "user=u", "user=u&message=m", "user=u&message=m&attempt=x", "user=u&message=m&attempt=0", "message=m&attempt=1", "%zz"} {
		form := report("delivered", "")
		address := "http://127.0.0.1:8080/webhooks/twilio"
		if query != "" {
			address += "?" + query
		}
		if _, err := receipts("http://127.0.0.1:8080").Read(query, form, signed(receiptToken, address, form)); err == nil {
			t.Errorf("%q is read", query)
		} else if query != "%zz" && domain.KindOf(err) != domain.Invalid { // what is no URL has no signature either
			t.Errorf("%q: %v", query, err)
		}
	}
	form := report("", "")
	if _, err := receipts("https://phones.example").Read(receiptQuery, form, signed(receiptToken, "https://phones.example/webhooks/twilio?"+receiptQuery, form)); domain.KindOf(err) != domain.Invalid {
		t.Errorf("without a status: %v", err)
	}
}
