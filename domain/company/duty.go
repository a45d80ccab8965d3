package company

import (
	"time"

	"dialtone/domain"
)

// Task is what a company's workflow has to do next.
type Task string

// The tasks.
const (
	Rest    Task = "rest"    // nothing to do and nothing to wait for
	Wait    Task = "wait"    // nothing to do before Due
	Connect Task = "connect" // ask the network to bring the block From into service

	GiveBack Task = "give-back" // give a licence back to the operator: Subject, a return
)

// Duty is one task with the block or the return it is about and, for Wait, the moment it is
// due. Attempt counts from 1: carrying it out again is the same command.
type Duty struct {
	Task    Task
	From    domain.E164
	Subject string `json:",omitempty"` // a licence's return
	Attempt int
	Due     time.Time
}

// Duty says what a company's facts ask for at a moment.
func (s State) Duty(now time.Time) Duty {
	if len(s.Returns) > 0 {
		return Duty{Task: GiveBack, Subject: s.Returns[0].ID, Attempt: 1}
	}
	next := Duty{Task: Rest}
	for _, c := range s.Connections {
		switch {
		case c.State != Connecting:
		case c.Trouble == nil || c.Trouble.NextTry == nil || !c.Trouble.NextTry.After(now):
			return Duty{Task: Connect, From: c.From, Attempt: c.Attempts + 1}
		case next.Task == Rest || c.Trouble.NextTry.Before(next.Due):
			next = Duty{Task: Wait, Due: *c.Trouble.NextTry}
		}
	}
	return next
}
