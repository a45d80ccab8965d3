package user

import "time"

// Silence is why calls do not come to a user: what the user is and since when,
// and what that waits for. Cause is "" where the state says it all.
type Silence struct {
	State       Lifecycle
	Since       time.Time
	Step        string // of the activation, "" where it is not about one
	Cause       string
	Responsible string
}

// The causes of a silence that no step gives.
const (
	SilentNotStarted = "not-started" // the activation has not begun
	SilentNoLine     = "no-line"     // there is no number and no extension
)

// Silence tells why calls do not come to the user; silent is false where they do.
// It follows from the user's own facts alone: whoever is a member of a group and
// is activated rings from then on.
func (s State) Silence() (why Silence, silent bool) {
	why = Silence{State: s.Shown(), Since: s.Since}
	switch {
	case why.State == Active && s.HasLine():
		return Silence{}, false
	case why.State == Active:
		why.Cause, why.Responsible = SilentNoLine, "admin"
	case why.State == Pending || why.State == Failed:
		return s.waiting(why), true
	}
	return why, true
}

// waiting adds what the activation waits for.
func (s State) waiting(why Silence) Silence {
	for _, step := range s.ShownSteps() {
		if step.State != Done {
			why.Step, why.Cause, why.Responsible = step.Name, step.Cause, step.Responsible
			return why
		}
	}
	if !s.Started {
		why.Cause, why.Responsible = SilentNotStarted, "admin"
	}
	return why
}
