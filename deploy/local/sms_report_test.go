package local_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/twilio/twilio-go/client"
	twilio "github.com/twilio/twilio-go/rest/api/v2010"

	"dialtone/deploy/local"
)

// reporting sends an SMS whose deliveries go to a server, and gives its sid.
func reporting(t *testing.T, api *twilio.ApiService, receiver http.HandlerFunc) (sid, address string) {
	t.Helper()
	server := httptest.NewServer(receiver)
	t.Cleanup(server.Close)
	address = server.URL + "/webhooks/twilio?message=m&user=u"
	sent, err := api.CreateMessage(text("+491701234567", "Hello").SetStatusCallback(address))
	if err != nil {
		t.Fatal(err)
	}
	return *sent.Sid, address
}

func TestADeliveryIsReportedAsTwilioDoes(t *testing.T) {
	inbox := newInbox(t)
	sms := newSMS(inbox)
	api := twilioClient(t, sms, token)
	var fields map[string]string
	var signed, called string
	sid, address := reporting(t, api, func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		fields, called, signed = map[string]string{}, "http://"+r.Host+r.URL.RequestURI(), r.Header.Get("X-Twilio-Signature")
		for name := range r.PostForm {
			fields[name] = r.PostForm.Get(name)
		}
	})
	if err := sms.Report(t.Context(), local.SMSReport{ID: sid, Status: "undelivered", Code: 30003}); err != nil {
		t.Fatal(err)
	}
	if called != address || fields["MessageSid"] != sid || fields["MessageStatus"] != "undelivered" || fields["ErrorCode"] != "30003" || fields["To"] != "+491701234567" {
		t.Errorf("called %s with %v", called, fields)
	}
	validator := client.NewRequestValidator(token)
	if !validator.Validate(address, fields, signed) {
		t.Error("Twilio's own library does not take the signature")
	}
	fetched, err := api.FetchMessage(sid, &twilio.FetchMessageParams{})
	if err != nil || *fetched.Status != "undelivered" || *fetched.ErrorCode != 30003 {
		t.Errorf("fetched %+v, %v", fetched, err)
	}
}

func TestReportsThatCannotBeSent(t *testing.T) {
	sms := newSMS(newInbox(t))
	api := twilioClient(t, sms, token)
	sid, _ := reporting(t, api, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	silent, err := api.CreateMessage((&twilio.CreateMessageParams{}).SetTo("+491701234567").SetFrom("Dialtone").SetBody("x"))
	if err != nil {
		t.Fatal(err)
	}
	for name, report := range map[string]local.SMSReport{
		"refused":              {ID: sid, Status: "delivered"},
		"no such state":        {ID: sid, Status: "lost"},
		"no such message":      {ID: "SMx", Status: "delivered"},
		"nobody wants to hear": {ID: *silent.Sid, Status: "delivered"},
	} {
		if err := sms.Report(t.Context(), report); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReportsAreOrderedOverHTTP(t *testing.T) {
	base, stands := newDev(t)
	reports := 0
	sid, _ := reporting(t, twilioClient(t, stands.SMS, token), func(http.ResponseWriter, *http.Request) { reports++ })
	for body, want := range map[string]int{
		`{"id":"` + sid + `","status":"delivered"}`: http.StatusNoContent,
		`{"id":"SMx","status":"delivered"}`:         http.StatusUnprocessableEntity,
		`{"id":"` + sid + `","status":"lost"}`:      http.StatusUnprocessableEntity,
		`{"sid":"x"}`:                               http.StatusBadRequest,
	} {
		if status, answer := call(t, http.MethodPost, base+"/dev/sms/receipts", "application/json", body); status != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if status, _ := call(t, http.MethodPost, base+"/dev/sms/receipts", "text/plain", "{}"); status != http.StatusUnsupportedMediaType {
		t.Errorf("a foreign form is answered with %d", status)
	}
	if reports != 1 {
		t.Errorf("%d reports", reports)
	}
}
