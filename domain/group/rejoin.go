package group

import (
	"slices"

	"dialtone/domain"
)

// Rejoin is the command that makes a restored user a member again, at the place
// that was the user's and logged out who was. Reason is that of the fact that
// took the user out; who was taken out for another one stays out.
type Rejoin struct {
	User, Reason string
	Most         int // how many members a group can have
}

// Decide brings the member back once, where the group is there and has room.
func (in Rejoin) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Place(in.User) > 0 || len(s.Members) >= in.Most {
		return nil, nil
	}
	for _, fact := range slices.Backward(history) {
		was, is := fact.Event.(MemberRemoved)
		if !is || was.User != in.User {
			continue
		}
		if fact.Reason != in.Reason {
			return nil, nil
		}
		events := []domain.Event{MemberAdded{User: in.User, Place: min(was.Place, len(s.Members)+1)}}
		if was.LoggedOut {
			events = append(events, MemberLoggedOut{User: in.User})
		}
		return events, nil
	}
	return nil, nil
}

// Misses tells why the user is no member of a group behind the command, "" for
// who is one.
func (in Rejoin) Misses(s State) string {
	switch {
	case !s.Exists():
		return "group-deleted"
	case s.Place(in.User) > 0:
		return ""
	case len(s.Members) >= in.Most:
		return "group-full"
	}
	return "left-before"
}

// Refuses tells ahead why the user would be no member of a group behind the
// command, "" for who would be one and for who had left it before the deletion.
func (in Rejoin) Refuses(s State) string {
	if why := in.Misses(s); why != "left-before" {
		return why
	}
	return ""
}
