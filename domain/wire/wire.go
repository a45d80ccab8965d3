// Package wire lists every fact there is. The names never change; a test pins
// the list and decodes one golden JSON of each.
package wire

import (
	"slices"

	"dialtone/domain"
	"dialtone/domain/callprofile"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// Events gives one empty event of each wire name.
func Events() []domain.Event {
	return slices.Concat(companies, numbers, claims, users, activations, credentials, calendars, groups, sims, devices, profiles)
}

var (
	companies = []domain.Event{
		company.Created{},
		company.PolicyAdopted{},
		company.NumbersConnected{},
		company.NumbersBought{},
		company.NumbersReturned{},
		company.MainNumberSet{},
		company.LicencesOrdered{},
		company.LicenceReturnOrdered{},
		company.LicenceReturned{},
		company.LicenceReturnFailed{},
		company.SiteOpened{},
		company.ClaimAbandoned{},
		company.MainUserSet{},
		company.MainFaxSet{},
		company.Renamed{},
		company.RegionSet{},
		company.AttendantSet{},
		company.SetupStepDone{},
		company.SetupStepSkipped{},
		company.SetupStepResumed{},
		company.ConnectionOrdered{},
		company.ConnectionDelayed{},
		company.ConnectionMade{},
		company.ConnectionFailed{},
		company.ConnectionRetried{},
	}
	numbers = []domain.Event{
		number.Connected{},
		number.Disconnected{},
		number.Assigned{},
		number.Confirmed{},
		number.Released{},
		number.ReturnBegun{},
		number.Pooled{},
		number.RestEnded{},
		number.Reserved{},
		number.Unreserved{},
		number.Forwarded{},
		number.ForwardingEnded{},
		number.SwapPrepared{},
		number.Swapped{},
		number.SwapDropped{},
	}
	claims = []domain.Event{claim.Taken{}, claim.Confirmed{}, claim.Released{}}
	users  = []domain.Event{
		user.Created{},
		user.DetailsChanged{},
		user.EmailClaimed{},
		user.DeviceClaimed{},
		user.NumberChanged{},
		user.SwapFinished{},
		user.ExtensionChanged{},
		user.LicenceChanged{},
		user.SeatMoved{},
		user.LicenceGivenUp{},
		user.Suspended{},
		user.Resumed{},
		user.Deleted{},
		user.ErasureBegun{},
		user.Erased{},
		user.ClaimAbandoned{},
		user.ClaimsReleased{},
		user.DeviceLoginIssued{},
	}
	activations = []domain.Event{
		user.ActivationStarted{},
		user.ActivationRetried{},
		user.StepStarted{},
		user.StepDelayed{},
		user.StepDone{},
		user.StepFailed{},
		user.Activated{},
		user.ActivationFailed{},
		user.LinkIssued{},
		user.LinkRenewedByUser{},
		user.LinkRenewedByAdmin{},
		user.LinkRenewedByOperator{},
		user.LinkReminded{},
		user.LinkMissed{},
		user.LinkUsed{},
		user.LinkExpired{},
		user.CredentialSet{},
		user.MessageRequested{},
		user.MessageAccepted{},
		user.MessageRefused{},
		user.MessageDelivered{},
		user.MessageBounced{},
		user.MessageDelayed{},
		user.LinkOpened{},
	}
	credentials = []domain.Event{
		user.UsernameSet{},
		user.CredentialIssued{},
		user.PasswordChanged{},
		user.PINChanged{},
		user.PasswordReminded{},
		user.PasswordExpired{},
		user.ResetRequested{},
		user.ResetMissed{},
		user.LoggedIn{},
		user.LoginLocked{},
		user.LoginUnlocked{},
		user.AdminGranted{},
		user.AdminRevoked{},
		user.MobileCodeIssued{},
		user.MobileCodeMissed{},
		user.MobileVerified{},
		user.Viewed{},
	}
	calendars = []domain.Event{
		user.ActionScheduled{}, user.ActionCancelled{}, user.ActionCarriedOut{}, user.ActionFailed{}, user.ActionHeld{}, user.Restored{},
	}
	profiles = []domain.Event{
		callprofile.Kept{},
		callprofile.Removed{},
		callprofile.Activated{},
		callprofile.Resumed{},
		callprofile.Planned{},
		callprofile.PlanDropped{},
		callprofile.TimetableSet{},
		callprofile.SwitchesSet{},
		callprofile.RuleSet{},
		callprofile.RuleRemoved{},
	}
	groups = []domain.Event{
		group.Created{},
		group.Changed{},
		group.ExtensionChanged{},
		group.MemberAdded{},
		group.MemberMoved{},
		group.MemberRemoved{},
		group.MemberLoggedIn{},
		group.MemberLoggedOut{},
		group.Deleted{},
		group.ClaimAbandoned{},
		group.ClaimsReleased{},
		user.GroupsFound{},
		user.GroupsLeft{},
		user.GroupsRejoined{},
		user.SIMsRegained{},
	}
	sims = []domain.Event{
		sim.Ordered{},
		sim.Registered{},
		sim.Assigned{},
		sim.ActivationAsked{},
		sim.Named{},
		sim.Detached{},
		sim.Forgotten{},
		sim.Replaced{},
		sim.BlockAsked{},
		sim.UnblockAsked{},
		sim.ClaimAbandoned{},
		sim.OrderAccepted{},
		sim.Dispatched{},
		sim.CancellationAsked{},
		sim.Cancelled{},
		sim.Activated{},
		sim.ProfileReady{},
		sim.CodeShown{},
		sim.Blocked{},
		sim.Unblocked{},
		sim.Released{},
		sim.Delayed{},
		sim.Failed{},
		sim.Retried{},
		sim.Reported{},
		user.SIMAdded{},
		user.SIMRemoved{},
	}
	devices = []domain.Event{
		device.Added{},
		device.Assigned{},
		device.Confirmed{},
		device.Released{},
		device.AddressIssued{},
		device.ConfigurationFetched{},
		device.Removed{},
		device.ClaimAbandoned{},
		device.ClaimsReleased{},
	}
)
