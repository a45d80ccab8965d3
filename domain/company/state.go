package company

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
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
	MainFax                     domain.E164
	MainUser                    string         // id of who speaks for the company, "" for nobody
	Attendant                   string         // id of who is rung for the company, "" for nobody
	TimeZone                    string         // IANA name, "" for the usual one of the country
	Licences                    map[string]int // kind to count of those ordered, which numbers their seats
	LicenceOrders               []LicenceOrder // in the order in which they were given
	Returned                    []Seat         // licences that went back to the operator
	Returns                     []LicenceReturn
	Sites                       []Site
	Connections                 []Connection    // what the operator's network was asked for
	Setup                       map[string]Mark // by the steps that were done or skipped
	Abandoned                   claim.Abandoned // claims that were given up, and when
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
	case NumbersBought:
		s.Blocks = append(slices.Clip(s.Blocks), Block(e))
	case NumbersReturned:
		s.Blocks = without(s.Blocks, Block(e))
	case MainNumberSet:
		s.MainNumber = e.Number
	case MainFaxSet:
		s.MainFax = e.Number
	case MainUserSet:
		s.MainUser = e.User
	case Renamed:
		s.Name = e.Name
	case LicencesOrdered, LicenceReturnOrdered, LicenceReturned, LicenceReturnFailed:
		return licences(s, f)
	case SiteOpened:
		s.Sites = append(slices.Clip(s.Sites), Site(e))
	case ClaimAbandoned:
		s.Abandoned = s.Abandoned.With(e.Claim, f.At)
	default:
		return setUp(connections(s, f), f)
	}
	return s
}

// Fold gives the company as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }
