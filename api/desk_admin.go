package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// GrantAdmin makes a user an administrator of the company.
func (d *Desk) GrantAdmin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.setAdmin(ctx, cause, id, true, options...)
}

// RevokeAdmin takes the administration of the company back from a user; an admin
// cannot take it from the last one.
func (d *Desk) RevokeAdmin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	stays, err := d.anotherAdmin(ctx, cause, id)
	if err != nil {
		return Done{}, err
	}
	defer stays()
	return d.setAdmin(ctx, cause, id, false, options...)
}

func (d *Desk) setAdmin(ctx context.Context, cause domain.Cause, id string, admin bool, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, func(domain.Cause, policy.Policy) domain.Decide {
		return user.SetAdmin{Admin: admin}.Decide
	}, options...)
}

// anotherAdmin refuses what would leave a company without an admin where an
// admin asks for it; the operator may. Until release is called no other admin is
// lost: two who unmake each other are asked one after the other, as far as they
// ask one process.
func (d *Desk) anotherAdmin(ctx context.Context, cause domain.Cause, id string) (release func(), err error) {
	if cause.Actor.Kind != domain.ActorAdmin {
		return func() {}, nil
	}
	d.admins.Lock()
	defer func() {
		if err != nil {
			d.admins.Unlock()
		}
	}()
	state, err := d.person(ctx, id)
	if err != nil || !state.administers() {
		return d.admins.Unlock, err
	}
	others, err := d.cfg.Views.Admins(ctx, state.Company)
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if other == id {
			continue
		}
		found, err := d.person(ctx, other) // the list may be older than the facts
		if err != nil {
			return nil, err
		}
		if found.administers() {
			return d.admins.Unlock, nil
		}
	}
	return nil, domain.Faultf(domain.Refused, "last-admin", "this is the company's last administrator; make somebody else one first")
}

// person is a user as far as the facts of the own stream tell.
type person struct{ user.State }

func (d *Desk) person(ctx context.Context, id string) (person, error) {
	h, err := d.journal.Load(ctx, user.Stream(id))
	return person{user.Fold(h.Facts)}, err
}

func (p person) administers() bool { return p.Exists() && p.Credential.Admin && !p.Suspended }
