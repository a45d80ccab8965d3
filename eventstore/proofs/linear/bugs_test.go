package linear

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"sync"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// The bugs that can be planted in a served store. Each happens now and then.
const (
	lostUpdate     = "an update is lost"
	staleRevision  = "a stale revision is taken"
	wrongRevision  = "a revision is skipped in the answer"
	wrongPosition  = "a position is skipped in the answer"
	doubledAppend  = "an append is kept twice"
	wrongActual    = "a conflict names a wrong revision"
	missedLast     = "a read misses the last event"
	staleRead      = "a read is stale"
	takenNoStream  = "no stream is expected, and one is there"
	lostInACrash   = "acknowledged events are lost in a crash"
	wrongStream    = "an event goes to another stream"
	untrueConflict = "a conflict is answered and the events are kept"
	tornAppend     = "only the first event is kept"
	skippedMessage = "a subscription leaves out an event"
)

var bugs = []string{
	lostUpdate, staleRevision, wrongRevision, wrongPosition, doubledAppend, wrongActual, missedLast, staleRead,
	takenNoStream, lostInACrash, wrongStream, untrueConflict, tornAppend, skippedMessage,
}

// bugged is a right store with a bug.
type bugged struct {
	eventstore.Store
	bug   string
	mu    sync.Mutex
	calls map[string]int
	reads map[string][]eventstore.Recorded // the first answer to each read
}

func planted(store *sqlstore.Store, bug string) eventstore.Store {
	if bug == "" || bug == lostInACrash {
		return store
	}
	return &bugged{Store: store, bug: bug, calls: map[string]int{}, reads: map[string][]eventstore.Recorded{}}
}

// now tells whether a bug happens this time: every so many times.
func (b *bugged) now(bug string, every int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bug != bug {
		return false
	}
	b.calls[bug]++
	return b.calls[bug]%every == 0
}

// Append is an append with a bug.
func (b *bugged) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	switch {
	case expected >= 0 && b.now(lostUpdate, 40):
		head, err := b.Head(ctx)
		return eventstore.Appended{Revision: uint64(expected) + uint64(len(events)), Position: head + 1}, err
	case len(events) > 1 && b.now(tornAppend, 40):
		appended, err := b.Store.Append(ctx, stream, expected, events[0])
		appended.Revision += uint64(len(events) - 1)
		return appended, err
	case expected == eventstore.Any && b.now(wrongStream, 10):
		return b.Store.Append(ctx, "hot-0", expected, events...)
	}
	appended, err := b.Store.Append(ctx, stream, expected, events...)
	failed, conflicting := errors.AsType[*eventstore.ConflictError](err)
	switch {
	case conflicting && expected >= 0 && b.now(staleRevision, 20), conflicting && expected == eventstore.NoStream && b.now(takenNoStream, 5):
		return b.Store.Append(ctx, stream, eventstore.Any, events...)
	case conflicting && b.now(wrongActual, 20):
		failed.Actual++
	case err == nil && b.now(wrongRevision, 40):
		appended.Revision++
	case err == nil && b.now(wrongPosition, 40):
		appended.Position++
	case err == nil && b.now(doubledAppend, 40):
		return b.Store.Append(ctx, stream, eventstore.Exactly(appended.Revision), events...)
	case err == nil && b.now(untrueConflict, 40):
		return appended, &eventstore.ConflictError{Stream: stream, Expected: expected, Actual: eventstore.Exactly(appended.Revision)}
	}
	return appended, err
}

// Read is a read with a bug.
func (b *bugged) Read(
	ctx context.Context, stream string, from uint64, direction eventstore.Direction, limit int,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		var list []eventstore.Recorded
		for event, err := range b.Store.Read(ctx, stream, from, direction, limit) {
			if err != nil {
				yield(event, err)
				return
			}
			list = append(list, event)
		}
		if len(list) > 0 && b.now(missedLast, 20) {
			if direction == eventstore.Backwards {
				list = list[1:]
			} else {
				list = list[:len(list)-1]
			}
		}
		for _, event := range b.remembered(stream, list) {
			if !yield(event, nil) {
				return
			}
		}
	}
}

// remembered is now and then what an earlier read of the stream gave.
func (b *bugged) remembered(stream string, list []eventstore.Recorded) []eventstore.Recorded {
	stale := b.now(staleRead, 20)
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, known := b.reads[stream]; known && stale {
		return old
	}
	b.reads[stream] = list
	return list
}

// Subscribe is a subscription with a bug.
func (b *bugged) Subscribe(ctx context.Context, after eventstore.Position, prefixes ...string) iter.Seq2[eventstore.Message, error] {
	return func(yield func(eventstore.Message, error) bool) {
		for message, err := range b.Store.Subscribe(ctx, after, prefixes...) {
			if message.Kind == eventstore.EventAppeared && message.Event.Stream != ending && b.now(skippedMessage, 100) {
				continue
			}
			if !yield(message, err) {
				return
			}
		}
	}
}

// forget loses the last events of a file: more than the appends that may have
// been under way, which nobody would miss.
func forget(path string) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), `delete from events where position > (select max(position) - 100 from events)`)
	return err
}
