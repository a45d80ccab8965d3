package company

import "dialtone/domain"

// LicenceReturnOrdered says that a licence is to go back to the operator.
type LicenceReturnOrdered struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	User string `json:"user,omitempty"` // whose deletion asked for it
}

// LicenceReturned says which seat went back: nobody can have it any more. Moved
// is who sat on it before and sits on a bound one since (rule 2.22).
type LicenceReturned struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Seat  int    `json:"seat"`
	Moved string `json:"moved,omitempty"`
}

// LicenceReturnFailed says why the company keeps the licence.
type LicenceReturnFailed struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	domain.Trouble
}

// Type is the wire name.
func (LicenceReturnOrdered) Type() string { return "company.licence-return-ordered.v1" }

// Type is the wire name.
func (LicenceReturned) Type() string { return "company.licence-returned.v1" }

// Type is the wire name.
func (LicenceReturnFailed) Type() string { return "company.licence-return-failed.v1" }
