package policy_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"dialtone/domain/policy"
)

func TestEveryPresetCanBeMadeStrict(t *testing.T) {
	for name, want := range map[string]struct {
		steps, names []string
		pin          policy.PIN
	}{
		"onepro":      {[]string{"line", "link"}, []string{"username", "email"}, policy.PIN{Min: 6, Max: 6}},
		"onenet":      {[]string{"line", "network", "link"}, []string{"username", "email", "number"}, policy.PIN{}},
		"teleproffs":  {[]string{"line", "link", "mobile"}, []string{"email", "username", "number"}, policy.PIN{}},
		"unifyoffice": {[]string{"line", "link"}, []string{"email", "number"}, policy.PIN{Min: 6, Max: 10}},
		"officesmart": {[]string{"line", "link"}, []string{"number", "email"}, policy.PIN{}},
	} {
		t.Run(name, func(t *testing.T) {
			plain := preset(t, name)
			strict := plain.Strictest()
			if err := strict.Validate(); err != nil {
				t.Fatal(err, broken(err))
			}
			if !slices.Equal(strict.Steps, want.steps) || !slices.Equal(strict.Login.Names, want.names) || strict.Secrets.PIN != want.pin {
				t.Errorf("steps %q, names %q, PIN %v", strict.Steps, strict.Login.Names, strict.Secrets.PIN)
			}
			if strict.Link.Valid.Std() != 48*time.Hour || !strict.Link.SMSPassword || strict.Email != policy.EmailRequired || strict.Mobile != policy.MobileRequired || !strict.Strict {
				t.Errorf("strict is %+v", strict)
			}
			if strict.Stamp() != plain.Stamp() || strict.Same(plain) || !reflect.DeepEqual(strict.Strictest(), strict) {
				t.Error("it is not the same policy made strict, once")
			}
			if !reflect.DeepEqual(plain, preset(t, name)) {
				t.Error("the preset itself was changed")
			}
		})
	}
}

func TestOtherPoliciesCanBeMadeStrict(t *testing.T) {
	p := preset(t, "teleproffs")
	for _, c := range []struct{ steps, want []string }{
		{[]string{"line"}, []string{"line", "link"}},
		{[]string{"line", "mobile"}, []string{"line", "link", "mobile"}},
		{[]string{"credentials", "line"}, []string{"link", "line"}},
		{[]string{"link", "credentials"}, []string{"link"}},
	} {
		p.Steps = c.steps
		p.Link.RemindAfter = policy.Duration(72 * time.Hour)
		if strict := p.Strictest(); !slices.Equal(strict.Steps, c.want) || strict.Validate() != nil {
			t.Errorf("%q became %q: %v", c.steps, strict.Steps, strict.Validate())
		}
	}
}
