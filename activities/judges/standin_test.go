package judges_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	twilio "github.com/twilio/twilio-go/rest/api/v2010"

	"dialtone/activities"
	"dialtone/deploy/local"
)

// startStandIn gives the stand-in for Twilio, and Prism in front of it, which
// judges requests and answers.
func startStandIn(t *testing.T) (*local.SMS, *witness) {
	t.Helper()
	inbox, err := local.OpenInbox(t.Context(), filepath.Join(t.TempDir(), "inbox.db"), 100, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inbox.Close() })
	standIn := local.NewSMS(local.SMSConfig{Account: account, Token: token, Inbox: inbox, Random: rand.Reader})
	server := httptest.NewServer(standIn)
	t.Cleanup(server.Close)
	return standIn, startWitness(t, startPrism(t, "proxy", server.URL))
}

func TestTheStandInAnswersAsTwiliosDescriptionSays(t *testing.T) {
	t.Parallel()
	_, watch := startStandIn(t)
	texter := newTexter(t, watch.URL, "Dialtone", "https://phones.example.com"+activities.ReceiptPath)
	begun := time.Now()
	for name, text := range sms {
		t.Run(name, func(t *testing.T) {
			text.ID, text.User, text.Attempt, text.To = "n-"+name, "7f1d5f0e", 2, mobile
			outcome := texter.Send(t.Context(), text)
			if v := watch.one(t); v.Status != http.StatusCreated || v.Violations != nil || !outcome.Accepted {
				t.Errorf("creating: judged %+v, read as %+v", v, outcome)
			}
			found, ok := texter.Lookup(t.Context(), text, begun, nil)
			if v := watch.one(t); v.Status != http.StatusOK || !onlyPaths(v.Violations) || !ok || !found.Accepted {
				t.Errorf("listing: judged %+v, read as %+v", v, found)
			}
			message, err := service(t, watch).FetchMessage(outcome.Provider, new(twilio.FetchMessageParams))
			if v := watch.one(t); v.Status != http.StatusOK || v.Violations != nil || err != nil || *message.Body != text.Text {
				t.Errorf("fetching: judged %+v, %v", v, err)
			}
		})
	}
}

// Twilio describes no answers to what it refuses: that the request is as
// described is what is judged, and the answer has to be read.
func TestTheStandInRefusesAsTwilioDoes(t *testing.T) {
	t.Parallel()
	standIn, watch := startStandIn(t)
	texter := newTexter(t, watch.URL, "Dialtone", "")
	if err := standIn.Fail(local.SMSFault{Code: 21610, Status: http.StatusBadRequest, To: mobile}); err != nil {
		t.Fatal(err)
	}
	outcome := texter.Send(t.Context(), activities.SMS{ID: "n", To: mobile, Text: "x"})
	v := watch.one(t)
	for _, is := range v.Violations {
		if is.Location[0] == "request" {
			t.Errorf("judged %+v", v)
		}
	}
	if v.Status != http.StatusBadRequest || outcome.Code != "twilio 21610" || !outcome.Permanent {
		t.Errorf("judged %+v, read as %+v", v, outcome)
	}
}

func TestPrismSaysWhatIsWrongWithAnAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		w.Write([]byte(`{"sid": "SM1", "status": "on its way"}`))
	}))
	t.Cleanup(server.Close)
	watch := startWitness(t, startPrism(t, "proxy", server.URL))
	newTexter(t, watch.URL, "Dialtone", "").Send(t.Context(), activities.SMS{ID: "n", To: mobile, Text: "x"})
	wrong := map[string]bool{}
	for _, is := range watch.one(t).Violations {
		wrong[strings.Join(is.Location, ".")+" "+is.Code] = true
	}
	for _, want := range []string{"response.body.sid minLength", "response.body.sid pattern", "response.body.status enum"} {
		if !wrong[want] {
			t.Errorf("%s is missing among %v", want, wrong)
		}
	}
}

// service is twilio-go as it comes, but for where it sends its requests.
func service(t *testing.T, watch *witness) *twilio.ApiService {
	t.Helper()
	c := &client.Client{
		Credentials: client.NewCredentials(account, token),
		HTTPClient:  &http.Client{Transport: elsewhere{strings.TrimPrefix(watch.URL, "http://")}},
	}
	c.SetAccountSid(account)
	return twilio.NewApiServiceWithClient(c)
}

// elsewhere sends every request to a host, whatever host it names.
type elsewhere struct{ host string }

// RoundTrip sends a request there.
func (e elsewhere) RoundTrip(request *http.Request) (*http.Response, error) {
	request.URL.Scheme, request.URL.Host = "http", e.host
	return http.DefaultTransport.RoundTrip(request)
}
