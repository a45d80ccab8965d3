package user

import (
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// complete tells whether it is known who somebody is, as far as the rules ask
// for it: both names, and the address and the mobile that secrets go to.
func (p Person) complete(rules policy.Policy) bool {
	named := strings.TrimSpace(p.FirstName) != "" && strings.TrimSpace(p.LastName) != ""
	mailed, texted := rules.Email == policy.EmailRequired, rules.Mobile == policy.MobileRequired || rules.Link.SMSPassword
	return named && (p.Email != "" || !mailed) && (p.Mobile != "" || !texted)
}

// stepsFor gives the steps of an activation: the policy's that apply, since
// without number and extension there is no line to connect, and before them the
// details of a user who was ordered without a person. An admin has to log in,
// so that behind the others comes a first password where none of them brings one.
func stepsFor(s State, rules policy.Policy) []string {
	var steps []string
	if !s.Person.complete(rules) {
		steps = append(steps, policy.StepDetails)
	}
	for _, step := range rules.Steps {
		switch {
		case step == policy.StepLine && !s.HasLine():
		case step == policy.StepMobile && (s.Verification.Verified || !mobileFor(s.Licence, rules)):
		case step == policy.StepLink && s.Person.Email == "" && rules.Email != policy.EmailRequired:
			steps = append(steps, policy.StepCredentials) // nothing can be mailed (X2)
		default:
			steps = append(steps, step)
		}
	}
	if s.Credential.Admin && rules.Credentials.Admins && !rules.Has(policy.StepLink) && !rules.Has(policy.StepCredentials) {
		steps = append(steps, policy.StepCredentials)
	}
	return steps
}

// mobileFor tells whether users with a licence have to verify the mobile (2.16).
func mobileFor(licence string, rules policy.Policy) bool {
	return rules.Has(policy.StepMobile) && slices.Contains(rules.Verification.Licences, licence)
}

// verifying lets an activation that is not over end with the verified mobile, or
// without.
func (s State) verifying(mobile bool) State {
	s.Steps = slices.DeleteFunc(slices.Clone(s.Steps), func(step Step) bool { return step.Name == policy.StepMobile && step.State != Done })
	if _, has := s.Step(policy.StepMobile); mobile && !has && s.Started && s.Lifecycle != Active {
		s.Steps = append(s.Steps, newStep(policy.StepMobile))
	}
	return s
}

// ShownSteps are the steps of the activation as they are shown. Who was ordered
// as a number and not begun waits to be named, and shows that as a step (0.5).
func (s State) ShownSteps() []Step {
	named := strings.TrimSpace(s.Person.FirstName) != "" && strings.TrimSpace(s.Person.LastName) != ""
	if s.Started || s.Lifecycle != Pending || named || s.Erased {
		return s.Steps
	}
	step := newStep(policy.StepDetails)
	step.Since = s.CreatedAt
	return []Step{step}
}

// newStep is a step before anything has happened to it. Nobody but a person can
// work on the details.
func newStep(name string) Step {
	step := Step{Name: name, State: Waiting}
	switch name {
	case policy.StepDetails:
		step.Cause, step.Responsible = "details-missing", "admin"
	case policy.StepMobile:
		step.Cause, step.Responsible = "mobile-unverified", "user"
	}
	return step
}

// awaitsDetails tells whether the activation stands until somebody says who the
// user is.
func (s State) awaitsDetails() bool { return s.current().Name == policy.StepDetails }

// detailsDone gives the facts that follow when nothing is missing any more.
func (s State) detailsDone(rules policy.Policy) []domain.Event {
	if !s.awaitsDetails() || !s.Person.complete(rules) {
		return nil
	}
	return s.stepDone(policy.StepDetails)
}
