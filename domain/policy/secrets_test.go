package policy_test

import (
	"slices"
	"strings"
	"testing"

	"dialtone/domain/policy"
)

var personal = policy.Known{
	Person: []string{"Augusta", "Eva", "Lovelace", "ada@example.com", "ada", "491711234567", "4930123450", "ada.lovelace", "", "   "},
	House:  []string{"Nordwind Logistik GmbH", "UnifyOffice"},
}

func chosen() policy.Chosen {
	return policy.Chosen{
		Password: "blau+Wal7", PasswordAgain: "blau+Wal7", PIN: "482913", PINAgain: "482913", Question: "first-pet", Answer: "Rex",
	}
}

func TestPasswords(t *testing.T) {
	for name, c := range map[string]struct {
		password string
		want     []string
	}{
		"a good one":                   {"blau+Wal7", nil},
		"as short as may be":           {"blau+W47", nil},
		"too short":                    {"bl+W47x", []string{"length"}},
		"as long as may be":            {strings.Repeat("wal+7", 6) + "ab", nil},
		"too long":                     {strings.Repeat("wal+7", 6) + "abc", []string{"length"}},
		"counted in code points":       {"ÄÖÜß+7é" + "ñ", nil},
		"letters of any script":        {"Ωμέγα+77", nil},
		"no letter":                    {"4829-1305", []string{"letter"}},
		"no digit":                     {"blau+Wale", []string{"digit"}},
		"no special character":         {"blauWal77", []string{"special"}},
		"a blank is special":           {"blau Wal 7", nil},
		"nothing":                      {"", []string{"length", "letter", "digit", "special"}},
		"no text":                      {"blau+Wal7\xff", []string{"encoding"}},
		"a common word":                {"Password1!", []string{"not-common"}},
		"a common word, signs around":  {"!!2024Sommer2024!!", []string{"not-common"}},
		"another language's word":      {"Passwort_99", []string{"not-common"}},
		"only digits and signs":        {"9876543!", []string{"letter", "strength"}},
		"the product's name":           {"Dialtone#1", []string{"not-common"}},
		"a common word inside another": {"Sommerwal+7", nil},
		"the first name":               {"xAUGUSTA+7x", []string{"not-personal"}},
		"the last name":                {"1lovelace!", []string{"not-personal"}},
		"the address":                  {"7ada@example.com", []string{"not-personal"}},
		"the mobile":                   {"a+491711234567", []string{"not-personal"}},
		"the number":                   {"a!4930123450", []string{"not-personal"}},
		"the number from near":         {"x!0123450", []string{"not-personal"}},
		"signs for a name's letters":   {"l0ve1@ce", []string{"not-personal"}},
		"the user name in parts":       {"Lovelace+ada", []string{"digit", "not-personal"}},
		"words of three letters only":  {"Eva+ada+7", []string{"not-personal"}},
		"a word of three letters":      {"Eva+wal+7", nil},
		"the company and little else":  {"Nordwind+7", []string{"not-personal"}},
		"the company and more":         {"Nordwind+wal7", nil},
		"the operator":                 {"UnifyOffice2027!", []string{"not-personal"}},
		"signs for letters":            {"P@ssw0rd1", []string{"not-common"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := chosen()
			in.Password, in.PasswordAgain = c.password, c.password
			var want []string
			for _, code := range c.want {
				want = append(want, "/password "+code)
			}
			if got := broken(preset(t, "unifyoffice").Secrets.Check(in, personal)); !slices.Equal(got, want) {
				t.Errorf("%q: broken %q, want %q", c.password, got, want)
			}
		})
	}
}

func TestPINsQuestionsAndRepetitions(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*policy.Chosen)
		want   []string
	}{
		"all is right":          {func(*policy.Chosen) {}, nil},
		"another password":      {func(in *policy.Chosen) { in.PasswordAgain += " " }, []string{"/passwordAgain differs"}},
		"another PIN":           {func(in *policy.Chosen) { in.PINAgain = "" }, []string{"/pinAgain differs"}},
		"no PIN":                {pin(""), []string{"/pin pin-length"}},
		"a short PIN":           {pin("48291"), []string{"/pin pin-length"}},
		"the longest PIN":       {pin("4829134829"), nil},
		"a long PIN":            {pin("48291348291"), []string{"/pin pin-length"}},
		"letters in the PIN":    {pin("48291a"), []string{"/pin pin-length"}},
		"other digits":          {pin("４８２９１３"), []string{"/pin pin-length"}},
		"one digit":             {pin("777777"), []string{"/pin pin-simple"}},
		"a row up":              {pin("123456"), []string{"/pin pin-simple"}},
		"a row down":            {pin("987654"), []string{"/pin pin-simple"}},
		"nearly a row":          {pin("123457"), nil},
		"steps of two":          {pin("135791"), nil},
		"one short digit":       {pin("1"), []string{"/pin pin-length", "/pin pin-simple"}},
		"no question":           {func(in *policy.Chosen) { in.Question = "" }, []string{"/question unknown"}},
		"an own question":       {func(in *policy.Chosen) { in.Question = "my-cat" }, []string{"/question unknown"}},
		"a short answer":        {func(in *policy.Chosen) { in.Answer = " ab " }, []string{"/answer length"}},
		"a long answer":         {func(in *policy.Chosen) { in.Answer = strings.Repeat("ä", 101) }, []string{"/answer length"}},
		"the longest answer":    {func(in *policy.Chosen) { in.Answer = strings.Repeat("ä", 100) }, nil},
		"everything is missing": {func(in *policy.Chosen) { *in = policy.Chosen{} }, []string{"/password length", "/password letter", "/password digit", "/password special", "/pin pin-length", "/question unknown", "/answer length"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := chosen()
			c.change(&in)
			if got := broken(preset(t, "unifyoffice").Secrets.Check(in, personal)); !slices.Equal(got, c.want) {
				t.Errorf("broken %q, want %q", got, c.want)
			}
		})
	}
}

func pin(digits string) func(*policy.Chosen) {
	return func(in *policy.Chosen) { in.PIN, in.PINAgain = digits, digits }
}

func TestWhatIsNotAskedForIsNotChecked(t *testing.T) {
	s := policy.Secrets{Password: policy.Password{Min: 8, Max: 64}}
	if got := broken(s.Check(policy.Chosen{Password: "nothing asked", PasswordAgain: "nothing asked"}, policy.Known{})); got != nil {
		t.Errorf("broken %q", got)
	}
}

func TestTheRulesShownAreTheRulesChecked(t *testing.T) {
	s := preset(t, "unifyoffice").Secrets
	texts := func(rules []policy.Rule) (all []string) {
		for _, r := range rules {
			all = append(all, r.String())
		}
		return all
	}
	if got, want := texts(s.PasswordRules()), []string{"8 to 32 characters", "letter", "digit", "special", "not-common", "6 parts that cannot be guessed", "not-personal"}; !slices.Equal(got, want) {
		t.Errorf("password: %q, want %q", got, want)
	}
	if got, want := texts(s.PINRules()), []string{"6 to 10 digits", "pin-simple"}; !slices.Equal(got, want) {
		t.Errorf("PIN: %q, want %q", got, want)
	}
	bare := policy.Secrets{Password: policy.Password{Min: 8, Max: 64}}
	if got, want := texts(bare.PasswordRules()), []string{"8 to 64 characters", "not-common", "6 parts that cannot be guessed", "not-personal"}; !slices.Equal(got, want) || bare.PINRules() != nil {
		t.Errorf("without extras: %q and %v", got, bare.PINRules())
	}
}

func TestNoFaultRepeatsTheSecret(t *testing.T) {
	in := policy.Chosen{Password: "lovelace", PasswordAgain: "x", PIN: "111111", PINAgain: "2", Answer: "q7"}
	err := preset(t, "unifyoffice").Secrets.Check(in, personal)
	for _, secret := range []string{"lovelace", "111111", "q7"} {
		if err == nil || strings.Contains(strings.ToLower(err.Error()), secret) {
			t.Errorf("the fault tells %q: %v", secret, err)
		}
	}
}
