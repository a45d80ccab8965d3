package api

import (
	"strings"

	"dialtone/domain"
	"dialtone/domain/user"
)

func summaryOfPlan(event domain.Event) string {
	switch e := event.(type) {
	case user.ActionScheduled:
		return "Planned for " + minute(e.At) + ": " + string(e.What)
	case user.ActionCancelled:
		return "A plan was cancelled"
	case user.ActionCarriedOut:
		return "What was planned is done"
	case user.ActionFailed:
		return "What was planned did not go through: " + e.Cause
	case user.ActionHeld:
		return "What was planned is held: " + e.Cause + "; it is tried again on " + minute(e.NextTry)
	case user.Restored:
		return "Restored, as " + string(e.As) + lacking(e.Missed)
	}
	return summaryOfCompany(event)
}

// lacking names what a restored user does not have again.
func lacking(missed []user.Missed) string {
	if len(missed) == 0 {
		return ""
	}
	names := make([]string, 0, len(missed))
	for _, m := range missed {
		names = append(names, m.What+" ("+m.Why+")")
	}
	return ", without " + strings.Join(names, ", ")
}
