package api

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

func summaryOfProfile(event domain.Event) string {
	switch e := event.(type) {
	case callprofile.Kept:
		return "The call profile " + e.Profile + " is as given"
	case callprofile.Removed:
		return "The call profile " + e.Profile + " was removed"
	case callprofile.Activated:
		return "Calls are taken by the profile " + e.Profile + pick(e.Until == nil, "", " until "+moments(e.Until))
	case callprofile.Resumed:
		return "Calls are taken by plans and timetable again"
	case callprofile.Planned:
		return "The profile " + e.Profile + " is planned from " + e.From.UTC().Format(time.RFC3339) + " until " + e.Until.UTC().Format(time.RFC3339)
	case callprofile.PlanDropped:
		return "A planned profile was dropped"
	case callprofile.TimetableSet:
		return pick(e.Timetable.Empty(), "There is no timetable of profiles any more", "A timetable brings profiles with the hours of the week")
	case callprofile.SwitchesSet:
		return "Do not disturb, forwards and further phones are as given"
	case callprofile.RuleSet:
		return "The call rule " + e.Rule + " is as given"
	case callprofile.RuleRemoved:
		return "The call rule " + e.Rule + " was removed"
	}
	return summaryOfClaim(event)
}

func moments(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
