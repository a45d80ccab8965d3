package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dialtone/eventstore"
)

// decide answers one append: written, recognised as one that was written
// before, or a conflict.
func (b *batch) decide(ctx context.Context, r *request) (eventstore.Appended, error) {
	last, err := b.head(ctx, r.stream)
	if err != nil {
		return eventstore.Appended{}, err
	}
	switch expected := int64(r.expected); {
	case r.expected == eventstore.StreamExists && last.revision < 0:
		return eventstore.Appended{}, conflict(r, last)
	case r.expected == eventstore.StreamExists || r.expected == eventstore.Any:
		return b.decideAnywhere(ctx, r, last)
	case expected > last.revision:
		return eventstore.Appended{}, conflict(r, last)
	case expected < last.revision:
		return b.repeatedAt(ctx, r, last)
	}
	return b.write(ctx, r, last)
}

// decideAnywhere writes events whose first id is new to the stream. If it is
// known, all must be: it is the same append again, answered with the first
// place of its last id.
func (b *batch) decideAnywhere(ctx context.Context, r *request, last head) (eventstore.Appended, error) {
	if last.revision < 0 || len(r.events) == 0 {
		return b.write(ctx, r, last)
	}
	var place head
	for i, event := range r.events {
		err := b.statement(ctx, selectByID).QueryRowContext(ctx, r.stream, event.ID).Scan(&place.revision, &place.position)
		switch {
		case errors.Is(err, sql.ErrNoRows) && i == 0:
			return b.write(ctx, r, last)
		case errors.Is(err, sql.ErrNoRows):
			return eventstore.Appended{}, conflict(r, last)
		case err != nil:
			return eventstore.Appended{}, fmt.Errorf("look for an event of %s: %w", r.stream, err)
		}
	}
	return place.appended(), nil
}

// repeatedAt recognises an append to a revision the stream has left behind by
// the ids that stand there; anything else is a conflict.
func (b *batch) repeatedAt(ctx context.Context, r *request, last head) (eventstore.Appended, error) {
	if len(r.events) == 0 {
		return eventstore.Appended{}, conflict(r, last)
	}
	rows, err := b.statement(ctx, selectIDs).QueryContext(ctx, r.stream, int64(r.expected), len(r.events))
	if err != nil {
		return eventstore.Appended{}, fmt.Errorf("read the ids of %s: %w", r.stream, err)
	}
	defer rows.Close()
	place := head{revision: int64(r.expected)}
	matched := 0
	for rows.Next() {
		var id string
		if err := rows.Scan(&id, &place.position); err != nil {
			return eventstore.Appended{}, fmt.Errorf("read the ids of %s: %w", r.stream, err)
		}
		if id != r.events[matched].ID {
			return eventstore.Appended{}, conflict(r, last)
		}
		place.revision++
		matched++
	}
	if err := rows.Err(); err != nil {
		return eventstore.Appended{}, fmt.Errorf("read the ids of %s: %w", r.stream, err)
	}
	if matched < len(r.events) {
		return eventstore.Appended{}, conflict(r, last)
	}
	return place.appended(), nil
}

func conflict(r *request, last head) error {
	return &eventstore.ConflictError{Stream: r.stream, Expected: r.expected, Actual: eventstore.Expected(last.revision)}
}
