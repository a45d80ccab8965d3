package activities

import (
	"context"
	"fmt"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// FinishSwap does what follows from a swap of numbers that the user's stream has
// decided: the other user is given this one's former number, and both numbers
// change places. Each step is found done when it is done again.
func (u *Users) FinishSwap(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("finish a swap: %w", err)
	}
	swap := s.state.Swap
	if swap.ID == "" || swap.ID != in.Duty.Subject {
		return u.next(s.history), nil
	}
	follow := user.SwapNumber{Swap: swap.ID, With: s.state.ID, Number: swap.Previous, Previous: swap.Number, Policy: s.firm.Policy, At: u.Journal.Now()}
	cause := u.cause(s, "swap", swap.ID)
	cause.Channel = domain.ChannelNotice
	followed, err := u.Journal.Execute(ctx, user.Stream(swap.With), cause.For(user.Stream(swap.With)), follow.Follow)
	if err != nil {
		return user.Duty{}, fmt.Errorf("finish a swap: %w", err)
	}
	other := user.Fold(followed.Facts)
	for n, owner := range map[domain.E164]user.State{swap.Number: s.state, swap.Previous: other} {
		stream := number.Stream(n)
		if _, err := u.Journal.Execute(ctx, stream, u.cause(s, "swap", swap.ID).For(stream), owner.Moving(swap.ID, n), eventstore.ByState()); err != nil {
			return user.Duty{}, fmt.Errorf("finish a swap: %w", err)
		}
	}
	return u.execute(ctx, s, u.cause(s, "swapped", swap.ID), user.NoteSwapped{Swap: swap.ID}.Decide)
}
