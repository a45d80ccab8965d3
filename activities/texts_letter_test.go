package activities_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain/policy"
)

// secrets is a letter's worth of them, with an operator that shows itself.
func secrets(t *testing.T) activities.TextData {
	t.Helper()
	data := jane(t)
	data.Username, data.Password, data.Passcode, data.Code = "jane.roe", "Kp7-xWt4", "482915", "7391846"
	data.LoginURL, data.Days, data.Minutes = "https://example.org/login", 7, 30
	data.At = time.Date(2026, time.November, 20, 8, 5, 0, 0, time.UTC)
	data.Brand = policy.Brand{
		Colour: "#0a7d38", HelpPhone: "+30 210 1234567", AppURL: "https://example.org/app?os=all&v=2", InfoURL: "https://example.org/about",
	}
	return data
}

func TestLettersAboutSecretsSayWhatIsNeeded(t *testing.T) {
	texts, data := newTexts(t), secrets(t)
	for _, c := range []struct {
		purpose, language string
		says, holdsBack   []string
	}{
		{"credentials-username", "en", []string{"User name: jane.roe", "by SMS to your mobile", "https://example.org/login"}, []string{"Kp7-xWt4", "482915"}},
		{"credentials-username", "el", []string{"Όνομα χρήστη: jane.roe", "με SMS στο κινητό σας", "Σύνδεση:\nhttps://example.org/login"}, []string{"Kp7-xWt4", "482915"}},
		{"credentials-both", "it", []string{"Nome utente: jane.roe", "Password temporanea: Kp7-xWt4", "Codice della segreteria: 482915", "23 novembre 2026"}, nil},
		{"credentials-both", "sv", []string{"Användarnamn: jane.roe", "Tillfälligt lösenord: Kp7-xWt4", "till den 23 november 2026 kl. 14:30"}, nil},
		{"username-reminder", "de", []string{"Benutzername: jane.roe", "müssen Sie nichts tun"}, []string{"Kp7-xWt4"}},
		{"password-reset", "en", []string{"once, within 30 minutes", data.Link}, []string{"jane.roe", "https://example.org/login"}},
		{"password-changed", "it", []string{"cambiata il 20 novembre 2026, ore 09:05", "di Müller & Söhne"}, []string{"Kp7-xWt4"}},
		{"pin-changed", "el", []string{"άλλαξε στις 20 Νοεμβρίου 2026, 09:05", "της εταιρείας Müller & Söhne"}, []string{"482915"}},
		{"email-changed", "sv", []string{"ändrades den 20 november 2026", "går det här meddelandet till båda"}, nil},
		{"username-changed", "en", []string{"User name: jane.roe", "on 20 November 2026", "https://example.org/login", "tell the administrator of Müller & Söhne"}, []string{"Kp7-xWt4"}},
		{"username-changed", "el", []string{"Όνομα χρήστη: jane.roe", "άλλαξε στις 20 Νοεμβρίου 2026"}, []string{"Kp7-xWt4"}},
		{"verify-mobile", "it", []string{"fa squillare il suo cellulare", "https://example.org/login"}, []string{"jane.roe", "7391846"}},
		{"login-locked", "de", []string{"gesperrt", "Die Administration von Müller & Söhne kann es entsperren", "+30 210 1234567"}, nil},
		{"password-expires", "de", []string{"läuft in 7 Tagen ab", "https://example.org/login"}, nil},
		{"password-expired", "en", []string{"has expired", "https://example.org/login"}, nil},
	} {
		rendered, err := texts.Render(c.purpose, c.language, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range c.says {
			if !strings.Contains(rendered.Text, word) {
				t.Errorf("%s %s: no %q in\n%s", c.purpose, c.language, word, rendered.Text)
			}
		}
		for _, word := range c.holdsBack {
			if strings.Contains(rendered.Subject+rendered.Text+rendered.HTML+rendered.SMS, word) {
				t.Errorf("%s %s tells %q:\n%s", c.purpose, c.language, word, rendered.Text)
			}
		}
	}
}

func TestTheLastDayIsOneDayAndSingularEverywhere(t *testing.T) {
	texts, data := newTexts(t), secrets(t)
	data.Days = 0 // less than one
	for language, want := range map[string]string{
		"en": "Your password expires in 1 day", "de": "Ihr Passwort läuft in 1 Tag ab", "sv": "Ditt lösenord går ut om 1 dag",
		"it": "La sua password scade fra 1 giorno", "el": "Ο κωδικός πρόσβασής σας λήγει σε 1 ημέρα",
	} {
		if rendered, err := texts.Render("password-expires", language, data); err != nil || rendered.Subject != want {
			t.Errorf("%s: %q, %v", language, rendered.Subject, err)
		}
	}
}

func TestTheOperatorShowsItselfInMails(t *testing.T) {
	texts, data := newTexts(t), secrets(t)
	for _, language := range tongues {
		rendered, err := texts.Render("credentials-username", language, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"+30 210 1234567", ": https://example.org/app?os=all&v=2\n", ": https://example.org/about\n", "Example Phone"} {
			if !strings.Contains(rendered.Text, want) {
				t.Errorf("%s: no %q in\n%s", language, want, rendered.Text)
			}
		}
		for _, want := range []string{
			"background-color:#0a7d38;border-radius:6px;color:#ffffff", "border-top:4px solid #0a7d38", "+30 210 1234567",
			`href="https://example.org/app?os=all&amp;v=2" style="color:#0a7d38"`, `href="https://example.org/about"`, ">Example Phone</p>",
		} {
			if !strings.Contains(rendered.HTML, want) && !strings.Contains(strings.ReplaceAll(rendered.HTML, "&#43;", "+"), want) {
				t.Errorf("%s: no %q in\n%s", language, want, rendered.HTML)
			}
		}
	}
}

func TestAnOperatorWithoutABrandLeavesNoEmptyLine(t *testing.T) {
	texts := newTexts(t)
	for _, purpose := range purposes {
		for _, language := range tongues {
			data := secrets(t)
			data.Brand, data.Operator, data.LoginURL, data.Passcode = policy.Brand{}, "", "", ""
			rendered, err := texts.Render(purpose, language, data)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(rendered.Text, "\n\n\n") || strings.Contains(rendered.HTML, "\n\n") {
				t.Errorf("%s %s has empty lines:\n%s\n%s", purpose, language, rendered.Text, rendered.HTML)
			}
			for _, empty := range []string{"<p></p>", `href=""`, "<br></p>", "ZgotmplZ", "></strong>"} {
				if strings.Contains(rendered.HTML, empty) {
					t.Errorf("%s %s has %q:\n%s", purpose, language, empty, rendered.HTML)
				}
			}
			if slices.Contains([]string{"credentials-username", "password-expires"}, purpose) && strings.Contains(rendered.HTML, "<a ") {
				t.Errorf("%s %s has a button that leads nowhere", purpose, language)
			}
		}
	}
}

func TestAColourIsAColourOnly(t *testing.T) {
	texts, data := newTexts(t), secrets(t)
	data.Brand.Colour = `#fff;background:url(https://evil.example/)" onload="x`
	rendered, err := texts.Render("credentials-username", "en", data)
	if err != nil || strings.Contains(rendered.HTML, "evil") || strings.Contains(rendered.HTML, "onload") || !strings.Contains(rendered.HTML, "background-color:#0b57d0") {
		t.Errorf("%v:\n%s", err, rendered.HTML)
	}
}

func TestNoSecretIsPrintedOrLogged(t *testing.T) {
	texts, data := newTexts(t), secrets(t)
	rendered, err := texts.Render("credentials-both", "en", data)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "data", data, "rendered", rendered)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "data", data, "rendered", rendered)
	data.Link = "no link"
	_, err = texts.Render("password-reset", "en", data)
	if err == nil {
		t.Error("a letter went out without its link")
	}
	told := fmt.Sprintf("%v %+v %#v %s %v %+v %#v %s %v %s", data, data, data, data, rendered, rendered, rendered, rendered, err, log.String())
	for _, secret := range []string{"Kp7-xWt4", "482915", "7391846", "no link"} {
		if strings.Contains(told, secret) {
			t.Errorf("%q is told: %s", secret, told)
		}
	}
}

func TestTheUserNamesMailSaysHowThePasswordComes(t *testing.T) {
	texts, err := activities.NewTexts()
	if err != nil {
		t.Fatal(err)
	}
	for language, says := range map[string]map[bool]string{
		"en": {false: "by SMS to your mobile", true: "from the one who set your account up"},
		"el": {false: "με SMS στο κινητό σας", true: "από όποιον ρύθμισε τον λογαριασμό σας"},
	} {
		for byHand, says := range says {
			rendered, err := texts.Render("credentials-username", language, activities.TextData{Username: "jane.roe", ByHand: byHand})
			if err != nil || !strings.Contains(rendered.Text, says) {
				t.Errorf("%s, by hand %t: %v\n%s", language, byHand, err, rendered.Text)
			}
		}
	}
}
