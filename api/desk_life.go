package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// StartActivation starts a user's activation or goes on from the step that failed.
func (d *Desk) StartActivation(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, func(_ domain.Cause, rules policy.Policy) domain.Decide {
		return user.StartActivation{Policy: rules}.Decide
	}, options...)
}

// RenewLink puts a new activation link in the place of the last one; who asks
// is the cause's actor.
func (d *Desk) RenewLink(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
		return user.RenewLink{Cause: cause, Policy: rules, Mint: user.Minter(d.cfg.LinkKey, id)}.Decide
	}, options...)
}

// DeleteUser ends a user. What was claimed is given back behind it.
func (d *Desk) DeleteUser(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.ends(ctx, cause, id, false, options...)
}

func (d *Desk) ends(ctx context.Context, cause domain.Cause, id string, giveUp bool, options ...eventstore.Option) (Done, error) {
	deleted, err := d.leaving(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
		return user.Delete{Actor: cause.Actor, Policy: rules, GiveUp: giveUp}.Decide
	}, options...)
	return d.released(ctx, cause, deleted, err)
}

// released gives back at once what a command has left without its user, so that
// it can be given again with the next request (rule 1.13). What cannot be given
// back now is left to the user's workflow.
func (d *Desk) released(ctx context.Context, cause domain.Cause, done Done, err error) (Done, error) {
	if err != nil {
		return done, err
	}
	state := user.Fold(done.Facts)
	firm, err := d.firm(ctx, state.Company)
	if err != nil {
		return done, nil //nolint:nilerr // the user is deleted; the rest is the workflow's
	}
	for _, stream := range state.Loose {
		_, err := d.journal.Execute(ctx, stream, cause.For(stream), state.Releasing(stream, cause.At, firm.Policy), eventstore.ByState())
		if err != nil {
			return done, nil //nolint:nilerr // the user is deleted; the rest is the workflow's
		}
	}
	noted, err := d.journal.Execute(ctx, user.Stream(state.ID), cause.For("released"), user.NoteReleased{Claims: state.Loose}.Decide)
	if err == nil {
		done.Result = noted
	}
	return done, nil
}

// Suspend leaves a user nothing but emergency calls.
func (d *Desk) Suspend(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.leaving(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
		return user.Suspend{Actor: cause.Actor, Policy: rules}.Decide
	}, options...)
}

// Resume ends a suspension.
func (d *Desk) Resume(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, func(cause domain.Cause, rules policy.Policy) domain.Decide {
		return user.Resume{Actor: cause.Actor, Policy: rules}.Decide
	}, options...)
}
