package device

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// State is a phone as its facts tell it.
type State struct {
	ID, Company         string
	Manufacturer, Model string
	Marks               Marks
	Claim               string   // on the marks
	Loose               []string // claims that are to be released
	Abandoned           claim.Abandoned
	Gone                bool
	AddedAt, RemovedAt  time.Time

	User      string // "" when it is no user's
	Taking    string // the command it was assigned for
	Deadline  time.Time
	Confirmed bool // the user's stream names it
	Since     time.Time

	Generation int                  // of its address, 0 for none yet
	Fetched    ConfigurationFetched // the last one that was written down
	FetchedAt  time.Time
}

// Exists tells whether the phone is a company's.
func (s State) Exists() bool { return s.ID != "" && !s.Gone }

// Fold gives the phone as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Evolve applies one fact. It cannot fail, and it never changes what the given
// state points to.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Added:
		s = State{
			ID: e.ID, Company: e.Company, Manufacturer: e.Manufacturer, Model: e.Model, Claim: e.Claim,
			Abandoned: s.Abandoned, Loose: s.Loose, Generation: s.Generation, AddedAt: f.At,
		}
		if e.Personal != nil {
			s.Marks = *e.Personal
		}
	case Assigned:
		s.User, s.Taking, s.Deadline, s.Confirmed, s.Since = e.User, e.Taking, e.Deadline, false, f.At
	case Confirmed:
		s.Confirmed = true
	case Released:
		s.User, s.Taking, s.Confirmed, s.Since = "", "", false, time.Time{}
	case AddressIssued:
		s.Generation = e.Generation
	case ConfigurationFetched:
		s.Fetched, s.FetchedAt = e, f.At
	case Removed:
		s.Loose = append(slices.Clone(s.Loose), s.Claim)
		s.Claim, s.Marks, s.Gone, s.RemovedAt = "", Marks{}, true, f.At
	case ClaimAbandoned:
		s.Abandoned = s.Abandoned.With(e.Claim, f.At)
	case ClaimsReleased:
		s.Loose = slices.DeleteFunc(slices.Clone(s.Loose), func(claim string) bool { return slices.Contains(e.Claims, claim) })
	}
	return s
}
