// Package workflows waits and retries. What is to be done is decided by the
// domain from the facts; a workflow only carries out one duty after the other.
package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain/user"
)

// UserQueue is the task queue of users' workflows and their activities.
const UserQueue = "users"

// LookAgain is the signal that says that there are new facts. It carries the
// position of the latest, for people to read: the stream itself is what counts.
const LookAgain = "look-again"

// UserID is the id of a user's workflow.
func UserID(id string) string { return "user/" + id }

// historyLimit is the length of a run's history, in events, at which the
// workflow continues as new: what a run is in the middle of by then still fits
// below 1,000. That signals do not make it longer meanwhile is the reactor's care.
const historyLimit = 900

// User carries out a user's duties until nothing is left to do and nothing to
// wait for. New facts wake it by the signal LookAgain, or start it again.
func User(ctx workflow.Context, id string) error {
	run := &userRun{id: id, news: workflow.GetSignalChannel(ctx, LookAgain)}
	duty, err := run.look(ctx)
	for err == nil {
		switch {
		case duty.Task == user.Rest:
			if !run.anyNews() {
				return nil
			}
			duty, err = run.look(ctx)
		case workflow.GetInfo(ctx).GetCurrentHistoryLength() >= historyLimit:
			run.anyNews()
			return workflow.NewContinueAsNewError(ctx, User, id)
		case duty.Task == user.Wait:
			run.wait(ctx, duty.Due)
			duty, err = run.look(ctx)
		default:
			duty, err = run.perform(ctx, duty)
		}
	}
	return err
}

type userRun struct {
	id   string
	news workflow.ReceiveChannel
}

var do *activities.Users // names the activities; never called

func (r *userRun) look(ctx workflow.Context) (user.Duty, error) {
	r.anyNews() // what is known by now is seen by this look
	return r.call(ctx, "look at the facts", do.Look, user.Duty{})
}

// perform carries one duty out and tells the next one.
func (r *userRun) perform(ctx workflow.Context, duty user.Duty) (user.Duty, error) {
	switch duty.Task {
	case user.RunStep:
		return r.call(ctx, fmt.Sprintf("step %s, attempt %d", duty.Subject, duty.Attempt), do.RunStep, duty)
	case user.SendLink:
		return r.call(ctx, "issue the activation link", do.IssueLink, duty)
	case user.RemindOfLink:
		return r.call(ctx, "remind of the link", do.Remind, duty)
	case user.EndLink:
		return r.call(ctx, "let the link expire", do.ExpireLink, duty)
	case user.Deliver:
		return r.call(ctx, fmt.Sprintf("send %s, attempt %d", duty.Purpose, duty.Attempt), do.Deliver, duty)
	case user.HandOver:
		return r.call(ctx, fmt.Sprintf("issue the temporary password, attempt %d", duty.Attempt), do.IssueCredential, duty)
	case user.RemindOfPassword:
		return r.call(ctx, "remind of the password's end", do.RemindOfPassword, duty)
	case user.EndPassword:
		return r.call(ctx, "let the password expire", do.ExpirePassword, duty)
	case user.ActOnDate:
		return r.call(ctx, "as planned: "+duty.Purpose, do.CarryOut, duty)
	case user.ReleaseClaims:
		return r.call(ctx, "release what is no longer needed", do.ReleaseClaims, duty)
	case user.Rest, user.Wait:
	}
	return user.Duty{}, temporal.NewNonRetryableApplicationError("no activity does the task "+string(duty.Task), "UnknownTask", nil)
}

// call runs an activity until it succeeds: an outage is waited for.
func (r *userRun) call(ctx workflow.Context, summary string, activity any, duty user.Duty) (user.Duty, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, // a slow mail server may take its time
		HeartbeatTimeout:    6 * time.Second, // the worker's heartbeat stops with its process
		Summary:             summary,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	var next user.Duty
	err := workflow.ExecuteActivity(ctx, activity, activities.Errand{User: r.id, Duty: duty}).Get(ctx, &next)
	return next, err
}

// wait sleeps until a moment, or until there are new facts.
func (r *userRun) wait(ctx workflow.Context, until time.Time) {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	pause := max(until.Sub(workflow.Now(ctx)), time.Second) // clocks differ: no spinning until they agree
	timer := workflow.NewTimerWithOptions(timerCtx, pause, workflow.TimerOptions{Summary: "until " + until.UTC().Format(time.RFC3339)})
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(timer, func(workflow.Future) {})
	selector.AddReceive(r.news, func(news workflow.ReceiveChannel, _ bool) { news.Receive(ctx, nil) })
	selector.Select(ctx)
}

// anyNews takes all waiting signals and tells whether there were any.
func (r *userRun) anyNews() bool {
	found := false
	for r.news.ReceiveAsync(nil) {
		found = true
	}
	return found
}

// Summary is what Temporal's Web UI shows of a user's workflow.
func Summary(id string) string {
	return "user " + strings.SplitN(id, "-", 2)[0] + ": activation, link and messages"
}
