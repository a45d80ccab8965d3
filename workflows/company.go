package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain/company"
)

// CompanyID is the id of a company's workflow.
func CompanyID(id string) string { return "company/" + id }

// CompanySummary is what Temporal's Web UI shows of a company's workflow.
func CompanySummary(id string) string {
	return "company " + strings.SplitN(id, "-", 2)[0] + ": its numbers and licences"
}

var doForCompany *activities.Companies // names the activities; never called

// Company carries out a company's duties until nothing is left to do and nothing
// to wait for. New facts wake it by the signal LookAgain, or start it again.
func Company(ctx workflow.Context, id string) error {
	news := workflow.GetSignalChannel(ctx, LookAgain)
	duty := company.Duty{}
	do := func(summary string, activity any) error {
		return call(ctx, summary, activity, activities.CompanyErrand{Company: id, Duty: duty}, &duty)
	}
	err := do("look at the facts", doForCompany.LookAtCompany)
	for err == nil {
		switch {
		case duty.Task == company.Rest:
			if !anyNews(news) {
				return nil
			}
			err = do("look at the facts", doForCompany.LookAtCompany)
		case workflow.GetInfo(ctx).GetCurrentHistoryLength() >= historyLimit:
			anyNews(news)
			return workflow.NewContinueAsNewError(ctx, Company, id)
		case duty.Task == company.Wait:
			wait(ctx, news, duty.Due)
			anyNews(news)
			err = do("look at the facts", doForCompany.LookAtCompany)
		case duty.Task == company.Connect:
			err = do(fmt.Sprintf("connect numbers, attempt %d", duty.Attempt), doForCompany.ConnectNumbers)
		case duty.Task == company.GiveBack:
			err = do("give a licence back", doForCompany.GiveBackLicence)
		default:
			return temporal.NewNonRetryableApplicationError("no activity does the task "+string(duty.Task), "UnknownTask", nil)
		}
	}
	return err
}
