package workflows_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain/user"
	"dialtone/workflows"
)

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
