package activities_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"dialtone/activities"
	"dialtone/domain"
)

var purposes = []string{"activation-link", "activation-renewed", "activation-reminder", "activated"}

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
	if err != nil || len(files) < 2 {
		t.Fatalf("catalogues %v, %v", files, err)
	}
	keys := make(map[string][]string)
	for _, file := range files {
		raw, err := os.ReadFile("locales/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		keys[file] = flatten("", tree)
	}
	for _, file := range files {
		if !slices.Equal(keys[file], keys["active.en.yaml"]) {
			t.Errorf("%s has %v", file, keys[file])
		}
	}
}

func flatten(prefix string, tree map[string]any) []string {
	var keys []string
	for key, value := range tree {
		if below, ok := value.(map[string]any); ok {
			keys = append(keys, flatten(prefix+key+".", below)...)
		} else if text, ok := value.(string); ok && text != "" {
			keys = append(keys, prefix+key)
		}
	}
	slices.Sort(keys)
	return keys
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
		{"activated", "en", []string{"You can be called at +4930123456", "3456", "Müller & Söhne"}},
		{"activated", "de", []string{"unter +4930123456 erreichbar"}},
	}
	copyHint := map[string]string{"en": "copy this link", "de": "kopieren Sie diesen Link"}
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
		links := 1
		if test.purpose == "activated" {
			links = 0
		}
		if links == 1 && !strings.Contains(rendered.HTML, copyHint[test.language]) {
			t.Errorf("%s %s does not say that the link can be copied", test.purpose, test.language)
		}
		if !strings.Contains(rendered.HTML, "Müller &amp; Söhne") || !strings.Contains(rendered.HTML, `<html lang="`+test.language+`">`) {
			t.Errorf("%s %s:\n%s", test.purpose, test.language, rendered.HTML)
		}
		if strings.Count(rendered.Text, data.Link) != links || strings.Count(rendered.HTML, `href="`+data.Link+`"`) != 2*links {
			t.Errorf("%s %s: the link is not there as often as it should", test.purpose, test.language)
		}
		if rendered.Subject == "" || rendered.Language != test.language || strings.Contains(rendered.Text+rendered.HTML, "<no value>") {
			t.Errorf("%s %s: %+v", test.purpose, test.language, rendered)
		}
	}
}

func TestTheNearestLanguageIsSpoken(t *testing.T) {
	texts := newTexts(t)
	for asked, want := range map[string]string{"de-AT": "de", "DE": "de", "en-GB": "en", "sv": "en", "": "en", "not a tag": "en"} {
		rendered, err := texts.Render("activated", asked, jane(t))
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
		for _, language := range []string{"en", "de"} {
			rendered, err := texts.Render(purpose, language, activities.TextData{Link: "https://example.org/a"})
			if err != nil {
				t.Fatal(err)
			}
			for _, hole := range []string{"  ", " ,", " .", "<no value>", "at .", "bei ."} {
				if strings.Contains(rendered.Subject+rendered.Text+rendered.SMS, hole) {
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
	for _, purpose := range purposes {
		for _, language := range []string{"en", "de"} {
			rendered, err := texts.Render(purpose, language, data)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(rendered.HTML, "<script") || !strings.Contains(rendered.HTML, "&lt;script&gt;") {
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
		_, err := texts.Render("activation-link", "en", data)
		if domain.KindOf(err) != domain.Invalid {
			t.Errorf("link %q: %v", link, err)
		}
	}
}
