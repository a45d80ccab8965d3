package user

import (
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Lifecycle is where a user stands.
type Lifecycle string

// The lifecycle of a user.
const (
	Pending    Lifecycle = "pending"
	Active     Lifecycle = "activated"
	Failed     Lifecycle = "failed"
	OnHold     Lifecycle = "suspended"
	Gone       Lifecycle = "deleted"
	NotOrdered Lifecycle = "" // no such user
)

// StepState is where one step of the activation stands.
type StepState string

// The states of a step.
const (
	Waiting    StepState = "waiting"
	Running    StepState = "running"
	Done       StepState = "done"
	StepBroken StepState = "failed"
)

// Step is one step of the activation with everything that can be said about it.
type Step struct {
	Name        string     `json:"name"`
	State       StepState  `json:"state"`
	Cause       string     `json:"cause,omitempty"`
	Responsible string     `json:"responsible,omitempty"`
	Code        string     `json:"code,omitempty"`
	Text        string     `json:"text,omitempty"`
	Attempts    int        `json:"attempts"`
	NextTry     *time.Time `json:"nextTry,omitempty"`
	Deadline    *time.Time `json:"deadline,omitempty"`
	Since       time.Time  `json:"since,omitzero"` // of when it stands so, for this cause
}

// LinkState is where an activation link stands.
type LinkState string

// The states of a link.
const (
	LinkNone       LinkState = "none"
	LinkOpen       LinkState = "open"
	LinkDone       LinkState = "used"
	LinkOver       LinkState = "expired"
	LinkSuperseded LinkState = "superseded"
)

// CurrentLink is the link that counts, with the hashes of those it replaced.
type CurrentLink struct {
	Link
	State    LinkState
	Reminded bool
	IssuedAt time.Time
	Missed   int       // wrong passwords on its page
	OpenedAt time.Time // when its page was first opened, by whomever; zero = not yet
	Older    []string  // hashes
}

// Message is one notification and what became of it.
type Message struct {
	ID, Purpose, Channel string
	Link, Credential     string     // what it is about: an activation link, a temporary password or a reset
	Left                 *Departure // who left which groups, where it is about that
	To                   string     // where it goes, "" for where the user is reached now
	RequestedAt          time.Time
	Attempts             int
	NextTry              *time.Time // nil when there will be none
	Accepted, Final      bool
	Trouble              Trouble
	Provider             string // what the provider calls the attempt it took last
	Delivered, Bounced   bool
	Delayed              bool      // the mail server has it and goes on trying
	AcceptedAt, EndedAt  time.Time // EndedAt: of the delivery, or of the last bounce
	Bounces              []string  // what the provider calls the attempts that came to nothing
}

// State is a user as its facts tell it.
type State struct {
	ID, Company, Site, Language, Licence, Device string
	Options                                      []string // services, by short names
	Number                                       domain.E164
	Extension                                    string
	Person                                       Person
	Erased                                       bool // the person is forgotten
	Lifecycle                                    Lifecycle
	Suspended                                    bool // Lifecycle is what it will be after resuming
	CreatedAt                                    time.Time
	Since                                        time.Time // when the user became what is shown
	Started                                      bool      // the activation has been started
	Steps                                        []Step
	Link                                         CurrentLink
	Messages                                     []Message   // open and recent ones, oldest first
	Helps                                        []time.Time // when something was sent by way of help, the last ones
	Credential                                   Credential
	Verification                                 Verification
	Login                                        DeviceLoginIssued
	LoginID                                      string // of the fact that issued the login
	LoginElsewhere                               bool   // a phone knows the login that is no longer the user's
	Claims                                       Claims
	Swap                                         Swap            // what this user has decided and what is not finished
	Loose                                        []string        // claims that are to be released
	Abandoned                                    claim.Abandoned // claims that were given up, and when
	Scheduled                                    []Scheduled     // what is planned, soonest first
	SIMs                                         []SIM
	OrderSIM                                     bool      // one is to be ordered
	SIMsOrdered                                  int       // how often that was so
	Former                                       Lifecycle // what a deleted user was
	DeletedAt                                    time.Time
	GivesUp                                      string    // the kind of licence that is to go back behind the deletion
	Leaving                                      bool      // a deleted user is still to be taken out of groups
	Leaves                                       []string  // which ones, once they are found
	Left                                         []string  // groups the deleted user was taken out of
	Rejoins                                      []string  // groups a restored user is to be a member of again
	Lost                                         []string  // SIMs that the deleted user had and has no more
	Regains                                      []string  // SIMs a restored user is to have again
	Phone                                        string    // the deleted user's desk phone, by its claim
	EraseAt                                      time.Time // when a deleted user's person is to be erased; zero: not by itself
	Erasing, Forgotten                           bool      // the erasure was begun, and ended
}

// Exists tells whether the user was ordered and is not deleted.
func (s State) Exists() bool { return s.ID != "" && s.Lifecycle != Gone }

// Shown is the state as it is shown to people and programs.
func (s State) Shown() Lifecycle {
	if s.Suspended && s.Lifecycle != Gone {
		return OnHold
	}
	return s.Lifecycle
}

// HasLine tells whether the user has a number or an extension.
func (s State) HasLine() bool { return s.Number != "" || s.Extension != "" }

// HasDeskPhone tells whether a kind of desk phone was named (1.1, 1.2).
func (s State) HasDeskPhone() bool { return s.Device != "" && s.Device != "none" }

// Step finds a step of the activation.
func (s State) Step(name string) (Step, bool) {
	for _, step := range s.Steps {
		if step.Name == name {
			return step, true
		}
	}
	return Step{}, false
}

// current is the step the activation stands at, "" before the start and after the end.
func (s State) current() Step {
	for _, step := range s.Steps {
		if step.State != Done {
			return step
		}
	}
	return Step{}
}

// Message finds a notification by its id.
func (s State) Message(id string) (Message, bool) {
	for _, m := range s.Messages {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

// Personal lists the words that must not make up the user's password.
func (s State) Personal() []string {
	p := s.Person
	return []string{
		p.FirstName, p.LastName, p.DirectoryFirstName, p.DirectoryLastName, p.Email, localPart(p.Email),
		strings.TrimPrefix(p.Mobile, "+"), strings.TrimPrefix(string(s.Number), "+"),
	}
}

func localPart(email string) string {
	for i := range len(email) {
		if email[i] == '@' {
			return email[:i]
		}
	}
	return ""
}
