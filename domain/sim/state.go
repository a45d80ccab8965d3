package sim

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Stage is how far a SIM has come.
type Stage string

// The stages of a SIM.
const (
	Wanted    Stage = "wanted"    // the vendor has not taken the order yet
	Accepted  Stage = "accepted"  // the vendor has it and has not sent the card
	InHand    Stage = "in-hand"   // sent or there; it does not work yet
	Active    Stage = "active"    // it works for its user
	CalledOff Stage = "cancelled" // never sent
	Ended     Stage = "ended"     // another one is there in its place
)

// Work is what the vendor is asked for at present, and how that went last.
type Work struct {
	Task     Task
	Attempts int
	Trouble  *Trouble // nil before the first attempt
}

// State is a SIM as its facts tell it.
type State struct {
	ID, Company, Kind string
	User              string // whose it is, "" for nobody's
	Named             bool   // the user's stream names it
	Automatic         bool
	Card              Card
	Claims            []string
	Stage             Stage
	ActivateAt        *time.Time // when it is to be activated; nil: nobody has asked for it
	Replaces          string     // the SIM that ends when this one is active
	ReplacedBy        string
	CancelAsked       bool
	Instead           string // the SIM for which the order is cancelled
	Blocked           bool
	Blocking          bool     // the vendor is to block it
	Unblocking        bool     // the vendor is to lift the block
	Releasing         bool     // the vendor is to take it from a subscription
	Former            []string // users whose streams may still name it
	Profile           Profile
	CodeShown         bool
	Work              Work
	CheckAt           time.Time // when the vendor is asked about the order
	Round             int       // how often something else was begun at the vendor
	Abandoned         claim.Abandoned
	CreatedAt         time.Time
	Since             time.Time // when it became what it is shown as
}

// Exists tells whether there is such a SIM.
func (s State) Exists() bool { return s.ID != "" }

// Shown is a SIM's state for people and programs.
type Shown string

// The states that are shown.
const (
	ShownOrdered    Shown = "ordered"
	ShownDispatched Shown = "dispatched" // on its way to its user, or there
	ShownFree       Shown = "free"       // the company's, no user's
	ShownPlanned    Shown = "planned"    // to be activated on a date
	ShownActivating Shown = "activating"
	ShownActive     Shown = "active"
	ShownBlocked    Shown = "blocked"
	ShownFailed     Shown = "failed"
	ShownCancelled  Shown = "cancelled"
	ShownEnded      Shown = "ended"
)

// ShownAt is the state that is shown at a moment.
func (s State) ShownAt(now time.Time) Shown {
	switch {
	case s.Stage == CalledOff:
		return ShownCancelled
	case s.Stage == Ended:
		return ShownEnded
	case s.Blocked || s.Blocking:
		return ShownBlocked
	case s.broken():
		return ShownFailed
	case s.Stage == Wanted || s.Stage == Accepted:
		return ShownOrdered
	case s.Stage == Active:
		return ShownActive
	case s.User == "" && s.Kind == ESIM: // what one telephone has downloaded no other can
		return ShownEnded
	case s.User == "":
		return ShownFree
	case s.ActivateAt == nil:
		return ShownDispatched
	case s.ActivateAt.After(now):
		return ShownPlanned
	}
	return ShownActivating
}

// broken tells whether the vendor has refused for good what is to be done next.
func (s State) broken() bool {
	task, _ := s.job()
	return task != "" && s.Work.Task == task && s.Work.Trouble != nil && s.Work.Trouble.NextTry == nil
}

// Undispatched tells whether the SIM is a card that the vendor may still keep.
func (s State) Undispatched() bool {
	return s.Stage == Wanted || s.Stage == Accepted
}

// Holds tells whether the SIM names a claim.
func (s State) Holds(claim string) bool { return slices.Contains(s.Claims, claim) }

// Fold gives the SIM as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }
