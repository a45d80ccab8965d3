package api

import (
	"fmt"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

func summaryOfSIM(event domain.Event) string {
	switch e := event.(type) {
	case sim.Ordered:
		return "A SIM was ordered, " + e.Kind + pick(e.User == "", ", for the company's stock", ", for "+e.User) + pick(e.Automatic, ", since the licence has one", "")
	case sim.Registered:
		return "A SIM card of kind " + e.Kind + " is known"
	case sim.Assigned:
		return "The SIM is for " + e.User + pick(e.Replaces == "", "", ", in place of "+e.Replaces)
	case sim.ActivationAsked:
		if e.At != nil {
			return "The SIM is to be activated at " + e.At.UTC().Format("2006-01-02 15:04 MST")
		}
		return "The SIM is to be activated at once"
	case sim.Named:
		return "The SIM is " + e.User + "'s"
	case sim.Detached:
		return "The SIM is no longer " + e.User + "'s" + because(e.Reason)
	case sim.Forgotten:
		return e.User + " no longer has the SIM"
	case sim.Replaced:
		return "The SIM ended: " + e.By + " is active in its place"
	case sim.BlockAsked:
		return "The SIM is to be blocked"
	case sim.UnblockAsked:
		return "The block is to be lifted"
	case sim.ClaimAbandoned:
		return "Gave up " + claimed(e.Claim) + ", since the order took too long"
	case user.SIMAdded:
		return "The user has the SIM " + e.SIM + pick(e.Automatic, ", ordered since the licence has one", "")
	case user.SIMRemoved:
		return "The user no longer has the SIM " + e.SIM
	}
	return summaryOfVendor(event)
}

func summaryOfVendor(event domain.Event) string {
	switch e := event.(type) {
	case sim.OrderAccepted:
		return "The SIM vendor has taken the order"
	case sim.Dispatched:
		return "The vendor has sent the card" + pick(e.TooLate, ": the cancellation came too late", "")
	case sim.CancellationAsked:
		return "The card need not be sent" + pick(e.Instead == "", "", ", since "+e.Instead+" is there")
	case sim.Cancelled:
		return "The dispatch was cancelled before the card was sent"
	case sim.Activated:
		return "The SIM is active"
	case sim.ProfileReady:
		return "The eSIM can be downloaded"
	case sim.CodeShown:
		return "The code of the eSIM was shown"
	case sim.Blocked:
		return "The SIM is blocked"
	case sim.Unblocked:
		return "The block is lifted"
	case sim.Released:
		return "The vendor binds the card to no subscription any more"
	case sim.Delayed:
		return fmt.Sprintf("The SIM vendor could not %s yet, attempt %d: %s", e.Task, e.Attempt, e.Cause) + again(e.Trouble)
	case sim.Failed:
		return fmt.Sprintf("The SIM vendor will not %s: %s; to act: %s", e.Task, e.Cause, e.Responsible)
	case sim.Retried:
		return "The SIM vendor is asked again"
	case sim.Reported:
		return "The SIM vendor has news: " + e.Event
	}
	return summaryOfDevice(event)
}
