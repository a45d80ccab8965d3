package kurrent

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"dialtone/eventstore"
)

// everyMark is how many events are read for one mark.
const everyMark = 256

// mark is a place in the log and its moment.
type mark struct {
	position eventstore.Position
	at       time.Time
}

// marks is a sparse index of moments: places that reads have passed, in the
// order of the log.
type marks struct {
	mu   sync.Mutex
	list []mark
}

func (m *marks) add(passed mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, known := slices.BinarySearchFunc(m.list, passed.position, func(m mark, position eventstore.Position) int {
		return cmp.Compare(m.position, position)
	})
	if !known {
		m.list = slices.Insert(m.list, at, passed)
	}
}

// around gives the last mark that is not behind a moment and the first that is,
// where there are such.
func (m *marks) around(at time.Time) (lower, upper *mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, _ := slices.BinarySearchFunc(m.list, at, func(m mark, at time.Time) int {
		if m.at.After(at) {
			return 1
		}
		return -1
	})
	if n > 0 {
		lower = &mark{m.list[n-1].position, m.list[n-1].at}
	}
	if n < len(m.list) {
		upper = &mark{m.list[n].position, m.list[n].at}
	}
	return lower, upper
}

// PositionAt is the greatest position recorded at or before a moment. The
// server has no index of moments, so events are read from the nearest known
// place on. The first call for an old moment reads up to half of the log, if
// events are spread evenly over time, and more if they are not; each stretch is
// read whole once only, and afterwards at most some hundred events. A moment
// behind the last event costs one short read. Moments are taken to grow along
// the log. In a real cluster they may fall, when another node with another clock
// becomes the leader: then the answer is right but for as much as they fell.
func (s *Store) PositionAt(ctx context.Context, at time.Time) (eventstore.Position, error) {
	last, err := s.outermost(ctx, eventstore.Backwards)
	if err != nil || last.Position == 0 {
		return 0, err
	}
	s.marks.add(mark{last.Position, last.Time})
	if !last.Time.After(at) {
		return last.Position, nil
	}
	lower, upper := s.marks.around(at)
	if lower == nil {
		first, err := s.outermost(ctx, eventstore.Forwards)
		if err != nil || first.Time.After(at) {
			return 0, err
		}
		s.marks.add(mark{first.Position, first.Time})
		lower, upper = s.marks.around(at)
	}
	if at.Sub(lower.at) < upper.at.Sub(at) {
		return s.walk(ctx, *lower, at, eventstore.Forwards)
	}
	return s.walk(ctx, *upper, at, eventstore.Backwards)
}

// walk reads from a mark towards a moment, page by page so that no more is sent
// than is looked at, and leaves marks on its way. Forwards it ends behind the
// moment, backwards at it or ahead of it.
func (s *Store) walk(ctx context.Context, from mark, at time.Time, direction eventstore.Direction) (eventstore.Position, error) {
	for found := from.position; ; {
		begun := found
		for event, err := range s.ReadAll(ctx, begun, direction, everyMark) {
			if err != nil {
				return 0, err
			}
			if reached := event.Time.After(at) == (direction == eventstore.Forwards); reached {
				s.marks.add(mark{event.Position, event.Time})
				if direction == eventstore.Backwards {
					found = event.Position
				}
				return found, nil
			}
			found, from = event.Position, mark{event.Position, event.Time}
		}
		if found == begun {
			return found, nil
		}
		s.marks.add(from)
	}
}
