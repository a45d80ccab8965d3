package assets_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"dialtone/api/assets"
	"dialtone/domain/policy"
)

func TestAThemeIsAStyleSheetInTheBrandsColour(t *testing.T) {
	set, err := assets.New(folder())
	if err != nil {
		t.Fatal(err)
	}
	address := set.Theme(policy.Brand{Colour: "#ffcc00"})
	response := ask(t, set, http.MethodGet, address)
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Fatalf("%s: status %d, %v", address, response.StatusCode, err)
	}
	for _, want := range []string{"background:#ffcc00", "color:#1a2234", "--brand:#1a2234", "--pale-brand:#fff9e0"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.ContainsAny(string(body), "GIALE") {
		t.Errorf("a word is left: %s", body)
	}
}

func TestWhatIsNoColourHasNoTheme(t *testing.T) {
	set, err := assets.New(folder())
	if err != nil {
		t.Fatal(err)
	}
	for _, colour := range []string{"", "red", "#fff", "#FFCC00", "#ffcc00}", "#ffcc00;x", "#ffcc00\n"} {
		if address := set.Theme(policy.Brand{Colour: colour}); address != "" {
			t.Errorf("%q has the theme %s", colour, address)
		}
	}
	root, _, _ := strings.Cut(set.Theme(policy.Brand{Colour: "#ffcc00"}), "ffcc00")
	for _, name := range []string{"", "ffcc00", "fff.css", "FFCC00.css", "ffcc00}.css", "ffcc00.css/x", "..%2fapp.css"} {
		if got := ask(t, set, http.MethodGet, root+name); got.StatusCode != http.StatusNotFound {
			t.Errorf("%q is answered with %d", root+name, got.StatusCode)
		}
	}
}
