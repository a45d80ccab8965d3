package user_test

import (
	"slices"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// nordic is a company with licences of two kinds under rules that list add-ons.
func nordic() company.State {
	rules := presets["teleproffs"]
	rules.AddOns = append(slices.Clip(rules.AddOns), policy.AddOn{Name: "listening-in", Needs: []string{"recording"}})
	return company.Fold(facts(
		company.Created{ID: "acme", Name: "Acme", Language: "sv", Country: "SE"}, company.PolicyAdopted{Policy: rules},
		company.NumbersConnected{From: "+4930120000", To: "+4930129999"},
		company.LicencesOrdered{Kind: "office", Count: 5}, company.LicencesOrdered{Kind: "mobile-10gb", Count: 5},
		company.SiteOpened{ID: "berlin", Name: "Berlin", Country: "DE"},
	))
}

func TestAddOnsAreOrderedWithWhatTheyNeed(t *testing.T) {
	for name, c := range map[string]struct {
		licence string
		options []string
		want    string
	}{
		"a twin card with a mobile licence": {"mobile-10gb", []string{"twin-data", "mobile-data"}, ""},
		"a twin card with a fixed one":      {"office", []string{"twin-data"}, "invalid-input, /options needs-licence"},
		"an add-on without the other":       {"office", []string{"listening-in"}, "invalid-input, /options needs-add-on"},
		"an add-on nobody offers":           {"office", []string{"fax"}, "invalid-input, /options unknown"},
	} {
		in := order()
		in.Company, in.Licence, in.Options = nordic(), c.licence, c.options
		want := c.want
		play(t, []scenario{{name, nil, func(history []domain.Fact) ([]domain.Event, error) {
			_, err := in.Decide(history)
			return nil, err
		}, nil, want}})
	}
}

func TestAddOnsAreJudgedWhereTheyOrTheLicenceChange(t *testing.T) {
	to := func(what func(*user.Change)) domain.Decide {
		in := user.Change{Company: nordic(), Actor: operator, At: noon}
		what(&in)
		return in.Decide
	}
	before := then(confirmed, user.DetailsChanged{Options: &[]string{"fax"}})
	mobile := then(confirmed, user.LicenceChanged{Licence: "mobile-10gb", Previous: "office"}, user.DetailsChanged{Options: &[]string{"twin-data"}})
	back := user.LicenceChanged{Licence: "office", Previous: "mobile-10gb", Claim: user.SeatStream("acme", "office", 2)}
	office := func(in *user.Change) { in.Licence, in.Seat = new("office"), back.Claim }
	play(t, []scenario{
		{"what was there before the list stays", before, to(func(in *user.Change) { in.Person.LastName = new("King") }), []domain.Event{
			user.DetailsChanged{Personal: &user.PersonChanges{LastName: new("King")}},
		}, ""},
		{"but not beside another", before, to(func(in *user.Change) { in.Options = &[]string{"fax", "recording"} }), nil, "invalid-input, /options unknown"},
		{"a licence does not go from under its add-on", mobile, to(office), nil, "invalid-input, /options needs-licence"},
		{"it does together with it", mobile, to(func(in *user.Change) { office(in); in.Options = &[]string{} }), []domain.Event{
			user.DetailsChanged{Options: &[]string{}}, back,
		}, ""},
		{"1.9: nothing hard is asked of a supervisor", confirmed, func(history []domain.Fact) ([]domain.Event, error) {
			return user.Change{Company: firm("onenet"), Actor: operator, At: noon, Options: &[]string{"supervisor"}}.Decide(history)
		}, []domain.Event{user.DetailsChanged{Options: &[]string{"supervisor"}}}, ""},
	})
}
