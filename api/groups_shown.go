package api

import (
	"fmt"
	"strings"
	"time"

	"dialtone/domain/group"
	"dialtone/projections"
)

// Group is a group of users who are called together.
type Group struct {
	ID         string        `json:"id"`
	Company    string        `json:"company"`
	Kind       string        `json:"kind" enum:"hunt,pickup,park,queue"`
	Name       string        `json:"name"`
	Site       string        `json:"site,omitempty"`
	Extension  string        `json:"extension,omitempty"`
	Strategy   string        `json:"strategy,omitempty"`
	State      string        `json:"state" enum:"active,deleted"`
	Size       int           `json:"size" doc:"How many members there are"`
	Members    []GroupMember `json:"members,omitempty" doc:"In their order; not in lists"`
	CannotRing []string      `json:"cannotRing,omitempty" doc:"Ids of the members to whom no call comes for now; not in lists"`
	Summary    string        `json:"summary,omitempty" example:"2 of 5 cannot ring: pending since 2026-03-03 (link-open)" doc:"Where members cannot ring: how many, and why the first of them cannot"`
	Revision   uint64        `json:"revision"`
	Stale      bool          `json:"stale,omitempty" doc:"Facts wait that are not shown yet"`
}

// GroupMember is a member and whether calls come to the user. Membership and
// eligibility are apart: who is activated rings from then on.
type GroupMember struct {
	User        string     `json:"user"`
	Name        string     `json:"name,omitempty"`
	Extension   string     `json:"extension,omitempty"`
	Place       int        `json:"place"`
	Since       time.Time  `json:"since"`
	LoggedIn    *bool      `json:"loggedIn,omitempty" doc:"In hunt groups and queues: whether the group's calls come to the member"`
	CanRing     bool       `json:"canRing" doc:"Whether calls come to the user at all"`
	State       string     `json:"state"`
	StateSince  *time.Time `json:"stateSince,omitempty"`
	Step        string     `json:"step,omitempty" doc:"Step of the activation that is waited for"`
	Cause       string     `json:"cause,omitempty"`
	Responsible string     `json:"responsible,omitempty"`
}

func listedGroup(row projections.GroupRow) Group {
	state := "active"
	if row.Gone {
		state = "deleted"
	}
	return Group{
		ID: row.ID, Company: row.Company, Kind: row.Kind, Name: row.Name, Site: row.Site, Extension: row.Extension,
		Strategy: row.Strategy, State: state, Size: row.Members, Revision: row.Revision,
	}
}

// shownGroup shows a group with its members.
func shownGroup(row projections.GroupRow, members []projections.GroupMember) Group {
	shown, kind := listedGroup(row), group.Kind(row.Kind)
	var first *projections.GroupMember
	for i, m := range members {
		shown.Members = append(shown.Members, shownMember(kind, m))
		if !m.Silent {
			continue
		}
		shown.CannotRing = append(shown.CannotRing, m.User)
		if first == nil {
			first = &members[i]
		}
	}
	if first != nil {
		shown.Summary = fmt.Sprintf("%d of %d cannot ring: %s", len(shown.CannotRing), len(members), silence(*first))
	}
	return shown
}

func shownMember(kind group.Kind, m projections.GroupMember) GroupMember {
	shown := GroupMember{
		User: m.User, Name: strings.TrimSpace(m.Person.FirstName + " " + m.Person.LastName), Extension: m.Person.Extension,
		Place: m.Place, Since: m.Since.UTC(), CanRing: !m.Silent, State: string(m.Why.State),
		Step: m.Why.Step, Cause: m.Why.Cause, Responsible: m.Why.Responsible,
	}
	if !m.Silent {
		shown.State = m.Person.State
	}
	if !m.Why.Since.IsZero() {
		since := m.Why.Since.UTC()
		shown.StateSince = &since
	}
	if kind.Rings() {
		in := !m.LoggedOut
		shown.LoggedIn = &in
	}
	return shown
}

// silence says in English why a member cannot ring.
func silence(m projections.GroupMember) string {
	said := string(m.Why.State)
	if !m.Why.Since.IsZero() {
		said += " since " + m.Why.Since.UTC().Format(time.DateOnly)
	}
	switch {
	case m.Why.Cause != "":
		said += " (" + m.Why.Cause + ")"
	case m.Why.Step != "":
		said += " (" + m.Why.Step + ")"
	}
	return said
}
