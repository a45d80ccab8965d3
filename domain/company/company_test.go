package company_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

var (
	noon    = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	bound   = noon.AddDate(2, 0, 0)
	block   = company.Block{From: "+4930123400", To: "+4930123499"}
	founded = company.Created{ID: "acme", Name: "Acme", Language: "de", Country: "DE"}
)

func rules(t *testing.T, name string) policy.Policy {
	t.Helper()
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	return presets[name]
}

func order(t *testing.T) company.Create {
	t.Helper()
	return company.Create{
		ID: "acme", Name: "Acme", Language: "de", Country: "DE", Policy: rules(t, "unifyoffice"),
		Blocks:   []company.Block{block, {From: "+49305500", To: "+49305509"}},
		Licences: []company.Licences{{Kind: "office", Count: 5, BoundUntil: &bound}, {Kind: "office", Count: 2}},
	}
}

func TestCompanies(t *testing.T) {
	whole := order(t)
	whole.Blocks = []company.Block{block}
	bare := company.Create{ID: "acme", Name: "Acme", Language: "de", Country: "DE", Policy: whole.Policy}
	adopted := company.PolicyAdopted{Policy: whole.Policy}
	site := company.OpenSite{ID: "s1", Name: "Berlin", TimeZone: "Europe/Berlin"}
	opened := company.SiteOpened{ID: "s1", Name: "Berlin", Country: "DE", TimeZone: "Europe/Berlin"}
	connected := company.NumbersConnected(block)
	lost := company.ClaimAbandoned{Claim: "number-+4930123400"}
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{
			"an order makes the company with everything it names", nil, whole.Decide,
			[]domain.Event{
				founded, adopted, connected, company.ConnectionOrdered(block),
				company.MainNumberSet{Number: "+4930123400"},
				company.LicencesOrdered{Kind: "office", Count: 5, BoundUntil: &bound},
				company.LicencesOrdered{Kind: "office", Count: 2},
			},
			"",
		},
		{"an order without numbers has no main number", nil, bare.Decide, []domain.Event{founded, adopted}, ""},
		{"the same company is not made twice", []domain.Event{founded, adopted}, bare.Decide, nil, "company-exists"},
		{"an order that was too slow conflicts", []domain.Event{lost}, whole.Decide, nil, "claims-expired"},
		{"a site takes the company's country", []domain.Event{founded}, site.Decide, []domain.Event{opened}, ""},
		{"two sites have two names", []domain.Event{founded, opened}, site.Decide, nil, "site-exists"},
		{"no company, no site", nil, site.Decide, nil, "no-company"},
		{"a site's zone has a form", []domain.Event{founded}, company.OpenSite{Name: "B", TimeZone: "../etc"}.Decide, nil, "invalid-input"},
		{"a site needs a name", []domain.Event{founded}, company.OpenSite{Name: " "}.Decide, nil, "invalid-input"},
		{"a claim nobody named is given up", nil, company.AbandonClaim{Claim: lost.Claim, Deadline: noon}.Decide, []domain.Event{lost}, ""},
		{"giving up twice is nothing", []domain.Event{lost}, company.AbandonClaim{Claim: lost.Claim, Deadline: noon}.Decide, nil, ""},
		{"a claim the company names is kept", []domain.Event{founded, connected}, company.AbandonClaim{Claim: lost.Claim, Deadline: noon}.Decide, nil, "claim-held"},
	} {
		t.Run(c.name, func(t *testing.T) { decides(t, c.given, c.when, c.then, c.fault) })
	}
}

// decides holds what a command says against what it should say.
func decides(t *testing.T, given []domain.Event, when domain.Decide, want []domain.Event, code string) {
	t.Helper()
	then, err := when(facts(given...))
	var fault *domain.Fault
	if errors.As(err, &fault); (err != nil) != (code != "") || err != nil && fault.Code != code {
		t.Fatalf("fault %v, want %q", err, code)
	}
	if !reflect.DeepEqual(then, want) {
		t.Errorf("then %v, want %v", then, want)
	}
}

func TestAWrongOrderNamesEveryField(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*company.Create)
		want  []string
	}{
		"no name":                {func(in *company.Create) { in.Name = "" }, []string{"/name length"}},
		"a blank name":           {func(in *company.Create) { in.Name = " \t" }, []string{"/name length", "/name form"}},
		"an endless name":        {func(in *company.Create) { in.Name = strings.Repeat("ü", 101) }, []string{"/name length"}},
		"the longest name":       {func(in *company.Create) { in.Name = strings.Repeat("ü", 100) }, nil},
		"a name with a line end": {func(in *company.Create) { in.Name = "Ac\r\nme" }, []string{"/name form"}},
		"an unknown language":    {func(in *company.Create) { in.Language = "fr" }, []string{"/language unknown"}},
		"no country":             {func(in *company.Create) { in.Country = "Germany" }, []string{"/country form"}},
		"two things":             {func(in *company.Create) { in.Country, in.Language = "de", "" }, []string{"/language unknown", "/country form"}},
		"no number at all":       {func(in *company.Create) { in.Blocks[0].From = "" }, []string{"/numbers/0/from e164"}},
		"a block upside down":    {func(in *company.Create) { in.Blocks[0].From = "+4930123500" }, []string{"/numbers/0/to order"}},
		"ends of two lengths":    {func(in *company.Create) { in.Blocks[0].To = "+493012350" }, []string{"/numbers/0/to order"}},
		"too many numbers":       {func(in *company.Create) { in.Blocks[0] = company.Block{From: "+4930100000", To: "+4930110000"} }, []string{"/numbers/0/to too-large"}},
		"as many as may be":      {func(in *company.Create) { in.Blocks[0] = company.Block{From: "+4930100000", To: "+4930109999"} }, nil},
		"blocks that overlap":    {func(in *company.Create) { in.Blocks[1] = company.Block{From: "+4930123499", To: "+4930123599"} }, []string{"/numbers/1 overlap"}},
		"a licence without kind": {func(in *company.Create) { in.Licences[1].Kind = "" }, []string{"/licences/1/kind form"}},
		"no licences":            {func(in *company.Create) { in.Licences[0].Count = 0 }, []string{"/licences/0/count out-of-range"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := order(t)
			c.spoil(&in)
			if got := broken(in.Check()); !slices.Equal(got, c.want) {
				t.Errorf("broken: %q, want %q", got, c.want)
			}
			if events, err := in.Decide(nil); (err != nil) != (c.want != nil) || err != nil && events != nil {
				t.Errorf("decided %v, %v", events, err)
			}
		})
	}
}

func broken(err error) []string {
	var fault *domain.Fault
	if !errors.As(err, &fault) {
		return nil
	}
	var fields []string
	for _, f := range fault.Fields {
		fields = append(fields, f.Pointer+" "+f.Code)
	}
	return fields
}

func facts(events ...domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, Revision: uint64(n), At: noon}
	}
	return history
}

func TestALanguageWithoutTextsIsRefusedWithThoseThereAre(t *testing.T) {
	var c domain.Check
	company.NeedLanguage(&c, "/language", "fr")
	var fault *domain.Fault
	if err := c.Err(); !errors.As(err, &fault) || len(fault.Fields) != 1 || fault.Fields[0].Detail != `is en, de, el, sv or it, not "fr"` {
		t.Errorf("refused with %v", err)
	}
	for _, language := range company.Languages {
		var c domain.Check
		company.NeedLanguage(&c, "/language", language)
		if err := c.Err(); err != nil {
			t.Errorf("%s: %v", language, err)
		}
	}
}
