package user

import (
	"time"

	"dialtone/domain"
)

// PurposeGroupLeft is the purpose of the letter that tells members of groups
// that a colleague is none any more.
const PurposeGroupLeft = "group-left"

// LeftAsDeleted is the reason in the fact that takes a deleted user out of a group.
const LeftAsDeleted = "user deleted"

// Departure is who is no member any more, and of which groups, by their ids:
// what is personal stays with the user who left.
type Departure struct {
	User   string   `json:"user"`
	Groups []string `json:"groups"`
}

// GroupsFound says which groups the user who is deleted is to be taken out of. It
// is written before any of them is left, so that whoever goes on after a crash
// knows all of them.
type GroupsFound struct {
	Groups []string `json:"groups"`
}

// GroupsLeft says that the user who is deleted was taken out of all groups, and
// out of which.
type GroupsLeft struct {
	Groups []string `json:"groups"`
}

// Type is the wire name.
func (GroupsFound) Type() string { return "user.groups-found.v1" }

// Type is the wire name.
func (GroupsLeft) Type() string { return "user.groups-left.v1" }

// farewell says what is left to be done for a user who is deleted and has
// nothing of his own any more.
func (s State) farewell(now time.Time) Duty {
	switch {
	case s.Leaving:
		return Duty{Task: LeaveGroups}
	case s.GivesUp != "":
		return Duty{Task: GiveUpLicence}
	}
	return s.erasureDuty(now)
}

// Deletion finds the fact by which a user is deleted.
func Deletion(history []domain.Fact) (fact domain.Fact, deleted bool) {
	for _, f := range history {
		switch f.Event.(type) {
		case Deleted:
			fact, deleted = f, true
		case Restored:
			fact, deleted = domain.Fact{}, false
		}
	}
	return fact, deleted
}

// FindGroups is the workflow's command that records the groups of a deleted user.
type FindGroups struct{ Groups []string }

// Decide records them once; who was a member of none has left all of them.
func (in FindGroups) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Leaving || len(s.Leaves) > 0 {
		return nil, nil
	}
	groups := union(in.Groups, s.Left) // who was just to rejoin some may be in them by now
	if len(groups) == 0 {
		return []domain.Event{GroupsLeft{Groups: []string{}}}, nil
	}
	return []domain.Event{GroupsFound{Groups: groups}}, nil
}

// NoteGroupsLeft is the workflow's command that records that a deleted user was
// taken out of all groups that were found.
type NoteGroupsLeft struct{}

// Decide notes it once; who was brought back meanwhile needs no note.
func (in NoteGroupsLeft) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Leaving || len(s.Leaves) == 0 {
		return nil, nil
	}
	return []domain.Event{GroupsLeft{Groups: s.Leaves}}, nil
}

// TellGroupLeft is the command of a deleted colleague's workflow that tells the
// user who left which of the user's groups. Deletion is the id of the fact.
type TellGroupLeft struct {
	Deletion string
	Left     Departure
}

// Decide asks for one letter for each deletion; who has no address is not told.
func (in TellGroupLeft) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Erased || s.Person.Email == "" {
		return nil, nil
	}
	id := domain.DeriveID("message", s.ID, PurposeGroupLeft, in.Deletion)
	for _, f := range history {
		if m, is := f.Event.(MessageRequested); is && m.ID == id {
			return nil, nil
		}
	}
	return []domain.Event{MessageRequested{ID: id, Purpose: PurposeGroupLeft, Channel: Mail, Left: &in.Left}}, nil
}
