package sqlstore

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/eventstore"
)

// largest is how many bytes one append may have.
const largest = 16 << 20

// request is one append on its way to the writer, and its answer.
type request struct {
	ctx      context.Context // lets the writer leave out whom nobody waits for
	stream   string
	expected eventstore.Expected
	events   []eventstore.Proposed
	size     int

	appended eventstore.Appended
	err      error
	answered chan struct{}
}

// Append writes all events atomically behind the expected revision. Besides
// what the interface says: for Any and StreamExists the ids are looked up in a
// durable index, however old; no events means the same checks and the stream's
// last revision and position (position 0: it has none); ids are kept in lower
// case.
func (s *Store) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	r := &request{ctx: ctx, stream: stream, expected: expected, answered: make(chan struct{})}
	if err := r.take(events); err != nil {
		return eventstore.Appended{}, err
	}
	if err := ctx.Err(); err != nil {
		return eventstore.Appended{}, err
	}
	select {
	case s.writer.queue <- r:
	case <-ctx.Done():
		return eventstore.Appended{}, ctx.Err()
	case <-s.closing:
		return eventstore.Appended{}, errClosed
	}
	return r.await(s.writer.done)
}

// await gives the answer. A store that closed without taking the request from
// the queue has not written it.
func (r *request) await(done <-chan struct{}) (eventstore.Appended, error) {
	select {
	case <-r.answered:
	case <-r.ctx.Done():
		return eventstore.Appended{}, r.ctx.Err()
	case <-done:
		select {
		case <-r.answered:
		default:
			return eventstore.Appended{}, errClosed
		}
	}
	return r.appended, r.err
}

// take checks the events and copies what the caller may change later.
func (r *request) take(events []eventstore.Proposed) error {
	if !isName(r.stream) {
		return domain.Faultf(domain.Invalid, "stream-name", "a stream needs a name in UTF-8 without NUL")
	}
	if r.expected < eventstore.NoStream && r.expected != eventstore.Any && r.expected != eventstore.StreamExists {
		return domain.Faultf(domain.Invalid, "expected-revision", "%d is no revision to expect", r.expected)
	}
	r.events = make([]eventstore.Proposed, len(events))
	for i, event := range events {
		if !isName(event.Type) {
			return domain.Faultf(domain.Invalid, "event-type", "event %d of %s needs a type in UTF-8 without NUL", i, r.stream)
		}
		if len(event.ID) != 36 || uuid.Validate(event.ID) != nil {
			return domain.Faultf(domain.Invalid, "event-id", "event %d of %s needs a UUID in its text form as id", i, r.stream)
		}
		event.ID = strings.ToLower(event.ID)
		r.events[i] = event
		r.size += len(r.stream) + len(event.Type) + len(event.Data) + len(event.Meta)
	}
	if r.size > largest {
		return domain.Faultf(domain.Invalid, "append-too-large", "an append to %s has %d bytes, %d are allowed", r.stream, r.size, largest)
	}
	return nil
}

func isName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}

func (r *request) answer(appended eventstore.Appended, err error) {
	r.appended, r.err = appended, err
	close(r.answered)
}
