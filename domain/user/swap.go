package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/policy"
)

// Swap is a swap of numbers that this user's stream has decided and from which
// something still follows; ID is "" where there is none.
type Swap struct {
	ID, With         string // With is the other user
	Number, Previous domain.E164
}

func numberChanged(s State, e NumberChanged) State {
	if e.Swap == "" { // what was swapped is the other user's, and nothing to give back
		s.loosen(s.Claims.Number)
	}
	s.Number, s.Claims.Number = e.Number, numberClaim(e.Number)
	if e.Decides {
		s.Swap = Swap{ID: e.Swap, With: e.With, Number: e.Number, Previous: e.Previous}
	}
	return s
}

// SwapClaim is what a swap that a sweep gave up is called in a note about it.
func SwapClaim(swap string) string { return "swap-" + swap }

// SwapNumber is the command that gives a user the number of another one of the
// same company, who gets this one's. The extension stays: colleagues know it, and
// what is derived from a number is derived when it is ordered only.
type SwapNumber struct {
	Swap, With       string
	Number, Previous domain.E164
	Actor            domain.Actor
	Policy           policy.Policy
	At               time.Time // the moment the command was given, before anything was prepared for it
}

// Check tells what speaks against it before anything is prepared.
func (in SwapNumber) Check(s State) error {
	switch {
	case !s.Exists():
		return gone()
	case s.Number == "":
		return domain.Faultf(domain.Refused, "number-missing", "a user without a number has nothing to swap")
	case s.Number != in.Previous:
		return domain.Faultf(domain.Conflict, "number-moved", "the user has another number by now; look again")
	case s.Swap.ID != "" && s.Swap.ID != in.Swap:
		return claim.Underway()
	case slices.Contains(s.Loose, numberClaim(in.Number)):
		return domain.Faultf(domain.Unavailable, "being-released", "the user had that number before, and it is just being given back; try again in a moment")
	}
	return mayTouch(s, in.Actor, in.Policy)
}

// Decide decides the swap: with this fact it is so.
func (in SwapNumber) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Swap.ID == in.Swap {
		return nil, nil
	}
	if err := in.Check(s); err != nil {
		return nil, err
	}
	if s.Abandoned.Since(SwapClaim(in.Swap), in.At) {
		return nil, domain.Faultf(domain.Conflict, "claims-expired", "the change took too long and what it had claimed was given up; try again")
	}
	return in.events(s, history, true), nil
}

// Follow is what the swap means for the other user: who is gone or has given the
// number up meanwhile gets nothing.
func (in SwapNumber) Follow(history []domain.Fact) ([]domain.Event, error) {
	followed := func(fact domain.Fact) bool {
		changed, is := fact.Event.(NumberChanged)
		return is && changed.Swap == in.Swap
	}
	s := Fold(history)
	if !s.Exists() || s.Number != in.Previous || slices.ContainsFunc(history, followed) { // the number may be back by another swap
		return nil, nil
	}
	return in.events(s, history, false), nil
}

func (in SwapNumber) events(s State, history []domain.Fact, decides bool) []domain.Event {
	changed := NumberChanged{Number: in.Number, Previous: s.Number, Swap: in.Swap, With: in.With, Decides: decides}
	after := Evolve(s, domain.Fact{Event: changed, At: in.At})
	return append([]domain.Event{changed}, s.accountTold(after, []domain.Event{changed}, history, in.Policy)...)
}

// NoteSwapped is the command that notes that nothing follows from a swap any more.
type NoteSwapped struct{ Swap string }

// Decide notes it once.
func (in NoteSwapped) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); s.Swap.ID != in.Swap || in.Swap == "" {
		return nil, nil
	}
	return []domain.Event{SwapFinished(in)}, nil
}

// AbandonSwap is the sweep's command: it gives a swap up that was prepared and
// that the user's stream does not decide, so that a slow command conflicts.
type AbandonSwap struct {
	Swap     string
	Deadline time.Time
}

// Decide writes the note unless the swap was decided.
func (in AbandonSwap) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Swap.ID == in.Swap {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the user has decided the swap")
	}
	if s.Abandoned.Since(SwapClaim(in.Swap), in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: SwapClaim(in.Swap)}}, nil
}

// Moving gives what a decided swap means for one of the two numbers, by whether
// the user who is to have it names it.
func (s State) Moving(swap string, n domain.E164) domain.Decide {
	return number.FinishSwap{Swap: swap, Given: s.Claims.Number == number.Stream(n)}.Decide
}
