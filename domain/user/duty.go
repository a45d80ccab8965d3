package user

import (
	"time"

	"dialtone/domain/policy"
)

// Task is what a user's workflow has to do next.
type Task string

// The tasks.
const (
	Rest          Task = "rest"           // nothing to do and nothing to wait for
	Wait          Task = "wait"           // nothing to do before Due
	ReleaseClaims Task = "release-claims" // give back what is no longer the user's
	RunStep       Task = "run-step"       // work on Subject, a step
	SendLink      Task = "issue-link"     // issue the activation link
	RemindOfLink  Task = "remind"         // remind of Subject, a link
	EndLink       Task = "expire-link"    // let Subject, a link, expire
	Deliver       Task = "deliver"        // try to send Subject, a message

	HandOver         Task = "issue-credential" // issue the temporary password of the activation
	RemindOfPassword Task = "remind-password"  // remind of the password's end
	EndPassword      Task = "expire-password"  // let the password expire

	FinishSwap Task = "finish-swap" // do what follows from Subject, a swap of numbers

	ActOnDate Task = "carry-out" // do Subject, a planned action; Purpose is what

	OrderSIM      Task = "order-sim"       // order the user a SIM, which gets the id Subject
	LetSIMGo      Task = "let-sim-go"      // detach Subject, a SIM, from who is deleted
	GiveUpLicence Task = "give-up-licence" // tell the company that a licence goes back

	EraseUser    Task = "erase-user"    // destroy what is personal about who is deleted, for good
	RejoinGroups Task = "rejoin-groups" // give who was restored the places in groups again
	RegainSIMs   Task = "regain-sims"   // give who was restored the SIMs again

	LeaveGroups Task = "leave-groups" // take who is deleted out of groups, and tell the others
)

// Duty is one task with its subject and, for Wait, the moment it is due.
// Attempt counts from 1; with Task and Subject it names the intent, so that
// carrying it out again is the same command.
type Duty struct {
	Task    Task
	Subject string
	Purpose string // of a message: what it is about
	Attempt int
	Due     time.Time
}

// Duty says what a user's facts ask for at a moment. It is the whole runbook:
// workflows only carry it out.
func (s State) Duty(now time.Time) Duty {
	if s.ID == "" {
		return Duty{Task: Rest}
	}
	if s.Swap.ID != "" { // what was swapped can be given back behind it only
		return Duty{Task: FinishSwap, Subject: s.Swap.ID}
	}
	if len(s.Loose) > 0 {
		return Duty{Task: ReleaseClaims}
	}
	if s.Lifecycle == Gone {
		if next := s.simDuty(); next.Task != Rest {
			return next
		}
		return s.farewell(now)
	}
	next := s.calendarDuty(now)
	if next.Task == ActOnDate || s.Erased {
		return next // nobody is there to be written to
	}
	if len(s.Rejoins) > 0 {
		return Duty{Task: RejoinGroups}
	}
	if len(s.Regains) > 0 {
		return Duty{Task: RegainSIMs}
	}
	next = sooner(next, s.delivery(now))
	if next.Task == Deliver {
		return next
	}
	if sims := s.simDuty(); sims.Task != Rest {
		return sims
	}
	if s.Started && s.Lifecycle == Pending {
		next = sooner(next, s.stepDuty(now))
	}
	return sooner(next, s.passwordDuty(now))
}

// calendarDuty says what is planned.
func (s State) calendarDuty(now time.Time) Duty {
	if len(s.Scheduled) == 0 {
		return Duty{Task: Rest}
	}
	first := s.Scheduled[0]
	if due := first.Due(); now.Before(due) {
		return Duty{Task: Wait, Due: due}
	}
	return Duty{Task: ActOnDate, Subject: first.ID, Purpose: string(first.What)}
}

// passwordDuty says what the age of the password asks for.
func (s State) passwordDuty(now time.Time) Duty {
	c := s.Credential
	switch {
	case c.State != CredentialChosen || c.ExpiresAt == nil:
		return Duty{Task: Rest}
	case !now.Before(*c.ExpiresAt):
		return Duty{Task: EndPassword, Subject: c.ExpiresAt.UTC().Format(time.RFC3339)}
	case c.Reminded >= len(c.RemindAt):
		return Duty{Task: Wait, Due: *c.ExpiresAt}
	case !now.Before(c.RemindAt[c.Reminded]):
		return Duty{Task: RemindOfPassword, Attempt: c.Reminded + 1}
	}
	return Duty{Task: Wait, Due: c.RemindAt[c.Reminded]}
}

// delivery finds the message to be sent, or the moment of the next try.
func (s State) delivery(now time.Time) Duty {
	next := Duty{Task: Rest}
	for _, m := range s.Messages {
		if !s.wanted(m, now) {
			continue
		}
		if !m.NextTry.After(now) {
			return Duty{Task: Deliver, Subject: m.ID, Purpose: m.Purpose + " by " + m.Channel, Attempt: m.Attempts + 1}
		}
		next = sooner(next, Duty{Task: Wait, Due: *m.NextTry})
	}
	return next
}

// wanted tells whether a message is still to be sent: not what is about a link
// or a password that cannot be used any more.
func (s State) wanted(m Message, now time.Time) bool {
	if m.Accepted || m.Final || m.NextTry == nil || m.Link != "" && !s.Link.OpenAt(now) {
		return false
	}
	end := s.endOf(m)
	return end == nil || now.Before(*end)
}

// stepDuty says what the step asks for at which the activation stands.
func (s State) stepDuty(now time.Time) Duty {
	step := s.current()
	switch {
	case step.Name == "" || step.Name == policy.StepDetails || step.Name == policy.StepMobile:
		return Duty{Task: Rest} // nothing is left, or somebody is asked who the user is
	case step.Name == policy.StepLink:
		return s.linkDuty(now)
	case step.Name == policy.StepCredentials:
		if s.credentialDue(now) {
			return Duty{Task: HandOver, Attempt: step.Attempts + 1}
		}
		return Duty{Task: Rest} // its messages have duties of their own
	case step.NextTry != nil && step.NextTry.After(now):
		return Duty{Task: Wait, Due: *step.NextTry}
	}
	attempt := step.Attempts + 1
	if step.State == Running {
		attempt = step.Attempts
	}
	return Duty{Task: RunStep, Subject: step.Name, Attempt: attempt}
}

func (s State) linkDuty(now time.Time) Duty {
	l := s.Link
	switch {
	case l.State == LinkNone || l.State == LinkOver:
		return Duty{Task: SendLink, Attempt: 1}
	case l.State != LinkOpen:
		return Duty{Task: Rest}
	case !now.Before(l.ExpiresAt):
		return Duty{Task: EndLink, Subject: l.ID}
	case l.Reminded || l.RemindAt == nil:
		return Duty{Task: Wait, Due: l.ExpiresAt}
	case !now.Before(*l.RemindAt):
		return Duty{Task: RemindOfLink, Subject: l.ID}
	}
	return Duty{Task: Wait, Due: *l.RemindAt}
}

// sooner prefers work over waiting, and the earlier of two waits.
func sooner(a, b Duty) Duty {
	switch {
	case a.Task == Rest:
		return b
	case b.Task == Rest:
		return a
	case a.Task != Wait:
		return a
	case b.Task != Wait || b.Due.Before(a.Due):
		return b
	}
	return a
}
