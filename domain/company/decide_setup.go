package company

import (
	"cmp"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// MarkStep is the command of an admin who is done with a step of the set-up,
// leaves it for later, or comes back to it.
type MarkStep struct {
	Step string
	As   SetupState // SetupDone, SetupSkipped or SetupOpen
}

// Decide marks the step. Who is done with the attendant without having chosen
// one takes the main user, as is proposed (3.16).
func (in MarkStep) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	if steps := s.Policy.Setup; !slices.Contains(steps, in.Step) {
		return nil, domain.Faultf(domain.Missing, "no-setup-step", "the company's set-up has %s, not %q", cmp.Or(strings.Join(steps, ", "), "no steps"), in.Step)
	}
	switch in.As {
	case SetupDone:
		switch {
		case in.Step == policy.SetupAttendant && s.Attendant == "" && s.MainUser == "":
			return nil, domain.Faultf(domain.Refused, "no-attendant", "nobody was chosen, and there is no main user to be proposed")
		case in.Step == policy.SetupAttendant && s.Attendant == "":
			return SetAttendant{User: s.MainUser}.Decide(history)
		}
		return s.stepDone(in.Step), nil
	case SetupSkipped:
		if s.Setup[in.Step].State != SetupSkipped {
			return []domain.Event{SetupStepSkipped{Step: in.Step}}, nil
		}
	case SetupOpen:
		if _, marked := s.Setup[in.Step]; marked && s.Setup[in.Step].State != SetupOpen {
			return []domain.Event{SetupStepResumed{Step: in.Step}}, nil
		}
	case SetupWaiting, SetupFailed:
		fallthrough
	default:
		return nil, domain.Faultf(domain.Invalid, "unknown-state", "a step becomes done, skipped or open, not %q", in.As).At("/state")
	}
	return nil, nil
}

// stepDone gives the fact that a step is done, where the policy has it and it is not.
func (s State) stepDone(step string) []domain.Event {
	if s.Setup[step].State == SetupDone || !slices.Contains(s.Policy.Setup, step) {
		return nil
	}
	return []domain.Event{SetupStepDone{Step: step}}
}

// SetAttendant is the command that says which user is rung for the company, ""
// for none. That the user is one of the company's is for the caller to know.
type SetAttendant struct{ User string }

// Decide names the attendant; the set-up's step is done with that.
func (in SetAttendant) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var events []domain.Event
	if in.User != s.Attendant {
		events = append(events, AttendantSet(in))
	}
	if in.User == "" {
		return events, nil
	}
	return append(events, s.stepDone(policy.SetupAttendant)...), nil
}

// SetRegion is the command that says where the company is at home. That the
// time zone is a known one is for the caller to know.
type SetRegion struct{ Language, TimeZone string }

// Decide sets language and time zone; the set-up's step is done with that.
func (in SetRegion) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var c domain.Check
	NeedLanguage(&c, "/language", in.Language)
	c.Need(timeZone.MatchString(in.TimeZone), "/timeZone", "form", "is an IANA name such as Europe/Berlin, not %q", in.TimeZone)
	if err := c.Err(); err != nil {
		return nil, err
	}
	var events []domain.Event
	if in.Language != s.Language || in.TimeZone != s.ZoneAt("") {
		events = append(events, RegionSet(in))
	}
	return append(events, s.stepDone(policy.SetupRegion)...), nil
}
