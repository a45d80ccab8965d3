package user

import (
	"time"

	"dialtone/domain"
)

// Action is what can be planned for a date.
type Action string

// The actions that can be planned.
const (
	ToActivate Action = "activate"
	ToSuspend  Action = "suspend"
	ToResume   Action = "resume"
	ToDelete   Action = "delete"
)

// ActionScheduled says that something is to be done to the user at a moment.
type ActionScheduled struct {
	ID       string      `json:"id"` // id of this event
	What     Action      `json:"what"`
	At       time.Time   `json:"at"`
	Personal *ActionNote `json:"personal,omitempty"`
}

// ActionNote is what somebody has written about a planned action; it may speak
// of the person.
type ActionNote struct {
	Reason string `json:"reason"`
}

// ActionCancelled says that a planned action will not be done.
type ActionCancelled struct {
	ID string `json:"id"`
}

// ActionCarriedOut says that a planned action is done; its own facts stand before
// this one.
type ActionCarriedOut struct {
	ID string `json:"id"`
}

// ActionFailed says that a planned action was refused when it was due.
type ActionFailed struct {
	ID    string `json:"id"`
	Cause string `json:"cause"` // code of the refusal, "suspended"
}

// ActionHeld says that a planned action was due and waits for what speaks against
// it to pass; it is tried again.
type ActionHeld struct {
	ID      string    `json:"id"`
	Cause   string    `json:"cause"` // code of the refusal, "last-admin"
	NextTry time.Time `json:"nextTry"`
}

// Restored says that a deleted user is back, with what was claimed anew, and what
// of the former things is missed. The desk phone's login does not come back.
type Restored struct {
	As        Lifecycle   `json:"as"`
	Number    domain.E164 `json:"number,omitempty"`
	Extension string      `json:"extension,omitempty"`
	Licence   string      `json:"licence,omitempty"`
	Claims    Claims      `json:"claims"`
	Missed    []Missed    `json:"missed,omitempty"` // it was asked to do without
	SIM       bool        `json:"sim,omitempty"`    // one is to be ordered, as the licence asks for it
}

// Type is the wire name.
func (ActionScheduled) Type() string { return "user.action-scheduled.v1" }

// Type is the wire name.
func (ActionCancelled) Type() string { return "user.action-cancelled.v1" }

// Type is the wire name.
func (ActionCarriedOut) Type() string { return "user.action-carried-out.v1" }

// Type is the wire name.
func (ActionFailed) Type() string { return "user.action-failed.v1" }

// Type is the wire name.
func (ActionHeld) Type() string { return "user.action-held.v1" }

// Type is the wire name.
func (Restored) Type() string { return "user.restored.v1" }
