package policy_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/policy"
)

func preset(t *testing.T, name string) policy.Policy {
	t.Helper()
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := presets[name]
	if !ok {
		t.Fatalf("there is no preset %s", name)
	}
	p.Steps = slices.Clone(p.Steps)
	return p
}

// broken lists pointer and code of each broken field.
func broken(err error) []string {
	var fault *domain.Fault
	if !errors.As(err, &fault) {
		return nil
	}
	fields := []string{}
	for _, f := range fault.Fields {
		fields = append(fields, f.Pointer+" "+f.Code)
	}
	return fields
}

func TestAWrongPolicyIsNamed(t *testing.T) {
	hours := func(n int) policy.Duration { return policy.Duration(time.Duration(n) * time.Hour) }
	for name, c := range map[string]struct {
		spoil func(*policy.Policy)
		want  []string
	}{
		"right":                    {func(*policy.Policy) {}, nil},
		"no name":                  {func(p *policy.Policy) { p.Name = "" }, []string{"/name missing"}},
		"no version":               {func(p *policy.Policy) { p.Version = 0 }, []string{"/version too-small"}},
		"no operator":              {func(p *policy.Policy) { p.Operator = "" }, []string{"/operator missing"}},
		"no steps":                 {func(p *policy.Policy) { p.Steps = nil }, []string{"/steps missing"}},
		"an unknown step":          {func(p *policy.Policy) { p.Steps = []string{"line", "sim"} }, []string{"/steps unknown"}},
		"a step twice":             {func(p *policy.Policy) { p.Steps = []string{"line", "link", "line"} }, []string{"/steps twice"}},
		"an unknown way of asking": {func(p *policy.Policy) { p.Email = "maybe" }, []string{"/email unknown"}},
		"an unknown mobile":        {func(p *policy.Policy) { p.Mobile = "maybe" }, []string{"/mobile unknown"}},
		"no room for names":        {func(p *policy.Policy) { p.FirstNameLength, p.LastNameLength = 0, -1 }, []string{"/firstNameLength too-small", "/lastNameLength too-small"}},
		"extensions of no digits":  {func(p *policy.Policy) { p.Extension.Min = 0 }, []string{"/extension out-of-range"}},
		"extensions upside down":   {func(p *policy.Policy) { p.Extension.Min = 7 }, []string{"/extension out-of-range", "/extension/lastDigits out-of-range"}},
		"endless extensions":       {func(p *policy.Policy) { p.Extension.Max = 7 }, []string{"/extension out-of-range"}},
		"a default too long":       {func(p *policy.Policy) { p.Extension.LastDigits = 7 }, []string{"/extension/lastDigits out-of-range"}},
		"a default too short":      {func(p *policy.Policy) { p.Extension.LastDigits = 2 }, []string{"/extension/lastDigits out-of-range"}},
		"a negative default":       {func(p *policy.Policy) { p.Extension.LastDigits = -1 }, []string{"/extension/lastDigits out-of-range"}},
		"no default":               {func(p *policy.Policy) { p.Extension.LastDigits = 0 }, nil},
		"a link of no duration":    {func(p *policy.Policy) { p.Link = policy.Link{} }, []string{"/link/valid too-small", "/link/remindAfter out-of-range"}},
		"a reminder at the end":    {func(p *policy.Policy) { p.Link.RemindAfter = hours(48) }, []string{"/link/remindAfter out-of-range"}},
		"a reminder before all":    {func(p *policy.Policy) { p.Link.RemindAfter = hours(-1) }, []string{"/link/remindAfter out-of-range"}},
		"a password for no link": {func(p *policy.Policy) {
			p.Steps, p.Link.SMSPassword, p.Mobile = []string{"line"}, true, policy.MobileRequired
		}, []string{"/link/smsPassword conflict"}},
		"no reminder":              {func(p *policy.Policy) { p.Link.RemindAfter = 0 }, nil},
		"short passwords":          {func(p *policy.Policy) { p.Secrets.Password.Min = 7 }, []string{"/secrets/password out-of-range"}},
		"passwords upside down":    {func(p *policy.Policy) { p.Secrets.Password.Max = 7 }, []string{"/secrets/password out-of-range"}},
		"short PINs":               {func(p *policy.Policy) { p.Secrets.PIN.Min = 3 }, []string{"/secrets/pin out-of-range"}},
		"PINs upside down":         {func(p *policy.Policy) { p.Secrets.PIN.Max = 5 }, []string{"/secrets/pin out-of-range"}},
		"no PIN":                   {func(p *policy.Policy) { p.Secrets.PIN = policy.PIN{} }, nil},
		"no questions":             {func(p *policy.Policy) { p.Secrets.Questions = nil }, []string{"/secrets/questions missing"}},
		"nobody asks":              {func(p *policy.Policy) { p.Secrets.Questions, p.Secrets.SecurityQuestion = nil, false }, nil},
		"no link, no link's rules": {func(p *policy.Policy) { p.Steps, p.Link, p.Secrets = []string{"line"}, policy.Link{}, policy.Secrets{} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := preset(t, "unifyoffice")
			c.spoil(&p)
			if got := broken(p.Validate()); !slices.Equal(got, c.want) {
				t.Errorf("broken: %q, want %q", got, c.want)
			}
		})
	}
}

func TestAPolicyKnowsItsSteps(t *testing.T) {
	unify, onenet := preset(t, "unifyoffice"), preset(t, "onenet")
	if !unify.Has(policy.StepLink) || unify.Has(policy.StepNetwork) || !onenet.Has(policy.StepNetwork) || onenet.Has(policy.StepLink) || unify.Has("") {
		t.Errorf("steps are %v and %v", unify.Steps, onenet.Steps)
	}
}

func TestADurationIsWrittenAsText(t *testing.T) {
	raw, err := json.Marshal(policy.Duration(36 * time.Hour))
	if err != nil || string(raw) != `"36h0m0s"` {
		t.Errorf("written as %s, %v", raw, err)
	}
	var d policy.Duration
	if err := json.Unmarshal([]byte(`"90s"`), &d); err != nil || d.Std() != 90*time.Second {
		t.Errorf("read as %s, %v", d.Std(), err)
	}
	for _, wrong := range []string{`"two days"`, `"48"`, `""`, `48`} {
		if err := json.Unmarshal([]byte(wrong), &d); err == nil {
			t.Errorf("%s was read as %s", wrong, d.Std())
		}
	}
}

func TestAPolicyInAFactIsReadAsItWasWritten(t *testing.T) {
	for _, name := range []string{"unifyoffice", "onenet"} {
		before := preset(t, name)
		raw, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		var after policy.Policy
		if err := json.Unmarshal(raw, &after); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(after); string(again) != string(raw) || after.Validate() != nil {
			t.Errorf("%s changed on its way: %s, %v", raw, again, after.Validate())
		}
	}
}
