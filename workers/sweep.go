package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

// Overdue lists claims that nobody has confirmed by their deadline.
type Overdue interface {
	OverdueClaims(ctx context.Context, now time.Time, limit int) ([]projections.ClaimRow, error)
}

// Sweep looks after claims whose owner did not confirm them: it confirms those
// that the owner names by now, and releases the others.
type Sweep struct {
	Journal *eventstore.Journal
	Overdue Overdue
	Log     *slog.Logger
}

const (
	sweepPause = 5 * time.Second
	sweepBatch = 200
)

// Run sweeps until the context ends.
func (s *Sweep) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		s.round(ctx, s.Journal.Now())
		pause(ctx, sweepPause)
	}
	return nil
}

// Everything settles all that is not confirmed, overdue or not, up to a batch. It
// is for a process that knows that no order is under way.
func (s *Sweep) Everything(ctx context.Context) { s.round(ctx, s.Journal.Now().Add(claim.Window)) }

// round settles what is overdue at a moment; what could not be settled is met
// again in the next one.
func (s *Sweep) round(ctx context.Context, at time.Time) {
	rows, err := s.Overdue.OverdueClaims(ctx, at, sweepBatch)
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("the sweep cannot list overdue claims", "error", err)
	}
	for _, row := range rows {
		if err := s.settle(ctx, row); err != nil && ctx.Err() == nil {
			s.Log.Warn("a claim could not be settled", "stream", row.Stream, "error", err)
		}
	}
}

// settle asks the owner first. Before a claim is released, the owner's stream
// holds the note that it was given up, so that a slow order conflicts instead
// of believing in it.
func (s *Sweep) settle(ctx context.Context, row projections.ClaimRow) error {
	cause := domain.Cause{
		Command: domain.DeriveID("sweep", row.Stream, row.Kind, row.Deadline.UTC().Format(time.RFC3339Nano)),
		Actor:   domain.Actor{Kind: domain.ActorSystem, ID: "sweep"},
		Channel: domain.ChannelSweep,
		Reason:  "not confirmed by " + row.Deadline.UTC().Format(time.RFC3339),
		At:      s.Journal.Now(),
	}
	if row.Kind == projections.KindLoose {
		return s.giveBack(ctx, row, cause)
	}
	loaded, err := s.Journal.Load(ctx, row.Stream)
	if err != nil {
		return err
	}
	if row.Kind == projections.KindReturn {
		return s.returned(ctx, row, cause, number.Fold(loaded.Facts))
	}
	if waiting, err := letGo(row)(loaded.Facts); err != nil || len(waiting) == 0 {
		return err // the list is late: nothing is waiting any more
	}
	_, err = s.Journal.Execute(ctx, row.Owner, cause.For(row.Owner), abandon(row, loaded.Facts), eventstore.ByState())
	fault, _ := errors.AsType[*domain.Fault](err)
	held := fault != nil && fault.Code == claimHeld
	if err != nil && !held {
		return fmt.Errorf("ask %s about its claim: %w", row.Owner, err)
	}
	decide := letGo(row)
	if held {
		decide = keep(row)
	}
	if _, err := s.Journal.Execute(ctx, row.Stream, cause.For(row.Stream), decide, eventstore.ByState()); err != nil {
		return fmt.Errorf("settle claim %s: %w", row.Stream, err)
	}
	s.Log.Info("an overdue claim was settled", "stream", row.Stream, "kept", held)
	return nil
}

// claimHeld is the code of the refusal by an owner who names the claim.
const claimHeld = "claim-held"

// returned finishes what a company began: its stream names the number no longer,
// and then the number leaves.
func (s *Sweep) returned(ctx context.Context, row projections.ClaimRow, cause domain.Cause, is number.State) error {
	if is.Leaving == nil {
		return nil // the list is late
	}
	for _, step := range []struct {
		stream string
		decide domain.Decide
	}{
		{row.Owner, company.ReturnNumber{Number: domain.E164(strings.TrimPrefix(row.Stream, number.Stream("")))}.Decide},
		{row.Stream, number.FinishReturn},
	} {
		if _, err := s.Journal.Execute(ctx, step.stream, cause.For(step.stream), step.decide, eventstore.ByState()); err != nil {
			return fmt.Errorf("finish the return of %s: %w", row.Stream, err)
		}
	}
	return nil
}

func abandon(row projections.ClaimRow, claimed []domain.Fact) domain.Decide {
	if swap := number.Fold(claimed).Swap; row.Kind == projections.KindSwap && swap != nil {
		return user.AbandonSwap{Swap: swap.Swap, Deadline: row.Deadline}.Decide
	}
	switch {
	case strings.HasPrefix(row.Owner, company.Stream("")):
		return company.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
	case strings.HasPrefix(row.Owner, group.Stream("")):
		return group.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
	case strings.HasPrefix(row.Owner, sim.Stream("")):
		return sim.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
	case strings.HasPrefix(row.Owner, device.Stream("")):
		return device.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
	}
	return user.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
}

func keep(row projections.ClaimRow) domain.Decide {
	switch row.Kind {
	case projections.KindAssignment:
		return number.Confirm(strings.TrimPrefix(row.Owner, "user-"))
	case projections.KindPhone:
		return device.Confirm(strings.TrimPrefix(row.Owner, "user-"))
	case projections.KindConnection, projections.KindSwap: // what follows from a swap is its user's workflow's
		return func([]domain.Fact) ([]domain.Event, error) { return nil, nil }
	}
	return claim.Confirm(row.Owner)
}

// precision is how exactly the list keeps deadlines.
const precision = time.Microsecond

// letGo releases the taking that was judged. The list may be late: what has
// been taken anew meanwhile has a later deadline and is left alone.
func letGo(row projections.ClaimRow) domain.Decide {
	const reason = "not confirmed in time"
	due := row.Deadline.Add(precision)
	switch row.Kind {
	case projections.KindAssignment:
		return number.Expire(strings.TrimPrefix(row.Owner, "user-"), due, reason)
	case projections.KindPhone:
		return device.Expire(strings.TrimPrefix(row.Owner, "user-"), due, reason)
	case projections.KindSwap:
		return number.ExpireSwap(due, reason)
	case projections.KindConnection:
		return number.ExpireConnection(strings.TrimPrefix(row.Owner, "company-"), due, reason)
	}
	return claim.Expire(row.Owner, due, reason)
}
