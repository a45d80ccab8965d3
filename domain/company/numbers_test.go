package company_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

func TestACompanyNamesWhatItBuysAndReturns(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	made := company.Created{ID: "acme"}
	block := company.NumbersConnected{From: "+4930123450", To: "+4930123459"}
	main := company.MainNumberSet{Number: "+4930123450"}
	buy := func(numbers ...domain.E164) domain.Decide {
		return company.BuyNumbers{Numbers: numbers, At: noon}.Decide
	}
	network := company.PolicyAdopted{Policy: policy.Policy{ConnectNumbers: true}}
	for _, c := range []struct {
		name  string
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		{"nobody buys nothing", nil, buy("+4930999990"), nil, "no-company"},
		{
			"rows of numbers are named together, the first is the main number",
			[]domain.Event{made},
			buy("+4930999991", "+4930999990", "+4940111111"),
			[]domain.Event{
				company.NumbersBought{From: "+4930999990", To: "+4930999991"},
				company.NumbersBought{From: "+4940111111", To: "+4940111111"},
				company.MainNumberSet{Number: "+4930999990"},
			},
			"",
		},
		{
			"the network is to bring them into service where it does",
			[]domain.Event{made, block, main, network},
			buy("+4930999990"),
			[]domain.Event{company.NumbersBought{From: "+4930999990", To: "+4930999990"}, company.ConnectionOrdered{From: "+4930999990", To: "+4930999990"}},
			"",
		},
		{"what is named is not named twice", []domain.Event{made, block, main}, buy("+4930123451"), nil, ""},
		{"a purchase that took too long", []domain.Event{made, company.ClaimAbandoned{Claim: "number-+4930999990"}}, buy("+4930999990"), nil, "claims-expired"},
		{
			"a number is returned",
			[]domain.Event{made, block, main},
			company.ReturnNumber{Number: "+4930123454"}.Decide,
			[]domain.Event{company.NumbersReturned{From: "+4930123454", To: "+4930123454"}},
			"",
		},
		{"what is not named is nothing", []domain.Event{made, block, main}, company.ReturnNumber{Number: "+4930999990"}.Decide, nil, ""},
	} {
		history := make([]domain.Fact, len(c.given))
		for n, event := range c.given {
			history[n] = domain.Fact{Event: event, Revision: uint64(n), At: noon}
		}
		then, err := c.when(history)
		var fault *domain.Fault
		if errors.As(err, &fault); (err != nil) != (c.fault != "") || err != nil && fault.Code != c.fault || !reflect.DeepEqual(then, c.then) {
			t.Errorf("%s: %v, %v", c.name, then, err)
		}
	}
}

func TestAReturnedNumberLeavesTheEndsOfItsBlock(t *testing.T) {
	fold := func(gone ...domain.E164) company.State {
		facts := []domain.Fact{{Event: company.Created{ID: "acme"}}, {Event: company.NumbersConnected{From: "+4930123450", To: "+4930123459"}}, {Event: company.MainNumberSet{Number: "+4930123450"}}}
		for _, n := range gone {
			facts = append(facts, domain.Fact{Event: company.NumbersReturned{From: n, To: n}})
		}
		return company.Fold(facts)
	}
	for _, c := range []struct {
		gone []domain.E164
		left []company.Block
	}{
		{[]domain.E164{"+4930123454"}, []company.Block{{From: "+4930123450", To: "+4930123453"}, {From: "+4930123455", To: "+4930123459"}}},
		{[]domain.E164{"+4930123450"}, []company.Block{{From: "+4930123451", To: "+4930123459"}}},
		{[]domain.E164{"+4930123459"}, []company.Block{{From: "+4930123450", To: "+4930123458"}}},
		{[]domain.E164{"+4930123451", "+4930123453", "+4930123452"}, []company.Block{{From: "+4930123450", To: "+4930123450"}, {From: "+4930123454", To: "+4930123459"}}},
	} {
		if left := fold(c.gone...).Blocks; !slices.Equal(left, c.left) {
			t.Errorf("without %v: %v", c.gone, left)
		}
	}
	for n, code := range map[domain.E164]string{"+4930123450": "main-number", "+4930123451": ""} {
		err := company.ReturnNumber{Number: n}.Check(fold())
		var fault *domain.Fault
		if errors.As(err, &fault); (err != nil) != (code != "") || err != nil && fault.Code != code {
			t.Errorf("%s: %v", n, err)
		}
	}
}
