package sim

// OrderAccepted says that the vendor has taken the order.
type OrderAccepted struct {
	Attempt int `json:"attempt"`
}

// Dispatched says that the card has left the vendor, and which one it is. TooLate
// tells that a cancellation came after that: the race had this outcome.
type Dispatched struct {
	TooLate  bool     `json:"tooLate,omitempty"`
	Claims   []string `json:"claims,omitempty"`
	Personal *Card    `json:"personal,omitempty"`
}

// CancellationAsked says that the card need not be sent any more.
type CancellationAsked struct {
	Instead string `json:"instead,omitempty"` // the SIM that the user has already
}

// Cancelled says that the vendor had not sent the card and will not: the other
// outcome of the race.
type Cancelled struct {
	Instead string `json:"instead,omitempty"`
}

// Activated says that the SIM works, and which card it turned out to be.
type Activated struct {
	Attempt  int      `json:"attempt"`
	Claims   []string `json:"claims,omitempty"` // all there are from now on
	Personal *Card    `json:"personal,omitempty"`
}

// ProfileReady says that an eSIM can be downloaded, with the code for it.
type ProfileReady struct {
	Attempt  int      `json:"attempt"`
	Claims   []string `json:"claims,omitempty"`
	Personal *Profile `json:"personal,omitempty"`
}

// Profile is an eSIM as the vendor prepared it. Who has SMDP and MatchingID can
// download it, so they are a secret.
type Profile struct {
	Card
	SMDP       string `json:"smdp"`       // host of the server it is downloaded from
	MatchingID string `json:"matchingId"` // which profile it is there
}

// CodeShown says that the activation code was shown; it is not shown again.
type CodeShown struct{}

// Blocked says that the vendor has blocked the SIM.
type Blocked struct {
	Attempt int `json:"attempt"`
}

// Unblocked says that the vendor has lifted the block.
type Unblocked struct {
	Attempt int `json:"attempt"`
}

// Released says that the vendor binds the card to no subscription any more.
type Released struct {
	Attempt int `json:"attempt"`
}

// Delayed says that the vendor could not do it yet.
type Delayed struct {
	Task    Task `json:"task"`
	Attempt int  `json:"attempt"`
	Trouble
}

// Failed says that the vendor will not do it.
type Failed struct {
	Task    Task `json:"task"`
	Attempt int  `json:"attempt"`
	Trouble
}

// Retried says that somebody wants it tried again.
type Retried struct{}

// Reported says that the vendor has news about the SIM, which it is asked for.
type Reported struct {
	Event string `json:"event"` // "order.dispatched"
}

// Type is the wire name.
func (OrderAccepted) Type() string { return "sim.order-accepted.v1" }

// Type is the wire name.
func (Dispatched) Type() string { return "sim.dispatched.v1" }

// Type is the wire name.
func (CancellationAsked) Type() string { return "sim.cancellation-asked.v1" }

// Type is the wire name.
func (Cancelled) Type() string { return "sim.cancelled.v1" }

// Type is the wire name.
func (Activated) Type() string { return "sim.activated.v1" }

// Type is the wire name.
func (ProfileReady) Type() string { return "sim.profile-ready.v1" }

// Type is the wire name.
func (CodeShown) Type() string { return "sim.code-shown.v1" }

// Type is the wire name.
func (Blocked) Type() string { return "sim.blocked.v1" }

// Type is the wire name.
func (Unblocked) Type() string { return "sim.unblocked.v1" }

// Type is the wire name.
func (Released) Type() string { return "sim.released.v1" }

// Type is the wire name.
func (Delayed) Type() string { return "sim.delayed.v1" }

// Type is the wire name.
func (Failed) Type() string { return "sim.failed.v1" }

// Type is the wire name.
func (Retried) Type() string { return "sim.retried.v1" }

// Type is the wire name.
func (Reported) Type() string { return "sim.reported.v1" }
