package company

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/policy"
)

// Licences is one line of an order.
type Licences struct {
	Kind       string
	Count      int
	BoundUntil *time.Time
}

// Create is the command that makes a company with everything the order names.
type Create struct {
	ID, Name, Language, Country string
	Policy                      policy.Policy
	Blocks                      []Block
	Licences                    []Licences
	MainUser                    string // id of the user who is ordered with it, "" for none
}

// OpenSite is the command that adds a location.
type OpenSite struct{ ID, Name, Country, TimeZone string }

var (
	country     = regexp.MustCompile(`^[A-Z]{2}$`)
	licenceKind = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	timeZone    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
)

// Languages are the languages there are texts in.
var Languages = []string{"en", "de", "el", "sv", "it"}

// KnownLanguage tells whether there are texts in a language.
func KnownLanguage(language string) bool {
	return slices.Contains(Languages, language)
}

// NeedLanguage notes a language that there are no texts in.
func NeedLanguage(c *domain.Check, pointer, language string) {
	last := len(Languages) - 1
	c.Need(KnownLanguage(language), pointer, "unknown", "is %s or %s, not %q", strings.Join(Languages[:last], ", "), Languages[last], language)
}

// Check tells what is wrong with the order, field by field.
func (in Create) Check() error {
	var c domain.Check
	checkName(&c, in.Name)
	NeedLanguage(&c, "/language", in.Language)
	c.Need(country.MatchString(in.Country), "/country", "form", "is a two-letter code (ISO 3166-1) such as DE, not %q", in.Country)
	checkBlocks(&c, in.Blocks)
	checkLicences(&c, in.Licences)
	return c.Err()
}

func checkName(c *domain.Check, name string) {
	length := utf8.RuneCountInString(name)
	c.Need(strings.TrimSpace(name) != "" && length <= 100, "/name", "length", "needs 1 to 100 characters")
	c.Need(utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl), "/name", "form", "must not hold control characters")
}

// Decide makes the company.
func (in Create) Decide(history []domain.Fact) ([]domain.Event, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	switch {
	case Fold(history).Exists():
		return nil, domain.Faultf(domain.Conflict, "company-exists", "the company exists already")
	case len(history) > 0:
		return nil, tooSlow()
	}
	events := []domain.Event{
		Created{ID: in.ID, Name: in.Name, Language: in.Language, Country: in.Country},
		PolicyAdopted{Policy: in.Policy},
	}
	for _, b := range in.Blocks {
		events = append(events, connecting(b, in.Policy)...)
	}
	if len(in.Blocks) > 0 {
		events = append(events, MainNumberSet{Number: in.Blocks[0].From})
	}
	for _, l := range in.Licences {
		events = append(events, LicencesOrdered(l))
	}
	if in.MainUser != "" {
		events = append(events, MainUserSet{User: in.MainUser})
	}
	return events, nil
}

// Decide opens the site.
func (in OpenSite) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var c domain.Check
	checkName(&c, in.Name)
	c.Need(in.Country == "" || country.MatchString(in.Country), "/country", "form", "is a two-letter code (ISO 3166-1) such as DE, not %q", in.Country)
	c.Need(in.TimeZone == "" || timeZone.MatchString(in.TimeZone), "/timeZone", "form", "is an IANA name such as Europe/Berlin, not %q", in.TimeZone)
	if err := c.Err(); err != nil {
		return nil, err
	}
	for _, site := range s.Sites {
		if site.Name == in.Name {
			return nil, domain.Faultf(domain.Conflict, "site-exists", "the company has a site named %q already", in.Name)
		}
	}
	opened := SiteOpened(in)
	if opened.Country == "" {
		opened.Country = s.Country
	}
	return []domain.Event{opened}, nil
}

// AbandonClaim is the sweep's command: it gives a claim up whose Deadline has
// passed without a fact of the company that names it, so that a slow order that
// still believed in it conflicts.
type AbandonClaim struct {
	Claim    string
	Deadline time.Time
}

// Decide writes the note unless the company names the number or the seat by now.
func (in AbandonClaim) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if slices.ContainsFunc(s.Returned, func(seat Seat) bool { return SeatStream(s.ID, seat) == in.Claim }) {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the company gave the licence back")
	}
	if s.Owns(domain.E164(strings.TrimPrefix(in.Claim, number.Stream("")))) {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the company names the number")
	}
	if s.Abandoned.Since(in.Claim, in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: in.Claim}}, nil
}
