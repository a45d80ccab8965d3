package policies_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain/policy"
)

const right = `
name: mine
version: 1
operator: Mine
steps: [line]
email: optional
firstNameLength: 20
lastNameLength: 20
extension: {min: 3, max: 4, lastDigits: 3}
`

func TestThePresetsHoldTheGuidesRules(t *testing.T) {
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(presets)), []string{"officesmart", "onenet", "onepro", "teleproffs", "unifyoffice"}; !slices.Equal(got, want) {
		t.Errorf("presets %q, want %q", got, want)
	}
	anyExtension := policy.Extension{Min: 3, Max: 6, LastDigits: 4, NextFree: true}
	onenet := policy.Policy{
		Name: "onenet", Version: 5, DevicePasswords: policy.DevicePasswordsChosen, Operator: "One Net", Steps: []string{"line", "network"}, ActivateAtOnce: true,
		Email: policy.EmailOptional, FirstNameLength: 23, LastNameLength: 30, Extension: anyExtension,
		Login: policy.Login{Names: []string{"username", "email", "number"}},
		Credentials: policy.Credentials{
			OneSMS: true, Admins: true, Password: []string{"mail", "sms", "hand"}, TemporaryValid: policy.Duration(7 * 24 * time.Hour),
		},
		AddOns: []policy.AddOn{{Name: "supervisor"}, {Name: "call-center"}, {Name: "fax"}, {Name: "recording"}, {Name: "voicemail"}},
	}
	if !reflect.DeepEqual(presets["onenet"], onenet) {
		t.Errorf("onenet is %+v, want %+v", presets["onenet"], onenet)
	}
	unify := policy.Policy{
		Name: "unifyoffice", Version: 3, Operator: "Unify Office", Steps: []string{"line", "link"}, AdminsChange: true,
		Email: policy.EmailRequired, Quota: true, ConnectNumbers: true, Setup: []string{"users", "attendant", "contact", "region"}, ReminderBySMS: true, FirstNameLength: 64, LastNameLength: 64, Extension: anyExtension,
		Link: policy.Link{Valid: policy.Duration(48 * time.Hour), RemindAfter: policy.Duration(36 * time.Hour)},
		Secrets: policy.Secrets{
			Password: policy.Password{Min: 8, Max: 32, NeedsLetter: true, NeedsDigit: true, NeedsSpecial: true},
			PIN:      policy.PIN{Min: 6, Max: 10}, SecurityQuestion: true,
			Questions: []string{"first-pet", "first-school", "birth-town", "first-car", "childhood-friend"},
		},
		Login: policy.Login{Names: []string{"email", "number"}},
	}
	if !reflect.DeepEqual(presets["unifyoffice"], unify) {
		t.Errorf("unifyoffice is %+v, want %+v", presets["unifyoffice"], unify)
	}
}

func TestThePresetsOfTemporaryPasswordsHoldTheGuidesRules(t *testing.T) {
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	hours := func(n int) policy.Duration { return policy.Duration(time.Duration(n) * time.Hour) }
	names := func(p policy.Policy) policy.Policy { // what the guides leave open
		p.Version, p.Operator, p.AdminsChange, p.Quota, p.ReminderBySMS = presets[p.Name].Version, presets[p.Name].Operator, true, true, true
		p.FirstNameLength, p.LastNameLength = 23, 30
		return p
	}
	for _, want := range []policy.Policy{
		{
			Name: "onepro", Steps: []string{"line", "credentials"}, Email: policy.EmailRequired, Mobile: policy.MobileRequired,
			Extension:   policy.Extension{Min: 4, Max: 4, LastDigits: 4, NextFree: true},
			Login:       policy.Login{Names: []string{"username"}, ChangeUsername: true},
			Credentials: policy.Credentials{Username: "mail", OneSMS: true, Password: []string{"sms"}, Passcode: 6, TemporaryValid: hours(168)},
			Sender:      policy.Sender{SMS: "ONE Pro", Wide: true},
		},
		{
			Name: "teleproffs", Steps: []string{"line", "link", "mobile"}, ActivateAtOnce: true, Email: policy.EmailOptional,
			Extension:    policy.Extension{Min: 3, Max: 6, LastDigits: 4, NextFree: true},
			Link:         policy.Link{Valid: hours(48), RemindAfter: hours(36)},
			Login:        policy.Login{Names: []string{"email", "username", "number"}},
			Credentials:  policy.Credentials{Password: []string{"sms", "hand"}, TemporaryValid: hours(168)},
			Verification: policy.Verification{Licences: []string{"free"}, Digits: 7, Valid: policy.Duration(10 * time.Minute), Guesses: 5},
			Sender:       policy.Sender{SMS: "NoReply"},
			AddOns: []policy.AddOn{
				{Name: "recording"}, {Name: "cc-pro"}, {Name: "mobile-data", Licences: []string{"mobile"}}, {Name: "twin-data", Licences: []string{"mobile"}},
			},
			SIMs: policy.SIMs{Auto: true, Licences: []string{"mobile"}, Prefix: "24001743"},
		},
		{
			Name: "officesmart", Steps: []string{"line", "credentials"}, ActivateAtOnce: true, Email: policy.EmailAtFirstLogin,
			Extension: policy.Extension{Min: 3, Max: 3, LastDigits: 3, NextFree: true},
			Login:     policy.Login{Names: []string{"number"}},
			Credentials: policy.Credentials{
				Password: []string{"mail", "sms", "hand"}, MaxAge: hours(365 * 24), CompanyMaxAge: hours(365 * 24),
				RemindBefore: []policy.Duration{hours(720), hours(168), hours(24)},
			},
		},
	} {
		if got := presets[want.Name]; !reflect.DeepEqual(got, names(want)) {
			t.Errorf("%s is %+v, want %+v", want.Name, got, names(want))
		}
	}
}

func TestAFolderOfPoliciesIsRead(t *testing.T) {
	found, err := policies.Read(fstest.MapFS{
		"mine.yaml":  {Data: []byte(right)},
		"yours.yaml": {Data: []byte(strings.ReplaceAll(right, "mine", "yours"))},
		"notes.txt":  {Data: []byte("not a policy")},
	})
	if err != nil || len(found) != 2 || found["mine"].Extension.LastDigits != 3 || found["yours"].Operator != "Mine" {
		t.Errorf("read %+v, %v", found, err)
	}
}

func TestAWrongFileIsNamedWithItsFault(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		told       []string
	}{
		"no YAML":              {"mine.yaml", "name: [", []string{"mine.yaml"}},
		"an unknown member":    {"mine.yaml", right + "colour: red\n", []string{"mine.yaml", "colour"}},
		"an unknown inner one": {"mine.yaml", right + "link: {valid: 48h, colour: red}\n", []string{"mine.yaml", "colour"}},
		"another name":         {"other.yaml", right, []string{"other.yaml", "mine"}},
		"a wrong duration":     {"mine.yaml", right + "link: {valid: two days}\n", []string{"mine.yaml", "two days"}},
		"a value out of range": {"mine.yaml", strings.Replace(right, "max: 4", "max: 40", 1), []string{"mine.yaml", "/extension"}},
		"a wrong kind":         {"mine.yaml", strings.Replace(right, "version: 1", "version: first", 1), []string{"mine.yaml", "version"}},
		"an empty file":        {"mine.yaml", "", []string{"mine.yaml"}},
		"no file":              {"mine.txt", right, []string{"no policy file"}},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := policies.Read(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err == nil {
				t.Fatalf("read %+v", found)
			}
			for _, word := range c.told {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not tell %q", err, word)
				}
			}
		})
	}
}
