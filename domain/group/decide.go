package group

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// longestName is how many characters a group's name may have.
const longestName = 60

// Create is the command that makes a group of a company. Claim is what was taken
// for the extension before, and At when that was.
type Create struct {
	ID              string
	Company         company.State
	Kind            Kind
	Name            string
	Site, Extension string
	Strategy        string // "" for the usual one of the kind
	Claim           string
	At              time.Time
}

// Check tells what is wrong with the command, field by field.
func (in Create) Check() error {
	var c domain.Check
	kinds := make([]string, 0, len(Kinds))
	for _, kind := range Kinds {
		kinds = append(kinds, string(kind))
	}
	c.Need(in.Kind.Known(), "/kind", "unknown", "is one of %s, not %q", strings.Join(kinds, ", "), string(in.Kind))
	checkName(&c, in.Name)
	checkSite(&c, in.Company, in.Site)
	user.CheckExtension(&c, in.Extension, in.Company.Policy.Extension)
	if in.Kind.Known() {
		checkStrategy(&c, in.Kind, in.Strategy)
	}
	return c.Err()
}

// Decide makes the group.
func (in Create) Decide(history []domain.Fact) ([]domain.Event, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	s := Fold(history)
	switch {
	case s.ID != "":
		return nil, domain.Faultf(domain.Conflict, "group-exists", "the group exists already")
	case s.Abandoned.Since(in.Claim, in.At):
		return nil, tooSlow()
	}
	strategy := in.Strategy
	if strategy == "" {
		strategy = in.Kind.usual()
	}
	return []domain.Event{Created{
		ID: in.ID, Company: in.Company.ID, Kind: in.Kind, Name: in.Name, Site: in.Site,
		Extension: in.Extension, Strategy: strategy, Claim: in.Claim,
	}}, nil
}

// Change is the command that changes a group; nil is unchanged.
type Change struct {
	Company   company.State
	Name      *string
	Site      *string // "" for none
	Strategy  *string
	Extension *string // "" for none
	Claim     string  // what was taken for another extension before, and At when that was
	At        time.Time
}

// Check tells what is wrong with the change of a group, before anything is
// claimed for it.
func (in Change) Check(s State) error {
	if !s.Exists() {
		return missing()
	}
	var c domain.Check
	if in.Name != nil {
		checkName(&c, *in.Name)
	}
	if in.Site != nil {
		checkSite(&c, in.Company, *in.Site)
	}
	if in.Strategy != nil {
		c.Need(*in.Strategy != "" || !s.Kind.Rings(), "/strategy", "missing", "is one of %s", strings.Join(strategies[s.Kind], ", "))
		checkStrategy(&c, s.Kind, *in.Strategy)
	}
	if in.Extension != nil {
		user.CheckExtension(&c, *in.Extension, in.Company.Policy.Extension)
	}
	return c.Err()
}

// Decide writes what is different.
func (in Change) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := in.Check(s); err != nil {
		return nil, err
	}
	var events []domain.Event
	changed := Changed{Name: anew(s.Name, in.Name), Site: anew(s.Site, in.Site), Strategy: anew(s.Strategy, in.Strategy)}
	if changed != (Changed{}) {
		events = append(events, changed)
	}
	if extension := anew(s.Extension, in.Extension); extension != nil {
		if s.Abandoned.Since(in.Claim, in.At) {
			return nil, tooSlow()
		}
		events = append(events, ExtensionChanged{Extension: *extension, Previous: s.Extension, Claim: in.Claim, Former: s.Claim})
	}
	return events, nil
}

// Delete is the command that ends a group. Its claim is released behind it.
type Delete struct{}

// Decide deletes the group.
func (in Delete) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case s.ID == "":
		return nil, missing()
	case s.Gone:
		return nil, nil
	}
	return []domain.Event{Deleted{Claim: s.Claim}}, nil
}

// anew gives a value that was sent and is another one.
func anew(is string, sent *string) *string {
	if sent == nil || *sent == is {
		return nil
	}
	return sent
}

func checkName(c *domain.Check, name string) {
	length := utf8.RuneCountInString(name)
	c.Need(strings.TrimSpace(name) != "" && length <= longestName, "/name", "length", "needs 1 to %d characters", longestName)
	c.Need(utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl), "/name", "form", "must not hold control characters")
}

func checkSite(c *domain.Check, firm company.State, site string) {
	_, known := firm.Site(site)
	c.Need(site == "" || known, "/site", "unknown", "is not a site of the company")
}

func checkStrategy(c *domain.Check, kind Kind, strategy string) {
	if !kind.Rings() {
		c.Need(strategy == "", "/strategy", "not-allowed", "a %s group has none", string(kind))
		return
	}
	c.Need(strategy == "" || slices.Contains(strategies[kind], strategy), "/strategy", "unknown", "is one of %s, not %q", strings.Join(strategies[kind], ", "), strategy)
}

func missing() *domain.Fault {
	return domain.Faultf(domain.Missing, "no-group", "there is no such group")
}

func tooSlow() *domain.Fault {
	return domain.Faultf(domain.Conflict, "claims-expired", "the order took too long and what it had claimed was given up; order again")
}
