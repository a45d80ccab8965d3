package group

import (
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// Join is the command that makes a user a member, or gives a member another
// place. Whether the user can ring is not asked: whoever is not active is a
// member who is passed by until then (X1). Place counts from 1; 0 is behind the
// others, or where the member is.
type Join struct {
	Member  user.State
	Company company.State
	Place   int
}

// Decide adds or moves the member. Adding a user to groups is no change of the
// user, so nobody has to wait for the activation (1.8).
func (in Join) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case !in.Member.Exists() || in.Member.Company != s.Company:
		return nil, domain.Faultf(domain.Missing, "no-user", "there is no such user in the company")
	}
	most := in.Company.Policy.MostMembers()
	var c domain.Check
	c.Need(in.Place >= 0 && in.Place <= most, "/place", "out-of-range", "is between 1 and %d", most)
	if err := c.Err(); err != nil {
		return nil, err
	}
	place := s.Place(in.Member.ID)
	switch {
	case place > 0:
		wanted := min(in.Place, len(s.Members))
		if wanted == 0 || wanted == place {
			return nil, nil
		}
		return []domain.Event{MemberMoved{User: in.Member.ID, Place: wanted}}, nil
	case len(s.Members) >= most:
		return nil, domain.Faultf(domain.Refused, "group-full", "a group has at most %d members", most)
	}
	last := len(s.Members) + 1
	if in.Place == 0 {
		return []domain.Event{MemberAdded{User: in.Member.ID, Place: last}}, nil
	}
	return []domain.Event{MemberAdded{User: in.Member.ID, Place: min(in.Place, last)}}, nil
}

// Leave is the command that ends a membership. Why stands in its cause.
type Leave struct{ User string }

// Decide removes the member, and writes down what the membership was. Of a group
// that is deleted nobody is a member.
func (in Leave) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.ID == "" {
		return nil, missing()
	}
	m, is := s.Member(in.User)
	if !is || s.Gone {
		return nil, nil
	}
	return []domain.Event{MemberRemoved{User: in.User, Place: s.Place(in.User), LoggedOut: m.LoggedOut}}, nil
}

// Log is the command that lets the group's calls come to a member (In), or pass
// the member by.
type Log struct {
	User string
	In   bool
}

// Decide logs the member in or out.
func (in Log) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	m, is := s.Member(in.User)
	switch {
	case !is:
		return nil, domain.Faultf(domain.Missing, "no-member", "the user is no member of the group")
	case !s.Kind.Rings():
		return nil, domain.Faultf(domain.Refused, "no-login", "calls do not ring the members of a %s group, so nobody logs in or out", string(s.Kind))
	case m.LoggedOut != in.In:
		return nil, nil
	case in.In:
		return []domain.Event{MemberLoggedIn{User: in.User}}, nil
	}
	return []domain.Event{MemberLoggedOut{User: in.User}}, nil
}
