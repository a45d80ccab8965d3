package workers_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/user"
)

const (
	phone = "device-t46"
	mac   = "mac-1"
)

func TestAPhonesMarksAreConfirmedOrGivenUp(t *testing.T) {
	const another = "mac-2"
	h := open(t)
	for _, stream := range []string{mac, another} {
		h.tell(stream, domain.ChannelAPI, claim.Taken{Owner: phone, Taking: "order", Deadline: due})
	}
	h.tell(phone, domain.ChannelAPI, device.Added{ID: "t46", Company: "acme", Claim: mac})
	h.sweep(h.journal)
	h.want(mac, "claim.taken.v1", "claim.confirmed.v1")
	h.want(another, "claim.taken.v1", "claim.released.v1")
	h.want(phone, "device.added.v1", "device.claim-abandoned.v1")
}

func TestAPhoneThatNobodyNamesIsTheCompanysAgain(t *testing.T) {
	h := open(t)
	h.tell(phone, domain.ChannelAPI, device.Added{ID: "t46", Company: "acme", Claim: mac}, device.Assigned{User: "ada", Taking: "order", Deadline: due})
	h.sweep(h.journal) // the order of the user was cut off before its fact
	h.want(phone, "device.added.v1", "device.assigned.v1", "device.released.v1")
	h.want("user-ada", "user.claim-abandoned.v1")
}

func TestAPhoneThatItsUserNamesStands(t *testing.T) {
	h := open(t)
	h.tell(phone, domain.ChannelAPI, device.Added{ID: "t46", Company: "acme", Claim: mac}, device.Assigned{User: "ada", Taking: "order", Deadline: due})
	h.tell("user-ada", domain.ChannelAPI, user.Created{ID: "ada", Company: "acme", Claims: user.Claims{Device: phone}})
	h.sweep(h.journal)
	h.want(phone, "device.added.v1", "device.assigned.v1", "device.confirmed.v1")
	h.want("user-ada", "user.created.v1")
}

func TestWhatARemovedPhoneLeftBehindIsReleased(t *testing.T) {
	h := open(t)
	h.tell(mac, domain.ChannelAPI, claim.Taken{Owner: phone, Taking: "order", Deadline: due}, claim.Confirmed{Owner: phone})
	h.tell(phone, domain.ChannelAPI, device.Added{ID: "t46", Company: "acme", Claim: mac}, device.Removed{Claim: mac})
	h.sweep(h.journal) // whoever removed the phone did not come to it
	h.want(mac, "claim.taken.v1", "claim.confirmed.v1", "claim.released.v1")
	h.want(phone, "device.added.v1", "device.removed.v1", "device.claims-released.v1")
	h.sweep(h.journal)
	h.want(mac, "claim.taken.v1", "claim.confirmed.v1", "claim.released.v1")
}
