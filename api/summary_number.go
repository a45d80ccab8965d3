package api

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/number"
)

func summaryOfNumber(event domain.Event) string {
	switch e := event.(type) {
	case number.Pooled:
		return "The operator offers the number to all companies"
	case number.Connected:
		return "The number is a company's" + pick(e.Taking == "", "", ", which bought it")
	case number.ReturnBegun:
		return "The company gives the number to the operator" + because(e.Reason)
	case number.Disconnected:
		return "The number is the company's no longer" + because(e.Reason) + rests(e.Rests)
	case number.Assigned:
		return "The number was reserved for the user"
	case number.Confirmed:
		return "The number is the user's for good"
	case number.Released:
		return "The number was given back" + because(e.Reason) + rests(e.Rests)
	case number.RestEnded:
		return "The number may be given again before its time"
	case number.Reserved:
		return "The number is kept for later" + because(e.Reason)
	case number.Unreserved:
		return "The number is like any other again"
	case number.Forwarded:
		return "Calls to the number go to " + string(e.To)
	case number.ForwardingEnded:
		return "Calls to the number go nowhere any more"
	case number.SwapPrepared:
		return "The number is held for a swap with " + string(e.Other)
	case number.Swapped:
		return "The number is the user's, in a swap"
	case number.SwapDropped:
		return "The swap of the number was dropped" + because(e.Reason)
	}
	return event.Type()
}

func rests(until *time.Time) string {
	if until == nil {
		return ""
	}
	return "; it rests until " + until.UTC().Format(time.RFC3339)
}
