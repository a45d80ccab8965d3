package user_test

import (
	"slices"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

func TestAUserIsOrdered(t *testing.T) {
	atOnce, plain := order(), order()
	atOnce.Activate = true
	plain.Language = ""
	again := order()
	again.At = after(0.1)
	german := created()
	german.Language = "de"
	bare := user.Create{ID: adaID, Company: firm("unifyoffice"), Person: ada, Activate: true}
	bareCreated := user.Created{ID: adaID, Company: "acme", Language: "de", Personal: &ada}
	lineOnly := user.Create{ID: adaID, Company: onlyLines(), Person: ada, Activate: true}
	play(t, []scenario{
		{"an order makes the user", nil, order().Decide, ordered, ""},
		{"an order may start the activation", nil, atOnce.Decide, started, ""},
		{"without a line there is no step for it", nil, bare.Decide, []domain.Event{bareCreated, user.ActivationStarted{Steps: []string{"link"}}}, ""},
		{"without any step the activation is over at once", nil, lineOnly.Decide, []domain.Event{bareCreated, user.ActivationStarted{}, user.Activated{}}, ""},
		{"the company's language is the default", nil, plain.Decide, []domain.Event{german}, ""},
		{"a user is not made twice", ordered, order().Decide, nil, "user-exists"},
		{"a deleted user does not come back", deleted, order().Decide, nil, "user-exists"},
		{
			"an order whose claim was given up conflicts",
			[]domain.Event{user.ClaimAbandoned{Claim: claims().Extension}},
			order().Decide, nil, "claims-expired",
		},
		{
			"an order given again behind it has claimed anew",
			[]domain.Event{user.ClaimAbandoned{Claim: claims().Extension}}, // at noon
			again.Decide, ordered, "",
		},
		{
			"another claim's end is no hindrance",
			[]domain.Event{user.ClaimAbandoned{Claim: "extension-acme-0050"}},
			order().Decide, ordered, "",
		},
	})
}

func TestAnAdminIsGivenAFirstPassword(t *testing.T) {
	for rules, want := range map[string][2][]string{ // of an admin, of a user
		"onepro":      {{"line", "credentials"}, {"line", "credentials"}},
		"onenet":      {{"line", "network", "credentials"}, {"line", "network"}},
		"teleproffs":  {{"line", "link"}, {"line", "link"}},
		"unifyoffice": {{"line", "link"}, {"line", "link"}},
		"officesmart": {{"line", "credentials"}, {"line", "credentials"}},
	} {
		for n, admin := range []bool{true, false} {
			in := user.Create{ID: adaID, Company: firm(rules), Number: "+4930120049", Person: ada, Activate: true, Admin: admin}
			events, err := in.Decide(nil)
			if err != nil {
				t.Fatal(err)
			}
			if last, is := events[len(events)-1].(user.ActivationStarted); !is || !slices.Equal(last.Steps, want[n]) {
				t.Errorf("%s, admin %t: %s", rules, admin, told(events))
			}
			later := events[:len(events)-1]
			started, err := user.StartActivation{Policy: in.Company.Policy}.Decide(facts(later...))
			if err != nil || !slices.Equal(started[0].(user.ActivationStarted).Steps, want[n]) {
				t.Errorf("%s, admin %t, started later: %s, %v", rules, admin, told(started), err)
			}
		}
	}
}

func onlyLines() company.State {
	acme := firm("onenet")
	acme.Policy.Steps = []string{"line"}
	return acme
}

func TestAWrongOrderOfUnifyOfficeNamesEveryField(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*user.Create)
		fault string
	}{
		"all is right":            {func(*user.Create) {}, ""},
		"no e-mail":               {func(in *user.Create) { in.Person.Email = "" }, "/email missing"},
		"no names":                {func(in *user.Create) { in.Person.FirstName, in.Person.LastName = "", " " }, "/firstName missing, /lastName missing"},
		"a number without person": {func(in *user.Create) { in.Person = user.Person{} }, ""},
		"its phone is no person":  {func(in *user.Create) { in.Person = user.Person{MAC: "0004f2ab12cd"} }, ""},
		"whose activation starts": {func(in *user.Create) { in.Person, in.Activate = user.Person{}, true }, ""},
		"neither number nor person": {
			func(in *user.Create) { in.Person, in.Number = user.Person{}, "" }, "/email missing, /firstName missing, /lastName missing",
		},
		"the longest names":      {func(in *user.Create) { in.Person.FirstName = strings.Repeat("ä", 64) }, ""},
		"too long a name":        {func(in *user.Create) { in.Person.LastName = strings.Repeat("ä", 65) }, "/lastName too-long"},
		"a name with a line end": {func(in *user.Create) { in.Person.FirstName = "Ada\r\nBcc: x@example.com" }, "/firstName form"},
		"a name that is no text": {func(in *user.Create) { in.Person.DirectoryFirstName = "\xff" }, "/directoryFirstName form"},
		"no mobile number":       {func(in *user.Create) { in.Person.Mobile, in.Person.MobileNumber = "0171 1234567", "x" }, "/mobile e164, /mobileNumber e164"},
		"a strange contract":     {func(in *user.Create) { in.Person.ContractNumber = "<b>" }, "/contractNumber form"},
		"a strange phone":        {func(in *user.Create) { in.Person.MAC, in.Device = "00:04:F2:AB:12:CD", "T 54W!" }, "/device/mac form, /device/kind form"},
		"no E.164":               {func(in *user.Create) { in.Number = "030120049" }, "/number e164"},
		"somebody else's number": {func(in *user.Create) { in.Number = "+4930130000" }, "/number foreign"},
		"a short extension":      {func(in *user.Create) { in.Extension = "49" }, "/extension form"},
		"a long extension":       {func(in *user.Create) { in.Extension = "1234567" }, "/extension form"},
		"letters":                {func(in *user.Create) { in.Extension = "12a4" }, "/extension form"},
		"other digits":           {func(in *user.Create) { in.Extension = "１２３" }, "/extension form"},
		"an unknown place": {
			func(in *user.Create) { in.Site, in.Licence, in.Language = "paris", "gold", "fr" }, "/site unknown, /licence unknown, /language unknown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := order()
			c.spoil(&in)
			want := c.fault
			if want != "" {
				want = "invalid-input, " + want
			}
			if got := code(in.Check()); got != want {
				t.Errorf("fault %q, want %q", got, want)
			}
			if events, err := in.Decide(nil); code(err) != want || err != nil && events != nil {
				t.Errorf("decided %s, %v", told(events), err)
			}
		})
	}
}

func TestOneNetsRulesForNames(t *testing.T) {
	for name, c := range map[string]struct {
		person user.Person
		fault  string
	}{
		"23 and 30 characters":   {user.Person{FirstName: strings.Repeat("ß", 23), LastName: strings.Repeat("ß", 30)}, ""},
		"24 and 31 characters":   {user.Person{FirstName: strings.Repeat("ß", 24), LastName: strings.Repeat("ß", 31)}, "/firstName too-long, /lastName too-long"},
		"in the directory too":   {user.Person{FirstName: "A", LastName: "B", DirectoryFirstName: strings.Repeat("a", 24), DirectoryLastName: strings.Repeat("a", 31)}, "/directoryFirstName too-long, /directoryLastName too-long"},
		"e-mail may be missing":  {user.Person{FirstName: "Ada", LastName: "Lovelace"}, ""},
		"names may not":          {user.Person{Email: "ada@example.com"}, "/firstName missing, /lastName missing"},
		"nobody yet":             {user.Person{}, ""},
		"e-mail has its form":    {user.Person{FirstName: "Ada", LastName: "Lovelace", Email: "ada"}, "/email form"},
		"a contract and a phone": {user.Person{FirstName: "Ada", LastName: "Lovelace", ContractNumber: "K-12.3/4", MAC: "0004f2ab12cd"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := user.Create{ID: adaID, Company: firm("onenet"), Number: "+4930120049", Person: c.person, Activate: true}
			want := c.fault
			if want != "" {
				want = "invalid-input, " + want
			}
			if got := code(in.Check()); got != want {
				t.Errorf("fault %q, want %q", got, want)
			}
		})
	}
}

func TestAnAddressIsOneBareAddressWithADomain(t *testing.T) {
	for address, valid := range map[string]bool{
		"ada@example.com": true, "a.d-a+tag@mail.example.co.uk": true, "ÄDA@example.com": true,
		"": false, "ada": false, "ada@": false, "@example.com": false, "ada@localhost": false, "ada@example.": false, "ada@.example.com": false,
		"ada@[127.0.0.1]": false, "Ada <ada@example.com>": false, "<ada@example.com>": false, "ada@example.com, b@example.com": false,
		"ada@example.com\r\nBcc: x@example.com": false, " ada@example.com": false, "ada@exa mple.com": false, "a da@example.com": false,
		strings.Repeat("a", 64) + "@example.com": true, strings.Repeat("a", 65) + "@example.com": false,
		"a@" + strings.Repeat("b.", 130) + "com": false,
	} {
		if got := user.ValidEmail(address); got != valid {
			t.Errorf("%q: valid is %v, want %v", address, got, valid)
		}
	}
	if user.FoldEmail(" Ada@Example.COM ") != user.FoldEmail("ada@example.com") {
		t.Error("two writings of one address differ")
	}
}
