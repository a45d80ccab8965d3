package user

import "dialtone/domain"

// Missed is something that does not come back with a restored user, and why.
type Missed struct {
	What string `json:"what"` // number, extension or licence; of groups the id
	Why  string `json:"why"`  // a code
}

// GroupsRejoined says that a restored user is a member of these groups again, at
// the places of before, and of which not and why.
type GroupsRejoined struct {
	Groups []string `json:"groups"`
	Missed []Missed `json:"missed,omitempty"`
}

// Type is the wire name.
func (GroupsRejoined) Type() string { return "user.groups-rejoined.v1" }

// NoteGroupsRejoined is the workflow's command that records which groups a
// restored user is back in.
type NoteGroupsRejoined struct {
	Groups []string
	Missed []Missed
}

// Decide notes it once; who was deleted again meanwhile has left them again.
func (in NoteGroupsRejoined) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); !s.Exists() || len(s.Rejoins) == 0 {
		return nil, nil
	}
	return []domain.Event{GroupsRejoined(in)}, nil
}
