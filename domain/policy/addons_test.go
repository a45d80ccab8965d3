package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/policy"
)

var addOns = []policy.AddOn{
	{Name: "recording"},
	{Name: "twin-data", Licences: []string{"mobile"}},
	{Name: "listening-in", Needs: []string{"recording"}},
}

func codes(err error) (found []string) {
	if fault, is := errors.AsType[*domain.Fault](err); is {
		for _, field := range fault.Fields {
			found = append(found, field.Pointer+" "+field.Code)
		}
	}
	return found
}

func TestAddOnsNeedWhatThePolicySays(t *testing.T) {
	for name, c := range map[string]struct {
		rules   []policy.AddOn
		has     []string
		licence string
		want    []string
		told    string
	}{
		"none":                             {addOns, nil, "", nil, ""},
		"one without a precondition":       {addOns, []string{"recording"}, "", nil, ""},
		"one with its licence":             {addOns, []string{"twin-data"}, "mobile-10gb", nil, ""},
		"one with the licence itself":      {addOns, []string{"twin-data"}, "mobile", nil, ""},
		"one with another licence":         {addOns, []string{"twin-data"}, "fast", []string{"/options needs-licence"}, "twin-data needs a licence of kind mobile, not \"fast\""},
		"a licence that only begins alike": {addOns, []string{"twin-data"}, "mobilehome", []string{"/options needs-licence"}, ""},
		"one without a licence":            {addOns, []string{"twin-data"}, "", []string{"/options needs-licence"}, ""},
		"one without the other":            {addOns, []string{"listening-in"}, "", []string{"/options needs-add-on"}, "listening-in needs the add-on recording"},
		"one with the other":               {addOns, []string{"listening-in", "recording"}, "", nil, ""},
		"one that is not listed":           {addOns, []string{"surf"}, "mobile", []string{"/options unknown"}, "there are recording, twin-data, listening-in"},
		"all that is missing":              {addOns, []string{"surf", "listening-in", "twin-data"}, "fast", []string{"/options unknown", "/options needs-add-on", "/options needs-licence"}, ""},
		"any where none is listed":         {nil, []string{"surf"}, "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var check domain.Check
			policy.Policy{AddOns: c.rules}.CheckAddOns(&check, c.has, c.licence)
			err := check.Err()
			if got := codes(err); !slices.Equal(got, c.want) {
				t.Errorf("broke %q, want %q", got, c.want)
			}
			if c.told != "" && (err == nil || !strings.Contains(err.Error(), c.told)) {
				t.Errorf("told %v, want %q in it", err, c.told)
			}
		})
	}
}

func TestAListOfAddOnsIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		list []policy.AddOn
		twin string
		want []string
	}{
		"a right one":              {addOns, "twin-data", nil},
		"the same name twice":      {[]policy.AddOn{{Name: "fax"}, {Name: "fax"}}, "", []string{"/addOns twice"}},
		"a name in capitals":       {[]policy.AddOn{{Name: "Fax"}}, "", []string{"/addOns form"}},
		"one that needs itself":    {[]policy.AddOn{{Name: "fax", Needs: []string{"fax"}}}, "", []string{"/addOns order"}},
		"one that needs nothing":   {[]policy.AddOn{{Name: "fax", Needs: []string{"surf"}}}, "", []string{"/addOns order"}},
		"a twin that is not there": {[]policy.AddOn{{Name: "fax"}}, "surf", []string{"/sims/twinOption unknown"}},
	} {
		rules := preset(t, "teleproffs")
		rules.AddOns, rules.SIMs.TwinOption = c.list, c.twin
		if got := codes(rules.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: broke %q, want %q", name, got, c.want)
		}
	}
}
