package api

import (
	"context"
	"hash/fnv"
	"iter"
	"strconv"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/eventstore"
	"dialtone/projections"
)

// PoolForm puts a row of numbers into the operator's pool.
type PoolForm struct {
	BlockForm
	Kind    string `json:"kind,omitempty" enum:"fixed,mobile" doc:"Fixed unless said otherwise"`
	Country string `json:"country,omitempty" example:"DE" doc:"ISO 3166-1; numbers may be written as they are in it"`
}

// BuyForm says what a company buys of the operator's pool: one number, or any.
type BuyForm struct {
	Number  string `json:"number,omitempty" doc:"Just this one"`
	Kind    string `json:"kind,omitempty" enum:"fixed,mobile" doc:"Any of a kind; fixed unless said otherwise"`
	Country string `json:"country,omitempty" doc:"Any of a country (ISO 3166-1)"`
	Count   int    `json:"count,omitempty" minimum:"0" maximum:"100" doc:"How many; one unless said otherwise"`
}

// Bought is what a purchase brought.
type Bought struct {
	Done
	Numbers []domain.E164
}

// Pool puts a row of numbers into the operator's pool. Those that are a company's
// stay where they are, and are named in refused; last is what was done last.
func (d *Desk) Pool(ctx context.Context, cause domain.Cause, form PoolForm) (last Done, pooled int, refused []domain.E164, err error) {
	trimmed(&form.Country)
	form.Country = strings.ToUpper(form.Country)
	block := blocksOf([]BlockForm{form.BlockForm}, form.Country)[0]
	var c domain.Check
	block.Check(&c, "")
	c.Need(form.Country == "" || telephoned(form.Country), "/country", "unknown", "%s is no country with telephone numbers of its own", form.Country)
	if err := c.Err(); err != nil {
		return last, 0, nil, err
	}
	kind := number.Kind(form.Kind)
	if kind == "" {
		kind = number.Fixed
	}
	for _, n := range block.Numbers() {
		stream := number.Stream(n)
		result, err := d.journal.Execute(ctx, stream, cause.For(stream), number.Pool{Number: n, Kind: kind, Country: form.Country}.Decide)
		switch {
		case domain.KindOf(err) == domain.Conflict && err != nil:
			refused = append(refused, n)
		case err != nil:
			return last, pooled, refused, err
		default:
			pooled, last = pooled+1, done(string(n), result)
		}
	}
	return last, pooled, refused, nil
}

// Buy makes numbers of the operator's pool a company's. Each is claimed first; the
// company's stream names all of them or none.
func (d *Desk) Buy(ctx context.Context, cause domain.Cause, companyID string, form BuyForm, options ...eventstore.Option) (Bought, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return Bought{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	seen, err := d.look(ctx, company.Stream(companyID), cause, func([]domain.Fact) error { return nil }, options...)
	if err != nil || seen.Repeated {
		return Bought{done(companyID, seen), boughtBy(seen.Facts, cause.Command)}, err
	}
	wishes, err := d.purchases(ctx, cause, firm, form)
	if err != nil {
		return Bought{}, err
	}
	held, err := d.journal.Reserve(ctx, cause, wishes...)
	if err != nil {
		return Bought{}, err
	}
	order := company.BuyNumbers{At: cause.At}
	for _, wish := range wishes {
		order.Numbers = append(order.Numbers, domain.E164(strings.TrimPrefix(held.Granted[wish.Name], number.Stream(""))))
	}
	result, err := d.journal.Execute(ctx, company.Stream(companyID), cause, order.Decide, options...)
	held.Settle(ctx, err)
	return Bought{done(companyID, result), order.Numbers}, err
}

// boughtBy finds what a command bought.
func boughtBy(history []domain.Fact, command string) (numbers []domain.E164) {
	for _, fact := range history {
		if bought, is := fact.Event.(company.NumbersBought); is && fact.Command == command {
			numbers = append(numbers, company.Block(bought).Numbers()...)
		}
	}
	return numbers
}

// purchases lists what a company wants of the pool: one number, or some that are
// tried one after the other, from a place of its own on, so that many who buy at
// once do not all want the same.
func (d *Desk) purchases(ctx context.Context, cause domain.Cause, firm company.State, form BuyForm) ([]eventstore.Wish, error) {
	candidate := func(n domain.E164) eventstore.Candidate {
		return eventstore.Candidate{
			Stream: number.Stream(n),
			Take:   number.Buy{Number: n, Company: firm.ID, By: cause.Command, At: cause.At}.Decide,
			Undo:   number.GiveUp(firm.ID, cause.Command, refused),
		}
	}
	if form.Number != "" {
		n := domain.E164(phone(form.Number, firm.Country))
		if !n.Valid() {
			return nil, domain.Faultf(domain.Invalid, "e164", "is an E.164 number such as +4930123450, not %q", string(n)).At("/number")
		}
		return wish(string(n), nil, candidate(n)), nil
	}
	if form.Kind == "" {
		form.Kind = string(number.Fixed)
	}
	rows, _, err := d.cfg.Views.Numbers(ctx, projections.NumberFilter{
		Pool: true, State: string(number.InPool), Kind: form.Kind, Country: strings.ToUpper(form.Country), Limit: 200,
	})
	if err != nil {
		return nil, err
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(cause.Command))
	next, from := 0, int(hash.Sum32())
	var all iter.Seq[eventstore.Candidate] = func(yield func(eventstore.Candidate) bool) {
		for next < len(rows) {
			row := rows[(from+next)%len(rows)]
			next++
			if !yield(candidate(domain.E164(row.Number))) {
				return
			}
		}
	}
	none := domain.Faultf(domain.Conflict, "pool-empty", "the operator's pool has no more such numbers just now")
	wishes := make([]eventstore.Wish, 0, max(form.Count, 1))
	for range max(form.Count, 1) {
		wishes = append(wishes, eventstore.Wish{Name: "number " + strconv.Itoa(len(wishes)), Candidates: all, None: none})
	}
	return wishes, nil
}

// Return gives a company's number that is no user's to the operator's pool. The
// number is held first; then the company's stream names it no longer, and then it
// leaves. What a process leaves undone, the sweep finishes.
func (d *Desk) Return(ctx context.Context, cause domain.Cause, n domain.E164, reason string) (Done, error) {
	s, firm, err := d.line(ctx, n)
	if err != nil {
		return Done{}, err
	}
	leave := company.ReturnNumber{Number: n}
	if err := leave.Check(firm); err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	stream := number.Stream(n)
	begin := number.Return{Company: s.Company, Reason: reason, At: cause.At, Rests: firm.Policy.RestsUntil(cause.At)}
	begun, err := d.journal.Execute(ctx, stream, cause, begin.Decide)
	if err != nil || number.Fold(begun.Facts).Leaving == nil {
		return done(string(n), begun), err
	}
	if _, err := d.journal.Execute(ctx, company.Stream(s.Company), cause.For(company.Stream(s.Company)), leave.Decide); err != nil {
		return Done{}, err
	}
	result, err := d.journal.Execute(ctx, stream, cause.For(stream), number.FinishReturn)
	return done(string(n), result), err
}
