package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dialtone/domain"
	"dialtone/eventstore"
)

// Belongs checks that these read models were made from the events of this store:
// a fault of kind Conflict where they know an event that the store does not hold
// at its place. Other errors mean that it could not be found out.
func (v *Views) Belongs(ctx context.Context, store eventstore.Store) error {
	lowest, err := v.lowest(ctx)
	if err != nil {
		return err
	}
	head, err := store.Head(ctx)
	if err != nil {
		return fmt.Errorf("look for the last event: %w", err)
	}
	if head < lowest {
		return errStranger
	}
	var last HistoryRow
	err = v.reading.NewSelect().Model(&last).Column("position", "id").OrderExpr("h.position DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the last fact of the history: %w", err)
	}
	for event, err := range store.ReadAll(ctx, last.Position, eventstore.Backwards, 1) {
		if err != nil {
			return fmt.Errorf("look for the last fact of the history: %w", err)
		}
		if event.ID == last.ID && event.Position == last.Position {
			return nil
		}
	}
	return errStranger
}

var errStranger = domain.Faultf(domain.Conflict, "other-events",
	"the read models were made from the events of another store; give them the store they know, or begin with an empty --database (and --data)")
