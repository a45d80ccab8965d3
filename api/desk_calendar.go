package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Plan gives the command that plans an action of a user's calendar. An admin
// cannot plan the end of whoever is the last admin now.
func (d *Desk) Plan(form PlanForm) userCommand {
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
		if err := d.mayEnd(ctx, cause, id, user.Action(form.What)); err != nil {
			return Done{}, err
		}
		return d.onUser(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
			return user.Schedule{Cause: cause, Policy: rules, What: user.Action(form.What), At: form.At, Reason: form.Reason}.Decide
		}, options...)
	}
}

// CancelPlan gives the command that takes an action out of a user's calendar.
func (d *Desk) CancelPlan(action string) userCommand {
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
		return d.onUser(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
			return user.CancelAction{Action: action, Actor: cause.Actor, Policy: rules}.Decide
		}, options...)
	}
}

// mayEnd refuses an admin who plans what would leave the company without one.
func (d *Desk) mayEnd(ctx context.Context, cause domain.Cause, id string, what user.Action) error {
	if cause.Actor.Kind != domain.ActorAdmin || what != user.ToDelete && what != user.ToSuspend {
		return nil
	}
	state, _, err := d.subject(ctx, id)
	if err != nil || !state.Administers() {
		return err
	}
	if last, err := d.lastAdmin(ctx, state); err != nil || !last {
		return err
	}
	return user.LastAdmin()
}
