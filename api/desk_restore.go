package api

import (
	"context"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// RestoreUser brings a deleted user back with everything, or not at all.
func (d *Desk) RestoreUser(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.RestoreUserWith(RestoreForm{})(ctx, cause, id, options...)
}

// RestoreUserWith brings a deleted user back. What was the user's alone is claimed
// again; where some of it is somebody else's by now, all of that is named, and
// nothing is done unless the user may come back without it.
func (d *Desk) RestoreUserWith(form RestoreForm) userCommand {
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
		state, firm, err := d.subject(ctx, id)
		if err != nil {
			return Done{}, err
		}
		cause.Policy = firm.Policy.Stamp()
		restore := user.Restore{Actor: cause.Actor, Policy: firm.Policy, At: cause.At}
		seen, err := d.look(ctx, user.Stream(id), cause, func(history []domain.Fact) error {
			state = user.Fold(history)
			return restore.Check(state)
		}, options...)
		if err != nil || seen.Repeated || state.Lifecycle != user.Gone {
			return done(id, seen), err
		}
		things, err := d.formerThings(ctx, d.wisherOf(cause, state, firm), state)
		if err != nil {
			return Done{}, err
		}
		held, err := d.reserveAll(ctx, cause, things)
		if err == nil && !form.Partial {
			err = takenMeanwhile(things)
		}
		if err != nil {
			held.settle(ctx, err)
			return Done{}, err
		}
		withoutLicence(things, firm)
		restore.DeletedAt, restore.Missed = state.DeletedAt, missedOf(things)
		restore.Claims, restore.Licence = held.claims(), held.licence(firm.ID, state.Licence)
		result, err := d.journal.Execute(ctx, user.Stream(id), cause, restore.Decide, options...)
		held.settle(ctx, err)
		return done(id, result), err
	}
}

func (d *Desk) wisherOf(cause domain.Cause, state user.State, firm company.State) wisher {
	return wisher{user: state.ID, firm: firm, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey}
}

// holding is what was reserved, thing by thing.
type holding []*eventstore.Reservation

// reserveAll takes each thing that is free, whole or not at all; why others are not
// stands in them.
func (d *Desk) reserveAll(ctx context.Context, cause domain.Cause, things []thing) (held holding, err error) {
	for n, thing := range things {
		if thing.why != nil || len(thing.wishes) == 0 {
			continue
		}
		granted, err := d.journal.Reserve(ctx, cause, thing.wishes...)
		if things[n].why, err = refusalOf(err); err != nil {
			return held, err
		}
		if granted != nil {
			held = append(held, granted)
		}
	}
	return held, nil
}

func (h holding) settle(ctx context.Context, err error) {
	for _, reservation := range slices.Backward(h) {
		reservation.Settle(ctx, err)
	}
}

// stream gives what was granted of a wish, "" where nothing was wished.
func (h holding) stream(wish string) string {
	for _, reservation := range h {
		if stream := reservation.Granted[wish]; stream != "" {
			return stream
		}
	}
	return ""
}

func (h holding) claims() user.Claims {
	return user.Claims{
		Number: h.stream(wishNumber), Extension: h.stream(wishExtension), Email: h.stream(wishEmail),
		Seat: h.stream(wishSeat), Username: h.stream(wishUsername), Device: h.stream(wishDevice),
	}
}

// licence is the kind of the seat, or what the user had where there is none.
func (h holding) licence(company, former string) string {
	kind, ok := strings.CutPrefix(h.stream(wishSeat), user.SeatPool(company, ""))
	if !ok || former != "" {
		return former
	}
	return kind[:strings.LastIndexByte(kind, '-')]
}
