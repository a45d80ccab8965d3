package api

import (
	"time"

	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/projections"
)

// SIM is a SIM card or eSIM of a company.
type SIM struct {
	ID         string      `json:"id"`
	Company    string      `json:"company"`
	User       string      `json:"user,omitempty" doc:"Whose it is; nobody's where it is missing"`
	Kind       string      `json:"kind" enum:"voice,data,esim"`
	State      string      `json:"state" enum:"ordered,dispatched,free,planned,activating,active,blocked,failed,cancelled,ended"`
	IMSI       string      `json:"imsi,omitempty" doc:"The support and lists are shown the last four digits"`
	ICCID      string      `json:"iccid,omitempty"`
	ActivateAt *time.Time  `json:"activateAt,omitempty" doc:"When it is or was to be activated"`
	Automatic  bool        `json:"automatic,omitempty" doc:"Ordered since the user's licence has a SIM card"`
	Replaces   string      `json:"replaces,omitempty" doc:"Id of the SIM that ends when this one is active"`
	ReplacedBy string      `json:"replacedBy,omitempty" doc:"Id of the SIM that is active in its place"`
	Instead    string      `json:"instead,omitempty" doc:"Id of the SIM for which the dispatch was to be cancelled"`
	Trouble    *SIMTrouble `json:"trouble,omitempty" doc:"Why the vendor has not done yet what is due"`
	CodeShown  bool        `json:"codeShown,omitempty" doc:"The code of the eSIM was shown to its user"`
	Since      time.Time   `json:"since" doc:"Since when it is in this state"`
	CreatedAt  time.Time   `json:"createdAt"`
	Revision   uint64      `json:"revision"`
}

// SIMTrouble is why the vendor has not done something.
type SIMTrouble struct {
	Task        string     `json:"task" example:"activate"`
	Attempts    int        `json:"attempts"`
	Cause       string     `json:"cause"`
	Responsible string     `json:"responsible"`
	Code        string     `json:"code,omitempty"`
	Text        string     `json:"text,omitempty"`
	NextTry     *time.Time `json:"nextTry,omitempty" doc:"Missing where the vendor refuses it for good"`
}

// ShownSIM gives a SIM as it stands at a moment.
func ShownSIM(s sim.State, revision uint64, at time.Time) SIM {
	return SIM{
		ID: s.ID, Company: s.Company, User: s.User, Kind: s.Kind, State: string(s.ShownAt(at)), IMSI: s.Card.IMSI, ICCID: s.Card.ICCID,
		ActivateAt: utc(s.ActivateAt), Automatic: s.Automatic, Replaces: s.Replaces, ReplacedBy: s.ReplacedBy, Instead: s.Instead,
		Trouble: shownTrouble(s.Work), CodeShown: s.CodeShown, Since: s.Since.UTC(), CreatedAt: s.CreatedAt.UTC(), Revision: revision,
	}
}

func shownTrouble(w sim.Work) *SIMTrouble {
	if w.Trouble == nil {
		return nil
	}
	t := w.Trouble
	return &SIMTrouble{
		Task: string(w.Task), Attempts: w.Attempts, Cause: t.Cause, Responsible: t.Responsible, Code: t.Code, Text: t.Text, NextTry: utc(t.NextTry),
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return momentOf(*t)
}

// listedSIM gives a SIM as lists show it, with the ends of its numbers.
func listedSIM(r projections.SIMRow) SIM {
	return SIM{
		ID: r.ID, Company: r.Company, User: r.User, Kind: r.Kind, State: r.State, IMSI: sim.Tail(r.IMSI), ICCID: sim.Tail(r.ICCID),
		ActivateAt: utc(r.ActivateAt), Since: r.Since.UTC(), CreatedAt: r.CreatedAt.UTC(), Revision: r.Revision,
	}
}

// HeldSIM is a SIM that a user has.
type HeldSIM struct {
	ID        string `json:"id"`
	Kind      string `json:"kind" enum:"voice,data,esim"`
	Automatic bool   `json:"automatic,omitempty" doc:"Ordered since the licence has a SIM card"`
	Replaces  string `json:"replaces,omitempty" doc:"Id of the SIM that ends once this one is active"`
}

func heldSIMs(held []user.SIM) []HeldSIM {
	shown := make([]HeldSIM, 0, len(held))
	for _, s := range held {
		shown = append(shown, HeldSIM(s))
	}
	return shown
}
