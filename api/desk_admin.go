package api

import (
	"context"
	"errors"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// GrantAdmin makes a user an administrator of the company.
func (d *Desk) GrantAdmin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, setAdmin(true), options...)
}

// RevokeAdmin takes the administration of the company back from a user; an admin
// cannot take it from the last one.
func (d *Desk) RevokeAdmin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.leaving(ctx, cause, id, setAdmin(false), options...)
}

func setAdmin(admin bool) func(domain.Cause, policy.Policy) domain.Decide {
	return func(cause domain.Cause, rules policy.Policy) domain.Decide {
		return user.SetAdmin{Admin: admin, Actor: cause.Actor, Policy: rules}.Decide
	}
}

// leaving executes what may end a user's administration. One admin of a company
// leaves at a time, in whatever process, and an admin cannot let the last one go.
func (d *Desk) leaving(ctx context.Context, cause domain.Cause, id string, decide func(domain.Cause, policy.Policy) domain.Decide, options ...eventstore.Option) (Done, error) {
	guarded := func(leave user.Leave) func(domain.Cause, policy.Policy) domain.Decide {
		return func(cause domain.Cause, rules policy.Policy) domain.Decide { return leave.Guard(decide(cause, rules)) }
	}
	done, err := d.onUser(ctx, cause, id, guarded(user.Leave{}), options...)
	if !errors.Is(err, user.ErrAdministers) {
		return done, err
	}
	state, _, err := d.subject(ctx, id)
	if err != nil {
		return Done{}, err
	}
	err = d.journal.Alone(ctx, cause, eventstore.Candidate(user.ClaimLeave(state, cause)), func() (err error) {
		last, err := d.lastAdmin(ctx, state)
		if last && cause.Actor.Kind == domain.ActorAdmin {
			return user.LastAdmin()
		}
		if last || err != nil && cause.Actor.Kind != domain.ActorAdmin { // the operator can always repair (X9)
			cause.Reason, err = unattended(cause.Reason), nil
		}
		if err != nil {
			return err
		}
		done, err = d.onUser(ctx, cause, id, guarded(user.Leave{TakenAt: cause.At}), options...)
		return err
	})
	return done, err
}

func unattended(reason string) string {
	if reason == "" {
		return user.Unattended
	}
	return reason + "; " + user.Unattended
}

// lastAdmin tells whether nobody else administers the user's company. The list
// may be older than the facts; the facts decide.
func (d *Desk) lastAdmin(ctx context.Context, state user.State) (bool, error) {
	admins, err := d.cfg.Views.AdminsNow(ctx, d.journal.Store(), state.Company)
	if err != nil {
		return false, err
	}
	for _, other := range admins {
		if other == state.ID {
			continue
		}
		h, err := d.journal.Load(ctx, user.Stream(other))
		if err != nil {
			return false, err
		}
		if user.Fold(h.Facts).Administers() {
			return false, nil
		}
	}
	return true, nil
}
