package sqlstore

import (
	"context"
	"iter"
	"sync"
	"time"

	"dialtone/eventstore"
)

// pollEvery is how soon appends of other processes to a SQLite file are seen.
const pollEvery = 5 * time.Millisecond

// Subscribe delivers events behind a position. Besides what the interface
// says: a filtered subscription gives a Checkpoint where a stretch ended with
// events that do not match, and CaughtUp comes after every stretch that
// reached the end of the log. It ends with the context's error, with a fault
// of kind Unavailable when the store closes, or with that of a failed read.
func (s *Store) Subscribe(
	ctx context.Context, after eventstore.Position, prefixes ...string,
) iter.Seq2[eventstore.Message, error] {
	return func(yield func(eventstore.Message, error) bool) {
		f, err := filterOf(prefixes)
		if err == nil {
			err = s.follow(ctx, after, f, yield)
		}
		if err != nil {
			yield(eventstore.Message{}, err)
		}
	}
}

// follow delivers until there is an error, or nil when the consumer has gone.
func (s *Store) follow(
	ctx context.Context, position eventstore.Position, f filter, yield func(eventstore.Message, error) bool,
) error {
	s.tip.watch(1)
	defer s.tip.watch(-1)
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	s.tip.advance(int64(head))
	for first := true; ; first = false {
		head, changed := s.tip.now()
		if !first && head <= position {
			if err := s.wait(ctx, changed); err != nil {
				return err
			}
			continue
		}
		there := true
		if head > position {
			s.walk(ctx, stretch{after: position, upTo: head}, f, 0, func(p page, failure error) bool {
				if err = failure; err == nil {
					position, there = p.rest.after, announce(p, p.rest.after, f, yield)
				}
				return there && err == nil
			})
		}
		if err != nil || !there {
			return err
		}
		if !yield(eventstore.Message{Kind: eventstore.CaughtUp, Position: position}, nil) {
			return nil
		}
	}
}

// announce delivers a page and, if a filter left out what stood behind its
// last event, how far it reached.
func announce(p page, reached eventstore.Position, f filter, yield func(eventstore.Message, error) bool) bool {
	var last eventstore.Position
	for _, event := range p.events {
		last = event.Position
		if !yield(eventstore.Message{Kind: eventstore.EventAppeared, Event: event, Position: last}, nil) {
			return false
		}
	}
	if f.condition == "" || last == reached {
		return true
	}
	return yield(eventstore.Message{Kind: eventstore.Checkpoint, Position: reached}, nil)
}

// wait ends without an error when there may be something new.
func (s *Store) wait(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
}

// poll looks for appends of other processes while somebody waits for them.
func poll(ctx context.Context, on watching) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !on.tip.watched() {
			continue
		}
		position, err := on.look(ctx)
		if err == nil {
			on.tip.advance(position)
		} else if !failing && ctx.Err() == nil {
			on.log.Warn("the event store can't look for new events", "error", err)
		}
		failing = err != nil
	}
}

// tip is the last known position of the log, and wakes those who wait for it.
type tip struct {
	mu       sync.Mutex
	position int64
	changed  chan struct{}
	watchers int
}

func newTip() *tip { return &tip{changed: make(chan struct{})} }

// advance tells whether the position was news.
func (t *tip) advance(position int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if position <= t.position {
		return false
	}
	t.position = position
	close(t.changed)
	t.changed = make(chan struct{})
	return true
}

func (t *tip) now() (eventstore.Position, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return eventstore.Position(t.position), t.changed
}

func (t *tip) watch(change int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers += change
}

func (t *tip) watched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.watchers > 0
}
