package activities_test

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/company"
)

var (
	tongues  = company.Languages
	purposes = []string{
		"activation-link", "activation-renewed", "activation-reminder",
		"credentials-username", "credentials-both", "credentials-password", "mobile-code",
		"password-reset", "username-reminder", "password-changed", "pin-changed", "email-changed", "username-changed", "verify-mobile",
		"number-changed", "mobile-changed", "admin-granted", "admin-revoked",
		"login-locked", "password-expires", "password-expired",
	}
	shortOnly = []string{"credentials-password", "mobile-code"}
	mailOnly  = []string{"activation-renewed", "credentials-username", "password-reset", "username-reminder"}
)

func newTexts(t *testing.T) *activities.Texts {
	t.Helper()
	texts, err := activities.NewTexts()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func jane(t *testing.T) activities.TextData {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return activities.TextData{
		FirstName: "Jane", LastName: "Roe", Company: "Müller & Söhne", Operator: "Example Phone",
		Link: "https://example.org/activate/abc_DEF-123", Number: "+4930123456", Extension: "3456",
		ExpiresAt: time.Date(2026, time.November, 23, 13, 30, 0, 0, time.UTC), ValidHours: 48, Zone: berlin,
	}
}

func TestEveryLanguageHasEveryKeyAndNoOther(t *testing.T) {
	files, err := fs.Glob(os.DirFS("locales"), "active.*.yaml")
	if err != nil || len(files) != len(tongues) {
		t.Fatalf("catalogues %v, %v", files, err)
	}
	keys := make(map[string]map[string]string)
	for _, file := range files {
		raw, err := os.ReadFile("locales/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		keys[file] = map[string]string{}
		flatten(keys[file], "", tree)
	}
	for _, file := range files {
		if got, want := slices.Sorted(maps.Keys(keys[file])), slices.Sorted(maps.Keys(keys["active.en.yaml"])); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", file, got, want)
		}
		for key, text := range keys[file] {
			if key == "common.moment-short" { // months are figures in some languages and names in others
				continue
			}
			if got, want := mentioned(text), mentioned(keys["active.en.yaml"][key]); !slices.Equal(got, want) {
				t.Errorf("%s: %s mentions %v, English %v", file, key, got, want)
			}
		}
	}
}

func flatten(into map[string]string, prefix string, tree map[string]any) {
	for key, value := range tree {
		if below, ok := value.(map[string]any); ok {
			flatten(into, prefix+key+".", below)
		} else if text, ok := value.(string); ok && text != "" {
			into[prefix+key] = text
		}
	}
}

// mentioned lists the words a sentence has filled in, and those it asks for.
func mentioned(text string) []string {
	found := map[string]bool{}
	for _, part := range strings.Split(text, "{{")[1:] {
		word, _, _ := strings.Cut(part, "}}")
		found[word] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func TestMessagesSayWhatTheReaderNeeds(t *testing.T) {
	const en, de = "23 November 2026, 14:30 (Europe/Berlin)", "23. November 2026, 14:30 Uhr (Europe/Berlin)"
	tests := []struct {
		purpose, language string
		want              []string
	}{
		{"activation-link", "en", []string{"Hello Jane Roe,", "48 hours", en, "private (incognito) window", "sender's address", "+4930123456", "Activate my account"}},
		{"activation-link", "de", []string{"Guten Tag Jane Roe,", "48 Stunden", de, "Inkognito", "Adresse des Absenders", "Nebenstelle 3456", "Mein Konto aktivieren"}},
		{"activation-renewed", "en", []string{"new link", "older one no longer works", en}},
		{"activation-renewed", "de", []string{"neuer Link", "funktioniert nicht mehr", de}},
		{"activation-reminder", "en", []string{"not been activated yet", en}},
		{"activation-reminder", "de", []string{"noch nicht aktiviert", de}},
		{"activation-link", "el", []string{"Γεια σας Jane Roe,", "48 ώρες", "23 Νοεμβρίου 2026, 14:30 (Europe/Berlin)", "εσωτερικό 3456", "Ενεργοποίηση του λογαριασμού μου"}},
		{"activation-link", "sv", []string{"Hej Jane Roe,", "48 timmar", "23 november 2026 kl. 14:30 (Europe/Berlin)", "anknytning 3456", "Aktivera mitt konto"}},
		{"activation-link", "it", []string{"Buongiorno Jane Roe,", "48 ore", "23 novembre 2026, ore 14:30 (Europe/Berlin)", "interno 3456", "Attiva il mio account"}},
	}
	copyHint := map[string]string{
		"en": "copy this link", "de": "kopieren Sie diesen Link", "el": "αντιγράψτε τον σύνδεσμο",
		"sv": "kopierar du länken", "it": "copi questo link",
	}
	texts, data := newTexts(t), jane(t)
	for _, test := range tests {
		rendered, err := texts.Render(test.purpose, test.language, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(rendered.Text, want) {
				t.Errorf("%s %s: no %q in\n%s", test.purpose, test.language, want, rendered.Text)
			}
		}
		if !strings.Contains(rendered.HTML, copyHint[test.language]) {
			t.Errorf("%s %s does not say that the link can be copied", test.purpose, test.language)
		}
		if !strings.Contains(rendered.HTML, "Müller &amp; Söhne") || !strings.Contains(rendered.HTML, `<html lang="`+test.language+`">`) {
			t.Errorf("%s %s:\n%s", test.purpose, test.language, rendered.HTML)
		}
		if strings.Count(rendered.Text, data.Link) != 1 || strings.Count(rendered.HTML, `href="`+data.Link+`"`) != 2 {
			t.Errorf("%s %s: the link is not there as often as it should", test.purpose, test.language)
		}
		if rendered.Subject == "" || rendered.Language != test.language || strings.Contains(rendered.Text+rendered.HTML, "<no value>") {
			t.Errorf("%s %s: %+v", test.purpose, test.language, rendered)
		}
	}
}

func TestTheNearestLanguageIsSpoken(t *testing.T) {
	texts := newTexts(t)
	for asked, want := range map[string]string{"de-AT": "de", "DE": "de", "en-GB": "en", "sv-FI": "sv", "el": "el", "it-CH": "it", "fr": "en", "": "en", "not a tag": "en"} {
		rendered, err := texts.Render("activation-link", asked, jane(t))
		if err != nil || rendered.Language != want {
			t.Errorf("%q: %q, %v", asked, rendered.Language, err)
		}
	}
}

func TestTheZoneIsNamedAndOneHourIsSingular(t *testing.T) {
	data := jane(t)
	data.Zone, data.ValidHours = nil, 1
	rendered, err := newTexts(t).Render("activation-link", "de", data)
	if err != nil || !strings.Contains(rendered.Text, "13:30 Uhr (UTC)") || !strings.Contains(rendered.Text, "1 Stunde lang") {
		t.Errorf("%v\n%s", err, rendered.Text)
	}
}

func TestEmptyFieldsLeaveNoHoles(t *testing.T) {
	texts := newTexts(t)
	for _, purpose := range purposes {
		for _, language := range tongues {
			rendered, err := texts.Render(purpose, language, activities.TextData{Link: "https://example.org/a", Username: "ada", Password: "secret", Code: "1"})
			if err != nil {
				t.Fatal(err)
			}
			for _, hole := range []string{"  ", " ,", " .", ": :", "\n\n\n", "<no value>", "0001", " at .", " bei .", " hos .", " presso .", " di .", " den ."} {
				if strings.Contains(rendered.Subject+"|"+rendered.Text+"|"+rendered.SMS, hole) {
					t.Errorf("%s %s has %q:\n%s\n%s", purpose, language, hole, rendered.Text, rendered.SMS)
				}
			}
		}
	}
}

func TestHostileNamesStayNames(t *testing.T) {
	texts, data := newTexts(t), jane(t)
	const evil = "<script>alert(1)</script>\r\nBcc: all@example.org\r\n\r\n{{.Link}}\u202e\x00"
	data.FirstName, data.LastName, data.Company, data.Operator, data.Number, data.Extension = evil, evil, evil, evil, evil, evil
	data.Username, data.Password, data.Passcode, data.Code, data.Brand.HelpPhone = evil, evil, evil, evil, evil
	for _, purpose := range purposes {
		for _, language := range tongues {
			rendered, err := texts.Render(purpose, language, data)
			if err != nil {
				t.Fatal(err)
			}
			if mail := rendered.HTML != ""; strings.Contains(rendered.HTML, "<script") || mail && !strings.Contains(rendered.HTML, "&lt;script&gt;") {
				t.Errorf("%s %s: the name is markup:\n%s", purpose, language, rendered.HTML)
			}
			for _, form := range []string{rendered.Subject, rendered.Text, rendered.HTML, rendered.SMS} {
				if strings.Contains(form, "\r") || strings.Contains(form, "\nBcc") || strings.ContainsAny(form, "\x00\u202e") {
					t.Errorf("%s %s: control characters in %q", purpose, language, form)
				}
			}
			if strings.Contains(rendered.Subject+rendered.SMS, "\n") {
				t.Errorf("%s %s: subject or SMS has several lines", purpose, language)
			}
		}
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	texts, data := newTexts(t), jane(t)
	if _, err := texts.Render("farewell", "en", data); domain.KindOf(err) != domain.Invalid {
		t.Errorf("unknown purpose: %v", err)
	}
	for _, link := range []string{"", "javascript:alert(1)", "https://example.org/\r\nX: y", "/activate/x", `https://"onclick=alert(1)`} {
		data.Link = link
		for _, purpose := range []string{"activation-link", "password-reset"} {
			if _, err := texts.Render(purpose, "en", data); domain.KindOf(err) != domain.Invalid {
				t.Errorf("%s, link %q: %v", purpose, link, err)
			}
		}
	}
	for _, purpose := range []string{"credentials-username", "credentials-both", "credentials-password", "mobile-code", "username-reminder"} {
		if _, err := texts.Render(purpose, "en", jane(t)); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s without what it is about: %v", purpose, err)
		}
	}
	data = secrets(t)
	data.LoginURL = "javascript:alert(1)"
	if _, err := texts.Render("credentials-username", "en", data); domain.KindOf(err) != domain.Invalid {
		t.Errorf("where to log in: %v", err)
	}
	data.LoginURL, data.Brand.InfoURL = "", "javascript:alert(1)"
	if _, err := texts.Render("credentials-username", "en", data); domain.KindOf(err) != domain.Invalid {
		t.Errorf("what it is about: %v", err)
	}
}
