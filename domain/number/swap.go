package number

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// PrepareSwap is the first half of a swap: it holds the number for it until the
// stream of the user who decides has spoken.
type PrepareSwap struct {
	Number, Other domain.E164
	From, To      string // users: who has the number, and who gets it
	Decides       string // one of the two
	Swap          string // the command
	At            time.Time
}

// Decide holds a number that is the user's for good.
func (in PrepareSwap) Decide(history []domain.Fact) ([]domain.Event, error) {
	switch s := Fold(history); {
	case s.User != in.From:
		return nil, domain.Faultf(domain.Conflict, "number-moved", "number %s is no longer the user's", in.Number)
	case s.Swap != nil && s.Swap.Swap == in.Swap && in.At.Before(s.Swap.Deadline):
		return nil, nil
	case s.Swap != nil || !s.Confirmed:
		return nil, claim.Underway()
	}
	return []domain.Event{SwapPrepared{
		Swap: in.Swap, From: in.From, To: in.To, Other: in.Other, Decides: in.Decides, Deadline: in.At.Add(claim.Window),
	}}, nil
}

// DropSwap undoes a preparation of a swap that nobody decided.
func DropSwap(swap, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Swap == nil || s.Swap.Swap != swap {
			return nil, nil
		}
		return []domain.Event{SwapDropped{Swap: swap, Reason: reason}}, nil
	}
}

// ExpireSwap is DropSwap for whoever knows a preparation by its deadline only.
func ExpireSwap(deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.Swap == nil || s.Swap.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{SwapDropped{Swap: s.Swap.Swap, Reason: reason}}, nil
	}
}

// FinishSwap is the second half of a swap that was decided. Given tells whether
// the user who is to get the number names it; otherwise it goes back to the
// company.
type FinishSwap struct {
	Swap  string
	Given bool
}

// Decide moves the number.
func (in FinishSwap) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Swap == nil || s.Swap.Swap != in.Swap {
		return nil, nil
	}
	if !in.Given {
		return []domain.Event{
			SwapDropped{Swap: in.Swap, Reason: "the other user wanted it no longer"},
			Released{User: s.User, Reason: "swapped"},
		}, nil
	}
	return []domain.Event{Swapped{Swap: in.Swap, From: s.Swap.From, To: s.Swap.To}}, nil
}
