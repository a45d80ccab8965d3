package sim

import (
	"slices"
	"time"
)

// Task is what a SIM's workflow has to do next.
type Task string

// The tasks.
const (
	Rest   Task = "rest"   // nothing to do and nothing to wait for
	Wait   Task = "wait"   // nothing to do before Due
	Name   Task = "name"   // have Subject, the user, name the SIM
	Forget Task = "forget" // have Subject, the former user, name it no more

	// What the vendor is asked for.
	Order    Task = "order"    // a card, to be sent to the company
	Check    Task = "check"    // where the order stands
	Cancel   Task = "cancel"   // not to send the card
	Prepare  Task = "prepare"  // an eSIM
	Activate Task = "activate" // bring it into service, or swap it for another
	Block    Task = "block"
	Unblock  Task = "unblock"
	Release  Task = "release" // bind it to no subscription any more
)

var vendors = []Task{Order, Check, Cancel, Prepare, Activate, Block, Unblock, Release}

// AtVendor tells whether a task is done by the vendor.
func (t Task) AtVendor() bool { return slices.Contains(vendors, t) }

// Duty is one task with its subject and, for Wait, the moment it is due.
// Attempt counts from 1: carrying it out again is the same command.
type Duty struct {
	Task    Task
	Subject string
	Attempt int
	Due     time.Time
}

// firstCheck is when the vendor is asked about an order, if it does not report
// before.
const firstCheck = time.Hour

// Duty says what a SIM's facts ask for at a moment: first whose it is, then what
// the vendor is to do about it.
func (s State) Duty(now time.Time) Duty {
	switch {
	case len(s.Former) > 0:
		return Duty{Task: Forget, Subject: s.Former[0]}
	case s.User != "" && !s.Named:
		return Duty{Task: Name, Subject: s.User}
	}
	task, due := s.job()
	attempt := 1
	if s.Work.Task == task && s.Work.Trouble != nil {
		attempt = s.Work.Attempts + 1
		if s.Work.Trouble.NextTry == nil {
			return Duty{Task: Rest}
		}
		due = later(due, *s.Work.Trouble.NextTry)
	}
	switch {
	case task == "":
		return Duty{Task: Rest}
	case due.After(now):
		return Duty{Task: Wait, Due: due}
	}
	return Duty{Task: task, Attempt: attempt}
}

// job is what the vendor is to do next, and from when.
func (s State) job() (Task, time.Time) {
	switch {
	case s.Stage == CalledOff || s.Stage == Ended:
	case s.CancelAsked && s.Undispatched():
		return Cancel, time.Time{}
	case s.Stage == Wanted && s.Kind == ESIM:
		return Prepare, time.Time{}
	case s.Stage == Wanted:
		return Order, time.Time{}
	case s.Stage == Accepted:
		return Check, s.CheckAt
	case s.Blocking:
		return Block, time.Time{}
	case s.Unblocking:
		return Unblock, time.Time{}
	case s.Releasing:
		return Release, time.Time{}
	case s.Stage == InHand && s.User != "" && s.ActivateAt != nil && !s.Blocked:
		return Activate, *s.ActivateAt
	}
	return "", time.Time{}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
