package pages

import (
	"time"

	"dialtone/projections"
)

// Setup is the set-up of a company as a checklist.
type Setup struct {
	projections.CompanyRow
	Steps    []SetupStep
	Finished bool
	Command  string
}

// SetupStep is a step of the set-up with the form by which an admin does it.
type SetupStep struct {
	Name, State, Cause, Responsible string
	Attempts                        int
	NextTry                         *time.Time
	Admins                          bool      // an admin is led through it
	Fields                          []Changed // of its form
	Person                          string    // whose data the form changes, "" where it is about nobody
	Note                            string    // a sentence beside it
	Link, LinkLabel                 string    // where more of it is done
}

// settled tells whether nobody has to act on the step.
func (s SetupStep) settled() bool { return s.State == "done" || s.State == "skipped" }

// tone is the colour of the step's state.
func (s SetupStep) tone() string {
	switch s.State {
	case "done":
		return "state-activated"
	case "failed":
		return "state-failed"
	case "skipped":
		return "state-deleted"
	}
	return "state-pending"
}

// done counts the steps that nobody has to act on.
func (s Setup) done() (settled int) {
	for _, step := range s.Steps {
		if step.settled() {
			settled++
		}
	}
	return settled
}

func (s Setup) failed() bool {
	for _, step := range s.Steps {
		if step.Name == "numbers" && !step.settled() && step.Attempts > 0 {
			return true
		}
	}
	return false
}

func companyPath(id, rest string) string { return "/companies/" + id + rest }

// DeskForm is one of several forms of a page, each with a command of its own.
type DeskForm struct {
	Path, Title, Submit, Hint string
	Command                   string
	Fields                    []Changed
	Open                      bool // it was sent and refused
}
