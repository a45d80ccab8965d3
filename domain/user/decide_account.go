package user

import (
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
	Options         []string // services, by short names
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
	CheckExtension(&c, in.Extension, rules.Extension)
	checkPlace(&c, in.Company, in.Site, in.Licence, in.Device, in.Language)
	checkOptions(&c, in.Options, in.Licence, rules)
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
		if s.Abandoned.Since(claim, in.At) { // what was given up before has been taken again
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
		Extension: in.Extension, ExtensionReason: in.ExtensionReason, Licence: in.Licence, Device: in.Device, Options: in.Options,
		SIM: in.Company.Policy.SIMs.Orders(in.Licence), Claims: in.Claims, Personal: &person,
	}}
	if in.Admin {
		events = append(events, AdminGranted{})
	}
	if in.Activate {
		ordered := State{Number: in.Number, Extension: in.Extension, Licence: in.Licence, Person: in.Person, Credential: Credential{Admin: in.Admin}}
		events = append(events, activationStarted(stepsFor(ordered, in.Company.Policy))...)
	}
	return events, nil
}
