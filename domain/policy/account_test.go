package policy_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain/policy"
)

func TestAWrongAccountIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*policy.Policy)
		want  []string
	}{
		"right":                          {func(*policy.Policy) {}, nil},
		"an unknown name to log in with": {func(p *policy.Policy) { p.Login.Names = []string{"email", "badge"} }, []string{"/login/names unknown"}},
		"an unknown way of a password":   {func(p *policy.Policy) { p.Credentials.Password = []string{"pigeon"} }, []string{"/credentials/password unknown"}},
		"an unknown way of a user name":  {func(p *policy.Policy) { p.Credentials.Username = "sms" }, []string{"/credentials/username unknown"}},
		"both by one mail":               {func(p *policy.Policy) { p.Credentials.Password = []string{"sms", "mail"} }, []string{"/credentials/password conflict"}},
		"a short passcode":               {func(p *policy.Policy) { p.Credentials.Passcode = 3 }, []string{"/credentials/passcode out-of-range"}},
		"no passcode":                    {func(p *policy.Policy) { p.Credentials.Passcode = 0 }, nil},
		"a negative age":                 {func(p *policy.Policy) { p.Credentials.MaxAge = -1 }, []string{"/credentials out-of-range"}},
		"reminders that rise":            {func(p *policy.Policy) { p.Credentials.RemindBefore = []policy.Duration{1, 2} }, []string{"/credentials/remindBefore order"}},
		"a reminder at the end":          {func(p *policy.Policy) { p.Credentials.RemindBefore = []policy.Duration{0} }, []string{"/credentials/remindBefore order"}},
		"a lock that never slows":        {func(p *policy.Policy) { p.Lock.Slow = 11 }, []string{"/lock out-of-range"}},
		"a code that is guessed":         {func(p *policy.Policy) { p.Verification.Digits = 6 }, []string{"/verification/digits out-of-range"}},
		"a code for an hour":             {func(p *policy.Policy) { p.Verification.Valid = policy.Duration(time.Hour) }, []string{"/verification/valid out-of-range"}},
		"a code to be guessed six times": {func(p *policy.Policy) { p.Verification.Guesses = 6 }, []string{"/verification/guesses out-of-range"}},
		"a strict sender with a space":   {func(p *policy.Policy) { p.Sender.Wide = false }, []string{"/sender/sms form"}},
		"a sender of digits":             {func(p *policy.Policy) { p.Sender.SMS = "1234567" }, []string{"/sender/sms form"}},
		"a sender of 11 characters":      {func(p *policy.Policy) { p.Sender.SMS = "Twelve Char" }, nil},
		"a sender that ends in a space":  {func(p *policy.Policy) { p.Sender.SMS = "ONE Pro " }, []string{"/sender/sms form"}},
		"a sender of 12 characters":      {func(p *policy.Policy) { p.Sender.SMS = "Twelve Chars" }, []string{"/sender/sms form"}},
		"a colour by name":               {func(p *policy.Policy) { p.Brand.Colour = "red" }, []string{"/brand/colour form"}},
		"a help phone that is none":      {func(p *policy.Policy) { p.Brand.HelpPhone = "call us" }, []string{"/brand/helpPhone form"}},
		"an app without TLS":             {func(p *policy.Policy) { p.Brand.AppURL = "http://example.com" }, []string{"/brand/appUrl form"}},
		"a script for information":       {func(p *policy.Policy) { p.Brand.InfoURL = "javascript:alert(1)" }, []string{"/brand/infoUrl form"}},
		"a brand": {func(p *policy.Policy) {
			p.Brand = policy.Brand{Colour: "#00aa11", HelpPhone: "+30 210 123", AppURL: "https://example.com"}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := preset(t, "onepro")
			c.spoil(&p)
			if got := broken(p.Validate()); !slices.Equal(got, c.want) {
				t.Errorf("broken: %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhereAPolicySaysNothingTheUsualStands(t *testing.T) {
	usual := policy.Policy{}.Usual()
	if usual.Secrets.Password != (policy.Password{Min: 15, Max: 128}) {
		t.Errorf("the password's rule is %+v", usual.Secrets.Password)
	}
	if !slices.Equal(usual.Login.Names, []string{"email", "number", "username"}) || usual.Lock != (policy.Lock{Slow: 3, After: 10}) {
		t.Errorf("login %+v, lock %+v", usual.Login, usual.Lock)
	}
	if usual.Credentials.MaxAge != 0 || usual.Credentials.TemporaryValid.Std() != 7*24*time.Hour || usual.Verification.Guesses != 5 {
		t.Errorf("credentials %+v, verification %+v", usual.Credentials, usual.Verification)
	}
	office := preset(t, "officesmart").Usual()
	if office.Credentials.MaxAge.Std() != 365*24*time.Hour || !slices.Equal(office.Login.Names, []string{"number"}) {
		t.Errorf("what the policy says is replaced: %+v, %+v", office.Credentials, office.Login)
	}
}
