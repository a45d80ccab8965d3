package user

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// StartActivation is the command that starts the activation, or goes on from
// the step that failed ("send code").
type StartActivation struct{ Policy policy.Policy }

// Decide starts or retries; running or done is "already so".
func (in StartActivation) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, domain.Faultf(domain.Refused, "suspended", "the user is suspended; resume first")
	case s.Lifecycle == Active:
		return nil, nil
	case s.Lifecycle == Failed:
		return []domain.Event{ActivationRetried{Step: s.current().Name}}, nil
	case s.Started:
		return nil, nil
	}
	return activationStarted(stepsFor(s, in.Policy)), nil
}

// activationStarted gives the facts of a start; without any step that is the end too.
func activationStarted(steps []string) []domain.Event {
	if len(steps) == 0 {
		return []domain.Event{ActivationStarted{}, Activated{}}
	}
	return []domain.Event{ActivationStarted{Steps: steps}}
}

// StartStep is the command that notes the beginning of work on a step.
type StartStep struct{ Step string }

// Decide notes the beginning unless the step is done or being worked on.
func (in StartStep) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	step, ok := s.Step(in.Step)
	if !s.Exists() || !ok || s.current().Name != in.Step || s.awaitsDetails() || step.State == Running || step.State == StepBroken {
		return nil, nil
	}
	return []domain.Event{StepStarted{Step: in.Step, Attempt: step.Attempts + 1}}, nil
}

// FinishStep is the command that notes how an attempt at a step ended: without
// trouble it is done.
type FinishStep struct {
	Step    string
	Attempt int
	Trouble *Trouble
}

// Decide notes the end of the attempt, and the end of the activation where this
// was the last step.
func (in FinishStep) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	step, ok := s.Step(in.Step)
	if !s.Exists() || !ok || step.State == Done || step.Attempts != in.Attempt || step.State != Running {
		return nil, nil
	}
	switch {
	case in.Trouble == nil:
		return s.stepDone(in.Step), nil
	case in.Trouble.NextTry != nil:
		return []domain.Event{StepDelayed{Step: in.Step, Attempt: in.Attempt, Trouble: *in.Trouble}}, nil
	}
	return s.stepFailed(in.Step, *in.Trouble), nil
}

// stepDone gives the facts of a finished step, and of a mobile behind it that
// was verified before its turn.
func (s State) stepDone(name string) []domain.Event {
	events := []domain.Event{StepDone{Step: name}}
	for _, step := range s.Steps {
		switch {
		case step.Name == name || step.State == Done:
		case step.Name == policy.StepMobile && s.Verification.Verified:
			events = append(events, StepDone{Step: policy.StepMobile})
		default:
			return events
		}
	}
	return append(events, Activated{})
}

// stepFailed gives the facts of a step that cannot be done.
func (s State) stepFailed(name string, t Trouble) []domain.Event {
	step, _ := s.Step(name)
	t.NextTry = nil
	return []domain.Event{
		StepFailed{Step: name, Attempt: step.Attempts, Trouble: t},
		ActivationFailed{Step: name, Cause: t.Cause},
	}
}

// ExpireLink is the command of a link's deadline. At is the moment judged by.
type ExpireLink struct {
	Link string
	At   time.Time
}

// Decide lets the link expire if it is this one, still open and over.
func (in ExpireLink) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Link.ID != in.Link || s.Link.State != LinkOpen || in.At.Before(s.Link.ExpiresAt) {
		return nil, nil
	}
	failed := s.stepFailed(policy.StepLink, Trouble{Cause: "link-expired", Responsible: "user"})
	return append([]domain.Event{LinkExpired{Link: in.Link}}, failed...), nil
}
