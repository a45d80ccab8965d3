package projections

import (
	"context"
	"fmt"
	"time"

	"dialtone/eventstore"
)

// Status is how a projection stands. Lag is Head less Position; positions are
// not contiguous, so it is an upper bound of the events that are missing.
type Status struct {
	Name      string
	Position  eventstore.Position
	Head      eventstore.Position // of the event store
	Lag       uint64
	Parked    int    // events that wait
	LastError string // why the youngest of them does, or why nothing moves
	Updated   time.Time
}

// Status tells how each projection stands against the head of the event store.
func (v *Views) Status(ctx context.Context, head eventstore.Position) ([]Status, error) {
	byName, err := v.checkpoints(ctx, v.reading)
	if err != nil {
		return nil, err
	}
	var counts []struct {
		Projection string
		Waiting    int
		Latest     eventstore.Position
	}
	err = v.reading.NewSelect().TableExpr("parked").ColumnExpr("projection, count(*) AS waiting").
		ColumnExpr("max(CASE WHEN error <> '' THEN position ELSE 0 END) AS latest").GroupExpr("projection").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count what is parked: %w", err)
	}
	statuses := make([]Status, 0, len(v.projections))
	for _, p := range v.projections {
		k := byName[p.name]
		s := Status{Name: p.name, Position: k.Position, Head: head, Updated: k.Updated.UTC(), LastError: v.progress.lastFailure()}
		s.Lag = uint64(max(head, k.Position) - k.Position)
		for _, count := range counts {
			if count.Projection != p.name {
				continue
			}
			s.Parked = count.Waiting
			if s.LastError, err = v.parkedError(ctx, p.name, count.Latest); err != nil {
				return nil, err
			}
		}
		statuses = append(statuses, s)
	}
	return statuses, nil
}

func (v *Views) parkedError(ctx context.Context, projection string, position eventstore.Position) (string, error) {
	var text string
	err := v.reading.NewSelect().Model((*parked)(nil)).Column("error").
		Where("p.projection = ?", projection).Where("p.position = ?", position).Scan(ctx, &text)
	if err != nil {
		return "", fmt.Errorf("read why %s has parked events: %w", projection, err)
	}
	return text, nil
}
