package judges_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain/company"
)

const (
	account = "AC0123456789abcdef0123456789abcdef"
	token   = "sesame"
	mobile  = "+491711234567"
)

// newTexter makes what sends SMS in production, for the API at base.
func newTexter(t *testing.T, base, sender, status string) *activities.Texter {
	t.Helper()
	texter, err := activities.NewTexter(activities.SMSConfig{
		AccountSID: account, AuthToken: token, From: sender, BaseURL: base, StatusURL: status, Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return texter
}

// sms are texts and senders as far apart as there are.
var sms = map[string]activities.SMS{
	"plain":                  {Text: "Your code is 481516. It is valid for 10 minutes."},
	"everything to escape":   {Text: "Öffnen & lesen: 50% + 1 = ? https://phones.example.com/a/x?y=z#w"},
	"Greek as it is written": {Text: "Ο κωδικός σας είναι 481516. Ισχύει για 10 λεπτά."},
	"beyond the first plane": {Text: "Willkommen 📞👩‍💻"},
	"lines":                  {Text: "User: ada\nPassword: x\r\n"},
	"the longest":            {Text: strings.Repeat("a", 1600)},
	"the longest of Greek":   {Text: strings.Repeat("ω", 1600)},
	"a sender's name":        {Text: "x", From: "OnePro"},
	"a name with a space":    {Text: "x", From: "Unify Offic", Wide: true},
	"a sender's number":      {Text: "x", From: "+4930231250"},
}

func TestTwiliosDescriptionTakesEverySMS(t *testing.T) {
	t.Parallel()
	watch := startWitness(t, startPrism(t, "mock", "--errors"))
	for status, address := range map[string]string{"with receipts": "https://phones.example.com" + activities.ReceiptPath, "without receipts": ""} {
		texter := newTexter(t, watch.URL, "Dialtone", address)
		for name, text := range sms {
			t.Run(status+"/"+name, func(t *testing.T) {
				text.ID, text.User, text.Attempt, text.To = "0c8f3c52-59aa-5bb1-8d0e-1f0f0d6f3a01", "7f1d5f0e", 2, mobile
				outcome := texter.Send(t.Context(), text)
				if v := watch.one(t); v.Status != http.StatusCreated || v.Violations != nil {
					t.Errorf("judged %+v", v)
				}
				if !outcome.Accepted || !strings.HasPrefix(outcome.Provider, "SM") || outcome.Code != "" {
					t.Errorf("the answer was read as %+v", outcome)
				}
			})
		}
	}
}

// shorts are the purposes that have an SMS.
var shorts = []string{
	"activation-link", "activation-reminder", "credentials-both", "credentials-password", "link-password", "mobile-code",
	"password-changed", "pin-changed", "email-changed", "login-locked", "password-expires", "password-expired",
}

func TestTwiliosDescriptionTakesEveryTextInEveryLanguage(t *testing.T) {
	t.Parallel()
	watch := startWitness(t, startPrism(t, "mock", "--errors"))
	texter := newTexter(t, watch.URL, "Dialtone", "https://phones.example.com"+activities.ReceiptPath)
	texts, err := activities.NewTexts()
	if err != nil {
		t.Fatal(err)
	}
	data := activities.TextData{
		FirstName: "Ζωή", LastName: "Öztürk", Company: "Σίτος & Υιοί", Operator: "OnePro", Link: "https://phones.example.com/a/" + strings.Repeat("x", 43),
		Number: "+493023125001", Extension: "01", Username: "zoe", Password: "Ab3-Cd4+Ef5", Passcode: "481516", Code: "481516", Days: 7, Minutes: 10, ValidHours: 48,
		GreekUnicode: true,
	}
	for _, purpose := range shorts {
		for _, language := range company.Languages {
			rendered, err := texts.Render(purpose, language, data)
			if err != nil {
				t.Fatal(err)
			}
			outcome := texter.Send(t.Context(), activities.SMS{ID: "n", User: "u", Attempt: 1, To: mobile, Text: rendered.SMS})
			if v := watch.one(t); v.Status != http.StatusCreated || v.Violations != nil || !outcome.Accepted {
				t.Errorf("%s in %s: judged %+v, read as %+v", purpose, language, v, outcome)
			}
		}
	}
}

// exampleOfAList is what Prism says of the description's own example of a list,
// and so of Twilio's answers: their addresses are paths, described as URIs.
var exampleOfAList = []string{"first_page_uri", "next_page_uri", "previous_page_uri", "uri"}

// onlyPaths tells whether nothing is wrong but that.
func onlyPaths(violations []violation) bool {
	return !slices.ContainsFunc(violations, func(v violation) bool {
		return v.Code != "format" || len(v.Location) != 3 || v.Location[0] != "response" || !slices.Contains(exampleOfAList, v.Location[2])
	})
}

// The example lists two messages to two numbers; the second was received.
func TestTwiliosDescriptionTakesTheLookup(t *testing.T) {
	t.Parallel()
	// Without --errors: the description's example is not as described itself.
	watch := startWitness(t, startPrism(t, "mock"))
	texter := newTexter(t, watch.URL, "Dialtone", "")
	made := time.Date(2019, time.May, 24, 17, 44, 46, 0, time.UTC)
	for _, c := range []struct {
		name   string
		text   activities.SMS
		since  time.Time
		others []string
		sid    string
	}{
		{"the one in the example", activities.SMS{To: "+18182008801", Text: "testing"}, made, nil, "SMded05904ccb347238880ca9264e8fe1c"},
		{"one that is another's", activities.SMS{To: "+18182008801", Text: "testing"}, made, []string{"SMded05904ccb347238880ca9264e8fe1c"}, ""},
		{"one from before", activities.SMS{To: "+18182008801", Text: "testing"}, made.Add(time.Hour), nil, ""},
		{"another text, with everything to escape", activities.SMS{To: mobile, Text: "Öffnen & lesen + ω"}, made, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			outcome, found := texter.Lookup(t.Context(), c.text, c.since, c.others)
			v := watch.one(t)
			if v.Status != http.StatusOK || !onlyPaths(v.Violations) || !strings.Contains(v.Asked, "PageSize=50&To=%2B") {
				t.Errorf("judged %+v", v)
			}
			if want := (activities.Outcome{Accepted: c.sid != "", Provider: c.sid}); found != (c.sid != "") || outcome != want {
				t.Errorf("read as %+v, %v, want %+v", outcome, found, want)
			}
		})
	}
}

func TestTwiliosDescriptionRefusesWhatIsNotAsDescribed(t *testing.T) {
	t.Parallel()
	watch := startWitness(t, startPrism(t, "mock", "--errors"))
	for name, c := range map[string]struct {
		account, token string
		form           url.Values
		status         int
	}{
		"as it should be":        {account, token, url.Values{"To": {mobile}, "From": {"Dialtone"}, "Body": {"x"}}, http.StatusCreated},
		"no recipient":           {account, token, url.Values{"From": {"Dialtone"}, "Body": {"x"}}, http.StatusUnprocessableEntity},
		"a report to nowhere":    {account, token, url.Values{"To": {mobile}, "From": {"Dialtone"}, "Body": {"x"}, "StatusCallback": {"nowhere"}}, http.StatusUnprocessableEntity},
		"an account of no shape": {"AC123", token, url.Values{"To": {mobile}, "From": {"Dialtone"}, "Body": {"x"}}, http.StatusUnprocessableEntity},
		"nobody":                 {account, "", url.Values{"To": {mobile}, "From": {"Dialtone"}, "Body": {"x"}}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
				watch.URL+"/2010-04-01/Accounts/"+c.account+"/Messages.json", strings.NewReader(c.form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.token != "" {
				request.SetBasicAuth(c.account, c.token)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != c.status {
				t.Errorf("judged %d, want %d", answer.StatusCode, c.status)
			}
		})
	}
}
