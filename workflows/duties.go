// Package workflows waits and retries. What is to be done is decided by the
// domain from the facts; a workflow only carries out one duty after the other.
package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// UserQueue is the task queue of users' and companies' workflows and their
// activities.
const UserQueue = "users"

// LookAgain is the signal that says that there are new facts. It carries the
// position of the latest, for people to read: the stream itself is what counts.
const LookAgain = "look-again"

// historyLimit is the length of a run's history, in events, at which the
// workflow continues as new: what a run is in the middle of by then still fits
// below 1,000. That signals do not make it longer meanwhile is the reactor's care.
const historyLimit = 900

// call runs an activity until it succeeds: an outage is waited for.
func call(ctx workflow.Context, summary string, activity, errand, next any) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, // a slow mail server may take its time
		HeartbeatTimeout:    6 * time.Second, // the worker's heartbeat stops with its process
		Summary:             summary,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	return workflow.ExecuteActivity(ctx, activity, errand).Get(ctx, next)
}

// wait sleeps until a moment, or until there are new facts.
func wait(ctx workflow.Context, news workflow.ReceiveChannel, until time.Time) {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	pause := max(until.Sub(workflow.Now(ctx)), time.Second) // clocks differ: no spinning until they agree
	timer := workflow.NewTimerWithOptions(timerCtx, pause, workflow.TimerOptions{Summary: "until " + until.UTC().Format(time.RFC3339)})
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(timer, func(workflow.Future) {})
	selector.AddReceive(news, func(news workflow.ReceiveChannel, _ bool) { news.Receive(ctx, nil) })
	selector.Select(ctx)
}

// anyNews takes all waiting signals and tells whether there were any.
func anyNews(news workflow.ReceiveChannel) bool {
	found := false
	for news.ReceiveAsync(nil) {
		found = true
	}
	return found
}
