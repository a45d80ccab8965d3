package pages

import (
	"slices"

	"dialtone/projections"
)

// Order is one step of the order of a user, with what was typed in the others.
type Order struct {
	Company, CompanyName string
	Command              string
	Step                 string
	Steps                []string
	Fields               []Field
	AddOns               []AddOn
	AddOnFaults          []string
	Kept                 []Option // names and values of the other steps' fields
	Review               *OrderReview
}

// AddOn is a service that can be ordered with the user, with what it needs.
type AddOn struct {
	Field, Name     string
	Licences, Needs string
	Chosen          bool
}

// OrderReview tells what an order takes, orders and sends, and what is missing.
type OrderReview struct {
	Name, Email, Mobile string

	Takes   []Taken
	Orders  []Option // what, and its value
	Mails   []Mailed
	Missing []Missing
}

// Taken is something that becomes the user's.
type Taken struct {
	What, Value, Note string
	Left, Of          *int // of a licence, nil where nobody counts
}

// Mailed is a message that follows from an order.
type Mailed struct {
	Purpose, Channel, To string
	AtOnce               bool
}

// Missing is why an order would be refused, and the step that can mend it.
type Missing struct {
	Step string
	Why  []string
}

// beside gives the step before (-1) or behind (+1), "" at the ends.
func (o Order) beside(by int) string {
	at := slices.Index(o.Steps, o.Step) + by
	if at < 0 || at >= len(o.Steps) {
		return ""
	}
	return o.Steps[at]
}

func (t Taken) words(f Frame) string {
	said := f.Say("order.takes."+t.What, "Value", t.Value)
	if t.Left != nil && t.Of != nil {
		said += " " + f.Say("order.left", "Left", count(*t.Left), "All", count(*t.Of))
	}
	if t.Note != "" {
		said += " (" + f.Say("order.usual-taken") + ")"
	}
	return said
}

func (m Mailed) words(f Frame) string {
	if m.Channel == "hand" {
		return f.Say("order.by-hand")
	}
	said := f.Say("order.mailed", "Purpose", f.First(m.Purpose, "purpose."+m.Purpose), "Medium", f.First(m.Channel, "medium."+m.Channel), "To", m.To)
	if m.AtOnce {
		return said + " · " + f.Say("order.at-once")
	}
	return said + " · " + f.Say("order.later")
}

// needs words what an add-on needs, "" for nothing.
func (a AddOn) needs(f Frame) (said string) {
	if a.Licences != "" {
		said = f.Say("order.add-on-licence", "Licences", a.Licences)
	}
	if a.Needs != "" {
		said += " " + f.Say("order.add-on-needs", "Names", a.Needs)
	}
	return said
}

// NumberChoice words a number that can be ordered.
func NumberChoice(f Frame, row projections.NumberRow) string {
	said := row.Number + " · " + numberState(f, row.State)
	if row.Reason != "" {
		said += ": " + row.Reason
	}
	if row.Kind == "mobile" {
		said += " · " + f.Say("numbers.kinds.mobile")
	}
	return said
}

func numberState(f Frame, state string) string { return f.First(state, "numbers.states."+state) }
