package pages

import (
	"strconv"
	"strings"
	"time"

	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/projections"
)

// Account is a user as the back-office shows it. Company and Site are names.
type Account struct {
	projections.UserRow
	CompanyName, SiteName string
	Steps                 []projections.StepRow
	Messages              []user.Message // oldest first
	Link                  user.CurrentLink
	Credential            user.Credential
	Commands              Commands
	TemporalURL           string // of the user's workflow; "" for no link
	Stale                 bool   // facts wait that are not shown yet
	Started               bool   // the activation
	Zone                  string // of the company (IANA), for moments that are typed
	Calendar              []Date
	Plan                  []Field // of the form that plans an action
	Options               []string
	Groups                []projections.Membership
	Ending                Ending         // what a deletion would do
	Comeback              Comeback       // what a restoration would
	Phones                []Phone        // the company's desk phone that the user has
	Details               []Changed      // of the form that changes the user
	Choose                []Field        // of the form that chooses a temporary password
	Secrets               policy.Secrets // its rules
	Tried                 user.SelfReset
}

// Commands are the ids of the commands that the page's forms give, so that a
// form that is sent twice is one command.
type Commands struct{ Activation, Link, Mail, SMS, Suspension, Login, Deletion, Credential, Unlock, Admin, Plan, Restoration, Details string }

// name is how the user is called on the page.
func (a Account) name(f Frame) string { return NameOf(f, a.UserRow) }

// NameOf is how a user is called on pages.
func NameOf(f Frame, row projections.UserRow) string {
	if row.Erased {
		return f.Say("users.erased")
	}
	return FullName(f, row.FirstName, row.LastName)
}

// FullName is how somebody of a first and a last name is called on pages.
func FullName(f Frame, first, last string) string {
	if name := strings.TrimSpace(first + " " + last); name != "" {
		return name
	}
	return f.Say("users.nameless")
}

func (a Account) gone() bool { return a.State == "deleted" }

// startLabel words the button that starts or retries the activation, "" where
// there is nothing to start.
func (a Account) startLabel(f Frame) string {
	switch {
	case a.State == "failed":
		return f.Say("action.retry")
	case a.State == "pending" && !a.Started:
		return f.Say("action.start")
	}
	return ""
}

// renewable tells whether a new link makes sense: the link's step is reached
// and not done.
func (a Account) renewable() bool {
	for _, step := range a.Steps {
		if step.State != "done" {
			return step.Name == "link" && !a.Suspended && !a.gone()
		}
	}
	return false
}

// linkLine words where the link stands.
func (a Account) linkLine(f Frame) string {
	if a.LinkState == "" {
		return f.Say("link.none")
	}
	return f.Say("link." + a.LinkState)
}

// linkUntil words what the link's end is.
func (a Account) linkUntil(f Frame) string {
	if a.LinkState == "expired" {
		return f.Say("link.ended")
	}
	return f.Say("link.until")
}

func (a Account) linkEnds() (time.Time, bool) {
	if a.LinkExpiresAt == nil || a.LinkState != "open" && a.LinkState != "expired" {
		return time.Time{}, false
	}
	return *a.LinkExpiresAt, true
}

// because words why a step is where it is.
func because(f Frame, step projections.StepRow) string {
	if step.Cause == "" {
		return ""
	}
	return f.First(step.Cause, "cause."+step.Cause)
}

func who(f Frame, responsible string) string { return f.First(responsible, "who."+responsible) }

func stepName(f Frame, name string) string { return f.First(name, "step."+name) }

// answer is what the other side said, code and words.
func answer(step projections.StepRow) string {
	if step.Text == "" || step.Code == "" {
		return step.Code + step.Text
	}
	return step.Code + " " + step.Text
}

func userPath(id, rest string) string { return "/users/" + id + rest }

func count(n int) string { return strconv.Itoa(n) }
