package callprofile

import "time"

// Kept says that a profile is as given from now on: a new one, or one that was
// changed.
type Kept struct {
	Profile  string    `json:"profile"` // its id
	Personal *Settings `json:"personal,omitempty"`
}

// Removed says that a profile is no more.
type Removed struct {
	Profile string `json:"profile"`
}

// Activated says that somebody chose a profile, until a moment or, for nil,
// until something else is chosen.
type Activated struct {
	Profile string     `json:"profile"`
	Until   *time.Time `json:"until,omitempty"`
}

// Resumed says that what was chosen holds no longer: the timetable does.
type Resumed struct{}

// Planned says that a profile is to be active from one moment to another.
type Planned struct {
	Plan    string    `json:"plan"`
	Profile string    `json:"profile"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
}

// PlanDropped says that a plan is off.
type PlanDropped struct {
	Plan string `json:"plan"`
}

// TimetableSet says which profiles the days of a week bring; an empty one is none.
type TimetableSet struct {
	Timetable Timetable `json:"timetable"`
}

// SwitchesSet says what holds whichever profile is active.
type SwitchesSet struct {
	Personal *Switches `json:"personal,omitempty"`
}

// RuleSet says that a call rule is as given from now on.
type RuleSet struct {
	Rule     string `json:"rule"` // its id
	Personal *Rule  `json:"personal,omitempty"`
}

// RuleRemoved says that a call rule is no more.
type RuleRemoved struct {
	Rule string `json:"rule"`
}

// Type is the wire name.
func (Kept) Type() string { return "callprofile.kept.v1" }

// Type is the wire name.
func (Removed) Type() string { return "callprofile.removed.v1" }

// Type is the wire name.
func (Activated) Type() string { return "callprofile.activated.v1" }

// Type is the wire name.
func (Resumed) Type() string { return "callprofile.resumed.v1" }

// Type is the wire name.
func (Planned) Type() string { return "callprofile.planned.v1" }

// Type is the wire name.
func (PlanDropped) Type() string { return "callprofile.plan-dropped.v1" }

// Type is the wire name.
func (TimetableSet) Type() string { return "callprofile.timetable-set.v1" }

// Type is the wire name.
func (SwitchesSet) Type() string { return "callprofile.switches-set.v1" }

// Type is the wire name.
func (RuleSet) Type() string { return "callprofile.rule-set.v1" }

// Type is the wire name.
func (RuleRemoved) Type() string { return "callprofile.rule-removed.v1" }
