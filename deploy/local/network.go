package local

import (
	"context"
	"sync"

	"dialtone/domain"
	"dialtone/domain/company"
)

// AnyNumber is the number of a fault that fits all numbers.
const AnyNumber = "*"

// Network stands in for the operator's network: it puts numbers and blocks of
// them into service at once, unless it is told to fail. It keeps what it did in memory only.
type Network struct {
	faults faults[NetworkFault]
	mu     sync.Mutex
	orders map[string]company.Block
}

// NetworkFault is one way the network is told to fail.
type NetworkFault struct {
	Number    string `json:"number"`    // E.164, or "*" for all
	Code      string `json:"code"`      // stable name, "port-busy"
	Text      string `json:"text"`      // a sentence for people
	Permanent bool   `json:"permanent"` // refused for good, or only unavailable
	Times     int    `json:"times"`     // how often; 0 means until Heal
}

// NewNetwork makes a network in which nothing is in service yet.
func NewNetwork() *Network { return &Network{orders: map[string]company.Block{}} }

// Activate puts the number into service. The same order again is nothing, and
// the same order for another number is Refused (order-reused). An armed fault
// comes back as Refused or Unavailable with the fault's code.
func (n *Network) Activate(ctx context.Context, order string, number domain.E164) error {
	return n.carryOut(ctx, order, company.Block{From: number, To: number})
}

// Connect puts a block of numbers into service, as Activate does one. A fault
// of a number in the block, or of all, fits it.
func (n *Network) Connect(ctx context.Context, order string, block company.Block) error {
	return n.carryOut(ctx, order, block)
}

func (n *Network) carryOut(ctx context.Context, order string, block company.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !block.From.Valid() || !block.To.Valid() {
		return domain.Faultf(domain.Invalid, "number", "the order has no E.164 number")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if done, known := n.orders[order]; known && done == block {
		return nil
	} else if known {
		return domain.Faultf(domain.Refused, "order-reused", "the order was carried out for another number")
	}
	fault, failing := n.faults.take(func(fault NetworkFault) bool {
		return fault.Number == AnyNumber || block.Contains(domain.E164(fault.Number))
	})
	if failing {
		return fault.err()
	}
	n.orders[order] = block
	return nil
}

// Activations counts the orders carried out for a number alone: what an
// activation done exactly once leaves at 1.
func (n *Network) Activations(number domain.E164) int {
	return n.Connections(company.Block{From: number, To: number})
}

// Connections counts the orders carried out for a block.
func (n *Network) Connections(block company.Block) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, connected := range n.orders {
		if connected == block {
			count++
		}
	}
	return count
}

// Fail arms a fault. Faults that fit the same order are used oldest first.
func (n *Network) Fail(fault NetworkFault) error {
	var check domain.Check
	check.Need(fault.Number == AnyNumber || domain.E164(fault.Number).Valid(), "/number", "format", "is neither E.164 nor *")
	check.Need(fault.Code != "", "/code", "missing", "is missing")
	check.Need(fault.Times >= 0, "/times", "negative", "is below 0")
	if err := check.Err(); err != nil {
		return err
	}
	n.faults.add(fault, fault.Times)
	return nil
}

// Heal disarms the faults set for this number or "*", all where it is empty.
func (n *Network) Heal(number string) {
	n.faults.remove(func(fault NetworkFault) bool { return number == "" || fault.Number == number })
}

func (f NetworkFault) err() error {
	kind := domain.Unavailable
	if f.Permanent {
		kind = domain.Refused
	}
	text := f.Text
	if text == "" {
		text = "the network answered " + f.Code
	}
	return &domain.Fault{Kind: kind, Code: f.Code, Detail: text}
}
