package local_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/twilio/twilio-go/client"
	twilio "github.com/twilio/twilio-go/rest/api/v2010"

	"dialtone/deploy/local"
	"dialtone/domain"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "sesame"
)

// elsewhere sends every request to the stand-in, whatever host it names.
type elsewhere struct{ host string }

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Scheme, r.URL.Host = "http", e.host
	return http.DefaultTransport.RoundTrip(r)
}

func newSMS(inbox *local.Inbox) *local.SMS {
	random := bytes.NewReader(bytes.Repeat([]byte("0123456789abcdefFEDCBA9876543210"), 10))
	return local.NewSMS(local.SMSConfig{Account: account, Token: token, Inbox: inbox, Random: random})
}

// twilioClient is the product's client, talking to the stand-in.
func twilioClient(t *testing.T, sms *local.SMS, password string) *twilio.ApiService {
	t.Helper()
	server := httptest.NewServer(sms)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &client.Client{
		Credentials: client.NewCredentials(account, password),
		HTTPClient:  &http.Client{Transport: elsewhere{address.Host}},
	}
	c.SetAccountSid(account)
	return twilio.NewApiServiceWithClient(c)
}

func text(to, body string) *twilio.CreateMessageParams {
	params := &twilio.CreateMessageParams{}
	return params.SetTo(to).SetFrom("Dialtone").SetBody(body).SetStatusCallback("https://portal.example/webhooks/twilio")
}

func TestAnSMSIsQueuedDeliveredAndFound(t *testing.T) {
	inbox := newInbox(t)
	api := twilioClient(t, newSMS(inbox), token)
	sent, err := api.CreateMessage(text("+491701234567", "Code 1234 https://a.example/x"))
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	if *sent.Status != "queued" || *sent.Sid != "SM30313233343536373839616263646566" || *sent.To != "+491701234567" {
		t.Errorf("answer %s %s %s", *sent.Status, *sent.Sid, *sent.To)
	}
	got := received(t, inbox, "+491701234567")
	if len(got) != 1 || got[0].Channel != local.ChannelSMS || got[0].From != "Dialtone" ||
		got[0].MessageID != *sent.Sid || len(got[0].Links) != 1 {
		t.Errorf("delivered %+v", got)
	}
	fetched, err := api.FetchMessage(*sent.Sid, &twilio.FetchMessageParams{})
	if err != nil || *fetched.Status != "delivered" || *fetched.Body != *sent.Body {
		t.Errorf("fetched %+v, %v", fetched, err)
	}
}

func TestSentMessagesAreListedNewestFirst(t *testing.T) {
	inbox := newInbox(t)
	put(t, inbox, local.Message{Channel: local.ChannelMail, To: "+491701234567", Text: "no sms"})
	api := twilioClient(t, newSMS(inbox), token)
	for _, body := range []string{"one", "two", "three"} {
		if _, err := api.CreateMessage(text("+491701234567", body)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := api.CreateMessage(text("+4930123456", "elsewhere")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*twilio.ListMessageParams)
		want   string
	}{
		"all to a number": {func(*twilio.ListMessageParams) {}, "three two one"},
		"a page":          {func(p *twilio.ListMessageParams) { p.SetLimit(2) }, "three two"},
		"another sender":  {func(p *twilio.ListMessageParams) { p.SetFrom("Other") }, ""},
		"after a moment":  {func(p *twilio.ListMessageParams) { p.SetDateSentAfter(noon.Add(3 * time.Second)) }, "three two"},
		"before a moment": {func(p *twilio.ListMessageParams) { p.SetDateSentBefore(noon.Add(2 * time.Second)) }, "one"},
	} {
		t.Run(name, func(t *testing.T) {
			params := (&twilio.ListMessageParams{}).SetTo("+491701234567")
			c.change(params)
			listed, err := api.ListMessage(params)
			if err != nil {
				t.Fatal(err)
			}
			bodies := []string{}
			for _, message := range listed {
				bodies = append(bodies, *message.Body)
			}
			if got := strings.Join(bodies, " "); got != c.want {
				t.Errorf("listed %q", got)
			}
		})
	}
}

func wantTwilioError(t *testing.T, err error, code, status int) {
	t.Helper()
	var refused *client.TwilioRestError
	if !errors.As(err, &refused) || refused.Code != code || refused.Status != status || refused.MoreInfo == "" || refused.Message == "" {
		t.Errorf("the error is %v", err)
	}
}

func TestWrongMessagesAreRefusedInTwiliosWords(t *testing.T) {
	inbox := newInbox(t)
	api := twilioClient(t, newSMS(inbox), token)
	params := func() *twilio.CreateMessageParams { return &twilio.CreateMessageParams{} }
	for name, c := range map[string]struct {
		params *twilio.CreateMessageParams
		code   int
	}{
		"no recipient":       {params().SetFrom("Dialtone").SetBody("x"), 21604},
		"no E.164 recipient": {text("0170 1234567", "x"), 21211},
		"no sender":          {params().SetTo("+491701234567").SetBody("x"), 21603},
		"no body":            {params().SetTo("+491701234567").SetFrom("Dialtone"), 21602},
		"too long":           {text("+491701234567", strings.Repeat("ü", 1601)), 21617},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := api.CreateMessage(c.params)
			wantTwilioError(t, err, c.code, 400)
		})
	}
	if got := received(t, inbox, ""); len(got) != 0 {
		t.Errorf("delivered nevertheless: %v", got)
	}
	if _, err := api.CreateMessage(text("+491701234567", strings.Repeat("ü", 1600))); err != nil {
		t.Errorf("the longest body was refused: %v", err)
	}
}

func TestOnlyTheAccountIsServed(t *testing.T) {
	sms := newSMS(newInbox(t))
	_, err := twilioClient(t, sms, "wrong").CreateMessage(text("+491701234567", "x"))
	wantTwilioError(t, err, 20003, 401)
	api := twilioClient(t, sms, token)
	_, err = api.CreateMessage(text("+491701234567", "x").SetPathAccountSid("AC2"))
	wantTwilioError(t, err, 20404, 404)
	_, err = api.FetchMessage("SM0", &twilio.FetchMessageParams{})
	wantTwilioError(t, err, 20404, 404)
}

func TestSMSFaultsAreAnsweredAndUsedUp(t *testing.T) {
	inbox := newInbox(t)
	sms := newSMS(inbox)
	api := twilioClient(t, sms, token)
	for _, fault := range []local.SMSFault{
		{Code: 20429, Status: 429, Times: 2},
		{Code: 21610, Status: 400, Text: "unsubscribed", Times: 1, To: "+491701234567"},
		{Code: 20500, Status: 500, Times: 1, Sent: true},
	} {
		if err := sms.Fail(fault); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		to           string
		code, status int
		delivered    int
	}{
		{"+491701234567", 20429, 429, 0},
		{"+491701234567", 20429, 429, 0},
		{"+4930123456", 20500, 500, 1}, // the fault of another number waits
		{"+491701234567", 21610, 400, 0},
	} {
		_, err := api.CreateMessage(text(c.to, "x"))
		wantTwilioError(t, err, c.code, c.status)
		if got := len(received(t, inbox, c.to)); got != c.delivered {
			t.Errorf("%d messages were delivered to %s", got, c.to)
		}
	}
	if _, err := api.CreateMessage(text("+491701234567", "x")); err != nil {
		t.Errorf("faults are left: %v", err)
	}
}

func TestImpossibleSMSFaultsAreInvalid(t *testing.T) {
	sms := newSMS(newInbox(t))
	for name, fault := range map[string]local.SMSFault{
		"no code":        {Status: 400},
		"a good status":  {Code: 21211, Status: 201},
		"no number":      {Code: 21211, Status: 400, To: "0170"},
		"negative times": {Code: 21211, Status: 400, Times: -1},
	} {
		if err := sms.Fail(fault); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithoutRandomnessNothingIsSent(t *testing.T) {
	inbox := newInbox(t)
	sms := local.NewSMS(local.SMSConfig{Account: account, Token: token, Inbox: inbox, Random: iotest.ErrReader(errors.New("dry"))})
	_, err := twilioClient(t, sms, token).CreateMessage(text("+491701234567", "x"))
	wantTwilioError(t, err, 20500, 500)
	if got := received(t, inbox, ""); len(got) != 0 {
		t.Errorf("delivered %v", got)
	}
}
