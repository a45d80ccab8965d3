package api

import (
	"context"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// OrderOwnESIM orders an eSIM for the user who asks for it (2.9). While one is on
// its way or its code was not seen yet, there is no other; once the code was
// shown, another one takes its place.
func (d *Desk) OrderOwnESIM(ctx context.Context, cause domain.Cause, holder string) (Done, error) {
	s, firm, err := d.subject(ctx, holder)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	if unseen, err := d.unseenESIM(ctx, cause, s); err != nil || unseen.ID != "" {
		return unseen, err
	}
	for n := 0; ; n++ {
		id := domain.DeriveID("sim", holder, "own-esim", strconv.Itoa(n)) // so that of two orders at once there is one
		seen, err := d.look(ctx, sim.Stream(id), cause, unjudged)
		before := sim.Fold(seen.Facts)
		switch {
		case err != nil || seen.Repeated || before.User == holder && !before.CodeShown:
			return done(id, seen), err
		case before.Exists():
			continue
		}
		if err := s.MayHaveSIM(sim.ESIM, firm.Policy); err != nil {
			return Done{}, err
		}
		result, err := d.journal.Execute(ctx, sim.Stream(id), cause, sim.PlaceOrder{ID: id, Company: s.Company, Kind: sim.ESIM, User: holder}.Decide)
		return done(id, result), err
	}
}

func unjudged([]domain.Fact) error { return nil }

// unseenESIM gives the eSIM of a user whose code was not seen yet, whoever has
// ordered it.
func (d *Desk) unseenESIM(ctx context.Context, cause domain.Cause, s user.State) (Done, error) {
	for _, held := range s.SIMs {
		if held.Kind != sim.ESIM {
			continue
		}
		seen, err := d.look(ctx, sim.Stream(held.ID), cause, unjudged)
		if e := sim.Fold(seen.Facts); err != nil || e.User == s.ID && !e.CodeShown {
			return done(held.ID, seen), err
		}
	}
	return Done{}, nil
}

// ShowESIM gives the code of a user's own eSIM, once: who has it can download the
// profile.
func (d *Desk) ShowESIM(ctx context.Context, cause domain.Cause, holder, id string) (code string, err error) {
	s, firm, err := d.card(ctx, id)
	if err != nil {
		return "", err
	}
	if s.User != holder || s.Kind != sim.ESIM {
		return "", noSIM()
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, sim.Stream(id), cause, sim.ShowCode{User: holder}.Decide)
	if err != nil {
		return "", err
	}
	if result.Repeated {
		return "", sim.CodeSeen()
	}
	return sim.Fold(result.Facts).Profile.Code(), nil
}
