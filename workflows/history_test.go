package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/workflows"
)

// tally counts what Temporal's history of a run holds at most: as if nothing
// ever shared a workflow task.
type tally struct{ length, longest, runs int }

const workflowTask = 3 // scheduled, started, completed

// watch counts a run from its beginning.
func (c *tally) watch(env *testsuite.TestWorkflowEnvironment) {
	c.length, c.runs = 0, c.runs+1
	add := func(events int) { c.add(env, events) }
	add(1 + workflowTask)
	env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) { add(3 + workflowTask) })
	env.SetOnTimerScheduledListener(func(string, time.Duration) { add(1) })
	env.SetOnTimerFiredListener(func(string) { add(1 + workflowTask) })
	env.SetOnTimerCanceledListener(func(string) { add(1) })
}

func (c *tally) add(env *testsuite.TestWorkflowEnvironment, events int) {
	c.length += events
	c.longest = max(c.longest, c.length)
	env.SetCurrentHistoryLength(c.length)
}

// happening is what is done to a user at a moment.
type happening struct {
	at   time.Time
	what func(*stage)
}

// A user with 12 reminders, 3 renewals and 1,000 signals: no run's history gets
// longer than 1,000 events.
func TestALongLifeComesInShortRuns(t *testing.T) {
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, "unifyoffice")
	s.rules.Credentials = presets["officesmart"].Credentials
	s.order(true)
	var count tally
	var story []happening
	at := func(d time.Duration, what func(*stage)) { story = append(story, happening{s.env.Now().Add(d), what}) }
	for n := range 3 {
		at(time.Duration(n+1)*40*time.Hour, func(s *stage) { s.renew(domain.ActorAdmin) })
	}
	at(150*time.Hour, (*stage).confirm)
	for year := range 3 {
		at(150*time.Hour+time.Duration(year+1)*(365*day-12*time.Hour), (*stage).choosePassword)
	}
	for n := range 1000 {
		at(time.Duration(n+1)*34*time.Hour+time.Minute, (*stage).signal)
	}
	slices.SortStableFunc(story, func(a, b happening) int { return a.at.Compare(b.at) })
	for more := true; more; {
		count.watch(s.env)
		var tell func()
		tell = func() {
			if len(story) == 0 {
				return
			}
			h := story[0]
			s.after(max(0, h.at.Sub(s.env.Now())), func() {
				h.what(s)
				count.add(s.env, 1+workflowTask)
				story = story[1:]
				tell()
			})
		}
		tell()
		if more = s.continued(); more {
			s = s.again()
		}
	}
	if count.longest >= 1000 || count.runs < 2 {
		t.Errorf("%d runs, the longest of %d events", count.runs, count.longest)
	}
	if reminders, renewals := s.asked(user.PurposeExpires), len(s.state().Link.Older); reminders != 12 || renewals != 3 || s.signals < 1000 {
		t.Errorf("%d reminders, %d renewals, %d signals", reminders, renewals, s.signals)
	}
}

// ledger stands for the facts of a user: how many there are, and how many were
// seen by the last look.
type ledger struct{ written, seen atomic.Int64 }

// Look sees every fact there is, and waits for more.
func (l *ledger) Look(context.Context, activities.Errand) (user.Duty, error) {
	l.seen.Store(l.written.Load())
	return user.Duty{Task: user.Wait, Due: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// However many facts come while runs are forced to go on as new: none stays
// unseen, even where every signal that a run had not taken is lost with it.
func TestGoingOnAsNewLosesNoFact(t *testing.T) {
	const facts, crowd = 10_000, 7 // signals at one moment
	var l ledger
	next, runs := 0, 0
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestWorkflowEnvironment()
		env.SetStartTime(start)
		env.SetTestTimeout(time.Minute)
		env.RegisterWorkflow(workflows.User)
		env.RegisterActivity(&l)
		runs++
		limit := next + 40 + runs%5 // facts in this run, until it is forced to end
		var write func()
		write = func() {
			for n := 0; n < crowd && next < facts; n++ {
				next++
				l.written.Add(1)
				env.SignalWorkflow(workflows.LookAgain, fmt.Sprint(next))
			}
			switch {
			case next >= facts:
				env.RegisterDelayedCallback(env.CancelWorkflow, time.Hour)
			case next >= limit:
				env.SetCurrentHistoryLength(5000)
				fallthrough
			default:
				env.RegisterDelayedCallback(write, time.Duration(next%3)*time.Second)
			}
		}
		env.RegisterDelayedCallback(write, time.Second)
		env.ExecuteWorkflow(workflows.User, userID)
		start = env.Now()
		if !workflow.IsContinueAsNewError(env.GetWorkflowError()) {
			break
		}
	}
	if next != facts || l.seen.Load() != facts || runs < 100 {
		t.Errorf("of %d facts %d were seen, in %d runs", next, l.seen.Load(), runs)
	}
}
