package sqlstore

import (
	"context"

	"dialtone/eventstore"
)

// request is one append, or deletion, on its way to the writer, and its answer.
type request struct {
	ctx      context.Context // lets the writer leave out whom nobody waits for
	stream   string
	expected eventstore.Expected
	change   change
	events   []eventstore.Proposed
	size     int

	appended   eventstore.Appended
	recognised bool // nothing was written, the events stood there before
	err        error
	answered   chan struct{}
}

// Append writes all events atomically behind the expected revision. Besides
// what the interface says: for Any and StreamExists the ids are looked up in a
// durable index, however old; no events means the same checks and the stream's
// last revision and position (position 0: it has none); ids are kept in lower
// case.
func (s *Store) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	return s.Begin(ctx, stream, expected, events...)()
}

// Begin puts an append into the writer's queue; see eventstore.Sequencer.
func (s *Store) Begin(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (answer func() (eventstore.Appended, error)) {
	r, err := s.begin(ctx, stream, expected, events)
	if err != nil {
		return func() (eventstore.Appended, error) { return eventstore.Appended{}, err }
	}
	return func() (eventstore.Appended, error) { return r.await(s.writer.done) }
}

// AppendOrRecognise is Append that tells whether anything was written; see
// eventstore.Recogniser.
func (s *Store) AppendOrRecognise(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (appended eventstore.Appended, recognised bool, err error) {
	r, err := s.begin(ctx, stream, expected, events)
	if err != nil {
		return eventstore.Appended{}, false, err
	}
	if appended, err = r.await(s.writer.done); err != nil {
		return eventstore.Appended{}, false, err
	}
	return appended, r.recognised, nil
}

// begin checks an append and hands it to the writer.
func (s *Store) begin(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Proposed) (*request, error) {
	checked, size, err := eventstore.CheckAppend(stream, expected, events)
	r := &request{ctx: ctx, stream: stream, expected: expected, events: checked, size: size}
	if err == nil {
		err = s.enqueue(r)
	}
	return r, err
}

// submit hands a request to the writer and waits for its answer.
func (s *Store) submit(r *request) (eventstore.Appended, error) {
	if err := s.enqueue(r); err != nil {
		return eventstore.Appended{}, err
	}
	return r.await(s.writer.done)
}

// enqueue hands a request to the writer.
func (s *Store) enqueue(r *request) error {
	r.answered = make(chan struct{})
	if err := r.ctx.Err(); err != nil {
		return err
	}
	select {
	case s.writer.queue <- r:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-s.closing:
		return errClosed
	}
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

func (r *request) answer(appended eventstore.Appended, err error) {
	r.appended, r.err = appended, err
	close(r.answered)
}
