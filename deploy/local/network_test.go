package local_test

import (
	"context"
	"errors"
	"testing"

	"dialtone/deploy/local"
	"dialtone/domain"
	"dialtone/domain/company"
)

const desk = domain.E164("+49301234567")

func TestAnOrderIsCarriedOutOnce(t *testing.T) {
	network := local.NewNetwork()
	for range 2 {
		if err := network.Activate(t.Context(), "order-1", desk); err != nil {
			t.Fatal(err)
		}
	}
	if got := network.Activations(desk); got != 1 {
		t.Errorf("it was carried out %d times", got)
	}
	if err := network.Activate(t.Context(), "order-1", "+49301234568"); domain.KindOf(err) != domain.Refused {
		t.Errorf("the order of another number: %v", err)
	}
	if err := network.Activate(t.Context(), "order-2", "030 1234"); domain.KindOf(err) != domain.Invalid {
		t.Errorf("no number: %v", err)
	}
}

func TestTheNetworkFailsAsItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		fault local.NetworkFault
		kinds []domain.Kind // of the first answers; after them it works
	}{
		"refused for good":    {local.NetworkFault{Number: string(desk), Code: "unknown-port", Permanent: true, Times: 1}, []domain.Kind{domain.Refused}},
		"busy for a while":    {local.NetworkFault{Number: "*", Code: "port-busy", Times: 2}, []domain.Kind{domain.Unavailable, domain.Unavailable}},
		"somebody else fails": {local.NetworkFault{Number: "+49301234568", Code: "port-busy"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			network := local.NewNetwork()
			if err := network.Fail(c.fault); err != nil {
				t.Fatal(err)
			}
			for _, kind := range c.kinds {
				err := network.Activate(t.Context(), "order", desk)
				var fault *domain.Fault
				if !errors.As(err, &fault) || fault.Kind != kind || fault.Code != c.fault.Code || fault.Detail == "" {
					t.Fatalf("answer %v", err)
				}
			}
			if err := network.Activate(t.Context(), "order", desk); err != nil {
				t.Errorf("it still fails: %v", err)
			}
		})
	}
}

func TestABlockIsConnectedOnceAndFailsByAnyOfItsNumbers(t *testing.T) {
	network, block := local.NewNetwork(), company.Block{From: "+49301234560", To: "+49301234569"}
	if err := network.Fail(local.NetworkFault{Number: string(desk), Code: "port-busy", Times: 1}); err != nil {
		t.Fatal(err)
	}
	if err := network.Connect(t.Context(), "order", company.Block{From: "+49301234500", To: "+49301234509"}); err != nil {
		t.Errorf("another block fails: %v", err)
	}
	if err := network.Connect(t.Context(), "block", block); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("a block with a number that fails: %v", err)
	}
	for range 2 {
		if err := network.Connect(t.Context(), "block", block); err != nil {
			t.Fatal(err)
		}
	}
	if got, alone := network.Connections(block), network.Activations(desk); got != 1 || alone != 0 {
		t.Errorf("the block was connected %d times, its number alone %d times", got, alone)
	}
	if err := network.Connect(t.Context(), "order", block); domain.KindOf(err) != domain.Refused {
		t.Errorf("the order of another block: %v", err)
	}
	if err := network.Connect(t.Context(), "odd", company.Block{From: desk}); domain.KindOf(err) != domain.Invalid {
		t.Errorf("half a block: %v", err)
	}
}

func TestHealingOneNumberLeavesTheFaultsOfOthers(t *testing.T) {
	network := local.NewNetwork()
	for _, number := range []string{string(desk), "+49301234568"} {
		if err := network.Fail(local.NetworkFault{Number: number, Code: "port-busy"}); err != nil {
			t.Fatal(err)
		}
	}
	network.Heal(string(desk))
	if err := network.Activate(t.Context(), "a", desk); err != nil {
		t.Errorf("the healed number fails: %v", err)
	}
	if err := network.Activate(t.Context(), "b", "+49301234568"); err == nil {
		t.Error("the other number was healed too")
	}
	network.Heal("")
	if err := network.Activate(t.Context(), "b", "+49301234568"); err != nil {
		t.Errorf("after healing all: %v", err)
	}
}

func TestImpossibleNetworkFaultsAreInvalid(t *testing.T) {
	for name, fault := range map[string]local.NetworkFault{
		"no number":      {Code: "x"},
		"no code":        {Number: "*"},
		"negative times": {Number: "*", Code: "x", Times: -1},
	} {
		if err := local.NewNetwork().Fail(fault); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACancelledOrderIsNotCarriedOut(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	network := local.NewNetwork()
	if err := network.Activate(ctx, "order", desk); !errors.Is(err, context.Canceled) || network.Activations(desk) != 0 {
		t.Errorf("%v, %d activations", err, network.Activations(desk))
	}
}
