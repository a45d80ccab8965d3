package api

import (
	"context"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// GiveSIM gives a user a SIM: a card that is known by one of its numbers, new or
// detached from somebody else, or an eSIM, which is ordered (2.2, 2.4, 2.5, 2.10).
func (d *Desk) GiveSIM(ctx context.Context, cause domain.Cause, holder string, form SIMForm) (Done, error) {
	s, firm, err := d.subject(ctx, holder)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	if seen, id, err := d.gaveSIM(ctx, cause, form.CardForm, firm); err != nil || seen.Repeated {
		return done(id, seen), err
	}
	if err := s.MayHaveSIM(form.Kind, firm.Policy); err != nil {
		return Done{}, err
	}
	if form.Kind == sim.ESIM {
		return d.orderESIM(ctx, cause, form, s)
	}
	return d.giveCard(ctx, cause, form.CardForm, firm, sim.Give{Company: firm.ID, User: holder, Kind: form.Kind})
}

// orderESIM has the vendor make a profile for a user.
func (d *Desk) orderESIM(ctx context.Context, cause domain.Cause, form SIMForm, s user.State) (Done, error) {
	var c domain.Check
	c.Need(form.typed() == sim.Typed{}, "/kind", "conflict", "is that of a card where a card's number is given")
	c.Need(form.ActivateOn == nil, "/activateOn", "esim", "is not possible: an eSIM works once its user has downloaded it")
	if err := c.Err(); err != nil {
		return Done{}, err
	}
	id := domain.DeriveID("sim", cause.Command)
	result, err := d.journal.Execute(ctx, sim.Stream(id), cause, sim.PlaceOrder{ID: id, Company: s.Company, Kind: sim.ESIM, User: s.ID}.Decide)
	return done(id, result), err
}

// gaveSIM finds out whether a command has given a SIM before: the SIM that is new
// with it, or the one that its card is known as.
func (d *Desk) gaveSIM(ctx context.Context, cause domain.Cause, form CardForm, firm company.State) (eventstore.Result, string, error) {
	ids := []string{domain.DeriveID("sim", cause.Command)}
	if card, err := form.typed().Card(firm.Policy.SIMs.Prefix); err == nil {
		known, err := d.knownCard(ctx, card)
		if err != nil {
			return eventstore.Result{}, "", err
		}
		if known != "" && known != ids[0] {
			ids = append(ids, known)
		}
	}
	for _, id := range ids {
		seen, err := d.look(ctx, sim.Stream(id), cause, func([]domain.Fact) error { return nil })
		if err != nil || seen.Repeated {
			return seen, id, err
		}
	}
	return eventstore.Result{}, "", nil
}

// knownCard gives the SIM that a card is known as, "" for none.
func (d *Desk) knownCard(ctx context.Context, card sim.Card) (string, error) {
	known := ""
	for _, stream := range card.Claims(d.cfg.ClaimKey) {
		h, err := d.journal.Load(ctx, stream)
		if err != nil {
			return "", err
		}
		id, isSIM := strings.CutPrefix(claim.Fold(h.Facts).Owner, sim.Stream(""))
		switch {
		case !isSIM:
			continue
		case known != "" && known != id:
			return "", sim.Taken()
		}
		if h, err = d.journal.Load(ctx, sim.Stream(id)); err != nil {
			return "", err
		}
		if sim.Fold(h.Facts).Exists() {
			known = id
		}
	}
	return known, nil
}

// giveCard gives a card to a user. The numbers of one that is not known yet are
// claimed first; of two who want the same card one has it.
func (d *Desk) giveCard(ctx context.Context, cause domain.Cause, form CardForm, firm company.State, give sim.Give) (Done, error) {
	card, err := form.typed().Card(firm.Policy.SIMs.Prefix)
	if err != nil {
		return Done{}, err
	}
	if give.ID, err = d.knownCard(ctx, card); err != nil {
		return Done{}, err
	}
	give.On, give.At = form.ActivateOn, cause.At
	switch give.ID {
	case "":
	case give.Replaces:
		return Done{}, domain.Faultf(domain.Refused, "sim-same", "this is the same SIM card")
	default:
		result, err := d.journal.Execute(ctx, sim.Stream(give.ID), cause, give.Decide)
		return done(give.ID, result), err
	}
	give.ID, give.Card = domain.DeriveID("sim", cause.Command), card
	if _, err := d.look(ctx, sim.Stream(give.ID), cause, judged(give.Decide)); err != nil {
		return Done{}, err
	}
	held, err := d.journal.Reserve(ctx, cause, cardWishes(cause, give.ID, card.Claims(d.cfg.ClaimKey))...)
	if err != nil {
		return Done{}, err
	}
	for _, stream := range held.Granted {
		give.Claims = append(give.Claims, stream)
	}
	slices.Sort(give.Claims)
	result, err := d.journal.Execute(ctx, sim.Stream(give.ID), cause, give.Decide)
	held.Settle(ctx, err)
	return done(give.ID, result), err
}

// judged lets a command say whether it would be refused.
func judged(decide domain.Decide) func([]domain.Fact) error {
	return func(history []domain.Fact) error {
		_, err := decide(history)
		return err
	}
}

// cardWishes are the wishes for a card's numbers.
func cardWishes(cause domain.Cause, id string, claims []string) []eventstore.Wish {
	owner := sim.Stream(id)
	var wishes []eventstore.Wish
	for _, stream := range claims {
		wishes = append(wishes, wish(stream, nil, eventstore.Candidate{
			Stream: stream, Take: claim.Take{Owner: owner, By: cause.Command, At: cause.At, Taken: sim.Taken()}.Decide,
			Undo: claim.GiveBack(owner, cause.Command, refused),
		})...)
	}
	return wishes
}

// SwapSIM gives the holder of a SIM another card in its place, which ends it once
// the new one is active (2.7).
func (d *Desk) SwapSIM(ctx context.Context, cause domain.Cause, id string, form CardForm, options ...eventstore.Option) (Done, error) {
	s, firm, err := d.card(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	if seen, given, err := d.gaveSIM(ctx, cause, form, firm); err != nil || seen.Repeated {
		return done(given, seen), err
	}
	if _, err := d.look(ctx, sim.Stream(id), cause, func(history []domain.Fact) error { return sim.Fold(history).Swappable() }, options...); err != nil {
		return Done{}, err
	}
	holder, _, err := d.subject(ctx, s.User)
	if err == nil && holder.Swaps(id) {
		err = user.SwapUnderway()
	}
	if err != nil {
		return Done{}, err
	}
	kind := s.Kind
	if kind == sim.ESIM {
		kind = sim.Voice
	}
	return d.giveCard(ctx, cause, form, firm, sim.Give{Company: firm.ID, User: s.User, Kind: kind, Replaces: id})
}

// card loads a SIM that is there, with its company.
func (d *Desk) card(ctx context.Context, id string) (sim.State, company.State, error) {
	h, err := d.journal.Load(ctx, sim.Stream(id))
	if err != nil {
		return sim.State{}, company.State{}, err
	}
	s := sim.Fold(h.Facts)
	if !s.Exists() {
		return s, company.State{}, noSIM()
	}
	firm, err := d.firm(ctx, s.Company)
	return s, firm, err
}

func noSIM() error { return domain.Faultf(domain.Missing, "no-sim", "there is no such SIM card") }

// detachedByHand is the reason of a detachment that somebody asked for.
const detachedByHand = "asked"

// DetachSIM takes a SIM from its user, for another one to have (2.7).
func (d *Desk) DetachSIM(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onSIM(ctx, cause, id, sim.Detach{Reason: detachedByHand, ByHand: true}.Decide, options...)
}

// BlockSIM blocks a SIM that was lost or stolen (2.8).
func (d *Desk) BlockSIM(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onSIM(ctx, cause, id, sim.AskBlock{}.Decide, options...)
}

// UnblockSIM lifts a block, for the operator (2.8).
func (d *Desk) UnblockSIM(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onSIM(ctx, cause, id, sim.AskUnblock{Actor: cause.Actor}.Decide, options...)
}

// RetrySIM has the vendor asked again.
func (d *Desk) RetrySIM(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onSIM(ctx, cause, id, sim.Retry{}.Decide, options...)
}

func (d *Desk) onSIM(ctx context.Context, cause domain.Cause, id string, decide domain.Decide, options ...eventstore.Option) (Done, error) {
	_, firm, err := d.card(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, sim.Stream(id), cause, decide, options...)
	return done(id, result), err
}
