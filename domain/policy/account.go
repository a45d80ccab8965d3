package policy

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
)

// What people may log in with (X11).
const (
	LoginUsername = "username"
	LoginEmail    = "email"
	LoginNumber   = "number"
)

// How a secret reaches its user.
const (
	ByMail = "mail"
	BySMS  = "sms"
	ByHand = "hand" // shown once to whoever asked for it: a technician, an admin
)

// Login says how people log in.
type Login struct {
	Names          []string `json:"names,omitzero"`          // LoginUsername, LoginEmail, LoginNumber
	ChangeUsername bool     `json:"changeUsername,omitzero"` // at the first login, with the password (0.3)
}

// Credentials says how a temporary password is handed over and how long
// passwords live. Ages of 0 mean that they live for ever, as NIST asks for.
type Credentials struct {
	Username       string     `json:"username,omitzero"` // ByMail where the user name goes another way than the password (0.12)
	OneSMS         bool       `json:"oneSMS,omitzero"`   // the main user gets user name and password in one SMS (0.1)
	Admins         bool       `json:"admins,omitzero"`   // admins get a password where no step of the policy's brings users one
	Password       []string   `json:"password,omitzero"` // ways of the password, the first that can be gone
	Passcode       int        `json:"passcode,omitzero"` // digits of a voicemail passcode sent with it; 0: none
	TemporaryValid Duration   `json:"temporaryValid,omitzero"`
	MaxAge         Duration   `json:"maxAge,omitzero"`        // of a password, from when it was set (4.10)
	CompanyMaxAge  Duration   `json:"companyMaxAge,omitzero"` // of temporary ones, from when the company's first numbers went into service (4.5)
	RemindBefore   []Duration `json:"remindBefore,omitzero"`  // the end of a password's life, longest first
}

// Lock says what failed logins lead to: from Slow on each takes longer, with
// After the account is locked until somebody resets it (1.19).
type Lock struct {
	Slow  int `json:"slow,omitzero"`
	After int `json:"after,omitzero"`
}

// Verification says how a mobile is verified: by a code in an SMS (2.16).
type Verification struct {
	Licences []string `json:"licences,omitzero"` // the kinds that ask for it
	Digits   int      `json:"digits,omitzero"`
	Valid    Duration `json:"valid,omitzero"`
	Guesses  int      `json:"guesses,omitzero"`
}

// Sender says as whom SMS come (X6).
type Sender struct {
	SMS  string `json:"sms,omitzero"`
	Wide bool   `json:"wide,omitzero"` // up to 11 characters and spaces, as Twilio takes them

	// GreekUnicode sends Greek as it is written, in segments of 70 characters;
	// otherwise it goes in capitals without accents, which fit one of GSM-7.
	GreekUnicode bool `json:"greekUnicode,omitzero"`
}

// Brand is how the operator shows itself in pages and texts.
type Brand struct {
	Colour    string `json:"colour,omitzero"` // "#0a7d38"
	HelpPhone string `json:"helpPhone,omitzero"`
	AppURL    string `json:"appUrl,omitzero"`  // where the app is downloaded
	InfoURL   string `json:"infoUrl,omitzero"` // what the service does
}

// Usual gives the values that stand where a policy says nothing: a mailed link
// or a way by hand is always there, guessing ends, codes live ten minutes.
func (p Policy) Usual() Policy {
	if len(p.Login.Names) == 0 {
		p.Login.Names = []string{LoginEmail, LoginNumber, LoginUsername}
	}
	if len(p.Credentials.Password) == 0 {
		p.Credentials.Password = []string{BySMS, ByMail, ByHand}
	}
	p.Credentials.TemporaryValid = orElse(p.Credentials.TemporaryValid, 7*24*time.Hour)
	p.Lock.Slow, p.Lock.After = or(p.Lock.Slow, 3), or(p.Lock.After, 10)
	p.Verification.Digits, p.Verification.Guesses = or(p.Verification.Digits, 7), or(p.Verification.Guesses, 5)
	p.Verification.Valid = orElse(p.Verification.Valid, 10*time.Minute)
	p.Secrets.Password = p.Secrets.PasswordRule()
	if p.DevicePasswords == "" {
		p.DevicePasswords = DevicePasswordsGenerated
	}
	if p.SIMs.TwinOption == "" {
		p.SIMs.TwinOption = "twin-data"
	}
	return p
}

// PasswordRule gives the rule for passwords: NIST's where the policy has none.
func (s Secrets) PasswordRule() Password {
	if s.Password == (Password{}) {
		return Password{Min: 15, Max: 128}
	}
	return s.Password
}

func or(value, usual int) int {
	if value == 0 {
		return usual
	}
	return value
}

func orElse(value Duration, usual time.Duration) Duration {
	if value == 0 {
		return Duration(usual)
	}
	return value
}

var (
	strictSender = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)
	wideSender   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 ]{0,9}[A-Za-z0-9])?$`)
	colourForm   = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	phoneForm    = regexp.MustCompile(`^[+0-9][0-9 /-]{1,24}$`)
)

// checkAccount judges how users come to secrets and log in.
func (p Policy) checkAccount(c *domain.Check) {
	for _, name := range p.Login.Names {
		c.Need(name == LoginUsername || name == LoginEmail || name == LoginNumber, "/login/names", "unknown", "knows username, email and number, not %q", name)
	}
	for _, way := range p.Credentials.Password {
		c.Need(way == ByMail || way == BySMS || way == ByHand, "/credentials/password", "unknown", "knows sms, mail and hand, not %q", way)
	}
	k := p.Credentials
	c.Need(k.Username == "" || k.Username == ByMail, "/credentials/username", "unknown", "is mail or missing")
	c.Need(k.Username == "" || !slices.Contains(k.Password, ByMail), "/credentials/password", "conflict", "must not go by mail where the user name does")
	c.Need(k.Passcode == 0 || k.Passcode >= 4 && k.Passcode <= 10, "/credentials/passcode", "out-of-range", "has 4 to 10 digits, or is 0")
	c.Need(k.TemporaryValid >= 0 && k.MaxAge >= 0 && k.CompanyMaxAge >= 0, "/credentials", "out-of-range", "has durations above 0")
	for i, before := range k.RemindBefore {
		falls := i == 0 || before < k.RemindBefore[i-1]
		c.Need(before > 0 && falls, "/credentials/remindBefore", "order", "falls from the longest to the shortest")
	}
	c.Need(p.Lock.Slow >= 0 && p.Lock.After >= 0 && p.Usual().Lock.Slow <= p.Usual().Lock.After, "/lock", "out-of-range", "slows before it locks")
	v := p.Usual().Verification
	c.Need(v.Digits >= 7 && v.Digits <= 10, "/verification/digits", "out-of-range", "has 7 to 10 digits, since 20 bits are the least")
	c.Need(v.Valid > 0 && v.Valid.Std() <= 10*time.Minute, "/verification/valid", "out-of-range", "is 10 minutes at most")
	c.Need(v.Guesses >= 1 && v.Guesses <= 5, "/verification/guesses", "out-of-range", "is between 1 and 5")
	p.checkFace(c)
}

// checkFace judges what people see of the operator.
func (p Policy) checkFace(c *domain.Check) {
	form, told := strictSender, "has 1 to 10 letters and digits, one letter at least"
	if p.Sender.Wide {
		form, told = wideSender, "has 1 to 11 letters and digits, spaces between them, one letter at least"
	}
	letter := strings.ContainsFunc(p.Sender.SMS, func(r rune) bool { return r >= 'A' })
	c.Need(p.Sender.SMS == "" || form.MatchString(p.Sender.SMS) && letter, "/sender/sms", "form", "%s", told)
	b := p.Brand
	c.Need(b.Colour == "" || colourForm.MatchString(b.Colour), "/brand/colour", "form", "is written as #0a7d38")
	c.Need(b.HelpPhone == "" || phoneForm.MatchString(b.HelpPhone), "/brand/helpPhone", "form", "is a telephone number")
	for _, link := range []struct{ pointer, url string }{{"/brand/appUrl", b.AppURL}, {"/brand/infoUrl", b.InfoURL}} {
		c.Need(link.url == "" || strings.HasPrefix(link.url, "https://"), link.pointer, "form", "begins with https://")
	}
}
