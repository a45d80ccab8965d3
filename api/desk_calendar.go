package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Plan gives the command that plans an action of a user's calendar.
func (d *Desk) Plan(form PlanForm) userCommand {
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
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
