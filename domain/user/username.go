package user

import (
	"strings"
	"unicode"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// usernameTries is how many names are tried before the one that nobody has.
const usernameTries = 9

// Usernames gives the names to try for a user who has none, the best first:
// first.last in lower-case letters, with a number behind it where others are
// called the same, then one that is derived from the user's id and surely free.
func Usernames(s State) []string {
	base := strings.Trim(latin(s.Person.FirstName)+"."+latin(s.Person.LastName), ".")
	if len(base) < 3 {
		base = strings.TrimPrefix(string(s.Number), "+")
	}
	sure := "u" + strings.ReplaceAll(domain.DeriveID("username", s.ID), "-", "")[:12]
	if len(base) < 3 {
		return []string{sure}
	}
	names := []string{base}
	for n := 2; n < 2+usernameTries; n++ {
		names = append(names, base+string(rune('0'+n%10)))
	}
	return append(names, sure)
}

// NameClaim is a claim on a name to log in with: its stream, and the decisions
// that take it and give it back.
type NameClaim struct {
	Stream string
	Take   domain.Decide
	Undo   domain.Decide
}

// ClaimUsername makes the claim on a name for a user and a command, under the
// key that never rotates.
func ClaimUsername(key []byte, id, name string, cause domain.Cause) NameClaim {
	taken := domain.Faultf(domain.Conflict, "username-taken", "the user name is already another user's").At("/username")
	return NameClaim{
		Stream: LoginClaim(key, name),
		Take:   claim.Take{Owner: Stream(id), By: cause.Command, At: cause.At, Taken: taken}.Decide,
		Undo:   claim.GiveBack(Stream(id), cause.Command, "not used"),
	}
}

// CheckUsername tells what is wrong with a name that a user has chosen to log
// in with.
func CheckUsername(name string) error {
	var c domain.Check
	checkUsername(&c, name)
	return c.Err()
}

func checkUsername(c *domain.Check, name string) {
	fits := len(name) >= 3 && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
	c.Need(fits, "/username", "form", "has 3 to 64 lower-case letters, digits and . - _")
	c.Need(!fits || strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' }), "/username", "letter", "has a letter, so that it is no telephone number")
}

// latin writes a name in the letters a to z, as far as they sound alike.
func latin(name string) string {
	var out strings.Builder
	for _, r := range digraphs.Replace(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z':
			out.WriteRune(r)
		case r > unicode.MaxASCII:
			out.WriteString(likeness[r])
		}
	}
	return out.String()
}

// digraphs sound otherwise than their letters do one by one.
var digraphs = strings.NewReplacer("ου", "ou", "ού", "ou", "μπ", "b", "ντ", "nt")

// likeness are the letters of the languages there are texts in, in Latin ones.
var likeness = likenesses(`ä=ae ö=oe ü=ue ß=ss å=aa æ=ae ø=o à=a á=a â=a ã=a ç=c è=e é=e ê=e ë=e ì=i í=i î=i ï=i ñ=n
ò=o ó=o ô=o õ=o ù=u ú=u û=u ý=y ÿ=y ł=l ś=s ź=z ż=z ć=c ń=n ą=a ę=e č=c š=s ž=z ř=r ě=e ů=u ğ=g ş=s ı=i
α=a ά=a β=v γ=g δ=d ε=e έ=e ζ=z η=i ή=i θ=th ι=i ί=i ϊ=i ΐ=i κ=k λ=l μ=m ν=n ξ=x ο=o ό=o π=p ρ=r σ=s ς=s
τ=t υ=y ύ=y ϋ=y ΰ=y φ=f χ=ch ψ=ps ω=o ώ=o`)

func likenesses(pairs string) map[rune]string {
	table := map[rune]string{}
	for pair := range strings.FieldsSeq(pairs) {
		letter, latin, _ := strings.Cut(pair, "=")
		table[[]rune(letter)[0]] = latin
	}
	return table
}
