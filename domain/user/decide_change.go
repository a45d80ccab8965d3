package user

import (
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// Change is the command that changes a user; nil is left as it is. Email,
// number, extension, user name and licence come with the claims taken for their
// new values.
type Change struct {
	Company                company.State
	At                     time.Time // the moment the command was given, before anything was claimed for it
	Actor                  domain.Actor
	Language, Site, Device *string
	Options                *[]string
	Person                 PersonChanges
	EmailClaim             string
	Number                 *domain.E164
	Extension              *string
	ExtensionReason        string
	Username               *string
	UsernameClaim          string
	Licence                *string
	DeviceClaim            *string // the stream of the desk phone, "" for none; nil leaves it
	Seat                   string  // the claim, "" where licences are not counted
}

// Check tells what would be wrong with the user after the change.
func (in Change) Check(s State) error {
	if err := in.allowed(s); err != nil {
		return err
	}
	after := detailsChanged(s, DetailsChanged{Language: in.Language, Site: in.Site, Device: in.Device, Options: in.Options, Personal: &in.Person})
	rules := in.Company.Policy
	var c domain.Check
	checkPerson(&c, after.Person, rules)
	c.Need(rules.Email != policy.EmailRequired || s.Person.Email == "" || after.Person.Email != "", "/email", "missing", "can be changed but not removed")
	c.Need(rules.Mobile != policy.MobileRequired || s.Person.Mobile == "" || after.Person.Mobile != "", "/mobile", "missing", "can be changed but not removed")
	c.Need(s.Person.FirstName == "" || strings.TrimSpace(after.Person.FirstName) != "", "/firstName", "missing", "can be changed but not removed")
	c.Need(s.Person.LastName == "" || strings.TrimSpace(after.Person.LastName) != "", "/lastName", "missing", "can be changed but not removed")
	if in.Number != nil && *in.Number != "" {
		c.Need(in.Number.Valid(), "/number", "e164", "is an E.164 number such as +4930123450, not %q", string(*in.Number))
		c.Need(!in.Number.Valid() || in.Company.Owns(*in.Number), "/number", "foreign", "is not one of the company's numbers")
	}
	if in.Extension != nil {
		CheckExtension(&c, *in.Extension, rules.Extension)
	}
	c.Need(in.Language == nil || *in.Language != "", "/language", "missing", "can be changed but not removed")
	checkPlace(&c, in.Company, after.Site, "", after.Device, after.Language)
	c.Need(differs(in.Device, s.Device) == nil || s.Claims.Device == "" || in.DeviceClaim != nil || differs(in.Person.MAC, s.Person.MAC) != nil,
		"/device/kind", "assigned", "is the model of the phone the user has; give the user another phone, or none")
	in.checkOptions(&c, s, after.Options)
	in.checkUsername(&c, s)
	in.checkLicence(&c, s, after.Person)
	return c.Err()
}

// checkUsername judges another user name.
func (in Change) checkUsername(c *domain.Check, s State) {
	if in.Username == nil || *in.Username == s.Credential.Username {
		return
	}
	c.Need(s.LogsInBy(policy.LoginUsername, in.Company.Policy), "/username", "unused", "is nothing this operator's users log in with")
	c.Need(*in.Username != "", "/username", "missing", "can be changed but not removed")
	if *in.Username != "" {
		checkUsername(c, *in.Username)
	}
}

// checkLicence judges another licence, and says what it asks for.
func (in Change) checkLicence(c *domain.Check, s State, after Person) {
	if in.Licence == nil || *in.Licence == s.Licence {
		return
	}
	c.Need(*in.Licence != "", "/licence", "missing", "can be changed but not removed")
	checkPlace(c, in.Company, "", *in.Licence, "", "")
	rings := mobileFor(*in.Licence, in.Company.Policy)
	c.Need(!rings || after.Mobile != "", "/mobile", "missing", "is needed: the licence %s rings it once it is verified", *in.Licence)
}

// checkOptions judges the services where they or the licence change: what a user
// has had since before the policy listed them stays.
func (in Change) checkOptions(c *domain.Check, s State, options []string) {
	licence := s.Licence
	if in.Licence != nil {
		licence = *in.Licence
	}
	if licence != s.Licence || !slices.Equal(options, s.Options) {
		checkOptions(c, options, licence, in.Company.Policy)
		s.checkHeldSIMs(c, options, licence, in.Company.Policy)
	}
}

// allowed is rule 1.7 with X9: company admins wait for the activation, unless it
// waits for them to say who the user is; the operator's back-office can always
// repair.
func (in Change) allowed(s State) error {
	if !s.Exists() {
		return gone()
	}
	if s.awaitsDetails() {
		return nil
	}
	return mayTouch(s, in.Actor, in.Company.Policy)
}

func mayTouch(s State, actor domain.Actor, rules policy.Policy) error {
	if actor.Kind == domain.ActorAdmin && !rules.AdminsChange && s.Lifecycle != Active {
		return domain.Faultf(domain.Refused, "not-active", "a user who is %s can be changed, suspended or deleted by the operator only", s.Lifecycle)
	}
	return nil
}

func gone() error { return domain.Faultf(domain.Missing, "no-user", "there is no such user") }

// Decide writes what is different.
func (in Change) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := in.Check(s); err != nil {
		return nil, err
	}
	var events []domain.Event
	details := in.details(s)
	if details.movesMobile(s) {
		if err := s.helpRests(in.At); err != nil {
			return nil, err
		}
	}
	if details != (DetailsChanged{}) {
		events = append(events, details)
	}
	if details.Personal != nil && details.Personal.Email != nil && s.Claims.Email != in.EmailClaim {
		events = append(events, EmailClaimed{Claim: in.EmailClaim})
	}
	if in.DeviceClaim != nil && *in.DeviceClaim != s.Claims.Device {
		events = append(events, DeviceClaimed{Claim: *in.DeviceClaim})
	}
	if in.Number != nil && *in.Number != s.Number {
		events = append(events, NumberChanged{Number: *in.Number, Previous: s.Number})
	}
	if in.Extension != nil && *in.Extension != s.Extension {
		events = append(events, ExtensionChanged{Extension: *in.Extension, Previous: s.Extension, Reason: in.ExtensionReason})
	}
	if in.Username != nil && *in.Username != s.Credential.Username {
		events = append(events, UsernameSet{Claim: in.UsernameClaim, Personal: &Username{Username: *in.Username}})
	}
	if in.Licence != nil && *in.Licence != s.Licence {
		verified := s.Verification.Verified && (details.Personal == nil || details.Personal.Mobile == nil)
		verify := mobileFor(*in.Licence, in.Company.Policy) && !verified
		events = append(events, LicenceChanged{Licence: *in.Licence, Previous: s.Licence, Claim: in.Seat, Verify: verify, SIM: s.needsSIM(*in.Licence, in.Company.Policy)})
	}
	if err := in.claimed(s, events); err != nil {
		return nil, err
	}
	after := s
	for _, event := range events {
		after = Evolve(after, domain.Fact{Event: event, At: in.At})
	}
	events = append(events, s.moved(details, history)...)
	events = append(events, s.accountTold(after, events, history, in.Company.Policy)...)
	return append(events, after.goesOn(s, in.Company.Policy)...), nil
}

// goesOn gives what a change leads the activation to, which stood as before: the
// details are known, or the step is gone that it waited for.
func (s State) goesOn(before State, rules policy.Policy) []domain.Event {
	switch {
	case s.awaitsDetails():
		return s.detailsDone(rules)
	case s.Started && s.Lifecycle == Pending && s.current().Name == "" && before.current().Name != "":
		return []domain.Event{Activated{}}
	}
	return nil
}

// claimed tells whether what the events name is still claimed for the command:
// a sweep may have given it up meanwhile, or the workflow is about to release it.
func (in Change) claimed(s State, events []domain.Event) error {
	for _, event := range events {
		claim := ""
		switch e := event.(type) {
		case EmailClaimed:
			claim = e.Claim
		case DeviceClaimed:
			claim = e.Claim
		case NumberChanged:
			claim = numberClaim(e.Number)
		case ExtensionChanged:
			claim = extensionClaim(s.Company, e.Extension)
		case UsernameSet:
			claim = e.Claim
		case LicenceChanged:
			claim = e.Claim
		}
		if s.Abandoned.Since(claim, in.At) {
			return domain.Faultf(domain.Conflict, "claims-expired", "the change took too long and what it had claimed was given up; try again")
		}
		if slices.Contains(s.Loose, claim) {
			return domain.Faultf(domain.Unavailable, "being-released", "what the user had before is just being given back; try again in a moment")
		}
	}
	return nil
}

// details keeps of the change what differs from the state.
func (in Change) details(s State) DetailsChanged {
	p := s.Person
	person := PersonChanges{
		FirstName: differs(in.Person.FirstName, p.FirstName), LastName: differs(in.Person.LastName, p.LastName),
		DirectoryFirstName: differs(in.Person.DirectoryFirstName, p.DirectoryFirstName),
		DirectoryLastName:  differs(in.Person.DirectoryLastName, p.DirectoryLastName),
		Email:              differs(in.Person.Email, p.Email), Mobile: differs(in.Person.Mobile, p.Mobile),
		MobileNumber:   differs(in.Person.MobileNumber, p.MobileNumber),
		ContractNumber: differs(in.Person.ContractNumber, p.ContractNumber), MAC: differs(in.Person.MAC, p.MAC),
	}
	details := DetailsChanged{Language: differs(in.Language, s.Language), Site: differs(in.Site, s.Site), Device: differs(in.Device, s.Device)}
	if in.Options != nil && !slices.Equal(*in.Options, s.Options) {
		details.Options = in.Options
	}
	if person != (PersonChanges{}) {
		details.Personal = &person
	}
	return details
}

func differs(wanted *string, is string) *string {
	if wanted == nil || *wanted == is {
		return nil
	}
	return wanted
}
