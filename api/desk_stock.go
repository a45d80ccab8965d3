package api

import (
	"context"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/sim"
)

// mostStock is how many cards can be ordered at once.
const mostStock = 100

// StockForm orders cards for a company's stock.
type StockForm struct {
	Kind  string `json:"kind" enum:"voice,data"`
	Count int    `json:"count" minimum:"1" maximum:"100" doc:"How many cards"`
}

// OrderStock orders cards that are no user's yet, for the company to give away
// once the vendor has sent them (2.11). The same command again orders no others.
func (d *Desk) OrderStock(ctx context.Context, cause domain.Cause, id string, form StockForm) ([]Done, error) {
	firm, err := d.firm(ctx, id)
	if err != nil {
		return nil, err
	}
	var c domain.Check
	c.Need(form.Kind == sim.Voice || form.Kind == sim.Data, "/kind", "unknown", "is voice or data")
	c.Need(form.Count >= 1 && form.Count <= mostStock, "/count", "range", "is 1 to %d", mostStock)
	if err := c.Err(); err != nil {
		return nil, err
	}
	cause.Policy = firm.Policy.Stamp()
	ordered := make([]Done, 0, form.Count)
	for n := range form.Count {
		card := domain.DeriveID("sim", cause.Command, "stock", strconv.Itoa(n))
		result, err := d.journal.Execute(ctx, sim.Stream(card), cause.For(sim.Stream(card)), sim.PlaceOrder{ID: card, Company: id, Kind: form.Kind}.Decide)
		if err != nil {
			return nil, err
		}
		ordered = append(ordered, done(card, result))
	}
	return ordered, nil
}
