package api

import (
	"dialtone/domain"
	"dialtone/domain/device"
)

func summaryOfDevice(event domain.Event) string {
	switch e := event.(type) {
	case device.Added:
		return "The company has a phone, " + titleOf(e.Manufacturer) + " " + e.Model
	case device.Assigned:
		return "The phone was given to " + e.User
	case device.Confirmed:
		return "The phone is " + e.User + "'s for good"
	case device.Released:
		return "The phone is " + e.User + "'s no more" + because(e.Reason)
	case device.AddressIssued:
		return pick(e.Generation == 1, "The phone's configuration has an address", "The phone's configuration has a new address; the one before no longer works")
	case device.ConfigurationFetched:
		return "The phone picked up its configuration" + pick(e.Agent == "", "", ", as "+e.Agent)
	case device.Removed:
		return "The phone is the company's no more" + because(e.Reason)
	case device.ClaimAbandoned:
		return "Gave up " + claimed(e.Claim) + ", since the order took too long"
	case device.ClaimsReleased:
		return "Gave back " + plural(len(e.Claims), "thing", "things") + " the phone no longer has"
	}
	return summaryOfProfile(event)
}

// titleOf writes a manufacturer as people do.
func titleOf(manufacturer string) string {
	if maker, ok := device.Find(manufacturer); ok {
		return maker.Title
	}
	return manufacturer
}
