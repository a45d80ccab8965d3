package activities_test

import (
	"strings"
	"testing"
	"time"
)

// one septet each; written out again on purpose (3GPP TS 23.038 section 6.2.1).
const (
	oneSeptet  = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	twoSeptets = "^{}\\[~]|€\f"
)

func TestTheReminderFitsOneGSMSegment(t *testing.T) {
	texts, data := newTexts(t), jane(t)
	for _, operator := range []string{
		"", "Example Phone", "Ελληνικά Τηλέφωνα", "Łódź Telefonía São Paulo", "电话公司", "Ring 📞 Ring",
		strings.Repeat("Long Operator Name ", 20), strings.Repeat("€[]{}", 50),
	} {
		for _, language := range tongues {
			for _, zone := range []string{"Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"} {
				data.Operator = operator
				var err error
				if data.Zone, err = time.LoadLocation(zone); err != nil {
					t.Fatal(err)
				}
				rendered, err := texts.Render("activation-reminder", language, data)
				if err != nil {
					t.Fatal(err)
				}
				if used := countSeptets(t, rendered.SMS); used > 160 || used < 90 {
					t.Errorf("%d septets: %q", used, rendered.SMS)
				}
				if strings.Contains(rendered.SMS, "http") || strings.Contains(rendered.SMS, "abc_DEF") || strings.Contains(rendered.SMS, "Jane") {
					t.Errorf("too much is told: %q", rendered.SMS)
				}
			}
		}
	}
}

func TestTheReminderSaysUntilWhenInEveryLanguage(t *testing.T) {
	texts, data := newTexts(t), jane(t)
	for language, want := range map[string]string{
		"en": "Example Phone: your activation mail is waiting. Please use its link by 23 Nov 2026, 14:30 CET. No mail? Look in the spam folder.",
		"de": "Example Phone: Ihre Aktivierungsmail wartet. Bitte nutzen Sie den Link bis 23.11.2026, 14:30 Uhr CET. Keine Mail? Sehen Sie im Spam-Ordner nach.",
		"el": "Example Phone: TO e-mail ENEPΓOΠOIHΣHΣ ΣAΣ ΠEPIMENEI. ANOIΞTE TON ΣYNΔEΣMO EΩΣ 23/11/2026 14:30 CET. ΔEN TO BPIΣKETE; ΔEITE ΣTA ANEΠIΘYMHTA.",
		"sv": "Example Phone: ditt aktiveringsmejl väntar. Använd länken senast 2026-11-23 kl. 14:30 CET. Inget mejl? Titta bland skräpposten.",
		"it": "Example Phone: la sua e-mail di attivazione la aspetta. Usi il link entro il 23/11/2026 ore 14:30 CET. Non la trova? Guardi nella posta indesiderata.",
	} {
		rendered, err := texts.Render("activation-reminder", language, data)
		if err != nil || rendered.SMS != want {
			t.Errorf("%v, %q", err, rendered.SMS)
		}
	}
}

func countSeptets(t *testing.T, text string) int {
	t.Helper()
	used := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(oneSeptet, r):
			used++
		case strings.ContainsRune(twoSeptets, r):
			used += 2
		default:
			t.Errorf("%q is not in the GSM-7 alphabet: %q", r, text)
		}
	}
	return used
}
