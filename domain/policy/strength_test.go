package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dialtone/domain/policy"
)

func TestWhatIsTriedFirstIsRefusedHoweverLongItIs(t *testing.T) {
	rules := map[string]policy.Secrets{"the usual rule": {Password: policy.Password{Min: 15, Max: 128}}, "unifyoffice": preset(t, "unifyoffice").Secrets}
	for name, passwords := range map[string][]string{
		"the usual rule": {
			"111111111111111", "123456789012345", "987654321098765", "aaaaaaaaaaaaaaa", "abababababababa", "abcabcabcabcabc", "passwordpassword",
			"PasswordPassword1", "passwordpasswort", "drowssapdrowssap", "qwertzuiopasdfghjkl", "qwertyuiopasdfgh", "abcdefghijklmno", "zyxwvutsrqponmlk",
			"1qaz2wsx3edc4rfv", "1q2w3e4r5t6y7u8i", "aaabbbcccdddeee", "111222333444555", "Sommer2024!!!!!", "password1234567", "Password2024!!!!!",
			"Dialtone12345678", "P@ssw0rdP@ssw0rd", "iloveyou19841984", "admin administrator", "ΚωδικόςΚωδικός1", "lösenordlösenord", "monkeymonkey2023",
			"000000000000001", "abcd1234abcd1234", "willkommen123456", "michaelmichael1", "Fußballfußball7",
		},
		"unifyoffice": {
			"P@ssw0rd1", "Password1!", "Passw0rd!", "Sommer24!", "Qwertz123!", "Asdf1234!", "aaaaaaa1!", "abc123!!", "1234567a!", "Abcdefg1!",
			"Willkommen1!", "!Admin123", "Schatz_2024", "$ecret123", "Secret!Secret1",
		},
	} {
		for _, password := range passwords {
			wrong := broken(rules[name].Check(policy.Chosen{Password: password, PasswordAgain: password, PIN: "482913", PINAgain: "482913", Question: "first-pet", Answer: "Rex"}, policy.Known{}))
			if !slices.Equal(wrong, []string{"/password not-common"}) && !slices.Equal(wrong, []string{"/password strength"}) {
				t.Errorf("%s: %q counts %d, broken %q", name, password, policy.Strength(password, nil), wrong)
			}
		}
	}
}

func TestTheStrengthOfAPassword(t *testing.T) {
	for password, want := range map[string]int{
		"":                     0,
		"wpkx":                 4,
		"wpkxwpkx":             5, // four and a repetition
		"wpkxxkpw":             5, // backwards, too
		"sommer":               2,
		"s0mm3r":               2,
		"sommer1987":           3,
		"wpkx48!":              6, // the ends count two
		"wpkx4829!57":          7, // longer ones more
		"4829130572":           10,
		"12345678":             1,
		"αβγδεζ":               1,
		"correct horse wpkx":   14,
		"muster-bau und wpkx":  10,
		"mUster-bau und wpkx!": 11,
	} {
		if got := policy.Strength(password, []string{"Muster-Bau", "ab", ""}); got != want {
			t.Errorf("%q counts %d, want %d", password, got, want)
		}
	}
}

// words are such as people make phrases of; some of them are well known.
var words = strings.Fields(`battery staple kettle ladder window garden summer monkey river carpet button saddle walnut copper marble lantern
feather pencil basket harbour thunder violin meadow pebble ribbon candle blanket anchor bucket cushion hammer orchard pillow
Dampfer Gabel Regal Teppich Wiese Kessel Zwiebel Hafen Brille Sommer scopa finestra tappeto cavallo sedia lampa kruka stuga`)

func TestPhrasesAndRandomTextPass(t *testing.T) {
	usual := policy.Secrets{Password: policy.Password{Min: 15, Max: 128}}
	random := rand.New(rand.NewPCG(4, 15))
	letters := []rune("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+-_!?")
	for range 2000 {
		random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		text := make([]rune, 20)
		for i := range text {
			text[i] = letters[random.IntN(len(letters))]
		}
		for _, password := range []string{strings.Join(words[:4], " "), strings.Join(words[:4], ""), string(text)} {
			if len(password) < 15 {
				continue
			}
			if err := usual.Check(policy.Chosen{Password: password, PasswordAgain: password}, policy.Known{}); err != nil {
				t.Errorf("%q: %v", password, err)
			}
		}
	}
}
