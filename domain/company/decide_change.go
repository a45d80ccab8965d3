package company

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/policy"
)

// Change is the command of the operator that changes a company; nil is
// unchanged. That the main user is one of the company's is for the caller to know.
type Change struct {
	Name       *string
	MainNumber *domain.E164
	MainFax    *domain.E164 // "" for none
	MainUser   *string
}

// Decide writes what is different.
func (in Change) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var c domain.Check
	if in.Name != nil {
		checkName(&c, *in.Name)
	}
	if in.MainNumber != nil {
		c.Need(s.Owns(*in.MainNumber), "/mainNumber", "foreign", "is one of the company's numbers, not %q", string(*in.MainNumber))
	}
	if in.MainFax != nil {
		c.Need(*in.MainFax == "" || s.Owns(*in.MainFax), "/mainFax", "foreign", "is one of the company's numbers, not %q", string(*in.MainFax))
	}
	if in.MainNumber != nil || in.MainFax != nil {
		main, fax := or(in.MainNumber, s.MainNumber), or(in.MainFax, s.MainFax)
		c.Need(fax == "" || fax != main, "/mainFax", "same-number", "differs from the main number")
	}
	if in.MainUser != nil {
		c.Need(*in.MainUser != "", "/mainUser", "missing", "is the id of a user of the company")
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return s.changes(in), nil
}

// or gives what was sent, or what there is.
func or(sent *domain.E164, is domain.E164) domain.E164 {
	if sent != nil {
		return *sent
	}
	return is
}

func (s State) changes(in Change) (events []domain.Event) {
	if in.Name != nil && *in.Name != s.Name {
		events = append(events, Renamed{Name: *in.Name, Previous: s.Name})
	}
	if in.MainNumber != nil && *in.MainNumber != s.MainNumber {
		events = append(events, MainNumberSet{Number: *in.MainNumber})
	}
	if in.MainFax != nil && *in.MainFax != s.MainFax {
		events = append(events, MainFaxSet{Number: *in.MainFax})
	}
	if in.MainUser != nil && *in.MainUser != s.MainUser {
		events = append(events, MainUserSet{User: *in.MainUser})
	}
	return events
}

// ConnectNumbers is the command that makes further blocks of numbers a company's.
// At is when they were claimed.
type ConnectNumbers struct {
	Blocks []Block
	At     time.Time
}

// Decide connects the blocks that the company has not; the first one ever brings
// the main number, its first, which is usually the one with direct dial 0 (3.6).
func (in ConnectNumbers) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var c domain.Check
	c.Need(len(in.Blocks) > 0, "/numbers", "missing", "needs a block of numbers")
	checkBlocks(&c, in.Blocks)
	for i, b := range in.Blocks {
		for _, own := range s.Blocks {
			c.Need(!b.Overlaps(own) || b == own, "/numbers/"+strconv.Itoa(i), "overlap", "shares numbers with %s to %s, which are the company's already", string(own.From), string(own.To))
		}
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if s.gaveUp(in.Blocks, in.At) {
		return nil, tooSlow()
	}
	var events []domain.Event
	for _, b := range in.Blocks {
		if !slices.Contains(s.Blocks, b) {
			events = append(events, connecting(b, s.Policy)...)
		}
	}
	if s.MainNumber == "" {
		events = append(events, MainNumberSet{Number: in.Blocks[0].From})
	}
	return events, nil
}

// gaveUp tells whether a number of some blocks was given up for the company at a
// moment or behind it.
func (s State) gaveUp(blocks []Block, since time.Time) bool {
	for claim, at := range s.Abandoned {
		n := domain.E164(strings.TrimPrefix(claim, number.Stream("")))
		if !at.Before(since) && slices.ContainsFunc(blocks, func(b Block) bool { return b.Contains(n) }) {
			return true
		}
	}
	return false
}

// connecting gives the facts of a block that becomes a company's.
func connecting(b Block, rules policy.Policy) []domain.Event {
	events := []domain.Event{NumbersConnected(b)}
	if rules.ConnectNumbers {
		events = append(events, ConnectionOrdered(b))
	}
	return events
}

func checkBlocks(c *domain.Check, blocks []Block) {
	for i, b := range blocks {
		pointer := "/numbers/" + strconv.Itoa(i)
		b.Check(c, pointer)
		for _, earlier := range blocks[:i] {
			c.Need(!b.Overlaps(earlier), pointer, "overlap", "shares numbers with another block of this order")
		}
	}
}

// OrderLicences is the command that orders licences in addition (3.1).
type OrderLicences struct{ Licences []Licences }

// Decide orders them.
func (in OrderLicences) Decide(history []domain.Fact) ([]domain.Event, error) {
	if !Fold(history).Exists() {
		return nil, missing()
	}
	var c domain.Check
	c.Need(len(in.Licences) > 0, "/licences", "missing", "needs a kind of licence and how many")
	checkLicences(&c, in.Licences)
	if err := c.Err(); err != nil {
		return nil, err
	}
	var events []domain.Event
	for _, l := range in.Licences {
		events = append(events, LicencesOrdered(l))
	}
	return events, nil
}

func checkLicences(c *domain.Check, licences []Licences) {
	for i, l := range licences {
		pointer := "/licences/" + strconv.Itoa(i)
		c.Need(licenceKind.MatchString(l.Kind), pointer+"/kind", "form", "has lower-case letters, digits and hyphens, at most 40")
		c.Need(l.Count >= 1 && l.Count <= 100_000, pointer+"/count", "out-of-range", "is between 1 and 100000")
	}
}

// AdoptPolicy is the command that has a company's users treated by other values
// from now on. What has happened stays as it is: deadlines stand in facts.
type AdoptPolicy struct{ Policy policy.Policy }

// Decide adopts the policy, unless its values are the company's already.
func (in AdoptPolicy) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case s.Policy.Same(in.Policy):
		return nil, nil
	}
	if err := in.Policy.Validate(); err != nil {
		return nil, err
	}
	return []domain.Event{PolicyAdopted(in)}, nil
}
