package company

import "dialtone/domain"

// MainUserSet says who speaks for the company and set it up.
type MainUserSet struct {
	User string `json:"user"`
}

// MainFaxSet says which number is the company's main fax ("" for none).
type MainFaxSet struct {
	Number domain.E164 `json:"number"`
}

// Renamed says what the company is called from now on.
type Renamed struct {
	Name     string `json:"name"`
	Previous string `json:"previous"`
}

// RegionSet says in which language and time zone the company is at home.
type RegionSet struct {
	Language string `json:"language"`
	TimeZone string `json:"timeZone"` // IANA name
}

// AttendantSet says which user is rung for the company ("" for none).
type AttendantSet struct {
	User string `json:"user"`
}

// SetupStepDone says that an admin is done with a step of the set-up.
type SetupStepDone struct {
	Step string `json:"step"`
}

// SetupStepSkipped says that an admin leaves a step for later, or for ever.
type SetupStepSkipped struct {
	Step string `json:"step"`
}

// SetupStepResumed says that an admin comes back to a step.
type SetupStepResumed struct {
	Step string `json:"step"`
}

// Type is the wire name.
func (MainUserSet) Type() string { return "company.main-user-set.v1" }

// Type is the wire name.
func (MainFaxSet) Type() string { return "company.main-fax-set.v1" }

// Type is the wire name.
func (Renamed) Type() string { return "company.renamed.v1" }

// Type is the wire name.
func (RegionSet) Type() string { return "company.region-set.v1" }

// Type is the wire name.
func (AttendantSet) Type() string { return "company.attendant-set.v1" }

// Type is the wire name.
func (SetupStepDone) Type() string { return "company.setup-step-done.v1" }

// Type is the wire name.
func (SetupStepSkipped) Type() string { return "company.setup-step-skipped.v1" }

// Type is the wire name.
func (SetupStepResumed) Type() string { return "company.setup-step-resumed.v1" }
