package company

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Site is a location of the company.
type Site struct{ ID, Name, Country, TimeZone string }

// Block is a row of consecutive numbers, both ends included.
type Block struct{ From, To domain.E164 }

// State is a company as its facts tell it.
type State struct {
	ID, Name, Language, Country string
	Policy                      policy.Policy
	Blocks                      []Block
	MainNumber                  domain.E164
	Licences                    map[string]int // kind to count
	Sites                       []Site
	CreatedAt                   time.Time
}

// Exists tells whether there is such a company.
func (s State) Exists() bool { return s.ID != "" }

// Site finds a site by its id.
func (s State) Site(id string) (Site, bool) {
	for _, site := range s.Sites {
		if site.ID == id {
			return site, true
		}
	}
	return Site{}, false
}

// Owns tells whether a number lies in one of the company's blocks.
func (s State) Owns(n domain.E164) bool {
	for _, b := range s.Blocks {
		if b.Contains(n) {
			return true
		}
	}
	return false
}

// Evolve applies one fact.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Created:
		s.ID, s.Name, s.Language, s.Country = e.ID, e.Name, e.Language, e.Country
		s.CreatedAt = f.At
	case PolicyAdopted:
		s.Policy = e.Policy
	case NumbersConnected:
		s.Blocks = append(slices.Clip(s.Blocks), Block(e))
	case MainNumberSet:
		s.MainNumber = e.Number
	case LicencesOrdered:
		licences := map[string]int{e.Kind: s.Licences[e.Kind] + e.Count}
		for kind, count := range s.Licences {
			if kind != e.Kind {
				licences[kind] = count
			}
		}
		s.Licences = licences
	case SiteOpened:
		s.Sites = append(slices.Clip(s.Sites), Site(e))
	}
	return s
}

// Fold gives the company as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }
