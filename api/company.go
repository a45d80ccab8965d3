package api

import (
	"maps"
	"slices"

	"dialtone/domain/company"
)

// shownCompany gives a company as programs see it.
func shownCompany(s company.State, revision uint64) Company {
	c := Company{
		ID: s.ID, Name: s.Name, Policy: s.Policy.Name, PolicyVersion: s.Policy.Version, Language: s.Language, Country: s.Country,
		MainNumber: string(s.MainNumber), Numbers: []Block{}, Licences: []Ordered{}, Sites: []Site{}, Revision: revision,
	}
	for _, b := range s.Blocks {
		c.Numbers = append(c.Numbers, Block{From: string(b.From), To: string(b.To)})
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Licences)) {
		c.Licences = append(c.Licences, Ordered{Kind: kind, Count: s.Licences[kind]})
	}
	for _, site := range s.Sites {
		c.Sites = append(c.Sites, Site(site))
	}
	return c
}
