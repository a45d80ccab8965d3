package api

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

const (
	seatHints    = 16                     // seats the read models are asked for at once
	seatRounds   = 3                      // how often they are asked before every seat is looked at
	seatPatience = 500 * time.Millisecond // how long they may take to know everything
)

// seat asks for one of the licences the company has ordered: of the wanted kind,
// or of any. A company without ordered licences has no quota.
func (d *Desk) seat(ctx context.Context, w wisher, wanted string) []eventstore.Wish {
	if !w.firm.Policy.Quota || len(w.firm.Licences) == 0 {
		return nil
	}
	kinds := slices.Sorted(maps.Keys(w.firm.Licences))
	if wanted != "" {
		kinds = []string{wanted}
	}
	total := 0
	for _, kind := range kinds {
		total += w.firm.LicencesOf(kind)
	}
	full := domain.Faultf(domain.Conflict, "quota-reached", "all %d licences of the company are in use; order more", total)
	if wanted != "" {
		full.Detail = strings.Replace(full.Detail, "licences of", "licences of kind "+wanted+" of", 1)
	}
	return []eventstore.Wish{{Name: wishSeat, Candidates: d.seats(ctx, w, kinds, full), None: full}}
}

// seats gives those seats first that are free as far as the read models know;
// who gets one is decided by its stream alone. That there is none is believed to
// read models that know everything up to now; otherwise every seat is looked at.
func (d *Desk) seats(ctx context.Context, w wisher, kinds []string, full *domain.Fault) iter.Seq[eventstore.Candidate] {
	return func(yield func(eventstore.Candidate) bool) {
		tried := map[string]bool{}
		for round := range seatRounds {
			caughtUp := round > 0 && d.caughtUp(ctx)
			free, sure := d.freeSeats(ctx, w, kinds)
			if len(free) == 0 && caughtUp && sure {
				return
			}
			for _, seat := range free {
				tried[seat] = true
				if !yield(w.claim(seat, full)) {
					return
				}
			}
		}
		for seat := range w.everySeat(kinds) {
			if !tried[seat] && !yield(w.claim(seat, full)) {
				return
			}
		}
	}
}

// caughtUp tells whether the read models know everything that has happened until now.
func (d *Desk) caughtUp(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, seatPatience)
	defer cancel()
	head, err := d.journal.Store().Head(ctx)
	return err == nil && d.cfg.Views.WaitFor(ctx, head) == nil
}

// freeSeats asks the read models for a few seats. Where they do not answer they
// are not sure either.
func (d *Desk) freeSeats(ctx context.Context, w wisher, kinds []string) (streams []string, sure bool) {
	sure = true
	for _, kind := range kinds {
		count := w.firm.Licences[kind]
		free, known, err := d.cfg.Views.FreeSeats(ctx, projections.SeatQuery{
			Pool: user.SeatPool(w.firm.ID, kind), Count: count, From: w.place(count), Owner: user.Stream(w.user), Limit: seatHints - len(streams),
		})
		if err != nil {
			return nil, false
		}
		sure = sure && known
		if streams = append(streams, free...); len(streams) == seatHints {
			break
		}
	}
	return streams, sure
}

// everySeat goes round the seats of each kind from a place of the user's own, so
// that orders at the same time seldom want the same.
func (w wisher) everySeat(kinds []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, kind := range kinds {
			count := w.firm.Licences[kind]
			for n := range count {
				if !yield(user.SeatStream(w.firm.ID, kind, (w.place(count)+n)%count+1)) {
					return
				}
			}
		}
	}
}

// place spreads users over seats by the first digits of their ids.
func (w wisher) place(count int) int {
	head, err := hex.DecodeString(w.user[:min(8, len(w.user))])
	if err != nil || len(head) != 4 {
		return 0
	}
	return int(binary.BigEndian.Uint32(head) % uint32(count)) //nolint:gosec // a count of licences is small and positive
}
