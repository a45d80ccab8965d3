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
// details of a user who was ordered without a person.
func stepsFor(s State, rules policy.Policy) []string {
	var steps []string
	if !s.Person.complete(rules) {
		steps = append(steps, policy.StepDetails)
	}
	for _, step := range rules.Steps {
		switch {
		case step == policy.StepLine && !s.HasLine():
		case step == policy.StepMobile && (s.Verification.Verified || !slices.Contains(rules.Verification.Licences, s.Licence)):
		case step == policy.StepLink && s.Person.Email == "" && rules.Email != policy.EmailRequired:
			steps = append(steps, policy.StepCredentials) // nothing can be mailed (X2)
		default:
			steps = append(steps, step)
		}
	}
	return steps
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

// detailsDone gives the facts of a change after which nothing is missing any more.
func (s State) detailsDone(change DetailsChanged, rules policy.Policy) []domain.Event {
	if !s.awaitsDetails() || !detailsChanged(s, change).Person.complete(rules) {
		return nil
	}
	return s.stepDone(policy.StepDetails)
}
