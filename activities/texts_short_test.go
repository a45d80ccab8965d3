package activities_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"dialtone/activities"
	"dialtone/domain/policy"
)

// longest gives every word of an SMS as long as it may come.
func longest(t *testing.T) activities.TextData {
	t.Helper()
	data := jane(t)
	data.Username, data.Password, data.Passcode, data.Code = "anna-katharina.schmidt.4", "Kp7-xWt4-mZr9", "1234567890", "1234567890"
	data.Days, data.Minutes = 365, 10
	data.Brand.InfoURL = "https://example.org/telephone/begin"
	return data
}

func TestEverySMSFitsOneSegmentInEveryLanguage(t *testing.T) {
	texts := newTexts(t)
	for _, operator := range []string{"", "ONE Pro", "Ελληνικά Τηλέφωνα", "Łódź Telefonía", strings.Repeat("Long Operator Name ", 20), strings.Repeat("€", 90)} {
		for _, purpose := range purposes {
			for _, language := range tongues {
				data := longest(t)
				data.Operator = operator
				rendered, err := texts.Render(purpose, language, data)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(mailOnly, purpose) != (rendered.SMS == "") || slices.Contains(shortOnly, purpose) != (rendered.Subject+rendered.Text+rendered.HTML == "") {
					t.Errorf("%s %s has other forms than it should: %q, %q", purpose, language, rendered.Subject, rendered.SMS)
				}
				if used := countSeptets(t, rendered.SMS); used > 160 {
					t.Errorf("%s %s takes %d septets: %q", purpose, language, used, rendered.SMS)
				}
			}
		}
	}
}

func TestALinkInAnSMSIsWholeHoweverLongItIs(t *testing.T) {
	texts, data := newTexts(t), jane(t)
	for _, c := range []struct{ host, limit int }{{12, 160}, {80, 306}, {200, 459}, {400, 612}} {
		data.Link = "https://" + strings.Repeat("h", c.host) + ".example/activate/" + strings.Repeat("_-", 32)
		for _, language := range tongues {
			rendered, err := texts.Render("activation-link", language, data)
			if err != nil || !strings.HasSuffix(rendered.SMS, ": "+data.Link) || !strings.HasPrefix(rendered.SMS, "Example Pho") {
				t.Fatalf("%v, %q", err, rendered.SMS)
			}
			if used := countSeptets(t, rendered.SMS); used > c.limit {
				t.Errorf("%s, host of %d: %d septets", language, c.host, used)
			}
		}
	}
}

func TestSecretsArriveAsTheyAre(t *testing.T) {
	texts, data := newTexts(t), longest(t)
	for _, language := range tongues {
		for purpose, secrets := range map[string][]string{
			"credentials-both":     {data.Username, data.Password, data.Passcode},
			"credentials-password": {data.Password, data.Passcode},
			"mobile-code":          {data.Code},
		} {
			rendered, err := texts.Render(purpose, language, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range secrets {
				if !strings.Contains(rendered.SMS, secret) {
					t.Errorf("%s %s: no %q in %q", purpose, language, secret, rendered.SMS)
				}
			}
		}
	}
	for _, username := range []string{"Ελένη", "ana`", "Žofia"} {
		data.Username = username
		rendered, err := texts.Render("credentials-both", "en", data)
		if err != nil || !strings.Contains(rendered.SMS, ": "+username+", temporary password ") {
			t.Errorf("the user name %q is changed: %q, %v", username, rendered.SMS, err)
		}
	}
}

func TestASecretIsNeverCutToFit(t *testing.T) {
	texts, data := newTexts(t), longest(t)
	data.Username, data.Password = strings.Repeat("ada.", 16), strings.Repeat("Kp7-", 16)
	for _, language := range tongues {
		rendered, err := texts.Render("credentials-both", language, data)
		if err != nil || !strings.Contains(rendered.SMS, data.Username) || !strings.Contains(rendered.SMS, data.Password) {
			t.Errorf("%s: %v, %q", language, err, rendered.SMS)
		}
	}
}

func TestThePasscodeAndTheLinkAreToldWhereTheyAreAndFit(t *testing.T) {
	texts, data := newTexts(t), longest(t)
	with, err := texts.Render("credentials-password", "en", data)
	if want := "Example Phone: Kp7-xWt4-mZr9 is your temporary password, 1234567890 your voicemail passcode. Please change it when you first log in."; err != nil || with.SMS != want {
		t.Errorf("a link that leaves no room: %v, %q", err, with.SMS)
	}
	data.Passcode = ""
	without, err := texts.Render("credentials-password", "en", data)
	if want := "Example Phone: Kp7-xWt4-mZr9 is your temporary password. Please change it when you first log in. https://example.org/telephone/begin"; err != nil || without.SMS != want {
		t.Errorf("%v, %q", err, without.SMS)
	}
}

func TestGreekGoesAsItIsWrittenWhereThePolicySaysSo(t *testing.T) {
	texts := newTexts(t)
	data := longest(t)
	data.Operator, data.GreekUnicode = "Τηλέφωνα", policy.Sender{GreekUnicode: true}.GreekUnicode
	rendered, err := texts.Render("mobile-code", "el", data)
	if want := "Τηλέφωνα: 1234567890 είναι ο κωδικός που επιβεβαιώνει τον αριθμό του κινητού σας. Ισχύει για 10 λεπτά. Μην τον πείτε σε κανέναν."; err != nil || rendered.SMS != want {
		t.Errorf("%v, %q", err, rendered.SMS)
	}
	data.GreekUnicode = false
	rendered, err = texts.Render("mobile-code", "el", data)
	if want := "THΛEΦΩNA: 1234567890 EINAI O KΩΔIKOΣ ΠOY EΠIBEBAIΩNEI TON APIΘMO TOY KINHTOY ΣAΣ. IΣXYEI ΓIA 10 ΛEΠTA. MHN TON ΠEITE ΣE KANENAN."; err != nil || rendered.SMS != want {
		t.Errorf("%v, %q", err, rendered.SMS)
	}
	data.GreekUnicode, data.Operator = true, "Phones"
	if rendered, err = texts.Render("mobile-code", "sv", data); err != nil || !strings.HasPrefix(rendered.SMS, "Phones: 1234567890 är koden") {
		t.Errorf("%v, %q", err, rendered.SMS)
	}
}

func TestALongNameAddsNoSegmentToGreekAsItIsWritten(t *testing.T) {
	texts := newTexts(t)
	for _, purpose := range purposes {
		data := longest(t)
		data.GreekUnicode, data.Operator = true, strings.Repeat("Τηλέφωνα ", 40)
		long, err := texts.Render(purpose, "el", data)
		if err != nil {
			t.Fatal(err)
		}
		if units := len(utf16.Encode([]rune(long.SMS))); units > 3*67 {
			t.Errorf("%s takes %d units: %q", purpose, units, long.SMS)
		}
	}
}
