package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// RestoreUser brings a deleted user back. What was the user's alone is claimed
// again; where some of it is somebody else's by now, all of that is named and
// nothing is done.
func (d *Desk) RestoreUser(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
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
	w := wisher{user: state.ID, firm: firm, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey}
	phone, _, err := d.phoneWishes(ctx, w, state.Device, state.Person.MAC)
	if err != nil {
		return Done{}, err
	}
	held, err := d.reserveAll(ctx, cause, append(d.formerWishes(ctx, w, state), phone...))
	if err != nil {
		return Done{}, err
	}
	restore.DeletedAt, restore.Claims, restore.Licence = state.DeletedAt, held.claims(), held.licence(firm.ID, state.Licence)
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, restore.Decide, options...)
	held.settle(ctx, err)
	return done(id, result), err
}

// formerWishes lists what was a deleted user's alone.
func (d *Desk) formerWishes(ctx context.Context, w wisher, state user.State) []eventstore.Wish {
	wishes := slices.Concat(w.number(state.Number), w.email(state.Person.Email), d.seat(ctx, w, state.Licence))
	if state.Extension != "" {
		wishes = append(wishes, w.extension(state.Extension, "")...)
	}
	if name := state.Credential.Username; name != "" {
		wishes = append(wishes, wish(wishUsername, nil, w.username(name))...)
	}
	return wishes
}

// holding is what was reserved, wish by wish.
type holding []*eventstore.Reservation

// reserveAll takes everything or nothing. What somebody else has is told at
// once, field by field.
func (d *Desk) reserveAll(ctx context.Context, cause domain.Cause, wishes []eventstore.Wish) (holding, error) {
	var held holding
	var fields []domain.FieldFault
	for _, wish := range wishes {
		granted, err := d.journal.Reserve(ctx, cause, wish)
		var fault *domain.Fault
		switch {
		case err == nil:
			held = append(held, granted)
		case errors.As(err, &fault) && (fault.Kind == domain.Conflict || fault.Kind == domain.Refused):
			fields = append(fields, domain.FieldFault{Pointer: fieldOf(wish.Name), Code: fault.Code, Detail: fault.Detail})
		default:
			held.settle(ctx, errNothing)
			return nil, err
		}
	}
	if len(fields) == 0 {
		return held, nil
	}
	refused := domain.Faultf(domain.Conflict, "taken-meanwhile", "what was the user's belongs to somebody else by now; change that or the other user first")
	refused.Fields = fields
	held.settle(ctx, refused)
	return nil, refused
}

// errNothing settles what was reserved for a command that was never given.
var errNothing = domain.Faultf(domain.Unavailable, "given-up", "the command was not given")

// fieldOf names the field that a wish is about.
func fieldOf(wish string) string {
	if wish == wishSeat {
		return "/licence"
	}
	if wish == wishMarks || wish == wishDevice {
		return "/device/mac"
	}
	return "/" + wish
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
