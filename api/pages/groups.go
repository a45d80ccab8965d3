package pages

import (
	"strconv"

	"dialtone/api/locales"
	"dialtone/projections"
)

// Groups is a company's groups with the form for a new one.
type Groups struct {
	Company, CompanyName string
	Rows                 []projections.GroupRow
	Next                 string // cursor of the page behind
	Fields               []Field
	Command              string
}

// GroupView is one group with its members and the forms that change it.
type GroupView struct {
	projections.GroupRow
	CompanyName, SiteName string
	Members               []Seated
	Change, Join          []Field
	Commands              struct{ Change, Join, Delete string }
	Stale                 bool // facts wait that are not shown yet
}

// Seated is a member with the commands that the member's forms give.
type Seated struct {
	projections.GroupMember
	Log, Up, Remove string
}

// Belonging is a group that a user belongs to, with the command that logs in or out.
type Belonging struct {
	projections.Membership
	Command string
}

func groupPath(id, rest string) string { return "/groups/" + id + rest }

func (s Seated) name(f Frame) string { return NameOf(f, s.Person) }

// silentFor words why a member cannot ring, and since when; "" where calls come.
func silentFor(f Frame, m projections.GroupMember) string {
	if !m.Silent {
		return ""
	}
	said := f.Say("state." + string(m.Why.State))
	if !m.Why.Since.IsZero() {
		said = f.Say("groups.since", "State", said, "When", locales.Stamp(m.Why.Since))
	}
	switch {
	case m.Why.Cause != "":
		said += " (" + f.First(m.Why.Cause, "cause."+m.Why.Cause) + ")"
	case m.Why.Step != "":
		said += " (" + stepName(f, m.Why.Step) + ")"
	}
	return said
}

// warning tells how many members cannot ring, and of the first of them why; ""
// where all can.
func (g GroupView) warning(f Frame) string {
	silent, why := 0, ""
	for _, m := range g.Members {
		if !m.Silent {
			continue
		}
		if silent++; silent == 1 {
			why = silentFor(f, m.GroupMember)
		}
	}
	if silent == 0 {
		return ""
	}
	return f.Say("groups.cannot-ring", "Silent", strconv.Itoa(silent), "All", strconv.Itoa(len(g.Members)), "Why", why)
}

// rings tells whether members log in and out.
func rings(row projections.GroupRow) bool { return row.Strategy != "" }

func kindOf(f Frame, row projections.GroupRow) string {
	return f.First(row.Kind, "groups.kinds."+row.Kind)
}

func strategyOf(f Frame, row projections.GroupRow) string {
	if row.Strategy == "" {
		return ""
	}
	return f.First(row.Strategy, "groups.strategies."+row.Strategy)
}

func logged(f Frame, out bool) string {
	if out {
		return f.Say("groups.logged-out")
	}
	return f.Say("groups.logged-in")
}
