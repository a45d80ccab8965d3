package storetest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/eventstore"
)

// memory is a store of a few lines: right, unless a bug is planted in it.
type memory struct {
	bug     string
	mu      sync.Mutex
	log     []eventstore.Recorded
	changed chan struct{}
	closed  bool
}

func newMemory(bug string) *memory { return &memory{bug: bug, changed: make(chan struct{})} }

var errClosed = errors.New("closed")

func (m *memory) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	events = slices.Clone(events)
	if err := m.check(ctx, stream, events); err != nil {
		return eventstore.Appended{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed && m.bug != "appends after closing" {
		return eventstore.Appended{}, errClosed
	}
	there := m.stream(stream)
	appended, isNew, err := m.decide(stream, there, expected, events)
	if err != nil || !isNew {
		if err == nil && (len(events) == 0 && m.bug != "nothing leaves deleted" || m.bug == "repetition restores") {
			m.restore(m.toRestore(stream))
		}
		return appended, err
	}
	if m.bug == "lost-update race" {
		m.mu.Unlock()
		time.Sleep(time.Millisecond)
		m.mu.Lock()
	}
	restored := m.toRestore(stream)
	appended = m.write(stream, there, events)
	if meta := m.restore(restored); m.bug == "answer names the metadata" && meta != (eventstore.Appended{}) {
		return meta, nil
	}
	return appended, nil
}

func (m *memory) check(ctx context.Context, stream string, events []eventstore.Proposed) error {
	if ctx.Err() != nil && m.bug != "context ignored" {
		return ctx.Err()
	}
	if stream == "" {
		return domain.Faultf(domain.Invalid, "stream", "no name")
	}
	for i := range events {
		if events[i].Type == "" || uuid.Validate(events[i].ID) != nil && m.bug != "any id accepted" {
			return domain.Faultf(domain.Invalid, "event", "no type or id")
		}
		if m.bug != "ids compared by case" {
			events[i].ID = strings.ToLower(events[i].ID)
		}
	}
	return nil
}

func (m *memory) stream(name string) []eventstore.Recorded {
	var list []eventstore.Recorded
	for _, recorded := range m.log {
		if recorded.Stream == name {
			list = append(list, recorded)
		}
	}
	return list
}

func (m *memory) write(stream string, there []eventstore.Recorded, events []eventstore.Proposed) eventstore.Appended {
	revision := uint64(len(there))
	for _, event := range events {
		recorded := eventstore.Recorded{
			Proposed: event, Stream: stream, Revision: revision,
			Position: eventstore.Position(10 * (len(m.log) + 1)), Time: time.Now().UTC().Truncate(time.Microsecond),
		}
		switch {
		case m.bug == "binary lost":
			recorded.Binary = false
		case m.bug == "metadata lost":
			recorded.Meta = nil
		case m.bug == "time falls" && len(m.log)%2 == 1:
			recorded.Time = recorded.Time.Add(-time.Second)
		case m.bug == "local time":
			recorded.Time = recorded.Time.In(time.FixedZone("X", 3600))
		case m.bug == "revisions from the log":
			recorded.Revision = uint64(len(m.log))
		}
		m.log = append(m.log, recorded)
		revision++
	}
	close(m.changed)
	m.changed = make(chan struct{})
	return answer(m.stream(stream))
}

func answer(there []eventstore.Recorded) eventstore.Appended {
	if len(there) == 0 {
		return eventstore.Appended{}
	}
	last := there[len(there)-1]
	return eventstore.Appended{Revision: last.Revision, Position: last.Position}
}

func (m *memory) Read(
	_ context.Context, stream string, from uint64, direction eventstore.Direction, limit int,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		m.mu.Lock()
		list, closed := m.stream(stream), m.closed
		m.mu.Unlock()
		if closed {
			yield(eventstore.Recorded{}, errClosed)
			return
		}
		m.deliver(list, direction, limit, yield, func(recorded eventstore.Recorded) bool {
			switch {
			case m.bug == "start of a read left out":
				return direction == eventstore.Forwards && recorded.Revision >= from || recorded.Revision < from
			case direction == eventstore.Backwards:
				return recorded.Revision <= from
			}
			return recorded.Revision >= from
		})
	}
}

func (m *memory) ReadAll(
	_ context.Context, from eventstore.Position, direction eventstore.Direction, limit int, prefixes ...string,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		m.mu.Lock()
		list := slices.Clone(m.log)
		m.mu.Unlock()
		m.deliver(list, direction, limit, yield, func(recorded eventstore.Recorded) bool {
			switch {
			case !m.matches(recorded.Stream, prefixes):
				return false
			case m.bug == "start of the log included" && recorded.Position == from:
				return true
			case direction == eventstore.Backwards && m.bug == "start of the log left out backwards":
				return from == 0 || recorded.Position < from
			case direction == eventstore.Backwards:
				return from == 0 || recorded.Position <= from
			}
			return recorded.Position > from
		})
	}
}

func (m *memory) deliver(
	list []eventstore.Recorded, direction eventstore.Direction, limit int,
	yield func(eventstore.Recorded, error) bool, wanted func(eventstore.Recorded) bool,
) {
	if direction == eventstore.Backwards && m.bug != "direction ignored" {
		slices.Reverse(list)
	}
	if m.bug == "first page only" {
		list = list[:min(len(list), 1000)]
	}
	given := 0
	for _, recorded := range list {
		if !wanted(recorded) {
			continue
		}
		if !yield(recorded, nil) {
			return
		}
		if given++; given == limit && m.bug != "limit ignored" {
			return
		}
	}
}

func (m *memory) matches(stream string, prefixes []string) bool {
	if len(prefixes) == 0 {
		return true
	}
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		switch m.bug {
		case "prefix without case":
			return strings.HasPrefix(strings.ToLower(stream), strings.ToLower(prefix))
		case "prefix as pattern":
			if before, _, wild := strings.Cut(prefix, "%"); wild {
				return strings.HasPrefix(stream, before)
			}
		}
		return strings.HasPrefix(stream, prefix)
	})
}

func (m *memory) Head(context.Context) (eventstore.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return answer(m.log).Position, nil
}

func (m *memory) PositionAt(_ context.Context, at time.Time) (eventstore.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found eventstore.Position
	for _, recorded := range m.log {
		if recorded.Time.Before(at) || recorded.Time.Equal(at) && m.bug != "moment left out" {
			found = recorded.Position
		}
	}
	return found, nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed && m.bug != "subscriptions survive closing" {
		close(m.changed)
		m.changed = make(chan struct{})
	}
	m.closed = true
	return nil
}
