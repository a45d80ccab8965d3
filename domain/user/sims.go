package user

import (
	"slices"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/sim"
)

// SIM is a SIM that the user has; whose it is stands in the SIM's own stream.
type SIM struct {
	ID        string
	Kind      string
	Automatic bool   // ordered since the licence asks for it
	Replaces  string // the SIM that ends once this one is active, "" for none
}

// SIMAdded says that the user has a SIM.
type SIMAdded struct {
	SIM       string `json:"sim"`
	Kind      string `json:"kind"`
	Automatic bool   `json:"automatic,omitempty"`
	Replaces  string `json:"replaces,omitempty"`
}

// SIMRemoved says that the user has the SIM no more.
type SIMRemoved struct {
	SIM string `json:"sim"`
}

// Type is the wire name.
func (SIMAdded) Type() string { return "user.sim-added.v1" }

// Type is the wire name.
func (SIMRemoved) Type() string { return "user.sim-removed.v1" }

// mostSIMs is how many SIMs a user can have at once.
const mostSIMs = 10

// SIMOrder is the id of the SIM that is ordered by itself for a user, the n-th time.
func SIMOrder(id string, n int) string {
	return domain.DeriveID("sim", id, "automatic", strconv.Itoa(n))
}

// MayHaveSIM tells why a user cannot be given a SIM of a kind (2.2, 2.18).
func (s State) MayHaveSIM(kind string, rules policy.Policy) error {
	var c domain.Check
	known := slices.Contains([]string{sim.Voice, sim.Data, sim.ESIM}, kind)
	c.Need(known, "/kind", "unknown", "is voice, data or esim, not %q", kind)
	if err := c.Err(); err != nil {
		return err
	}
	twin := rules.Usual().SIMs.TwinOption
	switch {
	case !s.Exists():
		return gone()
	case !rules.SIMs.For(s.Licence):
		return domain.Faultf(domain.Refused, "sim-licence", "the user's licence has no SIM card; it takes a mobile one")
	case kind == sim.Data && !slices.Contains(s.Options, twin):
		return domain.Faultf(domain.Refused, "sim-add-on", "a twin card for data needs the add-on %s", twin)
	case len(s.SIMs) >= mostSIMs:
		return domain.Faultf(domain.Refused, "sims-full", "the user has %d SIM cards, and no more are possible", mostSIMs)
	}
	return nil
}

// checkHeldSIMs keeps what the user's SIMs need: a card does not stop to work by
// itself since a service or a licence was changed. It is removed from the user first.
func (s State) checkHeldSIMs(c *domain.Check, options []string, licence string, rules policy.Policy) {
	twin := rules.Usual().SIMs.TwinOption
	holdsTwin := slices.ContainsFunc(s.SIMs, func(held SIM) bool { return held.Kind == sim.Data })
	lost := slices.Contains(s.Options, twin) && !slices.Contains(options, twin)
	c.Need(!holdsTwin || !lost, "/options", "twin-held", "keeps %s while the user has a twin card for data; remove the card from the user first", twin)
	lost = rules.SIMs.For(s.Licence) && !rules.SIMs.For(licence)
	c.Need(len(s.SIMs) == 0 || !lost, "/licence", "sim-held", "is one with SIM cards while the user has one; remove the card from the user first")
}

// NameSIM is the workflow's command: the user is to have a SIM.
type NameSIM struct{ SIM SIM }

// Decide names it. A card that was ordered by itself is not needed by who has
// one by then (2.13).
func (in NameSIM) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	speaks := func(other SIM) bool { return other.Kind != sim.Data && other.ID != in.SIM.ID }
	switch {
	case slices.ContainsFunc(s.SIMs, func(other SIM) bool { return other.ID == in.SIM.ID && other.Replaces == in.SIM.Replaces }):
		return nil, nil
	case !s.Exists():
		return nil, domain.Faultf(domain.Refused, "user-gone", "the user was deleted")
	case in.SIM.Automatic && slices.ContainsFunc(s.SIMs, speaks):
		return nil, domain.Faultf(domain.Refused, "has-sim", "the user has a SIM card already")
	case s.Swaps(in.SIM.Replaces):
		return nil, SwapUnderway()
	case len(s.SIMs) >= mostSIMs && !slices.ContainsFunc(s.SIMs, func(other SIM) bool { return other.ID == in.SIM.ID }):
		return nil, domain.Faultf(domain.Refused, "sims-full", "the user has %d SIM cards, and no more are possible", mostSIMs)
	}
	return []domain.Event{SIMAdded{SIM: in.SIM.ID, Kind: in.SIM.Kind, Automatic: in.SIM.Automatic, Replaces: in.SIM.Replaces}}, nil
}

// Swaps tells whether the user has a SIM that comes in another's place.
func (s State) Swaps(former string) bool {
	return former != "" && slices.ContainsFunc(s.SIMs, func(other SIM) bool { return other.Replaces == former })
}

// SwapUnderway is the fault of swapping a SIM for a second one.
func SwapUnderway() *domain.Fault {
	return domain.Faultf(domain.Refused, "swap-underway", "another SIM card comes in the place of this one already; remove that one first")
}

// DropSIM is the workflow's command: the user has a SIM no more.
type DropSIM struct{ SIM string }

// Decide notes it.
func (in DropSIM) Decide(history []domain.Fact) ([]domain.Event, error) {
	if !slices.ContainsFunc(Fold(history).SIMs, func(other SIM) bool { return other.ID == in.SIM }) {
		return nil, nil
	}
	return []domain.Event{SIMRemoved(in)}, nil
}

// sims applies the facts about SIMs.
func sims(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case SIMAdded:
		s.SIMs = slices.DeleteFunc(slices.Clone(s.SIMs), func(other SIM) bool { return other.ID == e.SIM })
		s.SIMs = append(s.SIMs, SIM{ID: e.SIM, Kind: e.Kind, Automatic: e.Automatic, Replaces: e.Replaces})
		s.OrderSIM = s.OrderSIM && e.Kind == sim.Data
	case SIMRemoved:
		s.SIMs = slices.DeleteFunc(slices.Clone(s.SIMs), func(other SIM) bool { return other.ID == e.SIM })
		if s.Lifecycle == Gone {
			s.Lost = union(s.Lost, []string{e.SIM})
		}
	case SIMsRegained:
		s.Regains = nil
	}
	return s
}

// simDuty says what a user's SIMs ask for: one is to be ordered, or those of a
// user who is deleted are to be let go.
func (s State) simDuty() Duty {
	switch {
	case s.Lifecycle == Gone && len(s.SIMs) > 0:
		return Duty{Task: LetSIMGo, Subject: s.SIMs[0].ID}
	case s.Lifecycle != Gone && s.OrderSIM:
		return Duty{Task: OrderSIM, Subject: SIMOrder(s.ID, s.SIMsOrdered)}
	}
	return Duty{Task: Rest}
}

// needsSIM tells whether a licence asks for a SIM that the user has not got.
func (s State) needsSIM(licence string, rules policy.Policy) bool {
	return rules.SIMs.Orders(licence) && !slices.ContainsFunc(s.SIMs, func(other SIM) bool { return other.Kind != sim.Data })
}

// ordering notes whether a SIM is to be ordered.
func (s State) ordering(wanted bool) State {
	if s.OrderSIM = wanted; wanted {
		s.SIMsOrdered++
	}
	return s
}
