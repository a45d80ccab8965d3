package api

import (
	"time"

	"dialtone/domain/user"
	"dialtone/projections"
)

// User is a user as programs see it.
type User struct {
	ID                 string     `json:"id"`
	Company            string     `json:"company"`
	Site               string     `json:"site,omitempty"`
	State              string     `json:"state" enum:"pending,activated,failed,suspended,deleted"`
	FirstName          string     `json:"firstName,omitempty"`
	LastName           string     `json:"lastName,omitempty"`
	DirectoryFirstName string     `json:"directoryFirstName,omitempty"`
	DirectoryLastName  string     `json:"directoryLastName,omitempty"`
	Email              string     `json:"email,omitempty"`
	Mobile             string     `json:"mobile,omitempty"`
	MobileNumber       string     `json:"mobileNumber,omitempty"`
	ContractNumber     string     `json:"contractNumber,omitempty"`
	Language           string     `json:"language"`
	Number             string     `json:"number,omitempty"`
	Extension          string     `json:"extension,omitempty"`
	Licence            string     `json:"licence,omitempty"`
	Activation         Activation `json:"activation"`
	Messages           []Message  `json:"messages" doc:"The recent ones, newest first; null in lists"`
	Credential         Credential `json:"credential"`
	Username           string     `json:"username,omitempty" doc:"What the user can log in with, beside address and number"`
	Admin              bool       `json:"admin,omitempty" doc:"The user administers the company"`
	AskedForHelp       string     `json:"askedForHelp,omitempty" enum:"admin,operator" doc:"Who must reset the password, since no mail reaches the user"`
	AskedForHelpAt     *time.Time `json:"askedForHelpAt,omitempty" doc:"Since when the user waits for that help"`
	Options            []string   `json:"options" doc:"Services, by short names; null in lists"`
	Device             *Device    `json:"device,omitempty"`
	SIMs               []HeldSIM  `json:"sims" doc:"null in lists; more of each at /v1/sims/{id}"`
	Profile            string     `json:"profile,omitempty" doc:"Id of the call profile that is active; not in lists"`
	Erased             bool       `json:"erased,omitempty" doc:"The person is forgotten"`
	Stale              bool       `json:"stale,omitempty" doc:"Facts about the user wait to be shown; what is here may be older than they are"`
	CreatedAt          time.Time  `json:"createdAt"`
	Revision           uint64     `json:"revision"`
}

// Activation is how far a user's activation has come.
type Activation struct {
	Steps        []Step     `json:"steps" doc:"null in lists"`
	Link         Lapsing    `json:"link" doc:"none, open, used, expired"`
	LinkOpenedAt *time.Time `json:"linkOpenedAt,omitempty" doc:"When the link's page was first opened, by a person or by a program such as a mail scanner"`
}

// Step is one step of an activation.
type Step struct {
	Name        string     `json:"name" example:"link"`
	State       string     `json:"state" enum:"waiting,running,done,failed"`
	Cause       string     `json:"cause,omitempty" example:"link-expired"`
	Responsible string     `json:"responsible,omitempty" doc:"Who must act: user, admin, operator, mail, sms, network"`
	Code        string     `json:"code,omitempty" doc:"What the other side answered"`
	Text        string     `json:"text,omitempty"`
	Attempts    int        `json:"attempts"`
	NextTry     *time.Time `json:"nextTry,omitempty"`
	Deadline    *time.Time `json:"deadline,omitempty"`
	Since       *time.Time `json:"since,omitempty" doc:"Since when it stands so"`
}

// Credential is what a user logs in with.
type Credential struct {
	State     string     `json:"state" doc:"Of the password: none, temporary, set, expired, locked"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	SelfReset *SelfReset `json:"selfReset,omitempty" doc:"Whether the user has tried to reset the password without help; missing in lists"`
}

// SelfReset is the last time a user tried to reset the password at /reset.
type SelfReset struct {
	At      *time.Time `json:"at,omitempty"`
	Outcome string     `json:"outcome" enum:"none,requested,mailed,unreached,unused,used" doc:"none: never tried; requested: the mail is on its way; unreached: no address, or no mail reaches it; unused: mailed, and the link is over"`
}

// Lapsing is a state that can end by itself.
type Lapsing struct {
	State     string     `json:"state"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// Device is the desk phone of a user.
type Device struct {
	Kind     string `json:"kind,omitempty"`
	MAC      string `json:"mac,omitempty"`
	Username string `json:"username,omitempty" doc:"What it logs in with"`
}

// ShownUser gives a user as it stands at a moment.
func ShownUser(s user.State, revision uint64, at time.Time) User {
	p := s.Person
	u := User{
		ID: s.ID, Company: s.Company, Site: s.Site, State: string(s.Shown()), Language: s.Language,
		FirstName: p.FirstName, LastName: p.LastName, DirectoryFirstName: p.DirectoryFirstName, DirectoryLastName: p.DirectoryLastName,
		Email: p.Email, Mobile: p.Mobile, MobileNumber: p.MobileNumber, ContractNumber: p.ContractNumber,
		Number: string(s.Number), Extension: s.Extension, Licence: s.Licence,
		Activation: Activation{Steps: shownSteps(s.ShownSteps()), Link: shownLink(s.Link, at), LinkOpenedAt: momentOf(s.Link.OpenedAt)},
		Messages:   shownMessages(s),
		Credential: shownCredential(s.Credential, at), Username: s.Credential.Username, Admin: s.Credential.Admin,
		AskedForHelp: s.Credential.HelpFrom, AskedForHelpAt: momentOf(s.Credential.HelpSince), Options: append([]string{}, s.Options...), Device: shownDevice(s.Device, p.MAC, s.Login.Username),
		SIMs: heldSIMs(s.SIMs), Erased: s.Erased, CreatedAt: s.CreatedAt.UTC(), Revision: revision,
	}
	return u
}

func shownSteps(steps []user.Step) []Step {
	shown := make([]Step, 0, len(steps))
	for _, s := range steps {
		shown = append(shown, Step{
			Name: s.Name, State: string(s.State), Cause: s.Cause, Responsible: s.Responsible, Code: s.Code, Text: s.Text,
			Attempts: s.Attempts, NextTry: s.NextTry, Deadline: s.Deadline, Since: momentOf(s.Since),
		})
	}
	return shown
}

// shownLink judges by the clock: an open link is over at its end, whether its
// workflow has noted that yet or not.
func shownLink(link user.CurrentLink, at time.Time) Lapsing {
	switch {
	case link.State == user.LinkNone || link.State == "":
		return Lapsing{State: string(user.LinkNone)}
	case link.State == user.LinkOpen && !link.OpenAt(at):
		return Lapsing{State: string(user.LinkOver), ExpiresAt: &link.ExpiresAt}
	}
	return Lapsing{State: string(link.State), ExpiresAt: &link.ExpiresAt}
}

// shownCredential judges by the clock, as shownLink does.
func shownCredential(c user.Credential, at time.Time) Credential {
	tried := c.SelfReset.Until(at)
	shown := Credential{State: string(c.Shown()), ExpiresAt: c.ExpiresAt, SelfReset: &SelfReset{At: momentOf(tried.At), Outcome: string(tried.Outcome)}}
	if !c.Locked && c.StateAt(at) == user.CredentialOver {
		shown.State = string(user.CredentialOver)
	}
	return shown
}

func shownDevice(kind, mac, username string) *Device {
	if kind == "" && mac == "" && username == "" {
		return nil
	}
	return &Device{Kind: kind, MAC: mac, Username: username}
}

// listedUser gives a user as lists show it, without the steps.
func listedUser(r projections.UserRow, at time.Time) User {
	link := Lapsing{State: r.LinkState, ExpiresAt: r.LinkExpiresAt}
	if link.State == string(user.LinkOpen) && link.ExpiresAt != nil && !at.Before(*link.ExpiresAt) {
		link.State = string(user.LinkOver)
	}
	return User{
		ID: r.ID, Company: r.Company, Site: r.Site, State: r.State, Language: r.Language,
		FirstName: r.FirstName, LastName: r.LastName, DirectoryFirstName: r.DirectoryFirstName, DirectoryLastName: r.DirectoryLastName,
		Email: r.Email, Mobile: r.Mobile, MobileNumber: r.MobileNumber, ContractNumber: r.ContractNumber,
		Number: r.Number, Extension: r.Extension, Licence: r.Licence,
		Activation: Activation{Link: link}, Credential: Credential{State: r.CredentialState},
		Device: shownDevice(r.Device, r.MAC, r.LoginUsername), Profile: "available",
		AskedForHelp: r.HelpFrom, AskedForHelpAt: r.HelpSince,
		Erased: r.Erased, CreatedAt: r.CreatedAt.UTC(), Revision: r.Revision,
	}
}
