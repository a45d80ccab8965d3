package kurrent

import (
	"context"
	"iter"

	"dialtone/eventstore"
)

// ReadAll gives the events of all streams. The server filters by prefix; what
// it gives is checked again. Metadata and other system events are among them.
func (s *Store) ReadAll(
	ctx context.Context, from eventstore.Position, direction eventstore.Direction, limit int, prefixes ...string,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		f, err := filterOf(prefixes)
		if err == nil {
			err = s.readAll(ctx, from, direction, limit, f, yield)
		}
		if err != nil {
			yield(eventstore.Recorded{}, s.answerOf(ctx, "read all events", err))
		}
	}
}

// readAll evens out where reads begin: forwards the server begins at a
// position, backwards ahead of it, and here it is the other way round.
func (s *Store) readAll(
	ctx context.Context, from eventstore.Position, direction eventstore.Direction, limit int, f filter,
	yield func(eventstore.Recorded, error) bool,
) error {
	left := limit
	gone := false
	take := func(event eventstore.Recorded) bool {
		if !f.matches(event.Stream) || direction == eventstore.Forwards && event.Position <= from {
			return true
		}
		if !yield(event, nil) {
			gone = true
			return false
		}
		left--
		return left != 0
	}
	count := limit
	switch {
	case from == 0:
	case direction == eventstore.Forwards:
		if limit > 0 {
			count++ // the event at the position comes, too
		}
	default:
		at := counted(filter{}.options(from, eventstore.Forwards), eventstore.Forwards, 1)
		err := s.read(ctx, "$all", at, func(event eventstore.Recorded) bool { return event.Position != from || take(event) })
		if err != nil || gone || limit > 0 && left == 0 {
			return err
		}
		count = max(left, 0)
	}
	return s.read(ctx, "$all", counted(f.options(from, direction), direction, count), take)
}

// Head is the position of the last event, 0 where there is none.
func (s *Store) Head(ctx context.Context) (eventstore.Position, error) {
	last, err := s.outermost(ctx, eventstore.Backwards)
	return last.Position, err
}

// outermost gives the last event of all, or the first one; the zero event where
// there is none.
func (s *Store) outermost(ctx context.Context, direction eventstore.Direction) (eventstore.Recorded, error) {
	for event, err := range s.ReadAll(ctx, 0, direction, 1) {
		return event, err
	}
	return eventstore.Recorded{}, nil
}
