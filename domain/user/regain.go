package user

import "dialtone/domain"

// SIMsRegained says that a restored user has these SIMs again, and which not and
// why.
type SIMsRegained struct {
	SIMs   []string `json:"sims"`
	Missed []Missed `json:"missed,omitempty"`
}

// Type is the wire name.
func (SIMsRegained) Type() string { return "user.sims-regained.v1" }

// NoteSIMsRegained is the workflow's command that records which SIMs a restored
// user has again.
type NoteSIMsRegained struct {
	SIMs   []string
	Missed []Missed
}

// Decide notes it once; who was deleted again meanwhile has lost them again.
func (in NoteSIMsRegained) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); !s.Exists() || len(s.Regains) == 0 {
		return nil, nil
	}
	return []domain.Event{SIMsRegained(in)}, nil
}
