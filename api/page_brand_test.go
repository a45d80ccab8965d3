package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"dialtone/api"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// branded gives the operator a face.
func branded(b policy.Brand) func(*api.Config) {
	return func(cfg *api.Config) {
		rules := cfg.Policies["unifyoffice"]
		rules.Brand = b
		cfg.Policies["unifyoffice"] = rules
	}
}

var theme = regexp.MustCompile(`/assets/theme-[0-9a-f]{8}/[0-9a-f]{6}\.css`)

func TestTheActivationPageWearsTheOperatorsColour(t *testing.T) {
	v := visit(t, branded(policy.Brand{
		Colour: "#0a7d38", HelpPhone: "+30 210 1234567", AppURL: "https://example.org/app?a=1&b=2", InfoURL: "https://example.org/about",
	}))
	_, token := v.invited()
	shown := v.view("/activate/" + token)
	contains(t, shown, http.StatusOK, "Unify Office", "Do you need help? Call us at +30 210 1234567.",
		`href="https://example.org/app?a=1&amp;b=2"`, `href="https://example.org/about"`)
	if strings.Contains(shown.body, "<style") || strings.Contains(shown.body, " style=") {
		t.Error("the page has a style of its own, which its policy forbids")
	}
	sheet := v.view(theme.FindString(shown.body))
	contains(t, sheet, http.StatusOK, "background:#0a7d38", "--brand:#0a7d38")
	if kind := sheet.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/css") {
		t.Errorf("the theme is %q", kind)
	}
	if allowed := shown.header.Get("Content-Security-Policy"); !strings.Contains(allowed, "style-src 'self';") {
		t.Errorf("the page's policy is %q", allowed)
	}
	done := v.post("/activate/"+token, goodSecrets())
	contains(t, done, http.StatusOK, "+30 210 1234567", "Download the app", theme.FindString(shown.body))
}

func TestAnOperatorWithoutABrandShowsNoEmptyLines(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	shown := v.view("/activate/" + token)
	for _, hole := range []string{"/assets/theme", "Call us", "Download the app", "About the service", "<p></p>", `href=""`, `<p class="links"></p>`} {
		if strings.Contains(shown.body, hole) {
			t.Errorf("the page has %q", hole)
		}
	}
}

func TestAnUnknownLinkShowsNobodysBrand(t *testing.T) {
	v := visit(t, branded(policy.Brand{Colour: "#0a7d38", HelpPhone: "+30 210 1234567"}))
	_, _ = v.invited()
	shown := v.view("/activate/unknown")
	if strings.Contains(shown.body, "/assets/theme") || strings.Contains(shown.body, "+30 210") {
		t.Error("a stranger learns whose link it is not")
	}
}

func TestTheActivationPageSpeaksEveryLanguage(t *testing.T) {
	v := visit(t)
	_, token := v.invited()
	for language, want := range map[string]string{
		"en": "4 March 2026, 10:00 (Europe/Berlin)", "de": "4. März 2026, 10:00 Uhr (Europe/Berlin)", "el": "4 Μαρτίου 2026, 10:00 (Europe/Berlin)",
		"sv": "4 mars 2026 kl. 10:00 (Europe/Berlin)", "it": "4 marzo 2026, ore 10:00 (Europe/Berlin)",
	} {
		contains(t, v.view("/activate/"+token+"?lang="+language), http.StatusOK, `<html lang="`+language+`"`, want, `title="Ελληνικά"`)
	}
	shown := v.view("/activate/"+token, "Accept-Language", "el")
	for _, language := range company.Languages {
		if !strings.Contains(shown.body, `hreflang="`+language+`"`) {
			t.Errorf("the page offers no %s", language)
		}
	}
}
