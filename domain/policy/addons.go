package policy

import (
	"regexp"
	"slices"
	"strings"

	"dialtone/domain"
)

// AddOn is a service that a user can have beside the licence (2.18, 2.20).
type AddOn struct {
	Name     string   `json:"name"`
	Licences []string `json:"licences,omitzero"` // kinds it needs one of, or their beginnings up to a hyphen; none: any user may have it
	Needs    []string `json:"needs,omitzero"`    // other add-ons that the user must have, too
}

// mostAddOns is how many add-ons a policy can list.
const mostAddOns = 50

var addOnForm = regexp.MustCompile(`^[a-z0-9][a-z0-9 ._-]{0,39}$`)

// AddOn gives the add-on of a name, and whether the policy lists it.
func (p Policy) AddOn(name string) (AddOn, bool) {
	at := slices.IndexFunc(p.AddOns, func(a AddOn) bool { return a.Name == name })
	if at < 0 {
		return AddOn{}, false
	}
	return p.AddOns[at], true
}

// For tells whether the holder of a licence may have the add-on.
func (a AddOn) For(licence string) bool { return kindAmong(a.Licences, licence) }

// kindAmong tells whether a licence is of one of some kinds, or of one that begins
// like them up to a hyphen; it is where there are none.
func kindAmong(kinds []string, licence string) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(kind string) bool {
		return licence == kind || strings.HasPrefix(licence, kind+"-")
	})
}

// CheckAddOns judges the add-ons of a user with a licence, naming what each one
// lacks. A policy without a list takes any.
func (p Policy) CheckAddOns(c *domain.Check, names []string, licence string) {
	if len(p.AddOns) == 0 {
		return
	}
	for _, name := range names {
		addOn, listed := p.AddOn(name)
		c.Need(listed, "/options", "unknown", "has no add-on %q; there are %s", name, p.addOnNames())
		c.Need(addOn.For(licence), "/options", "needs-licence", "%s needs a licence of kind %s, not %q", name, strings.Join(addOn.Licences, " or "), licence)
		for _, needed := range addOn.Needs {
			c.Need(slices.Contains(names, needed), "/options", "needs-add-on", "%s needs the add-on %s, too", name, needed)
		}
	}
}

func (p Policy) addOnNames() string {
	names := make([]string, 0, len(p.AddOns))
	for _, addOn := range p.AddOns {
		names = append(names, addOn.Name)
	}
	return strings.Join(names, ", ")
}

// checkAddOnList judges the list itself. What an add-on needs stands before it,
// so that nothing needs itself.
func (p Policy) checkAddOnList(c *domain.Check) {
	c.Need(len(p.AddOns) <= mostAddOns, "/addOns", "too-large", "has at most %d add-ons", mostAddOns)
	for i, addOn := range p.AddOns {
		before := Policy{AddOns: p.AddOns[:i]}
		_, twice := before.AddOn(addOn.Name)
		c.Need(!twice, "/addOns", "twice", "names %q twice", addOn.Name)
		c.Need(addOnForm.MatchString(addOn.Name), "/addOns", "form", "has lower-case names of at most 40 letters, digits and . - _, not %q", addOn.Name)
		for _, needed := range addOn.Needs {
			_, known := before.AddOn(needed)
			c.Need(known, "/addOns", "order", "lists %q before %q, which needs it", needed, addOn.Name)
		}
	}
	if p.SIMs.TwinOption != "" && len(p.AddOns) > 0 {
		_, known := p.AddOn(p.SIMs.TwinOption)
		c.Need(known, "/sims/twinOption", "unknown", "is one of the policy's add-ons")
	}
}
