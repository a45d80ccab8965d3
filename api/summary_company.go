package api

import (
	"fmt"

	"dialtone/domain"
	"dialtone/domain/company"
)

func summaryOfCompany(event domain.Event) string {
	switch e := event.(type) {
	case company.Created:
		return "The company was ordered"
	case company.PolicyAdopted:
		if e.Policy.Strict {
			return "The company's users are treated by " + e.Policy.Stamp() + ", made strict, from now on"
		}
		return "The company's users are treated by " + e.Policy.Stamp() + " from now on"
	case company.NumbersConnected:
		return "The numbers " + string(e.From) + " to " + string(e.To) + " are the company's"
	case company.NumbersBought:
		return "The numbers " + string(e.From) + " to " + string(e.To) + " were bought"
	case company.NumbersReturned:
		return "The numbers " + string(e.From) + " to " + string(e.To) + " are the company's no longer"
	case company.MainNumberSet:
		return "The main number is " + string(e.Number)
	case company.MainFaxSet:
		return pick(e.Number == "", "There is no main fax any more", "The main fax is "+string(e.Number))
	case company.MainUserSet:
		return "The main user is " + e.User
	case company.LicencesOrdered:
		return plural(e.Count, "licence", "licences") + " of kind " + e.Kind + " ordered in addition"
	case company.LicenceReturnOrdered:
		return "A licence of kind " + e.Kind + " is to go back to the operator"
	case company.LicenceReturned:
		return fmt.Sprintf("Licence %d of kind %s went back to the operator", e.Seat, e.Kind) + pick(e.Moved == "", "", "; who had it has a bound one now")
	case company.LicenceReturnFailed:
		return "No licence of kind " + e.Kind + " could go back: " + e.Cause
	case company.SiteOpened:
		return "There is a new location, " + e.Name
	case company.Renamed:
		return "The company is called " + e.Name
	case company.RegionSet:
		return "The company is at home in " + e.TimeZone + " and speaks " + e.Language
	case company.AttendantSet:
		return pick(e.User == "", "Nobody is rung for the company any more", "The attendant is "+e.User)
	case company.ClaimAbandoned:
		return "Gave up " + claimed(e.Claim) + ", since the order took too long"
	}
	return summaryOfSetup(event)
}

func summaryOfSetup(event domain.Event) string {
	switch e := event.(type) {
	case company.SetupStepDone:
		return "The step " + e.Step + " of the set-up is done"
	case company.SetupStepSkipped:
		return "The step " + e.Step + " of the set-up was skipped"
	case company.SetupStepResumed:
		return "The step " + e.Step + " of the set-up is open again"
	case company.ConnectionOrdered:
		return "The network is to bring " + string(e.From) + " to " + string(e.To) + " into service"
	case company.ConnectionDelayed:
		return fmt.Sprintf("The network could not connect %s yet, attempt %d: %s", e.From, e.Attempt, e.Cause) + again(e.Trouble)
	case company.ConnectionMade:
		return "The numbers from " + string(e.From) + " on are in service"
	case company.ConnectionFailed:
		return fmt.Sprintf("The network refuses to connect %s: %s; to act: %s", e.From, e.Cause, e.Responsible)
	case company.ConnectionRetried:
		return "The connection of " + string(e.From) + " is tried again"
	}
	return summaryOfGroup(event)
}
