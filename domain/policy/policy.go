// Package policy holds an operator's rules as values. A company adopts a policy
// by writing its values into its own stream; decisions take them from there.
package policy

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
)

// The steps an activation can be made of, in the order in which a policy lists them.
const (
	StepLine        = "line"        // number and extension are the user's, calls out may begin
	StepNetwork     = "network"     // the operator's network activates the service
	StepLink        = "link"        // the user follows the mailed link and sets the first secrets
	StepCredentials = "credentials" // a user name and a temporary password are handed over
	StepMobile      = "mobile"      // the user proves to hold the mobile, for licences that ring it
)

var steps = []string{StepLine, StepNetwork, StepLink, StepCredentials, StepMobile}

// The steps of the express set-up that a company's admin is led through (3.13
// to 3.17); a policy lists those it has, and may have none.
const (
	SetupUsers     = "users"     // further users with their numbers and extensions
	SetupAttendant = "attendant" // who is rung for the company
	SetupContact   = "contact"   // the main user's own contact data
	SetupRegion    = "region"    // language and time zone
)

var setups = []string{SetupUsers, SetupAttendant, SetupContact, SetupRegion}

// StepDetails is the step that no policy lists: it comes first where a number
// was ordered without a person, and waits until it is known who that is.
const StepDetails = "details"

// How an e-mail address or a mobile is asked for (X2).
const (
	EmailRequired     = "required"
	EmailOptional     = "optional"
	EmailAtFirstLogin = "at-first-login" // whoever has none names one after the first login
	MobileRequired    = EmailRequired
)

// How the passwords of desk phones come about (1.18).
const (
	DevicePasswordsGenerated = "generated" // always drawn
	DevicePasswordsChosen    = "chosen"    // drawn, or one that an admin chooses for the users at hand
)

// Policy is one operator's rules. Durations are written as "48h" in files.
type Policy struct {
	Name     string `json:"name"`
	Version  int    `json:"version"`
	Operator string `json:"operator"`        // the name shown in texts
	Strict   bool   `json:"strict,omitzero"` // its values are those of the policy, made as strict as they can be (X3)

	Steps           []string  `json:"steps"`
	ActivateAtOnce  bool      `json:"activateAtOnce"`          // creating a user starts the activation
	AdminsChange    bool      `json:"adminsChange"`            // company admins may change and delete users who are not active
	Email           string    `json:"email"`                   // EmailRequired, EmailOptional or EmailAtFirstLogin
	Mobile          string    `json:"mobile,omitzero"`         // MobileRequired where SMS must reach everybody
	Quota           bool      `json:"quota"`                   // as many users as licences were ordered
	ConnectNumbers  bool      `json:"connectNumbers,omitzero"` // the operator's network connects a company's numbers (3.6)
	Setup           []string  `json:"setup,omitzero"`          // steps of the express set-up that admins are led through (3.13)
	ReminderBySMS   bool      `json:"reminderBySMS"`           // beside the mail, where there is a mobile
	FirstNameLength int       `json:"firstNameLength"`         // longest, in code points
	LastNameLength  int       `json:"lastNameLength"`
	Extension       Extension `json:"extension"`
	Link            Link      `json:"link"`
	Secrets         Secrets   `json:"secrets"`

	// RestoreWithin is how long a deleted user can come back; 0: as long as what
	// was the user's is free.
	RestoreWithin Duration `json:"restoreWithin,omitzero"`

	// Retention is how long what is personal about a deleted user is kept, at least
	// for as long as the user can come back; 0: until somebody erases it.
	Retention Duration `json:"retention,omitzero"`

	// Quarantine is how long a number that was given back rests before anybody but
	// its former owner can have it (X4); 0: not at all.
	Quarantine Duration `json:"quarantine,omitzero"`

	// DevicePasswords is DevicePasswordsGenerated, as where it is empty, or
	// DevicePasswordsChosen.
	DevicePasswords string `json:"devicePasswords,omitzero"`

	Login        Login        `json:"login,omitzero"`
	Credentials  Credentials  `json:"credentials,omitzero"`
	Lock         Lock         `json:"lock,omitzero"`
	Verification Verification `json:"verification,omitzero"`
	Sender       Sender       `json:"sender,omitzero"`
	Brand        Brand        `json:"brand,omitzero"`
	SIMs         SIMs         `json:"sims,omitzero"`
	Groups       Groups       `json:"groups,omitzero"`
	AddOns       []AddOn      `json:"addOns,omitzero"` // what users can have beside a licence; none: whatever is asked for
}

// Extension says what a short number looks like.
type Extension struct {
	Min        int  `json:"min"` // fewest digits
	Max        int  `json:"max"` // most digits
	LastDigits int  `json:"lastDigits"`
	NextFree   bool `json:"nextFree"` // take the next free one when the default is taken
}

// Link says how long an activation link lives.
type Link struct {
	Valid       Duration `json:"valid"`
	RemindAfter Duration `json:"remindAfter"`          // 0: never
	SMSPassword bool     `json:"smsPassword,omitzero"` // the page also asks for a password sent by SMS (X3)
}

// Secrets says what a user sets when following the link.
type Secrets struct {
	Password         Password `json:"password"`
	PIN              PIN      `json:"pin"`
	SecurityQuestion bool     `json:"securityQuestion"`
	Questions        []string `json:"questions"` // ids of catalogue texts
}

// Password is the rule for a password. Lengths are in code points.
type Password struct {
	Min          int  `json:"min"`
	Max          int  `json:"max"`
	NeedsLetter  bool `json:"needsLetter"`
	NeedsDigit   bool `json:"needsDigit"`
	NeedsSpecial bool `json:"needsSpecial"`
}

// PIN is the rule for a PIN; Max 0 means that none is asked for.
type PIN struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// RestsUntil gives the end of the rest of a number that is given back at a moment,
// the zero time where it does not rest.
func (p Policy) RestsUntil(at time.Time) time.Time {
	if p.Quarantine == 0 {
		return time.Time{}
	}
	return at.Add(p.Quarantine.Std())
}

// Has tells whether the policy's activation contains a step.
func (p Policy) Has(step string) bool { return slices.Contains(p.Steps, step) }

// NeedsNumber tells whether nobody can do without a number: the network has to
// activate it, or nothing else lets its user in.
func (p Policy) NeedsNumber() bool {
	other := func(name string) bool { return name != LoginNumber }
	return p.Has(StepNetwork) || !slices.ContainsFunc(p.Usual().Login.Names, other)
}

// ChoosesDevicePasswords tells whether an admin may choose the password that desk
// phones log in with.
func (p Policy) ChoosesDevicePasswords() bool { return p.DevicePasswords == DevicePasswordsChosen }

// Stamp names the policy and its version, as the metadata of facts do.
func (p Policy) Stamp() string { return p.Name + "@" + strconv.Itoa(p.Version) }

// Same tells whether two policies have the same values.
func (p Policy) Same(other Policy) bool { return reflect.DeepEqual(p.Usual(), other.Usual()) }

// Validate tells everything that is wrong with a policy as it was written.
func (p Policy) Validate() error {
	var c domain.Check
	c.Need(p.Name != "", "/name", "missing", "is missing")
	c.Need(p.Version > 0, "/version", "too-small", "starts at 1")
	c.Need(p.Operator != "", "/operator", "missing", "is missing")
	c.Need(len(p.Steps) > 0, "/steps", "missing", "needs at least one step")
	for i, step := range p.Steps {
		c.Need(!slices.Contains(p.Steps[:i], step), "/steps", "twice", "names %q twice", step)
		c.Need(slices.Contains(steps, step), "/steps", "unknown", "knows %s, not %q", strings.Join(steps, ", "), step)
	}
	for i, step := range p.Setup {
		c.Need(!slices.Contains(p.Setup[:i], step), "/setup", "twice", "names %q twice", step)
		c.Need(slices.Contains(setups, step), "/setup", "unknown", "knows %s, not %q", strings.Join(setups, ", "), step)
	}
	asked := p.Email == EmailRequired || p.Email == EmailOptional || p.Email == EmailAtFirstLogin
	c.Need(asked, "/email", "unknown", "is required, optional or at-first-login")
	c.Need(p.Mobile == "" || p.Mobile == EmailOptional || p.Mobile == MobileRequired, "/mobile", "unknown", "is required or optional")
	c.Need(p.FirstNameLength > 0, "/firstNameLength", "too-small", "is at least 1")
	c.Need(p.LastNameLength > 0, "/lastNameLength", "too-small", "is at least 1")
	c.Need(p.Extension.Min >= 1 && p.Extension.Min <= p.Extension.Max && p.Extension.Max <= 6, "/extension", "out-of-range", "has between 1 and 6 digits, min not above max")
	last := p.Extension.LastDigits
	c.Need(last == 0 || last >= p.Extension.Min && last <= p.Extension.Max, "/extension/lastDigits", "out-of-range", "is 0 or lies between extension.min and extension.max")
	c.Need(!p.Link.SMSPassword || p.Has(StepLink), "/link/smsPassword", "conflict", "asks for a password on the page of a link, and no step is a link")
	if p.Has(StepLink) {
		c.Need(p.Link.Valid > 0, "/link/valid", "too-small", "is a duration above 0, such as 48h")
		c.Need(!p.Link.SMSPassword || p.Mobile == MobileRequired, "/mobile", "conflict", "must be required where the link's page asks for a password sent by SMS")
		c.Need(p.Link.RemindAfter >= 0 && p.Link.RemindAfter < p.Link.Valid, "/link/remindAfter", "out-of-range", "is 0 or lies before the end of the link")
	}
	c.Need(p.RestoreWithin >= 0, "/restoreWithin", "out-of-range", "is 0 or a duration such as 720h")
	c.Need(p.Retention >= 0, "/retention", "out-of-range", "is 0 or a duration such as 8760h")
	c.Need(p.Groups.Members >= 0 && p.Groups.Members <= mostMembers, "/groups/members", "out-of-range", "is between 1 and %d, or 0 for the usual limit", mostMembers)
	c.Need(p.Groups.Count >= 0 && p.Groups.Count <= mostGroups, "/groups/count", "out-of-range", "is between 1 and %d, or 0 for the usual limit", mostGroups)
	c.Need(p.Quarantine >= 0, "/quarantine", "out-of-range", "is 0 or a duration such as 720h")
	p.checkSecrets(&c)
	p.checkAccount(&c)
	p.SIMs.check(&c)
	p.checkAddOnList(&c)
	return c.Err()
}

func (p Policy) checkSecrets(c *domain.Check) {
	password, pin := p.Secrets.PasswordRule(), p.Secrets.PIN
	c.Need(password.Min >= 8 && password.Min <= password.Max, "/secrets/password", "out-of-range", "has at least 8 characters, min not above max")
	c.Need(pin == PIN{} || pin.Min >= 4 && pin.Min <= pin.Max, "/secrets/pin", "out-of-range", "has at least 4 digits, min not above max")
	c.Need(slices.Contains([]string{"", DevicePasswordsGenerated, DevicePasswordsChosen}, p.DevicePasswords), "/devicePasswords", "unknown", "is generated or chosen")
	c.Need(!p.Secrets.SecurityQuestion || len(p.Secrets.Questions) > 0, "/secrets/questions", "missing", "needs questions to choose from")
}

// Duration is a time.Duration that is written as text ("48h") in JSON.
type Duration time.Duration

// Std gives the duration in the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// MarshalText writes the duration as text.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration such as "36h" or "90s".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return domain.Faultf(domain.Invalid, "duration", "%q is no duration such as 48h", text)
	}
	*d = Duration(parsed)
	return nil
}
