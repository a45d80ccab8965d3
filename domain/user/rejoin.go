package user

import (
	"slices"

	"dialtone/domain"
)

// Missed is something that does not come back with a restored user, and why.
type Missed struct {
	What string `json:"what"` // one of the things below; in the facts of groups and SIMs the id
	ID   string `json:"id,omitempty"`
	Why  string `json:"why"` // a code
}

// What can be missed; of groups and SIMs the ID tells which.
const (
	MissedNumber    = "number"
	MissedExtension = "extension"
	MissedLicence   = "licence"
	MissedEmail     = "email"
	MissedUsername  = "username"
	MissedDevice    = "device"
	MissedSIM       = "sim"
	MissedGroup     = "group"
)

// misses tells whether something does not come back.
func misses(missed []Missed, what, id string) bool {
	return slices.ContainsFunc(missed, func(m Missed) bool { return m.What == what && m.ID == id })
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
