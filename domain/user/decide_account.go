package user

import (
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// Create is the command that orders a user. Claims names what has been taken
// for the user before.
type Create struct {
	ID              string
	Company         company.State
	Site, Language  string
	Number          domain.E164
	Extension       string
	ExtensionReason string
	Licence, Device string
	Person          Person
	Claims          Claims
	Activate        bool
	Admin           bool      // of the company from the beginning (3.9)
	At              time.Time // the moment the command was given, before anything was claimed for it
}

// Check tells what is wrong with the order, field by field, before anything is claimed.
func (in Create) Check() error {
	rules := in.Company.Policy
	var c domain.Check
	checkPerson(&c, in.Person, rules)
	preProvisioned := in.Person == Person{MAC: in.Person.MAC} && in.Number != ""
	if !preProvisioned {
		c.Need(rules.Email != policy.EmailRequired || in.Person.Email != "", "/email", "missing", "is needed: the activation link is mailed to it")
		c.Need(rules.Mobile != policy.MobileRequired || in.Person.Mobile != "", "/mobile", "missing", "is needed: the password is sent to it by SMS")
		c.Need(strings.TrimSpace(in.Person.FirstName) != "", "/firstName", "missing", "is needed")
		c.Need(strings.TrimSpace(in.Person.LastName) != "", "/lastName", "missing", "is needed")
	}
	c.Need(in.Number == "" || in.Number.Valid(), "/number", "e164", "is an E.164 number such as +4930123450, not %q", string(in.Number))
	c.Need(in.Number == "" || !in.Number.Valid() || in.Company.Owns(in.Number), "/number", "foreign", "is not one of the company's numbers")
	checkExtension(&c, in.Extension, rules.Extension)
	checkPlace(&c, in.Company, in.Site, in.Licence, in.Device, in.Language)
	return c.Err()
}

// Decide orders the user and, where wished, starts the activation.
func (in Create) Decide(history []domain.Fact) ([]domain.Event, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	s := Fold(history)
	if s.ID != "" {
		return nil, domain.Faultf(domain.Conflict, "user-exists", "the user exists already")
	}
	for _, claim := range in.Claims.List() {
		if at, given := s.Abandoned[claim]; given && !at.Before(in.At) { // what was given up before has been taken again
			return nil, domain.Faultf(domain.Conflict, "claims-expired", "the order took too long and what it had claimed was given up; order again")
		}
	}
	language := in.Language
	if language == "" {
		language = in.Company.Language
	}
	person := in.Person
	events := []domain.Event{Created{
		ID: in.ID, Company: in.Company.ID, Site: in.Site, Language: language, Number: in.Number,
		Extension: in.Extension, ExtensionReason: in.ExtensionReason, Licence: in.Licence, Device: in.Device,
		Claims: in.Claims, Personal: &person,
	}}
	if in.Admin {
		events = append(events, AdminGranted{})
	}
	if in.Activate {
		ordered := State{Number: in.Number, Extension: in.Extension, Licence: in.Licence, Person: in.Person}
		events = append(events, activationStarted(stepsFor(ordered, in.Company.Policy))...)
	}
	return events, nil
}

// Change is the command that changes a user; nil is left as it is. Email,
// number and extension come with the claims taken for their new values.
type Change struct {
	Company                company.State
	At                     time.Time // the moment the command was given, before anything was claimed for it
	Actor                  domain.Actor
	Language, Site, Device *string
	Person                 PersonChanges
	EmailClaim             string
	Number                 *domain.E164
	Extension              *string
	ExtensionReason        string
}

// Check tells what would be wrong with the user after the change.
func (in Change) Check(s State) error {
	if err := in.allowed(s); err != nil {
		return err
	}
	after := detailsChanged(s, DetailsChanged{Language: in.Language, Site: in.Site, Device: in.Device, Personal: &in.Person})
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
		checkExtension(&c, *in.Extension, rules.Extension)
	}
	c.Need(in.Language == nil || *in.Language != "", "/language", "missing", "can be changed but not removed")
	checkPlace(&c, in.Company, after.Site, "", after.Device, after.Language)
	return c.Err()
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
		return domain.Faultf(domain.Refused, "not-active", "a user who is %s can be changed or deleted by the operator only", s.Lifecycle)
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
	if details != (DetailsChanged{}) {
		events = append(events, details)
	}
	if details.Personal != nil && details.Personal.Email != nil && s.Claims.Email != in.EmailClaim {
		events = append(events, EmailClaimed{Claim: in.EmailClaim})
	}
	if in.Number != nil && *in.Number != s.Number {
		events = append(events, NumberChanged{Number: *in.Number, Previous: s.Number})
	}
	if in.Extension != nil && *in.Extension != s.Extension {
		events = append(events, ExtensionChanged{Extension: *in.Extension, Previous: s.Extension, Reason: in.ExtensionReason})
	}
	if err := in.claimed(s, events); err != nil {
		return nil, err
	}
	events = append(events, s.moved(details, history)...)
	return append(events, s.detailsDone(details, in.Company.Policy)...), nil
}

// claimed tells whether what the events name is still claimed for the command:
// a sweep may have given it up meanwhile, or the workflow is about to release it.
func (in Change) claimed(s State, events []domain.Event) error {
	for _, event := range events {
		claim := ""
		switch e := event.(type) {
		case EmailClaimed:
			claim = e.Claim
		case NumberChanged:
			claim = numberClaim(e.Number)
		case ExtensionChanged:
			claim = extensionClaim(s.Company, e.Extension)
		}
		if at, given := s.Abandoned[claim]; given && !at.Before(in.At) {
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
