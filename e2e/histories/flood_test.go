package histories_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"dialtone/activities"
	"dialtone/domain/user"
	"dialtone/workflows"
)

// ledger stands for the facts of a user: how many there are, and how many were
// seen by the last look.
type ledger struct{ written, seen atomic.Int64 }

// Look sees every fact there is, and waits for more.
func (l *ledger) Look(context.Context, activities.Errand) (user.Duty, error) {
	written := l.written.Load()
	l.seen.Store(written)
	return user.Duty{Task: user.Wait, Due: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// Facts come in waves, each with its signals; the workflow goes on as new in the
// middle of them. After each wave every fact must be seen: the last signal of a
// wave is as good as the first.
func TestGoingOnAsNewLosesNoSignalOnARealServer(t *testing.T) {
	facts := 4000
	if os.Getenv("DIALTONE_LONG") != "" {
		facts = 10_000
	}
	c := startTemporal(t)
	var l ledger
	work := worker.New(c, workflows.UserQueue, worker.Options{})
	work.RegisterWorkflowWithOptions(workflows.User, workflow.RegisterOptions{Name: "User"})
	work.RegisterActivity(&l)
	if err := work.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(work.Stop)
	said := &listener{Client: c, runs: map[string]bool{}}
	for wave := 0; l.written.Load() < int64(facts); wave++ {
		flood(t, said, &l, min(1+wave*7%60, facts-int(l.written.Load())))
		eventually(t, fmt.Sprintf("fact %d, of which the workflow has seen %d", l.written.Load(), l.seen.Load()),
			func() bool { return l.seen.Load() == l.written.Load() })
	}
	lengths := said.histories(t, workflows.UserID(userID))
	t.Logf("%d signals, runs of %v events", said.signals, lengths)
	if len(lengths) < facts/600 {
		t.Errorf("%d facts came in only %d runs", facts, len(lengths))
	}
}

// flood writes facts and signals each, many at once.
func flood(t *testing.T, said *listener, l *ledger, facts int) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for range facts {
		group.Go(func() error {
			position := l.written.Add(1)
			_, err := said.SignalWithStartWorkflow(ctx, workflows.UserID(userID), workflows.LookAgain, fmt.Sprint(position),
				client.StartWorkflowOptions{TaskQueue: workflows.UserQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE}, "User", userID)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}
