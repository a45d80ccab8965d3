package pages

import (
	"net/url"
	"time"

	"dialtone/projections"
)

// Numbers is a page of the list of a company's numbers, with the filter that made
// it and the form that buys some.
type Numbers struct {
	Company, CompanyName string
	Rows                 []NumberLine
	State, Kind, Query   string
	Next                 string // cursor of the page behind
	First                bool
	Fields               []Field
	Command              string
}

// NumberLine is a number with the name of its user.
type NumberLine struct {
	projections.NumberRow
	Owner Option
}

// Number is one number: how it stands, the forms for what can be done with it, and
// whose it was.
type Number struct {
	Number, State, Kind, Country string
	Forward, Reason              string
	ReservedUntil, RestsUntil    *time.Time
	Company, User                Option
	Forms                        []NumberForm
	Mobile                       bool   // no user has it, and calls to it cannot be forwarded
	Zone                         string // in which days are meant
	Day                          string // that was asked for, "" for all times
	Begin, End                   time.Time
	Owned                        []OwnedTime
}

// NumberForm is one of the forms of a number's page.
type NumberForm struct {
	Path, Title, Hint string
	Command           string
	To                string // of a release: company or pool
	Fields            []Field
}

// OwnedTime is a time in which a number was the same company's and user's.
type OwnedTime struct {
	From          time.Time
	Until         *time.Time // nil while it lasts
	Company, User Option
	State         string
	Facts         []OwnedFact
}

// OwnedFact is a fact about whose a number was.
type OwnedFact struct {
	At       time.Time
	Said, By string
}

// numberStates are the states the list can be narrowed to; "" is all.
var numberStates = []string{"", "free", "reserved", "forwarded", "assigned", "held", "resting", "inactive"}

// On tells whether a time touches the day that was asked for.
func (n Number) On(from time.Time, until *time.Time) bool {
	return n.Day == "" || from.Before(n.End) && (until == nil || until.After(n.Begin))
}

// address gives the list's path with another state or cursor.
func (n Numbers) address(state, cursor string) string {
	query := url.Values{}
	for name, value := range map[string]string{"state": state, "kind": n.Kind, "q": n.Query, "cursor": cursor} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return withQuery(companyPath(n.Company, "/numbers"), query)
}

func (n Numbers) filtered() bool { return n.State != "" || n.Kind != "" || n.Query != "" }

// told is what is known of a number beside its state.
func (n NumberLine) told(f Frame) string {
	switch {
	case n.Forward != "":
		return f.Say("numbers.goes-to", "To", n.Forward)
	case n.RestsUntil != nil && n.State == "resting":
		return f.Say("numbers.until-day", "Day", n.RestsUntil.UTC().Format(time.DateOnly))
	case n.State != "reserved":
		return ""
	case n.ReservedUntil != nil:
		return n.Reason + " · " + f.Say("numbers.until-day", "Day", n.ReservedUntil.UTC().Format(time.DateOnly))
	}
	return n.Reason
}

func numberPath(n string) string { return "/numbers/" + n }

func dayOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.DateOnly)
}

func numberStateLabel(f Frame, state string) string {
	if state == "" {
		return f.Say("numbers.any")
	}
	return numberState(f, state)
}

func kindOfNumber(f Frame, kind string) string {
	if kind == "" {
		kind = "fixed"
	}
	return f.Say("numbers.kinds." + kind)
}
