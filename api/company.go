package api

import (
	"maps"
	"slices"

	"dialtone/domain/company"
)

// shownCompany gives a company as programs see it.
func shownCompany(s company.State, revision uint64) Company {
	c := Company{
		ID: s.ID, Name: s.Name, Policy: s.Policy.Name, PolicyVersion: s.Policy.Version, Strict: s.Policy.Strict, Language: s.Language, Country: s.Country,
		TimeZone: s.ZoneAt(""), MainNumber: string(s.MainNumber), MainFax: string(s.MainFax), MainUser: s.MainUser, Attendant: s.Attendant,
		Numbers: []Block{}, Licences: []Ordered{}, Sites: []Site{}, Revision: revision,
	}
	for _, b := range s.Blocks {
		c.Numbers = append(c.Numbers, shownBlock(s, b))
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Licences)) {
		c.Licences = append(c.Licences, Ordered{Kind: kind, Count: s.LicencesOf(kind)})
	}
	for _, site := range s.Sites {
		c.Sites = append(c.Sites, Site(site))
	}
	return c
}

// shownBlock gives a block with where its connection stands; one that the
// network was not asked for is in service with its order.
func shownBlock(s company.State, b company.Block) Block {
	shown := Block{From: string(b.From), To: string(b.To), State: string(company.Connected)}
	connection, ordered := s.Connection(b.From)
	if !ordered {
		return shown
	}
	shown.State, shown.Attempts = string(connection.State), connection.Attempts
	if t := connection.Trouble; t != nil {
		shown.Cause, shown.Responsible, shown.Code, shown.Text, shown.NextTry = t.Cause, t.Responsible, t.Code, t.Text, t.NextTry
	}
	return shown
}
