package activities

import (
	"context"
	"fmt"

	"dialtone/domain/user"
)

// CarryOut does what was planned for a user and is due. Its facts follow from
// the plan.
func (u *Users) CarryOut(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("carry out what was planned: %w", err)
	}
	action := in.Duty.Subject
	cause := u.cause(s, "carry-out", action)
	for _, fact := range s.history {
		if fact.ID == action {
			cause.Causation, cause.Correlation = fact.ID, fact.Command
		}
	}
	return u.execute(ctx, s, cause, user.CarryOut{Action: action, At: cause.At, Policy: s.firm.Policy}.Decide)
}
