package sim

import (
	"errors"
	"slices"

	"dialtone/domain"
)

// Regain is the command that gives a restored user the SIM of before. It is
// activated again where it was active, or was to be.
type Regain struct{ User string }

// Decide gives it where it can be given.
func (in Regain) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.User == in.User || in.Misses(s) != "" {
		return nil, nil
	}
	events := []domain.Event{Assigned{User: in.User, Kind: s.Kind}}
	if in.worked(history) {
		events = append(events, ActivationAsked{})
	}
	return events, nil
}

// Misses tells why the user cannot have the SIM, "" for who can or does.
func (in Regain) Misses(s State) string {
	switch {
	case !s.Exists():
		return "sim-gone"
	case s.User == in.User:
		return ""
	}
	if fault, is := errors.AsType[*domain.Fault](s.givable(Give{Company: s.Company, User: in.User})); is {
		return fault.Code
	}
	return ""
}

// worked tells whether the SIM was active, or was to be, when it was taken from
// the user last.
func (in Regain) worked(history []domain.Fact) bool {
	for n, fact := range slices.Backward(history) {
		if e, is := fact.Event.(Detached); is && e.User == in.User {
			before := Fold(history[:n])
			return before.Stage == Active || before.ActivateAt != nil
		}
	}
	return false
}
