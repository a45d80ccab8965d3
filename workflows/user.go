package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain/user"
)

// UserID is the id of a user's workflow.
func UserID(id string) string { return "user/" + id }

// User carries out a user's duties until nothing is left to do and nothing to
// wait for. New facts wake it by the signal LookAgain, or start it again.
func User(ctx workflow.Context, id string) error {
	run := &userRun{id: id, news: workflow.GetSignalChannel(ctx, LookAgain)}
	duty, err := run.look(ctx)
	for err == nil {
		switch {
		case duty.Task == user.Rest:
			if !anyNews(run.news) {
				return nil
			}
			duty, err = run.look(ctx)
		case workflow.GetInfo(ctx).GetCurrentHistoryLength() >= historyLimit:
			anyNews(run.news)
			return workflow.NewContinueAsNewError(ctx, User, id)
		case duty.Task == user.Wait:
			wait(ctx, run.news, duty.Due)
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
	anyNews(r.news) // what is known by now is seen by this look
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
	case user.FinishSwap:
		return r.call(ctx, "finish the swap of numbers", do.FinishSwap, duty)
	case user.OrderSIM:
		return r.call(ctx, "order a SIM", do.OrderSIM, duty)
	case user.LetSIMGo:
		return r.call(ctx, "let a SIM go", do.LetSIMGo, duty)
	case user.ReleaseClaims:
		return r.call(ctx, "release what is no longer needed", do.ReleaseClaims, duty)
	case user.GiveUpLicence:
		return r.call(ctx, "tell the company that a licence goes back", do.GiveUpLicence, duty)
	case user.EraseUser:
		return r.call(ctx, "erase what is personal", do.EraseUser, duty)
	case user.RejoinGroups:
		return r.call(ctx, "give places in groups again", do.RejoinGroups, duty)
	case user.RegainSIMs:
		return r.call(ctx, "give SIMs again", do.RegainSIMs, duty)
	case user.LeaveGroups:
		return r.call(ctx, "leave groups and tell their members", do.LeaveGroups, duty)
	case user.Rest, user.Wait:
	}
	return user.Duty{}, temporal.NewNonRetryableApplicationError("no activity does the task "+string(duty.Task), "UnknownTask", nil)
}

func (r *userRun) call(ctx workflow.Context, summary string, activity any, duty user.Duty) (user.Duty, error) {
	var next user.Duty
	err := call(ctx, summary, activity, activities.Errand{User: r.id, Duty: duty}, &next)
	return next, err
}

// Summary is what Temporal's Web UI shows of a user's workflow.
func Summary(id string) string {
	return "user " + strings.SplitN(id, "-", 2)[0] + ": activation, link and messages"
}
