// Package callprofile is the rule of how a user takes calls: the profiles
// (Available, Lunch, Meeting, …) with where calls go and which number is shown,
// which of them is active when, and what holds under all of them: forwards, do
// not disturb, call rules. A user's profiles are a stream of their own
// ("callprofile-<user>"), since they change many times a day.
package callprofile

import (
	"slices"

	"dialtone/domain"
)

// Stream is the name of the stream of a user's profiles.
func Stream(user string) string { return "callprofile-" + user }

// Ring is what rings for a call to the user's fixed number (rule 2.36).
type Ring string

// What rings.
const (
	Fixed   Ring = "fixed"   // desk phone and softphone
	Mobile  Ring = "mobile"  // the mobile number
	Both    Ring = "both"    // at the same time, the first answer wins
	Forward Ring = "forward" // nothing: the call goes elsewhere at once
)

// Rings lists them all.
var Rings = []Ring{Fixed, Mobile, Both, Forward}

// TargetKind is a way a call can go on.
type TargetKind string

// Where a call goes on.
const (
	Nowhere      TargetKind = ""             // it ends with the reason for it
	Number       TargetKind = "number"       // a number or an extension
	Voicemail    TargetKind = "voicemail"    // of the company's voicemail
	Announcement TargetKind = "announcement" // says which profile is active, and its end
)

// Target is where a call goes on: To is an E.164 number or an extension of the
// company, for Number alone.
type Target struct {
	Kind TargetKind `json:"kind,omitempty"`
	To   string     `json:"to,omitempty"`
}

// Identity is a number that a called person may be shown.
type Identity string

// What is shown.
const (
	ShowFixed   Identity = "fixed"   // the user's fixed number
	ShowMobile  Identity = "mobile"  // the user's mobile number
	ShowCompany Identity = "company" // the company's main number
	ShowNothing Identity = "nothing" // the call is anonymous (RFC 3323)
)

// Identities lists them all.
var Identities = []Identity{ShowFixed, ShowMobile, ShowCompany, ShowNothing}

// Shown is which number is shown for calls from desk phone and softphone, and
// for those from the mobile (rule 2.33).
type Shown struct {
	Fixed  Identity `json:"fixed"`
	Mobile Identity `json:"mobile"`
}

// Handling is what happens to a call to the user's fixed number. Busy means that
// the user is in another call, no answer that nobody answered within Seconds (0:
// as the policy says), disconnected that neither fixed nor mobile was reachable
// (rule 2.37).
type Handling struct {
	Ring         Ring   `json:"ring"`
	Forward      Target `json:"forward,omitzero"` // for Ring Forward
	Busy         Target `json:"busy,omitzero"`
	NoAnswer     Target `json:"noAnswer,omitzero"`
	Disconnected Target `json:"disconnected,omitzero"`
	Seconds      int    `json:"seconds,omitempty"`
}

// Settings are how calls are taken while a profile is active.
type Settings struct {
	Name     string   `json:"name,omitempty"`     // "" for one of the usual profiles that keeps its own name
	Number   int      `json:"number"`             // 0 to 99: how a phone or a calendar chooses it (rule 2.29)
	Hidden   bool     `json:"hidden,omitempty"`   // colleagues do not see whether the user is in a call (rule 2.31)
	Message  string   `json:"message,omitempty"`  // colleagues read it (rule 2.32)
	Minutes  int      `json:"minutes,omitempty"`  // how long it is active where nobody says, 0 for no end
	Priority int      `json:"priority,omitempty"` // 0 to 9: a calendar's profile of a lower one does not replace it
	Shown    Shown    `json:"shown"`
	Calls    Handling `json:"calls"`
	Straight bool     `json:"straight,omitempty"` // calls to the mobile number go to the mobile, not as those to the fixed one (rule 2.35)
	Queues   []string `json:"queues"`             // ids of queues and hunt groups whose calls come in; nil leaves log-ins as they are (rule 2.41)
}

// Profile is one of a user's profiles.
type Profile struct {
	ID string
	Settings
}

// Saved is a place that the user may have all calls sent to.
type Saved struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	To   Target `json:"to"`
}

// Switches are what holds whichever profile is active (rule 0.15).
type Switches struct {
	DoNotDisturb    bool          `json:"doNotDisturb,omitempty"`
	RejectAnonymous bool          `json:"rejectAnonymous,omitempty"` // rule 4.18
	Also            []domain.E164 `json:"also,omitempty"`            // numbers that ring beside the user's own phones
	Forwards        []Saved       `json:"forwards,omitempty"`
	On              string        `json:"on,omitempty"` // id of the forward that takes every call, "" for none
}

// Forward gives the forward that is on.
func (s Switches) Forward() (Target, bool) {
	at := slices.IndexFunc(s.Forwards, func(f Saved) bool { return f.ID == s.On })
	if s.On == "" || at < 0 {
		return Target{}, false
	}
	return s.Forwards[at].To, true
}
