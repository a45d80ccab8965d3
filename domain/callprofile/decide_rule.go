package callprofile

import (
	"reflect"

	"dialtone/domain"
)

// SetSwitches is the command that says what holds whichever profile is active.
type SetSwitches struct{ Switches Switches }

// Decide sets them.
func (in SetSwitches) Decide(history []domain.Fact) ([]domain.Event, error) {
	var c domain.Check
	checkSwitches(&c, in.Switches)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(Fold(history).Switches, in.Switches) {
		return nil, nil
	}
	return []domain.Event{SwitchesSet{Personal: &in.Switches}}, nil
}

// SetRule is the command that makes a call rule or changes one: Rule is all of it
// as it is to be.
type SetRule struct {
	ID   string
	Rule Rule
}

// Decide sets it.
func (in SetRule) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	var c domain.Check
	c.Need(in.ID != "", "/id", "missing", "is needed")
	checkRule(&c, s, in.Rule)
	if err := c.Err(); err != nil {
		return nil, err
	}
	before, there := s.Rule(in.ID)
	switch {
	case there && reflect.DeepEqual(before, in.Rule):
		return nil, nil
	case !there && len(s.Rules) >= mostRules:
		return nil, domain.Faultf(domain.Refused, "too-many-rules", "a user has at most %d call rules", mostRules)
	}
	return []domain.Event{RuleSet{Rule: in.ID, Personal: &in.Rule}}, nil
}

// RemoveRule is the command that ends a call rule.
type RemoveRule struct{ ID string }

// Decide removes it.
func (in RemoveRule) Decide(history []domain.Fact) ([]domain.Event, error) {
	if _, there := Fold(history).Rule(in.ID); !there {
		return nil, domain.Faultf(domain.Missing, "no-rule", "there is no such call rule")
	}
	return []domain.Event{RuleRemoved{Rule: in.ID}}, nil
}
