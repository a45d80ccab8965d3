package api

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

// Where the number of an order comes from. Without a word it is the one that is
// named, or none.
const (
	fromCompany = "company" // the one that is named, or the next free one of the company
	fromPool    = "pool"    // the one that is named, or any, bought of the operator with the order
)

// wishPurchase is the name of a number that has to be the company's first.
const wishPurchase = "purchase"

// withBought is the company as it is with a number that an order buys.
func withBought(firm company.State, n domain.E164) company.State {
	if n == "" || firm.Owns(n) {
		return firm
	}
	return company.Evolve(firm, domain.Fact{Event: company.NumbersBought{From: n, To: n}})
}

// asIfBought is an order judged by the company with the number that it buys.
func asIfBought(order user.Create, from string) user.Create {
	if from == fromPool && order.Number.Valid() {
		order.Company = withBought(order.Company, order.Number)
	}
	return order
}

// lineWishes lists what an order needs for its number, before anything that
// follows from it: the purchase of one, the next free one, or the one that is named.
func (d *Desk) lineWishes(ctx context.Context, cause domain.Cause, order user.Create, from string) ([]eventstore.Wish, error) {
	switch {
	case from == fromPool:
		form := BuyForm{Number: string(order.Number)}
		if form.Number == "" {
			form.Country = order.Company.Country
		}
		wishes, err := d.purchases(ctx, cause, order.Company, form)
		for i := range wishes {
			wishes[i].Name = wishPurchase
		}
		return wishes, err
	case from == fromCompany && order.Number == "":
		return d.nextFree(ctx, d.wisher(cause, order)), nil
	}
	return d.wisher(cause, order).number(order.Number), nil
}

// nextFree is the wish for the first number of the company that nobody has and
// that is not kept for later.
func (d *Desk) nextFree(ctx context.Context, w wisher) []eventstore.Wish {
	w.auto = true
	var candidates iter.Seq[eventstore.Candidate] = func(yield func(eventstore.Candidate) bool) {
		free := &freeNumbers{views: d.cfg.Views, filter: projections.NumberFilter{Company: w.firm.ID, State: projections.NumberFree, Limit: 200}}
		for {
			n, err := free.next(ctx)
			if err != nil || !yield(w.line(domain.E164(n))) {
				return
			}
		}
	}
	none := domain.Faultf(domain.Conflict, "no-free-number", "the company has no free number; buy one").At("/number")
	return []eventstore.Wish{{Name: wishNumber, Candidates: candidates, None: none}}
}

// numbered writes into an order which number was granted, and judges the company
// as it then is.
func numbered(order *user.Create, streams map[string]string) {
	stream := streams[wishNumber]
	if stream == "" {
		stream = streams[wishPurchase]
	}
	if stream != "" {
		order.Number = domain.E164(strings.TrimPrefix(stream, number.Stream("")))
		order.Company = withBought(order.Company, order.Number)
	}
}

// hold takes what an order needs alone: first its number, as what follows may
// depend on it, and a number that is bought becomes the company's for good when
// everything else is held. What was taken is settled by the caller, also after an error.
func (d *Desk) hold(ctx context.Context, cause domain.Cause, order *user.Create, from string) (held reservations, err error) {
	streams := map[string]string{}
	take := func(wishes []eventstore.Wish) error {
		r, err := d.journal.Reserve(ctx, cause, wishes...)
		if err != nil {
			return err
		}
		held = append(held, r)
		maps.Copy(streams, r.Granted)
		return nil
	}
	line, err := d.lineWishes(ctx, cause, *order, from)
	if err != nil {
		return held, err
	}
	if err := take(line); err != nil {
		return held, err
	}
	numbered(order, streams)
	phone, err := d.orderPhone(ctx, cause, order)
	if err != nil {
		return held, err
	}
	if err := take(append(d.wishes(ctx, cause, *order), phone...)); err != nil {
		return held, err
	}
	if streams[wishPurchase] != "" {
		stream := company.Stream(order.Company.ID)
		buy := company.BuyNumbers{Numbers: []domain.E164{order.Number}, At: cause.At}
		if _, err := d.journal.Execute(ctx, stream, purchaseOf(cause, order.Number), buy.Decide); err != nil {
			return held, err
		}
		held = held[1:] // it is the company's now, whatever becomes of the user
		if err := take(d.wisher(cause, *order).number(order.Number)); err != nil {
			return held, err
		}
	}
	granted(order, streams)
	return held, nil
}

// purchaseOf is the command by which an order buys a number.
func purchaseOf(cause domain.Cause, n domain.E164) domain.Cause {
	return cause.For("purchase:" + string(n))
}

// alreadyBought finds what the same order has bought before it was cut off: the
// number that it names, or the one that it found.
func (d *Desk) alreadyBought(ctx context.Context, cause domain.Cause, order user.Create) (domain.E164, error) {
	h, err := d.journal.Load(ctx, company.Stream(order.Company.ID))
	if err != nil {
		return "", err
	}
	for _, fact := range slices.Backward(h.Facts) {
		bought, is := fact.Event.(company.NumbersBought)
		if is && fact.Command == purchaseOf(cause, bought.From).Command && (order.Number == "" || order.Number == bought.From) {
			return bought.From, nil
		}
	}
	return "", nil
}

// settleInTurn gives back what was taken last first, if the order wrote nothing.
func (r reservations) settleInTurn(ctx context.Context, err error) {
	for _, held := range slices.Backward(r) {
		held.Settle(ctx, err)
	}
}
