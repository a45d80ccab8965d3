package pages

import (
	"strings"
	"time"

	"dialtone/projections"
)

// Underway is an activation that is not at its end, with how long the step it
// stands at has stood so; 0 where that is not known.
type Underway struct {
	projections.StuckRow
	Age time.Duration
}

// name is what the user is called, else the number.
func (s Underway) name() string {
	if name := strings.TrimSpace(s.FirstName + " " + s.LastName); name != "" {
		return name
	}
	if s.Number != "" {
		return s.Number
	}
	return s.User
}

// cause words why the step stands, and who must act.
func (s Underway) cause(f Frame) string {
	if s.Cause == "" {
		return ""
	}
	said := f.First(s.Cause, "cause."+s.Cause)
	if s.Responsible != "" {
		said += " · " + who(f, s.Responsible)
	}
	return said
}

// age words how long the step has stood, in the largest whole unit.
func (s Underway) age(f Frame) string {
	switch hours := int(s.Age.Hours()); {
	case s.Age <= 0:
		return ""
	case hours >= 48:
		return f.Say("underway.days", "Count", hours/24)
	case hours >= 1:
		return f.Say("underway.hours", "Count", hours)
	}
	return f.Say("underway.minutes", "Count", int(s.Age.Minutes()))
}
