package company

import (
	"maps"
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// SetupState is where a step of a company's set-up stands.
type SetupState string

// The states of a step of the set-up.
const (
	SetupOpen    SetupState = "open"    // somebody has to do it
	SetupWaiting SetupState = "waiting" // it is under way
	SetupDone    SetupState = "done"
	SetupSkipped SetupState = "skipped"
	SetupFailed  SetupState = "failed"
)

// The steps that are the operator's (3.6); they come first.
const (
	SetupNumbers    = "numbers"     // every block is in service
	SetupMainNumber = "main-number" // there is a main number
	SetupMainUser   = "main-user"   // there is a main user, who has activated the account
)

// Mark is what an admin said of a step.
type Mark struct {
	State SetupState
	At    time.Time
}

// SetupStep is a step of the set-up as it stands.
type SetupStep struct {
	Name        string
	State       SetupState
	Cause       string // stable code of why it is not done, "" where nothing is wrong
	Responsible string // who has to act: operator, network, user, admin; "" where nobody has
	Attempts    int
	NextTry     *time.Time
	Since       time.Time // zero where the step has never been another
}

// People says where those stand whom a set-up speaks of, as lifecycles of users;
// "" for nobody or somebody who is deleted.
type People struct{ MainUser, Attendant string }

// activated is the lifecycle of a user who has followed the welcome.
const activated = "activated"

// Checklist gives the steps of the set-up in order: the operator's, then those
// of the policy that an admin is led through.
func (s State) Checklist(people People) []SetupStep {
	steps := []SetupStep{s.numbersStep(), s.mainNumberStep(), s.mainUserStep(people.MainUser)}
	for _, name := range s.Policy.Setup {
		step := SetupStep{Name: name, State: SetupOpen, Responsible: "admin"}
		if mark, ok := s.Setup[name]; ok {
			step.State, step.Since = mark.State, mark.At
		}
		if step.State == SetupDone || step.State == SetupSkipped {
			step.Responsible = ""
		}
		if name == policy.SetupAttendant && step.State == SetupDone && people.Attendant == "" {
			step = SetupStep{Name: name, State: SetupOpen, Responsible: "admin", Cause: "attendant-gone", Since: step.Since}
			if s.Attendant == "" {
				step.Cause = ""
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// SetupFinished tells whether nothing is left of a checklist.
func SetupFinished(steps []SetupStep) bool {
	return !slices.ContainsFunc(steps, func(s SetupStep) bool { return s.State != SetupDone && s.State != SetupSkipped })
}

func (s State) numbersStep() SetupStep {
	step := SetupStep{Name: SetupNumbers, State: SetupDone}
	if len(s.Blocks) == 0 {
		return SetupStep{Name: SetupNumbers, State: SetupOpen, Cause: "no-numbers", Responsible: "operator"}
	}
	for _, c := range s.Connections {
		switch {
		case c.State == Connected || step.State == SetupFailed:
			continue
		case c.State == Refused:
			step.State = SetupFailed
		case step.State == SetupWaiting && c.Trouble == nil:
			continue
		default:
			step.State = SetupWaiting
		}
		step.Responsible, step.Attempts, step.Since = "network", c.Attempts, c.Since
		if c.Trouble != nil {
			step.Cause, step.Responsible, step.NextTry = c.Trouble.Cause, c.Trouble.Responsible, c.Trouble.NextTry
		}
	}
	return step
}

func (s State) mainNumberStep() SetupStep {
	if s.MainNumber == "" {
		return SetupStep{Name: SetupMainNumber, State: SetupOpen, Responsible: "operator"}
	}
	return SetupStep{Name: SetupMainNumber, State: SetupDone}
}

func (s State) mainUserStep(lifecycle string) SetupStep {
	step := SetupStep{Name: SetupMainUser, State: SetupDone}
	switch {
	case lifecycle == "":
		step.State, step.Responsible = SetupOpen, "operator"
	case lifecycle == "failed":
		step.State, step.Cause, step.Responsible = SetupFailed, "main-user-failed", "operator"
	case lifecycle == "suspended":
		step.State, step.Cause, step.Responsible = SetupWaiting, "main-user-suspended", "admin"
	case lifecycle != activated:
		step.State, step.Cause, step.Responsible = SetupWaiting, "main-user-"+lifecycle, "user"
	}
	return step
}

// setUp applies the facts of the set-up.
func setUp(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case RegionSet:
		s.Language, s.TimeZone = e.Language, e.TimeZone
	case AttendantSet:
		s.Attendant = e.User
	case SetupStepDone:
		return s.marked(e.Step, Mark{State: SetupDone, At: f.At})
	case SetupStepSkipped:
		return s.marked(e.Step, Mark{State: SetupSkipped, At: f.At})
	case SetupStepResumed:
		return s.marked(e.Step, Mark{State: SetupOpen, At: f.At})
	}
	return s
}

func (s State) marked(step string, mark Mark) State {
	marks := map[string]Mark{}
	maps.Copy(marks, s.Setup)
	marks[step] = mark
	s.Setup = marks
	return s
}
