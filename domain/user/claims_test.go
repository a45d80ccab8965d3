package user_test

import (
	"slices"
	"testing"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestExtensionsToTry(t *testing.T) {
	rule := policy.Extension{Min: 3, Max: 6, LastDigits: 4, NextFree: true}
	fixed, none, short := rule, rule, rule
	fixed.NextFree, none.LastDigits, short.LastDigits = false, 0, 3
	for _, c := range []struct {
		name   string
		wish   string
		number domain.E164
		rule   policy.Extension
		first  []string
		count  int
	}{
		{"the last digits of the number, then upwards", "", "+4930123450", rule, []string{"3450", "3451", "3452"}, 201},
		{"leading zeros are kept", "", "+4930120049", rule, []string{"0049", "0050", "0051"}, 201},
		{"upwards begins again at zero", "", "+4930129998", rule, []string{"9998", "9999", "0000", "0001"}, 201},
		{"three digits, with zeros", "", "+4930120008", short, []string{"008", "009", "010"}, 201},
		{"a wish stands alone", "0013", "+4930123450", rule, []string{"0013"}, 1},
		{"the policy may not go on", "", "+4930123450", fixed, []string{"3450"}, 1},
		{"the policy may know no default", "", "+4930123450", none, nil, 0},
		{"without a number there is no default", "", "", rule, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := user.ExtensionsFrom(c.wish, c.number, c.rule)
			if len(got) != c.count || !slices.Equal(got[:len(c.first)], c.first) {
				t.Errorf("%d extensions %q, want %d beginning with %q", len(got), got, c.count, c.first)
			}
			if sorted := slices.Sorted(slices.Values(got)); len(slices.Compact(sorted)) != len(got) {
				t.Error("one extension is tried twice")
			}
		})
	}
	if got := user.ExtensionsFrom("", "+4930123450", policy.Extension{Min: 1, Max: 1, LastDigits: 1, NextFree: true}); !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
		t.Errorf("of one digit: %q", got)
	}
}

func TestTheClaimsOfAUser(t *testing.T) {
	want := []string{"number-+4930120049", "extension-acme-0049", "email-ada", "seat-acme-office-1"}
	if got := claims().List(); !slices.Equal(got, want) {
		t.Errorf("claims %q, want %q", got, want)
	}
	if got := (user.Claims{Seat: "s"}).List(); !slices.Equal(got, []string{"s"}) {
		t.Errorf("claims %q", got)
	}
	if (user.Claims{}).Holds("") || !claims().Holds("email-ada") {
		t.Error("what is held is not what is listed")
	}
}

func TestWhatIsReplacedIsToBeReleased(t *testing.T) {
	for _, c := range []struct {
		name        string
		given       []domain.Event
		loose, held []string
	}{
		{"nothing at first", ordered, nil, claims().List()},
		{
			"the number before",
			then(ordered, user.NumberChanged{Number: "+4930120050"}),
			[]string{"number-+4930120049"},
			[]string{"number-+4930120050", "extension-acme-0049", "email-ada", "seat-acme-office-1"},
		},
		{
			"the extension and the address before",
			then(ordered, user.ExtensionChanged{Extension: "0050"}, user.EmailClaimed{Claim: ""}),
			[]string{"extension-acme-0049", "email-ada"},
			[]string{"number-+4930120049", "extension-acme-0050", "seat-acme-office-1"},
		},
		{"nothing where there was nothing", []domain.Event{user.Created{ID: adaID, Company: "acme"}, user.NumberChanged{Number: "+4930120050"}}, nil, []string{"number-+4930120050"}},
		{"everything of a deleted user", deleted, claims().List(), nil},
		{"less what has been released", then(deleted, user.ClaimsReleased{Claims: claims().List()[:3]}), claims().List()[3:], nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := user.Fold(facts(c.given...))
			if !slices.Equal(s.Loose, c.loose) || !slices.Equal(s.Claims.List(), c.held) {
				t.Errorf("to be released %q, held %q; want %q, %q", s.Loose, s.Claims.List(), c.loose, c.held)
			}
		})
	}
}

func TestPersonalWordsNeitherPlusNorMissing(t *testing.T) {
	words := user.Fold(facts(ordered...)).Personal()
	for _, want := range []string{"Augusta", "Lovelace", "ada@example.com", "ada", "491711234567", "4930120049"} {
		if !slices.Contains(words, want) {
			t.Errorf("%q is missing among %q", want, words)
		}
	}
	if got := user.Fold(nil).Personal(); slices.ContainsFunc(got, func(w string) bool { return w != "" }) {
		t.Errorf("nobody has personal words: %q", got)
	}
}
