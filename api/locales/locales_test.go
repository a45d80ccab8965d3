package locales_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"dialtone/api/locales"
	"dialtone/deploy/policies"
	"dialtone/domain/company"
	"dialtone/domain/wire"
)

// keys gives the keys of all catalogues of a language.
func keys(t *testing.T, tag string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*." + tag + ".yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue speaks %s: %v", tag, err)
	}
	found := map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(raw, &tree); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		flatten(found, "", tree)
	}
	return found
}

func flatten(into map[string]string, prefix string, tree map[string]any) {
	for key, value := range tree {
		switch v := value.(type) {
		case map[string]any:
			flatten(into, prefix+key+".", v)
		case string:
			into[prefix+key] = v
		}
	}
}

// The English of broken rules is the rule's own.
func spoken(key string) bool {
	return !strings.HasPrefix(key, "fault.") && !strings.HasPrefix(key, "refusal.")
}

func TestThereAreTextsInEveryLanguageOfACompany(t *testing.T) {
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(slices.Values(catalogue.Tags())), slices.Sorted(slices.Values(company.Languages)); !slices.Equal(got, want) {
		t.Errorf("pages speak %v, companies %v", got, want)
	}
	for _, tag := range company.Languages {
		if months := strings.Fields(catalogue.Voice(tag).Say("moment.months")); len(months) != 12 {
			t.Errorf("a year in %s has the months %v", tag, months)
		}
	}
}

// Every catalogue but the English one says the faults itself, and all the same.
func TestNoLanguageButEnglishLacksAFault(t *testing.T) {
	german := keys(t, "de")
	for _, tag := range company.Languages {
		there := keys(t, tag)
		for key := range german {
			if there[key] == "" && (tag != "en" || spoken(key)) {
				t.Errorf("%s lacks %s", tag, key)
			}
		}
		for key := range there {
			if german[key] == "" {
				t.Errorf("%s knows %s, which nobody else does", tag, key)
			}
		}
	}
}

func TestNoLanguageLacksAKeyOrAWord(t *testing.T) {
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	english := keys(t, "en")
	for _, tag := range catalogue.Tags() {
		there := keys(t, tag)
		voice := catalogue.Voice(tag)
		for key, text := range english {
			if there[key] == "" {
				t.Errorf("%s lacks %s", tag, key)
			}
			if words(text) != words(there[key]) {
				t.Errorf("%s: %s knows the words %q, English %q", tag, key, words(there[key]), words(text))
			}
			if said, ok := voice.Find(key); !ok || said == "" {
				t.Errorf("%s cannot say %s", tag, key)
			}
		}
		for key := range there {
			if english[key] == "" && spoken(key) {
				t.Errorf("English lacks %s, which %s has", key, tag)
			}
		}
	}
}

// words lists the words a sentence has filled in.
func words(text string) string {
	found := map[string]bool{}
	for _, part := range strings.Split(text, "{{")[1:] {
		word, _, _ := strings.Cut(part, "}}")
		found[word] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

func TestEveryFactOfAUserHasASentence(t *testing.T) {
	english := keys(t, "en")
	for _, event := range wire.Events() {
		key := "fact." + strings.TrimSuffix(event.Type(), ".v1")
		if strings.HasPrefix(event.Type(), "user.") && english[key] == "" {
			t.Errorf("there is no sentence for %s", event.Type())
		}
	}
}

func TestEveryRuleAndQuestionOfAPolicyHasASentence(t *testing.T) {
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	english := keys(t, "en")
	for name, p := range presets {
		var needed []string
		for _, step := range p.Steps {
			needed = append(needed, "step."+step)
		}
		for _, rule := range append(p.Secrets.PasswordRules(), p.Secrets.PINRules()...) {
			needed = append(needed, "rule."+rule.Code)
		}
		for _, question := range p.Secrets.Questions {
			needed = append(needed, "question."+question)
		}
		for _, key := range needed {
			if english[key] == "" {
				t.Errorf("policy %s needs %s", name, key)
			}
		}
	}
}

func TestTheFirstWishThatIsKnownCounts(t *testing.T) {
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		wishes []string
		want   string
	}{
		{[]string{"de"}, "de"},
		{[]string{"", "de-AT,en;q=0.5"}, "de"},
		{[]string{"fr", "de"}, "de"},
		{[]string{"en", "de"}, "en"},
		{[]string{"", "", "pl, de;q=0.1"}, "de"},
		{[]string{"", "el-GR,el;q=0.9,en;q=0.5"}, "el"},
		{[]string{"it-CH"}, "it"},
		{[]string{"", "", "sv-SE, de;q=0.1"}, "sv"},
		{[]string{"\x00;;", "xx"}, "en"},
		{nil, "en"},
	} {
		if got := catalogue.Voice(c.wishes...).Tag; got != c.want {
			t.Errorf("%q is answered in %s, not %s", c.wishes, got, c.want)
		}
	}
}

func TestAMissingSentenceSaysItsKey(t *testing.T) {
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	voice := catalogue.Voice("en")
	if said := voice.Say("nothing.here"); said != "nothing.here" {
		t.Errorf("said %q", said)
	}
	if said := voice.First("otherwise", "nothing.here", "nav.users"); said != "Users" {
		t.Errorf("said %q", said)
	}
	if said := voice.First("otherwise", "nothing.here"); said != "otherwise" {
		t.Errorf("said %q", said)
	}
}

func TestMomentsNameTheirZone(t *testing.T) {
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 9, 23, 5, 0, 0, time.UTC)
	athens := time.FixedZone("Europe/Athens", 2*3600)
	for _, c := range []struct {
		tag, want string
		zone      *time.Location
	}{
		{"en", "9 March 2026, 23:05 (UTC)", nil},
		{"de", "10. März 2026, 01:05 Uhr (Europe/Athens)", athens},
		{"el", "10 Μαρτίου 2026, 01:05 (Europe/Athens)", athens},
		{"sv", "10 mars 2026 kl. 01:05 (Europe/Athens)", athens},
		{"it", "10 marzo 2026, ore 01:05 (Europe/Athens)", athens},
	} {
		if got := catalogue.Voice(c.tag).Moment(at, c.zone); got != c.want {
			t.Errorf("said %q, not %q", got, c.want)
		}
	}
	if got := locales.Stamp(at.In(athens)); got != "2026-03-09 23:05:00" {
		t.Errorf("stamped %q", got)
	}
}
