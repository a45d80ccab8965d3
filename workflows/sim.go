package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain/sim"
)

// SIMID is the id of a SIM's workflow.
func SIMID(id string) string { return "sim/" + id }

// SIMSummary is what Temporal's Web UI shows of a SIM's workflow.
func SIMSummary(id string) string {
	return "SIM " + strings.SplitN(id, "-", 2)[0] + ": order, dispatch and activation"
}

var doForSIM *activities.SIMs // names the activities; never called

// SIM carries out a SIM's duties until nothing is left to do and nothing to wait
// for. New facts wake it by the signal LookAgain, or start it again.
func SIM(ctx workflow.Context, id string) error {
	news := workflow.GetSignalChannel(ctx, LookAgain)
	duty := sim.Duty{}
	do := func(summary string, activity any) error {
		return call(ctx, summary, activity, activities.SIMErrand{SIM: id, Duty: duty}, &duty)
	}
	err := do("look at the facts", doForSIM.LookAtSIM)
	for err == nil {
		switch {
		case duty.Task == sim.Rest:
			if !anyNews(news) {
				return nil
			}
			err = do("look at the facts", doForSIM.LookAtSIM)
		case workflow.GetInfo(ctx).GetCurrentHistoryLength() >= historyLimit:
			anyNews(news)
			return workflow.NewContinueAsNewError(ctx, SIM, id)
		case duty.Task == sim.Wait:
			wait(ctx, news, duty.Due)
			anyNews(news)
			err = do("look at the facts", doForSIM.LookAtSIM)
		case duty.Task == sim.Name:
			err = do("give it to its user", doForSIM.NameSIM)
		case duty.Task == sim.Forget:
			err = do("take it from its former user", doForSIM.ForgetSIM)
		case duty.Task.AtVendor():
			err = do(fmt.Sprintf("have the vendor %s, attempt %d", duty.Task, duty.Attempt), doForSIM.AskVendor)
		default:
			return temporal.NewNonRetryableApplicationError("no activity does the task "+string(duty.Task), "UnknownTask", nil)
		}
	}
	return err
}
