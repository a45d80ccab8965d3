package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

const (
	crashes       = 5
	crashWriters  = 8
	beforeCrash   = 100 // appends between two crashes
	crashedEvents = (crashes + 1) * beforeCrash
)

// insist appends numbered events, each again with the same id and revision
// until it is answered. Only errors of unknown outcome, or that say so, may
// come between.
func insist(ctx context.Context, store *Store, stream string, enough func() bool) error {
	for n := 0; !enough(); n++ {
		number := strconv.Itoa(n)
		event := eventstore.Proposed{ID: domain.DeriveID(stream, number), Type: "thing.happened.v1", Data: []byte(number)}
		for {
			appended, err := store.Append(ctx, stream, eventstore.Expected(n-1), event)
			if err == nil && appended.Revision == uint64(n) {
				break
			}
			var fault *domain.Fault
			if err == nil || ctx.Err() != nil || errors.Is(err, eventstore.ErrConflict) || errors.As(err, &fault) && (fault.Kind != domain.Unavailable || fault.Code == "store-broken") {
				return fmt.Errorf("event %d of %s: revision %d, %w", n, stream, appended.Revision, err)
			}
		}
	}
	return nil
}

// persist follows the log to the stream "end", from where it stood after every
// error, which must not be a final one.
func (v *view) persist(ctx context.Context, store *Store) error {
	for {
		done := false
		for message, err := range store.Subscribe(ctx, v.last) {
			var fault *domain.Fault
			if ctx.Err() != nil || errors.As(err, &fault) && fault.Kind != domain.Unavailable {
				return err
			}
			if err != nil {
				break
			}
			if message.Kind != eventstore.EventAppeared {
				continue
			}
			if done = message.Event.Stream == "end"; done {
				break
			}
			if err := v.take(message.Event); err != nil {
				return err
			}
		}
		if done {
			return nil
		}
	}
}

func TestAServerThatIsKilledLosesNothingThatWasAnswered(t *testing.T) {
	server := pgserver.Own(t, pgserver.Config{Settings: map[string]string{
		"fsync":              "off",                            // the machine stays up
		"synchronous_commit": "off", "wal_writer_delay": "10s", // what the server says is not relied on
	}})
	dsn, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stores := []*Store{openPG(t, dsn), openPG(t, dsn)}
	var answered atomic.Int64
	var watching, writing sync.WaitGroup
	views := make([]view, len(stores))
	for i, store := range stores {
		views[i].next = map[string]int{}
		watching.Go(func() {
			if err := views[i].persist(t.Context(), store); err != nil {
				t.Errorf("subscriber %d: %v", i, err)
			}
		})
	}
	written := make(chan struct{}, crashWriters) // an answer each
	for w := range crashWriters {
		writing.Go(func() {
			err := insist(t.Context(), stores[w%len(stores)], fmt.Sprint("stream-", w), func() bool {
				written <- struct{}{}
				return answered.Add(1) > crashedEvents
			})
			if err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	go func() { writing.Wait(); close(written) }()
	for n := 1; ; n++ {
		if _, more := <-written; !more {
			break
		}
		if n%beforeCrash == 0 && n/beforeCrash <= crashes {
			server.Kill()
			if err := server.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if t.Failed() {
		t.FailNow() // subscribers may wait for ever for what was lost
	}
	if err := insist(t.Context(), stores[0], "end", once()); err != nil {
		t.Fatal(err)
	}
	watching.Wait()
	for i, v := range views {
		if v.missed > 0 || v.disordered > 0 || v.seen != crashedEvents {
			t.Errorf("subscriber %d saw %d events, missed %d, %d out of order; want %d", i, v.seen, v.missed, v.disordered, crashedEvents)
		}
	}
}

// once is true from the second time on.
func once() func() bool {
	asked := false
	return func() bool {
		defer func() { asked = true }()
		return asked
	}
}
