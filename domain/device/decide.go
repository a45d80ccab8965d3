package device

import (
	"regexp"
	"slices"
	"time"

	"dialtone/domain"
)

var (
	macForm    = regexp.MustCompile(`^[0-9a-f]{12}$`)
	serialForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z./-]{3,39}$`)
	modelForm  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z ._+-]{0,39}$`)
)

// Add is the command that gives a company another phone (0.9, 3.18). Claim is what
// was taken for the marks before, and At when that was.
type Add struct {
	ID, Company         string
	Manufacturer, Model string
	Marks               Marks
	Claim               string
	At                  time.Time
}

// Check tells what is wrong with the command, field by field.
func (in Add) Check() error {
	var c domain.Check
	checkModel(&c, in.Manufacturer, in.Model)
	c.Need(in.Marks != Marks{}, "/mac", "missing", "is needed, or the serial number")
	c.Need(in.Marks.MAC == "" || macForm.MatchString(in.Marks.MAC), "/mac", "form", "is a MAC address of 12 hexadecimal digits")
	c.Need(in.Marks.Serial == "" || serialForm.MatchString(in.Marks.Serial), "/serial", "form", "has 4 to 40 letters, digits and . / -")
	return c.Err()
}

func checkModel(c *domain.Check, manufacturer, model string) {
	maker, known := Find(manufacturer)
	c.Need(known, "/manufacturer", "unknown", "is one of the list, or other")
	c.Need(modelForm.MatchString(model), "/model", "form", "has 1 to 40 letters, digits, spaces and . _ + -")
	c.Need(!known || maker.Name == Other || slices.Contains(maker.Models, model), "/model", "unknown", "is one of the manufacturer's models; for another one choose other as the manufacturer")
}

// Decide adds the phone.
func (in Add) Decide(history []domain.Fact) ([]domain.Event, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	s := Fold(history)
	switch {
	case s.ID != "":
		return nil, domain.Faultf(domain.Conflict, "device-exists", "the phone exists already")
	case s.Abandoned.Since(in.Claim, in.At):
		return nil, domain.Faultf(domain.Conflict, "claims-expired", "the order took too long and what it had claimed was given up; order again")
	}
	marks := in.Marks
	return []domain.Event{Added{ID: in.ID, Company: in.Company, Manufacturer: in.Manufacturer, Model: in.Model, Claim: in.Claim, Personal: &marks}}, nil
}

// Remove is the command that ends a phone: it is the company's no more.
type Remove struct{ Reason string }

// Decide removes a phone that no user has.
func (in Remove) Decide(history []domain.Fact) ([]domain.Event, error) {
	switch s := Fold(history); {
	case s.ID == "":
		return nil, missing()
	case s.Gone:
		return nil, nil
	case s.User != "":
		return nil, domain.Faultf(domain.Refused, "device-assigned", "a user has the phone; take it from the user first")
	default:
		return []domain.Event{Removed{Claim: s.Claim, Reason: in.Reason}}, nil
	}
}

// IssueAddress is the command that has the phone's configuration lie at a new
// address.
type IssueAddress struct{}

// Decide counts the generation up.
func (IssueAddress) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case s.Marks.MAC == "":
		return nil, domain.Faultf(domain.Refused, "no-mac", "a phone is known by its MAC address when it fetches its configuration, and of this one only the serial number is known")
	case Format(s.Manufacturer) == "":
		return nil, domain.Faultf(domain.Refused, "no-format", "there are no configuration files for this manufacturer; the phone is set up by hand")
	}
	return []domain.Event{AddressIssued{Generation: s.Generation + 1}}, nil
}

// NoteFetched is the command that writes down that the phone picked up a file: the
// first time each version of it, and after that once a day.
type NoteFetched struct {
	ConfigurationFetched
	At time.Time
}

// FetchedEvery is how often a fetch of the same file is a fact.
const FetchedEvery = 24 * time.Hour

// Decide notes what is news.
func (in NoteFetched) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Fetched.Sum == in.Sum && in.At.Before(s.FetchedAt.Add(FetchedEvery)) {
		return nil, nil
	}
	in.User = s.User
	return []domain.Event{in.ConfigurationFetched}, nil
}

// AbandonClaim is the sweep's command: it gives a claim up for a phone whose facts
// do not name it, so that a slow order that still believes in it conflicts.
type AbandonClaim struct {
	Claim    string
	Deadline time.Time // of the taking that is given up; a later taking is another matter
}

// Decide writes the note unless the phone names the claim.
func (in AbandonClaim) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Claim == in.Claim {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the phone names the claim")
	}
	if s.Abandoned.Since(in.Claim, in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: in.Claim}}, nil
}

// NoteReleased is the command that records which claims are free again.
type NoteReleased struct{ Claims []string }

// Decide notes those that were waiting for it.
func (in NoteReleased) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	released := slices.DeleteFunc(slices.Clone(in.Claims), func(claim string) bool { return !slices.Contains(s.Loose, claim) })
	if len(released) == 0 {
		return nil, nil
	}
	return []domain.Event{ClaimsReleased{Claims: released}}, nil
}

// then gives a decision that makes one of two on the same stream.
func then(first, second domain.Decide) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		events, err := first(history)
		if err != nil {
			return nil, err
		}
		after := slices.Clone(history)
		for _, event := range events {
			after = append(after, domain.Fact{Event: event})
		}
		more, err := second(after)
		return append(events, more...), err
	}
}

// Order gives the decision that adds a phone and assigns it at once; ordered again
// by the same command, it stands as it is.
func Order(add Add, assign Assign) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.ID == add.ID && s.Company == add.Company {
			return assign.Decide(history)
		}
		return then(add.Decide, assign.Decide)(history)
	}
}

// Return gives the decision that undoes an Order that was refused.
func Return(user, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || s.Confirmed || s.Taking != by {
			return nil, nil
		}
		return then(GiveBack(user, by, reason), Remove{Reason: reason}.Decide)(history)
	}
}

func missing() *domain.Fault {
	return domain.Faultf(domain.Missing, "no-device", "there is no such phone")
}
