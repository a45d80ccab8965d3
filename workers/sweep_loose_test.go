package workers_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/group"
)

func TestAGroupsClaimIsConfirmedOrGivenUp(t *testing.T) {
	const seventy, eighty = "extension-acme-0070", "extension-acme-0080"
	h := open(t)
	for _, stream := range []string{seventy, eighty} {
		h.tell(stream, domain.ChannelAPI, claim.Taken{Owner: "group-sales", Taking: "order", Deadline: due})
	}
	h.tell("group-sales", domain.ChannelAPI, group.Created{ID: "sales", Company: "acme", Kind: group.Hunt, Claim: seventy})
	h.sweep(h.journal)
	h.want(seventy, "claim.taken.v1", "claim.confirmed.v1")
	h.want(eighty, "claim.taken.v1", "claim.released.v1")
	h.want("group-sales", "group.created.v1", "group.claim-abandoned.v1")
}

func TestWhatAGroupLeftBehindIsReleased(t *testing.T) {
	const seventy = "extension-acme-0070"
	h := open(t)
	h.tell(seventy, domain.ChannelAPI, claim.Taken{Owner: "group-sales", Taking: "order", Deadline: due}, claim.Confirmed{Owner: "group-sales"})
	h.tell("group-sales", domain.ChannelAPI, group.Created{ID: "sales", Company: "acme", Kind: group.Hunt, Claim: seventy}, group.Deleted{Claim: seventy})
	h.sweep(h.journal) // whoever deleted the group did not come to it
	h.want(seventy, "claim.taken.v1", "claim.confirmed.v1", "claim.released.v1")
	h.want("group-sales", "group.created.v1", "group.deleted.v1", "group.claims-released.v1")
	h.sweep(h.journal)
	h.want(seventy, "claim.taken.v1", "claim.confirmed.v1", "claim.released.v1")
}
