package api

import (
	"context"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// ReserveForm says why and until when a number is kept for later.
type ReserveForm struct {
	Reason string     `json:"reason" doc:"1 to 200 characters"`
	Until  *time.Time `json:"until,omitempty" doc:"From then on it is like any other; without, until it is given or let go"`
}

// ForwardForm says where calls to a number go while it is no user's.
type ForwardForm struct {
	To string `json:"to" example:"+4930123450"`
}

// ReleaseForm says where a number goes.
type ReleaseForm struct {
	To     string `json:"to" enum:"company,pool" doc:"company: from its user to the company; pool: from the company to the operator, free at once or when it has rested"`
	Reason string `json:"reason,omitempty" maxLength:"200"`
}

// SwapForm names the other user of a swap.
type SwapForm struct {
	With string `json:"with" doc:"Id of another user of the company"`
}

// line loads a number that is a company's, with the company.
func (d *Desk) line(ctx context.Context, n domain.E164) (number.State, company.State, error) {
	h, err := d.journal.Load(ctx, number.Stream(n))
	if err != nil {
		return number.State{}, company.State{}, err
	}
	s := number.Fold(h.Facts)
	if s.Company == "" {
		return s, company.State{}, noNumber()
	}
	firm, err := d.firm(ctx, s.Company)
	return s, firm, err
}

func noNumber() error {
	return domain.Faultf(domain.Missing, "no-number", "there is no such number of the company")
}

// onNumber executes a command on a company's number.
func (d *Desk) onNumber(ctx context.Context, cause domain.Cause, n domain.E164, decide func(company.State) domain.Decide, options ...eventstore.Option) (Done, error) {
	_, firm, err := d.line(ctx, n)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, number.Stream(n), cause, decide(firm), options...)
	return done(string(n), result), err
}

// Reserve keeps a company's number for later.
func (d *Desk) Reserve(ctx context.Context, cause domain.Cause, n domain.E164, form ReserveForm, options ...eventstore.Option) (Done, error) {
	return d.onNumber(ctx, cause, n, func(firm company.State) domain.Decide {
		return number.Reserve{Company: firm.ID, Reason: strings.TrimSpace(form.Reason), Until: form.Until, At: cause.At}.Decide
	}, options...)
}

// Unreserve lets a number go that was kept for later.
func (d *Desk) Unreserve(ctx context.Context, cause domain.Cause, n domain.E164, options ...eventstore.Option) (Done, error) {
	return d.onNumber(ctx, cause, n, func(firm company.State) domain.Decide { return number.Unreserve(firm.ID) }, options...)
}

// Forward has calls to a number that is no user's go elsewhere; "" ends it.
func (d *Desk) Forward(ctx context.Context, cause domain.Cause, n domain.E164, to string, options ...eventstore.Option) (Done, error) {
	return d.onNumber(ctx, cause, n, func(firm company.State) domain.Decide {
		return number.SetForward{Number: n, Company: firm.ID, To: domain.E164(phone(to, firm.Country))}.Decide
	}, options...)
}

// EndRest lets a number be given before its time, a company's or the pool's.
func (d *Desk) EndRest(ctx context.Context, cause domain.Cause, n domain.E164, options ...eventstore.Option) (Done, error) {
	result, err := d.journal.Execute(ctx, number.Stream(n), cause, number.EndRest(cause.At), options...)
	return done(string(n), result), err
}

// Release takes a number from its user, or gives one that is no user's to the
// operator's pool.
func (d *Desk) Release(ctx context.Context, cause domain.Cause, n domain.E164, form ReleaseForm) (Done, error) {
	if form.To == "pool" {
		return d.Return(ctx, cause, n, strings.TrimSpace(form.Reason))
	}
	s, _, err := d.line(ctx, n)
	if err != nil {
		return Done{}, err
	}
	if s.User != "" {
		changed, err := d.ChangeUser(ctx, cause, s.User, ChangeForm{Number: Put("")})
		if _, err = d.released(ctx, cause, changed, err); err != nil {
			return Done{}, err
		}
	}
	result, err := d.look(ctx, number.Stream(n), cause, func([]domain.Fact) error { return nil })
	return done(string(n), result), err
}

// Swap lets two users of one company change numbers. Both numbers are held first;
// the fact in the first user's stream decides, and the rest follows by that user's
// workflow.
func (d *Desk) Swap(ctx context.Context, cause domain.Cause, id string, form SwapForm, options ...eventstore.Option) (Done, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Done{}, err
	}
	other, _, err := d.subject(ctx, strings.TrimSpace(form.With))
	switch {
	case domain.KindOf(err) == domain.Missing && err != nil, err == nil && (other.Company != state.Company || other.ID == state.ID):
		return Done{}, domain.Faultf(domain.Invalid, "unknown-user", "is no other user of the company").At("/with")
	case err != nil:
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	mine := user.SwapNumber{
		Swap: cause.Command, With: other.ID, Number: other.Number, Previous: state.Number, Actor: cause.Actor, Policy: firm.Policy, At: cause.At,
	}
	seen, err := d.look(ctx, user.Stream(id), cause, func(history []domain.Fact) error { return mine.Check(user.Fold(history)) }, options...)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	theirs := mine
	theirs.With, theirs.Number, theirs.Previous = state.ID, state.Number, other.Number
	if err := theirs.Check(other); err != nil {
		return Done{}, err
	}
	held, err := d.journal.Reserve(ctx, cause, swapWishes(cause, state, other)...)
	if err != nil {
		return Done{}, err
	}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, mine.Decide, options...)
	held.Settle(ctx, err)
	return done(id, result), err
}

// swapWishes hold the numbers of two users for a swap that the first decides, in
// one order whoever asks: of two swaps that cross, one gets both.
func swapWishes(cause domain.Cause, decides, other user.State) []eventstore.Wish {
	prepare := func(has, gets user.State) eventstore.Wish {
		return wish(string(has.Number), nil, eventstore.Candidate{
			Stream: number.Stream(has.Number),
			Take: number.PrepareSwap{
				Number: has.Number, Other: gets.Number, From: has.ID, To: gets.ID, Decides: decides.ID, Swap: cause.Command, At: cause.At,
			}.Decide,
			Undo: number.DropSwap(cause.Command, refused),
		})[0]
	}
	if decides.Number > other.Number {
		return []eventstore.Wish{prepare(other, decides), prepare(decides, other)}
	}
	return []eventstore.Wish{prepare(decides, other), prepare(other, decides)}
}
