package workers_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

func TestASwapThatNobodyDecidedIsDroppedBehindTheNote(t *testing.T) {
	h := open(t)
	prepared := number.SwapPrepared{Swap: "s", From: "ada", To: "grace", Other: "+4930123451", Decides: "grace", Deadline: due}
	h.tell(line, domain.ChannelAPI, connected, assigned, number.Confirmed{User: "ada"}, prepared)
	h.tell("company-acme", domain.ChannelAPI, company.Created{ID: "acme"}, company.NumbersConnected{From: "+4930123450", To: "+4930123459"})
	h.tell("user-grace", domain.ChannelAPI, user.Created{ID: "grace", Company: "acme", Number: "+4930123451"})
	h.sweep(h.journal)
	h.want(line, "number.connected.v1", "number.assigned.v1", "number.confirmed.v1", "number.swap-prepared.v1", "number.swap-dropped.v1")
	h.want("user-grace", "user.created.v1", "user.claim-abandoned.v1")
	h.late("user-grace", user.SwapNumber{Swap: "s", With: "ada", Number: "+4930123450", Previous: "+4930123451", At: noon}.Decide)
}

func TestASwapThatWasDecidedIsLeftToItsWorkflow(t *testing.T) {
	h := open(t)
	prepared := number.SwapPrepared{Swap: "s", From: "ada", To: "grace", Other: "+4930123451", Decides: "grace", Deadline: due}
	h.tell(line, domain.ChannelAPI, number.Assigned{Company: "acme", User: "ada"}, number.Confirmed{User: "ada"}, prepared)
	h.tell("user-grace", domain.ChannelAPI, user.Created{ID: "grace", Company: "acme", Number: "+4930123451"},
		user.NumberChanged{Number: "+4930123450", Previous: "+4930123451", Swap: "s", With: "ada", Decides: true})
	h.sweep(h.journal)
	h.want(line, "number.assigned.v1", "number.confirmed.v1", "number.swap-prepared.v1")
	h.want("user-grace", "user.created.v1", "user.number-changed.v1")
}

func TestAReturnIsFinishedWhereverTheProcessEnded(t *testing.T) {
	begun := number.ReturnBegun{Company: "acme", Reason: "spare", Deadline: due}
	for _, companySaysSo := range []bool{false, true} {
		h := open(t)
		h.tell(line, domain.ChannelAPI, connected)
		h.tell("company-acme", domain.ChannelAPI, company.Created{ID: "acme"}, company.NumbersConnected{From: "+4930123450", To: "+4930123459"})
		h.tell(line, domain.ChannelAPI, begun)
		if companySaysSo {
			h.tell("company-acme", domain.ChannelAPI, company.NumbersReturned{From: "+4930123450", To: "+4930123450"})
		}
		h.sweep(h.journal)
		h.want("company-acme", "company.created.v1", "company.numbers-connected.v1", "company.numbers-returned.v1")
		if firm := company.Fold(h.facts("company-acme")); firm.Owns("+4930123450") || !firm.Owns("+4930123451") {
			t.Errorf("the company names %v", firm.Blocks)
		}
		h.want(line, "number.connected.v1", "number.return-begun.v1", "number.disconnected.v1")
		if s := number.Fold(h.facts(line)); !s.Pool || s.Company != "" {
			t.Errorf("the number stands as %+v", s)
		}
	}
}

func TestAPurchaseThatNoCompanyNamesGoesBackToThePool(t *testing.T) {
	h := open(t)
	h.tell("company-acme", domain.ChannelAPI, company.Created{ID: "acme"})
	h.tell(line, domain.ChannelAPI, number.Pooled{Kind: number.Fixed}, number.Connected{Company: "acme", Deadline: due, Taking: "order"})
	h.sweep(h.journal)
	h.want(line, "number.pooled.v1", "number.connected.v1", "number.disconnected.v1")
	h.late("company-acme", company.BuyNumbers{Numbers: []domain.E164{"+4930123450"}, At: noon}.Decide)
	if s := number.Fold(h.facts(line)); !s.Pool || s.Company != "" {
		t.Errorf("the number stands as %+v", s)
	}
}
