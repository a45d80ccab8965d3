package number

import (
	"time"

	"dialtone/domain"
)

// Kind is what a number is for.
type Kind string

// The kinds of numbers.
const (
	Fixed  Kind = "fixed"
	Mobile Kind = "mobile"
)

// Pooled says that the operator holds the number and any company may buy it.
type Pooled struct {
	Kind    Kind   `json:"kind"`
	Country string `json:"country"` // ISO 3166-1 alpha-2, "" where that is not known
}

// Connected says that the number belongs to a company, for good once the
// company's stream names its block.
type Connected struct {
	Company  string    `json:"company"`
	Deadline time.Time `json:"deadline"`
	Kind     Kind      `json:"kind,omitempty"`   // "" leaves it as it is, fixed if nothing was said
	Taking   string    `json:"taking,omitempty"` // the command it was bought for, "" where it was not bought
}

// Disconnected says that the number belongs to no company any more: to nobody,
// or to the operator's pool.
type Disconnected struct {
	Company string     `json:"company"`
	Reason  string     `json:"reason"`
	Pool    bool       `json:"pool,omitempty"`  // the operator holds it from now on
	Rests   *time.Time `json:"rests,omitempty"` // until then only the same company may buy it
}

// ReturnBegun says that the company gives the number to the operator's pool: it is
// given to no user any more, and leaves once the company's stream says so too.
type ReturnBegun struct {
	Company  string     `json:"company"`
	Reason   string     `json:"reason"`
	Rests    *time.Time `json:"rests,omitempty"` // until then only the same company may buy it
	Deadline time.Time  `json:"deadline"`
}

// Assigned says that the number is a user's, for good once the user's stream names it.
type Assigned struct {
	Company  string    `json:"company"`
	User     string    `json:"user"`
	Taking   string    `json:"taking"` // the command it was assigned for
	Deadline time.Time `json:"deadline"`
}

// Confirmed says that the user's stream names the number.
type Confirmed struct {
	User string `json:"user"`
}

// Released says that the number is the company's to give again.
type Released struct {
	User   string     `json:"user"`
	Reason string     `json:"reason"`
	Rests  *time.Time `json:"rests,omitempty"` // until then only the same user may have it
}

// RestEnded says that the number may be given to anybody again before its time.
type RestEnded struct{}

// Reserved says that the company keeps the number for later: it is given to
// nobody who did not ask for just this one.
type Reserved struct {
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until,omitempty"` // nil: until it is given or let go
}

// Unreserved says that the number is like any other again.
type Unreserved struct{}

// Forwarded says where calls go while the number is no user's.
type Forwarded struct {
	To domain.E164 `json:"to"`
}

// ForwardingEnded says that calls to the number go nowhere.
type ForwardingEnded struct{}

// SwapPrepared says that the number is to change places with another one, if the
// stream of the user who decides says so by the deadline.
type SwapPrepared struct {
	Swap     string      `json:"swap"` // the command
	From     string      `json:"from"` // the user who has it
	To       string      `json:"to"`   // the user who gets it
	Other    domain.E164 `json:"other"`
	Decides  string      `json:"decides"` // one of the two
	Deadline time.Time   `json:"deadline"`
}

// Swapped says that the number is the other user's.
type Swapped struct {
	Swap string `json:"swap"`
	From string `json:"from"`
	To   string `json:"to"`
}

// SwapDropped says that the number stays where it is.
type SwapDropped struct {
	Swap   string `json:"swap"`
	Reason string `json:"reason"`
}

// Type is the wire name.
func (Connected) Type() string { return "number.connected.v1" }

// Type is the wire name.
func (Disconnected) Type() string { return "number.disconnected.v1" }

// Type is the wire name.
func (Assigned) Type() string { return "number.assigned.v1" }

// Type is the wire name.
func (Confirmed) Type() string { return "number.confirmed.v1" }

// Type is the wire name.
func (Released) Type() string { return "number.released.v1" }

// Type is the wire name.
func (ReturnBegun) Type() string { return "number.return-begun.v1" }

// Type is the wire name.
func (Pooled) Type() string { return "number.pooled.v1" }

// Type is the wire name.
func (RestEnded) Type() string { return "number.rest-ended.v1" }

// Type is the wire name.
func (Reserved) Type() string { return "number.reserved.v1" }

// Type is the wire name.
func (Unreserved) Type() string { return "number.unreserved.v1" }

// Type is the wire name.
func (Forwarded) Type() string { return "number.forwarded.v1" }

// Type is the wire name.
func (ForwardingEnded) Type() string { return "number.forwarding-ended.v1" }

// Type is the wire name.
func (SwapPrepared) Type() string { return "number.swap-prepared.v1" }

// Type is the wire name.
func (Swapped) Type() string { return "number.swapped.v1" }

// Type is the wire name.
func (SwapDropped) Type() string { return "number.swap-dropped.v1" }
