// Package sim is the rule of SIM cards: ordered and dispatched or known by their
// numbers, given to users, activated at once or on a date, swapped, detached,
// blocked. A SIM's stream says whose it is; what happens at the vendor comes
// back into it as facts. Everything here is pure; what identifies a card stands
// in the field Personal of an event, which the store keeps sealed.
package sim

import (
	"time"

	"dialtone/domain"
)

// Stream is the name of a SIM's stream.
func Stream(id string) string { return "sim-" + id }

// The kinds of SIMs.
const (
	Voice = "voice" // the card in a telephone
	Data  = "data"  // a twin card, for data only
	ESIM  = "esim"  // a profile that a telephone downloads
)

// Ordered says that a SIM is to come from the vendor: to the company's address
// as a card, or as a profile for its user to download.
type Ordered struct {
	ID        string `json:"id"`
	Company   string `json:"company"`
	Kind      string `json:"kind"`
	User      string `json:"user,omitempty"`      // whom it is for, "" for the company's stock
	Automatic bool   `json:"automatic,omitempty"` // since the user's licence asks for one
}

// Registered says that a card which the company holds is known from now on.
type Registered struct {
	ID       string   `json:"id"`
	Company  string   `json:"company"`
	Kind     string   `json:"kind"`
	Claims   []string `json:"claims"`
	Personal *Card    `json:"personal,omitempty"`
}

// Assigned says that the SIM is a user's, as what, and in place of which one.
type Assigned struct {
	User     string `json:"user"`
	Kind     string `json:"kind"`
	Replaces string `json:"replaces,omitempty"` // the SIM that ends when this one is active
}

// ActivationAsked says that the SIM is to be activated, at once or at a moment.
type ActivationAsked struct {
	At *time.Time `json:"at,omitempty"`
}

// Named says that the user's own stream names the SIM: it stands.
type Named struct {
	User string `json:"user"`
}

// Detached says that the SIM is no user's any more, and why.
type Detached struct {
	User   string `json:"user"`
	Reason string `json:"reason,omitempty"` // "user-gone", "has-sim" and the like; "" when somebody asked for it
}

// Forgotten says that the former user's stream no longer names the SIM.
type Forgotten struct {
	User string `json:"user"`
}

// Replaced says that another SIM is active in place of this one, which ends.
type Replaced struct {
	By string `json:"by"`
}

// BlockAsked says that the SIM is to be blocked: it was lost or stolen.
type BlockAsked struct{}

// UnblockAsked says that the operator lifts the block.
type UnblockAsked struct{}

// ClaimAbandoned says that something claimed for this SIM was given up, since no
// fact of the SIM had named it by its deadline.
type ClaimAbandoned struct {
	Claim string `json:"claim"`
}

// Type is the wire name.
func (Ordered) Type() string { return "sim.ordered.v1" }

// Type is the wire name.
func (Registered) Type() string { return "sim.registered.v1" }

// Type is the wire name.
func (Assigned) Type() string { return "sim.assigned.v1" }

// Type is the wire name.
func (ActivationAsked) Type() string { return "sim.activation-asked.v1" }

// Type is the wire name.
func (Named) Type() string { return "sim.named.v1" }

// Type is the wire name.
func (Detached) Type() string { return "sim.detached.v1" }

// Type is the wire name.
func (Forgotten) Type() string { return "sim.forgotten.v1" }

// Type is the wire name.
func (Replaced) Type() string { return "sim.replaced.v1" }

// Type is the wire name.
func (BlockAsked) Type() string { return "sim.block-asked.v1" }

// Type is the wire name.
func (UnblockAsked) Type() string { return "sim.unblock-asked.v1" }

// Type is the wire name.
func (ClaimAbandoned) Type() string { return "sim.claim-abandoned.v1" }

// Trouble says why something did not go through and who can help.
type Trouble = domain.Trouble
