package user

import (
	"errors"
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// CarryOut is the workflow's command: a planned action is due. At is the moment
// judged by.
type CarryOut struct {
	Action string
	At     time.Time
	Policy policy.Policy
}

// Decide does what was planned by the rights of whoever planned it, in the facts
// of the action itself. What is refused is noted with its cause; what is so
// already is done.
func (in CarryOut) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	action, ok := s.Planned(in.Action)
	if !ok || !s.Exists() || in.At.Before(action.Due()) {
		return nil, nil
	}
	events, err := action.command(in.Policy)(history)
	if fault := new(domain.Fault); errors.As(err, &fault) && domain.Final(err) {
		return []domain.Event{ActionFailed{ID: action.ID, Cause: fault.Code}}, nil
	}
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(event domain.Event) bool { return event == domain.Event(ActionCancelled{ID: action.ID}) })
	return append(events, ActionCarriedOut{ID: action.ID}), nil
}

// command is the immediate command an action stands for.
func (a Scheduled) command(rules policy.Policy) domain.Decide {
	switch a.What {
	case ToActivate:
		return StartActivation{Policy: rules}.Decide
	case ToSuspend:
		return Suspend{Actor: a.By, Policy: rules}.Decide
	case ToResume:
		return Resume{Actor: a.By, Policy: rules}.Decide
	case ToDelete:
		return Delete{Actor: a.By, Policy: rules}.Decide
	}
	return func([]domain.Fact) ([]domain.Event, error) {
		return nil, domain.Faultf(domain.Refused, "unknown-action", "nobody knows how to %s", a.What)
	}
}

// How an action that is held is tried again: soon, then once a day, until it is
// given up.
const (
	firstHold = time.Hour
	nextHolds = 24 * time.Hour
	holdsFor  = 30 * 24 * time.Hour
)

// Hold is the workflow's command for a planned action that is due and that
// something outside the user's own facts speaks against.
type Hold struct {
	Action string
	At     time.Time
	Fault  *domain.Fault // what speaks against it
}

// Decide lets the action wait and be tried again; one that has waited for thirty
// days has failed.
func (in Hold) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	action, ok := s.Planned(in.Action)
	if !ok || !s.Exists() || in.At.Before(action.Due()) {
		return nil, nil
	}
	pause := nextHolds
	switch {
	case action.Cause == "":
		pause = firstHold
	case in.At.Sub(action.HeldSince) >= holdsFor:
		return []domain.Event{ActionFailed{ID: action.ID, Cause: in.Fault.Code}}, nil
	}
	return []domain.Event{ActionHeld{ID: action.ID, Cause: in.Fault.Code, NextTry: in.At.Add(pause)}}, nil
}
