package api

import (
	"context"
	"errors"
	"slices"
	"sync"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/eventstore"
)

// connecting is how many numbers are connected at the same time.
const connecting = 64

// reservations are settled together.
type reservations []*eventstore.Reservation

func (r reservations) settle(ctx context.Context, err error) {
	if err == nil || !domain.Final(err) {
		return
	}
	var all sync.WaitGroup
	for _, held := range r {
		all.Go(func() { held.Settle(ctx, err) })
	}
	all.Wait()
}

// connect makes every number of some blocks the company's, in shares that are
// worked on at the same time. What one share is refused, the others give back.
func (d *Desk) connect(ctx context.Context, cause domain.Cause, companyID string, kind number.Kind, blocks []company.Block) (reservations, error) {
	var wishes []eventstore.Wish
	for _, b := range blocks {
		for _, n := range b.Numbers() {
			wishes = append(wishes, wish(string(n), nil, eventstore.Candidate{
				Stream: number.Stream(n),
				Take:   number.Connect{Number: n, Company: companyID, At: cause.At, Kind: kind}.Decide, Undo: number.Disconnect(companyID, refused),
			})...)
		}
	}
	shares := slices.Collect(slices.Chunk(wishes, len(wishes)/connecting+1))
	held, errs := make(reservations, len(shares)), make([]error, len(shares))
	var all sync.WaitGroup
	for i, share := range shares {
		all.Go(func() { held[i], errs[i] = d.journal.Reserve(ctx, cause, share...) })
	}
	all.Wait()
	held = slices.DeleteFunc(held, func(r *eventstore.Reservation) bool { return r == nil })
	if err := firstFinal(errs); err != nil {
		held.settle(ctx, err)
		return nil, err
	}
	return held, nil
}

// firstFinal prefers an error that trying again cannot help.
func firstFinal(errs []error) error {
	for _, err := range errs {
		if err != nil && domain.Final(err) {
			return err
		}
	}
	return errors.Join(errs...)
}
