package group

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Member is a user who belongs to the group.
type Member struct {
	User      string
	LoggedOut bool      // the group's calls pass the member by
	Since     time.Time // when the user became a member
	Changed   time.Time // when the member last logged in or out; zero for never
}

// State is a group as its facts tell it.
type State struct {
	ID, Company, Name, Site, Extension, Strategy string
	Kind                                         Kind
	Members                                      []Member // in their order
	Claim                                        string   // on the extension
	Loose                                        []string // claims that are to be released
	Abandoned                                    claim.Abandoned
	Gone                                         bool
	CreatedAt, DeletedAt                         time.Time
}

// Exists tells whether the group was made and is not deleted.
func (s State) Exists() bool { return s.ID != "" && !s.Gone }

// Place tells at which place a user stands, from 1; 0 for who is no member.
func (s State) Place(user string) int {
	return 1 + slices.IndexFunc(s.Members, func(m Member) bool { return m.User == user })
}

// Member finds a member.
func (s State) Member(user string) (Member, bool) {
	if place := s.Place(user); place > 0 {
		return s.Members[place-1], true
	}
	return Member{}, false
}

// Fold gives the group as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Evolve applies one fact. It cannot fail, and it never changes what the given
// state points to.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Created:
		abandoned := s.Abandoned
		return State{
			ID: e.ID, Company: e.Company, Kind: e.Kind, Name: e.Name, Site: e.Site, Extension: e.Extension,
			Strategy: e.Strategy, Claim: e.Claim, Abandoned: abandoned, CreatedAt: f.At,
		}
	case Changed:
		set(&s.Name, e.Name)
		set(&s.Site, e.Site)
		set(&s.Strategy, e.Strategy)
	case ExtensionChanged:
		s = s.loosened(s.Claim)
		s.Extension, s.Claim = e.Extension, e.Claim
	case Deleted:
		s = s.loosened(s.Claim)
		s.Claim, s.Gone, s.DeletedAt = "", true, f.At
	case ClaimAbandoned:
		s.Abandoned = s.Abandoned.With(e.Claim, f.At)
	case ClaimsReleased:
		s.Loose = slices.DeleteFunc(slices.Clone(s.Loose), func(claim string) bool { return slices.Contains(e.Claims, claim) })
	default:
		return members(s, f)
	}
	return s
}

// members applies the facts of members.
func members(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case MemberAdded:
		s.Members = placed(s.Members, Member{User: e.User, Since: f.At}, e.Place)
	case MemberMoved:
		if m, ok := s.Member(e.User); ok {
			s.Members = placed(without(s.Members, e.User), m, e.Place)
		}
	case MemberRemoved:
		s.Members = without(s.Members, e.User)
	case MemberLoggedIn:
		return s.logged(e.User, false, f.At)
	case MemberLoggedOut:
		return s.logged(e.User, true, f.At)
	}
	return s
}

func placed(members []Member, m Member, place int) []Member {
	at := max(0, min(place-1, len(members)))
	return slices.Insert(slices.Clone(members), at, m)
}

func without(members []Member, user string) []Member {
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.User == user })
}

func (s State) logged(user string, out bool, at time.Time) State {
	s.Members = slices.Clone(s.Members)
	if place := s.Place(user); place > 0 {
		m := &s.Members[place-1]
		m.LoggedOut, m.Changed = out, at
	}
	return s
}

func (s State) loosened(claim string) State {
	if claim != "" {
		s.Loose = append(slices.Clone(s.Loose), claim)
	}
	return s
}

func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}
