// Package workers holds the long-running processes: the reactor that makes
// workflows follow facts, the worker that runs them, and the sweep that releases
// what nobody confirmed.
package workers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/workflows"
)

// Provisioning runs the workflows of users, companies and SIMs and their activities.
type Provisioning struct{ worker worker.Worker }

// runsInMemory is how many running workflows the worker keeps at hand. The others
// wait in Temporal and are replayed when something happens to them: their
// histories are short, and a goroutine for each of 100,000 users who wait for a
// date is not. An embedded Temporal server sets the same for its process.
const runsInMemory = 1000

// StartProvisioning begins to take tasks from Temporal.
func StartProvisioning(c client.Client, users *activities.Users, companies *activities.Companies, sims *activities.SIMs) (*Provisioning, error) {
	worker.SetStickyWorkflowCacheSize(runsInMemory) // of the whole process; counts before its first worker
	w := worker.New(c, workflows.UserQueue, worker.Options{
		MaxConcurrentActivityExecutionSize:     64,
		MaxConcurrentWorkflowTaskExecutionSize: 64,
		MaxConcurrentActivityTaskPollers:       8,
		MaxConcurrentWorkflowTaskPollers:       8,
		WorkerStopTimeout:                      2 * time.Second,
		Interceptors:                           []interceptor.WorkerInterceptor{&pulse{}},
	})
	w.RegisterWorkflowWithOptions(workflows.User, workflow.RegisterOptions{Name: "User"})
	w.RegisterWorkflowWithOptions(workflows.Company, workflow.RegisterOptions{Name: "Company"})
	w.RegisterActivity(users)
	w.RegisterWorkflowWithOptions(workflows.SIM, workflow.RegisterOptions{Name: "SIM"})
	w.RegisterActivity(companies)
	w.RegisterActivity(sims)
	if err := w.Start(); err != nil {
		return nil, fmt.Errorf("start the worker of %s: %w", workflows.UserQueue, err)
	}
	return &Provisioning{worker: w}, nil
}

// Stop ends taking tasks and waits a little for those under way.
func (p *Provisioning) Stop() { p.worker.Stop() }

// pulse sends a heartbeat for every activity as long as its process lives, so
// that Temporal notices the end of the process within seconds, not minutes.
type pulse struct {
	interceptor.WorkerInterceptorBase
}

const heartbeat = 2 * time.Second

// InterceptActivity puts the heartbeat around an activity.
func (*pulse) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	beating := &beating{}
	beating.Next = next
	return beating
}

type beating struct {
	interceptor.ActivityInboundInterceptorBase
}

// ExecuteActivity runs the activity with a heartbeat beside it.
func (b *beating) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	result, err := b.Next.ExecuteActivity(ctx, in)
	return result, final(err)
}

// final is the table from kinds of faults to Temporal's errors: what trying
// again cannot cure ends the workflow, loudly; new facts start it again. Only
// the kind and code get into Temporal's history.
func final(err error) error {
	fault, ok := errors.AsType[*domain.Fault](err)
	if !ok || !domain.Final(err) {
		return err
	}
	return temporal.NewNonRetryableApplicationError(string(fault.Kind)+": "+fault.Code, string(fault.Kind), nil)
}
