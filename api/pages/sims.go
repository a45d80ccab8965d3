package pages

import (
	"net/url"
	"time"

	"dialtone/api/locales"
	"dialtone/domain/sim"
	"dialtone/projections"
)

// SIMs is a company's SIMs, with the form that orders cards for its stock.
type SIMs struct {
	Company, CompanyName string
	State, Query         string // what is shown, "" for all
	Rows                 []ListedSIM
	Next                 string // cursor of the page behind
	Stock                []Field
	Command              string
}

// ListedSIM is a SIM of a list, with who has it.
type ListedSIM struct {
	projections.SIMRow
	Holder string // name, "" for nobody
}

// UserSIMs is a user's SIMs, with the form that gives another one.
type UserSIMs struct {
	User, Name, Company, CompanyName string
	Cards                            []Card
	Give                             []Field
	Command                          string
	Why                              string // the user can have none; "" where that is not so
	NoTwin                           string // likewise, of twin cards for data
}

// Card is a SIM with what can be done about it.
type Card struct {
	ID, User, Name, Kind, State, IMSI, ICCID string
	ActivateAt                               *time.Time
	Since                                    time.Time
	Automatic                                bool
	Cause, Responsible                       string // of what does not go through
	NextTry                                  *time.Time
	Blocked, Swappable, Stuck                bool
	Swap                                     []Field
	History                                  Timeline
	Commands                                 struct{ Swap, Detach, Block, Unblock, Retry string }
}

// simStates are the states a list of SIMs can be narrowed to.
var simStates = []string{"ordered", "dispatched", "free", "planned", "activating", "active", "blocked", "failed", "cancelled", "ended"}

func simsPath(id, rest string) string { return userPath(id, "/sims"+rest) }

func simKind(f Frame, kind string) string { return f.First(kind, "sims.kinds."+kind) }

func simState(f Frame, state string) string { return f.First(state, "sims.states."+state) }

// name is what a card is called by: its IMSI, or what else is known of it.
func (c Card) name(f Frame) string {
	switch {
	case c.IMSI != "":
		return c.IMSI
	case c.ICCID != "":
		return c.ICCID
	}
	return f.Say("sims.nameless")
}

// details is what stands behind a card's number in the list.
func (c Card) details(f Frame) string {
	said := simState(f, c.State)
	if c.ActivateAt != nil && c.State == "planned" {
		said = f.Say("sims.planned-for", "When", locales.Stamp(*c.ActivateAt))
	}
	if c.Cause != "" {
		said += ": " + f.First(c.Cause, "cause."+c.Cause)
	}
	return said
}

// mayUnblock tells whether the reader is the operator, who alone lifts a block (2.8).
func (f Frame) mayUnblock() bool { return f.Role == "operator" }

// ordersStock tells whether the reader may order cards for a company's stock (2.11).
func (f Frame) ordersStock() bool { return f.Role == "operator" }

// name is what a listed SIM is called by: the end of its IMSI, or of what else is
// known of it.
func (r ListedSIM) name(f Frame) string {
	return Card{IMSI: sim.Tail(r.IMSI), ICCID: sim.Tail(r.ICCID)}.name(f)
}

// behind is the address of the page behind.
func (s SIMs) behind() string {
	return companyPath(s.Company, "/sims?") + url.Values{"state": {s.State}, "q": {s.Query}, "cursor": {s.Next}}.Encode()
}
