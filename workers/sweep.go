package workers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
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
		rows, err := s.Overdue.OverdueClaims(ctx, s.Journal.Now(), sweepBatch)
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("the sweep cannot list overdue claims", "error", err)
		}
		for _, row := range rows {
			if err := s.settle(ctx, row); err != nil && ctx.Err() == nil {
				s.Log.Warn("a claim could not be settled", "stream", row.Stream, "error", err)
			}
		}
		pause(ctx, sweepPause)
	}
	return nil
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
	_, err := s.Journal.Execute(ctx, row.Owner, cause.For(row.Owner), abandon(row), eventstore.ByState())
	held := domain.KindOf(err) == domain.Refused
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

func abandon(row projections.ClaimRow) domain.Decide {
	if strings.HasPrefix(row.Owner, "company-") {
		return company.AbandonClaim{Claim: row.Stream}.Decide
	}
	return user.AbandonClaim{Claim: row.Stream, Deadline: row.Deadline}.Decide
}

func keep(row projections.ClaimRow) domain.Decide {
	switch row.Kind {
	case projections.KindAssignment:
		return number.Confirm(strings.TrimPrefix(row.Owner, "user-"))
	case projections.KindConnection:
		return func([]domain.Fact) ([]domain.Event, error) { return nil, nil }
	}
	return claim.Confirm(row.Owner)
}

func letGo(row projections.ClaimRow) domain.Decide {
	const reason = "not confirmed in time"
	switch row.Kind {
	case projections.KindAssignment:
		return number.Release(strings.TrimPrefix(row.Owner, "user-"), reason)
	case projections.KindConnection:
		return number.Disconnect(strings.TrimPrefix(row.Owner, "company-"), reason)
	}
	return claim.Release(row.Owner, reason)
}
