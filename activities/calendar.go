package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
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
	carryOut := user.CarryOut{Action: action, At: cause.At, Policy: s.firm.Policy}.Decide
	next, err := u.execute(ctx, s, cause, user.Leave{}.Guard(carryOut))
	if !errors.Is(err, user.ErrAdministers) {
		return next, err
	}
	err = u.Journal.Alone(ctx, cause, eventstore.Candidate(user.ClaimLeave(s.state, cause)), func() (err error) {
		next, err = u.letGo(ctx, s, cause, action, carryOut)
		return err
	})
	return next, err
}

// letGo carries out what ends an administration, while nobody else's ends. By the
// rights of an admin the last one does not go: that is held and tried again.
func (u *Users) letGo(ctx context.Context, s subject, cause domain.Cause, action string, carryOut domain.Decide) (user.Duty, error) {
	last, err := u.lastAdmin(ctx, s)
	if err != nil {
		return user.Duty{}, err
	}
	planned, _ := s.state.Planned(action)
	switch {
	case last && planned.By.Kind == domain.ActorAdmin:
		hold := u.cause(s, "hold", action, planned.Due().UTC().Format(time.RFC3339Nano))
		hold.Causation, hold.Correlation = cause.Causation, cause.Correlation
		return u.execute(ctx, s, hold, user.Hold{Action: action, At: hold.At, Fault: user.LastAdmin()}.Decide)
	case last:
		cause.Reason = user.Unattended
	}
	return u.execute(ctx, s, cause, user.Leave{TakenAt: cause.At}.Guard(carryOut))
}

// lastAdmin tells whether nobody else administers the user's company. The list
// may be older than the facts; the facts decide.
func (u *Users) lastAdmin(ctx context.Context, s subject) (bool, error) {
	admins, err := u.Leaders.Admins(ctx, s.state.Company)
	if err != nil {
		return false, fmt.Errorf("see who is left: %w", err)
	}
	for _, other := range admins {
		if other == s.state.ID {
			continue
		}
		h, err := u.Journal.Load(ctx, user.Stream(other))
		if err != nil {
			return false, fmt.Errorf("see who is left: %w", err)
		}
		if user.Fold(h.Facts).Administers() {
			return false, nil
		}
	}
	return true, nil
}
