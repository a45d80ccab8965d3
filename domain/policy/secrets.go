package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
)

// Chosen is what a person typed on the activation page. It lives only until it
// has been hashed.
type Chosen struct {
	Password, PasswordAgain string
	PIN, PINAgain           string
	Question, Answer        string
	Code                    string // the password sent by SMS, where the link asks for it
}

// Rule is one rule as it is shown under a field: a stable code and its values.
type Rule struct {
	Code string `json:"code"` // length, letter, digit, special, not-common, strength, not-personal
	Min  int    `json:"min,omitempty"`
	Max  int    `json:"max,omitempty"`
}

// PasswordRules lists the rules of a password in the order in which they are shown.
func (s Secrets) PasswordRules() []Rule {
	p := s.PasswordRule()
	rules := []Rule{{Code: "length", Min: p.Min, Max: p.Max}}
	for _, r := range []struct {
		on   bool
		code string
	}{{p.NeedsLetter, "letter"}, {p.NeedsDigit, "digit"}, {p.NeedsSpecial, "special"}} {
		if r.on {
			rules = append(rules, Rule{Code: r.code})
		}
	}
	return append(rules, Rule{Code: "not-common"}, Rule{Code: "strength", Min: StrengthNeeded}, Rule{Code: "not-personal"})
}

// PINRules lists the rules of the PIN, none where no PIN is asked for.
func (s Secrets) PINRules() []Rule {
	if s.PIN.Max == 0 {
		return nil
	}
	return []Rule{{Code: "pin-length", Min: s.PIN.Min, Max: s.PIN.Max}, {Code: "pin-simple"}}
}

// Known are the words that somebody who guesses one person's password tries first.
type Known struct {
	Person []string // names, address, numbers, user name: not in the password at all
	House  []string // the names of company and operator: not its main part
}

// Check judges what was chosen by whom others know this much of.
func (s Secrets) Check(in Chosen, known Known) error {
	var c domain.Check
	s.checkPassword(&c, in, known)
	if s.PIN.Max > 0 {
		s.checkPIN(&c, in)
	}
	if s.SecurityQuestion {
		known := false
		for _, q := range s.Questions {
			known = known || q == in.Question
		}
		c.Need(known, "/question", "unknown", "choose one of the questions")
		answer := utf8.RuneCountInString(strings.TrimSpace(in.Answer))
		c.Need(answer >= 3 && answer <= 100, "/answer", "length", "needs 3 to 100 characters")
	}
	return c.Err()
}

func (s Secrets) checkPassword(c *domain.Check, in Chosen, known Known) {
	p, length := s.PasswordRule(), utf8.RuneCountInString(in.Password)
	c.Need(utf8.ValidString(in.Password), "/password", "encoding", "is not valid text")
	c.Need(length >= p.Min && length <= p.Max, "/password", "length", "needs %d to %d characters, has %d", p.Min, p.Max, length)
	c.Need(!p.NeedsLetter || strings.ContainsFunc(in.Password, unicode.IsLetter), "/password", "letter", "needs a letter")
	c.Need(!p.NeedsDigit || strings.ContainsFunc(in.Password, unicode.IsDigit), "/password", "digit", "needs a digit")
	c.Need(!p.NeedsSpecial || strings.ContainsFunc(in.Password, special), "/password", "special", "needs a character that is neither letter nor digit")
	guessed, personal := common(in.Password), known.in(in.Password)
	weak := length >= StrengthNeeded && Strength(in.Password, nil) < StrengthNeeded
	if !guessed && !weak && !personal { // by those who know the person
		personal = length >= StrengthNeeded && Strength(in.Password, known.words()) < StrengthNeeded
	}
	c.Need(!guessed, "/password", "not-common", "is one of the passwords that are tried first; choose another")
	c.Need(guessed || personal || !weak, "/password", "strength", "is made of well-known words, rows and repetitions; %d parts that cannot be guessed are needed", StrengthNeeded)
	c.Need(!personal, "/password", "not-personal", "must not contain your name, address or number, nor be the company's name with little else")
	c.Need(in.PasswordAgain == in.Password, "/passwordAgain", "differs", "is not the same password")
}

func (s Secrets) checkPIN(c *domain.Check, in Chosen) {
	digits := in.PIN != "" && strings.Trim(in.PIN, "0123456789") == ""
	c.Need(digits && len(in.PIN) >= s.PIN.Min && len(in.PIN) <= s.PIN.Max, "/pin", "pin-length", "needs %d to %d digits", s.PIN.Min, s.PIN.Max)
	c.Need(!digits || !SimplePIN(in.PIN), "/pin", "pin-simple", "must not be one digit repeated or a row such as 123456")
	c.Need(in.PINAgain == in.PIN, "/pinAgain", "differs", "is not the same PIN")
}

// CheckPIN judges a PIN that was chosen; where the policy asks for none there is
// nothing to choose.
func (s Secrets) CheckPIN(pin, again string) error {
	var c domain.Check
	c.Need(s.PIN.Max > 0, "/pin", "none", "is not used by this operator")
	if s.PIN.Max > 0 {
		s.checkPIN(&c, Chosen{PIN: pin, PINAgain: again})
	}
	return c.Err()
}

func special(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// SimplePIN finds 111111, 123456 and 654321.
func SimplePIN(pin string) bool {
	if len(pin) < 2 {
		return true
	}
	step := int(pin[1]) - int(pin[0])
	if step < -1 || step > 1 {
		return false
	}
	for i := 1; i < len(pin); i++ {
		if int(pin[i])-int(pin[i-1]) != step {
			return false
		}
	}
	return true
}

// in finds a word of the person's, of at least four characters, in a password,
// also with signs for letters. Of a number its last digits are enough.
func (k Known) in(password string) bool {
	text := []rune(fold(password))
	for _, word := range k.Person {
		folded := []rune(fold(strings.TrimSpace(word)))
		if len(folded) > subscriberDigits && strings.Trim(string(folded), "0123456789") == "" {
			folded = folded[len(folded)-subscriberDigits:]
		}
		for at := range text {
			if len(folded) >= 4 && spells(text[at:], folded) {
				return true
			}
		}
	}
	return false
}

// subscriberDigits are the last digits of a number, which stay when it is dialled
// from near.
const subscriberDigits = 7

// words are all of them, also what long ones consist of.
func (k Known) words() (all []string) {
	for _, text := range slices.Concat(k.Person, k.House) {
		all = append(all, text, strings.ReplaceAll(text, " ", ""))
		all = append(all, strings.FieldsFunc(text, special)...)
	}
	return all
}

// String tells the rule in English, for programs' logs and problem details.
func (r Rule) String() string {
	switch r.Code {
	case "length":
		return fmt.Sprintf("%d to %d characters", r.Min, r.Max)
	case "pin-length":
		return fmt.Sprintf("%d to %d digits", r.Min, r.Max)
	case "strength":
		return fmt.Sprintf("%d parts that cannot be guessed", r.Min)
	}
	return r.Code
}
