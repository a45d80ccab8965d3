package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

// proof is many writers, each a store of its own, whose transactions take their
// time and sometimes roll back, and subscribers that watch them.
type proof struct {
	writers, subscribers, events, perAppend int
	slowest                                 time.Duration
	spoil                                   func(*Store) // nil: the store as it is
}

var errRolledBack = errors.New("rolled back by the test")

func TestSubscribersOfPostgresMissNothing(t *testing.T) {
	p := proof{writers: 32, subscribers: 4, events: 200_000, perAppend: 50, slowest: 4 * time.Millisecond}
	if os.Getenv("DIALTONE_LONG") != "" {
		p.events, p.perAppend, p.slowest = 1_000_000, 250, 200*time.Millisecond
	}
	for _, v := range p.run(t, pgserver.Schema(t)) {
		if v.missed > 0 || v.disordered > 0 || v.seen != p.events {
			t.Errorf("a subscriber saw %d of %d events, missed %d and got %d out of order", v.seen, p.events, v.missed, v.disordered)
		}
	}
}

// Positions drawn from a sequence, with transactions side by side, are what the
// lock is there against: the proof has to find what subscribers miss then.
func TestTheProofFindsWhatAStoreWithoutTheLockMisses(t *testing.T) {
	dsn := pgserver.Schema(t)
	if _, err := rogue(t, dsn).Exec(t.Context(), `create sequence blocks`); err != nil {
		t.Fatal(err)
	}
	p := proof{writers: 16, subscribers: 2, events: 8000, perAppend: 5, slowest: 4 * time.Millisecond}
	p.spoil = func(s *Store) {
		ledger := s.ledger.(*postgresLedger)
		ledger.lock = rand.Int64()
		s.writer.ledger = sequenced{ledger}
	}
	missed := 0
	for _, v := range p.run(t, dsn) {
		missed += v.missed
	}
	if missed == 0 {
		t.Error("nothing was missed")
	}
}

// sequenced is a ledger whose transactions begin at positions of a sequence.
type sequenced struct{ *postgresLedger }

func (s sequenced) begin(ctx context.Context, group []*request, metas bool) (transaction, error) {
	tx, err := s.postgresLedger.begin(ctx, group, metas)
	if err != nil {
		return nil, err
	}
	var block int64
	if err := s.connection.QueryRow(ctx, `select nextval('blocks')`).Scan(&block); err != nil {
		return nil, err
	}
	tx.(*postgresTransaction).last.position = block * groupAppends
	return tx, nil
}

// view is what one subscriber saw: of each writer the next number, as all
// writers count their events.
type view struct {
	seen, missed, disordered int
	next                     map[string]int
	last                     eventstore.Position
}

func (v *view) take(event eventstore.Recorded) error {
	number, err := strconv.Atoi(string(event.Data))
	if err != nil {
		return err
	}
	next := v.next[event.Stream]
	switch {
	case event.Position <= v.last || number < next:
		v.disordered++
	case number > next:
		v.missed += number - next
	}
	v.seen++
	v.last, v.next[event.Stream] = event.Position, number+1
	return nil
}

func (p proof) open(t *testing.T, dsn string) *Store {
	store := openPG(t, dsn)
	if p.spoil != nil {
		p.spoil(store)
	}
	return store
}

// run gives the view of every subscriber when all is written.
func (p proof) run(t *testing.T, dsn string) []view {
	views := make([]view, p.subscribers)
	var watching, writing sync.WaitGroup
	for i := range views {
		store := p.open(t, dsn)
		watching.Go(func() {
			views[i].next = map[string]int{}
			if err := views[i].watch(t.Context(), store); err != nil {
				t.Errorf("subscriber %d: %v", i, err)
			}
		})
	}
	for i := range p.writers {
		store := p.open(t, dsn)
		store.writer.beforeCommit = func() error {
			time.Sleep(rand.N(p.slowest)) // what is proved needs it
			if rand.N(10) == 0 {
				return errRolledBack
			}
			return nil
		}
		writing.Go(func() {
			if err := p.write(t.Context(), store, fmt.Sprintf("writer-%d", i), p.events/p.writers); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	writing.Wait()
	if _, err := openPG(t, dsn).Append(t.Context(), "end", eventstore.Any, proposed(0)); err != nil {
		t.Fatal(err)
	}
	watching.Wait()
	return views
}

// write appends so many events, again where it was rolled back.
func (p proof) write(ctx context.Context, store *Store, stream string, count int) error {
	for n := 0; n < count; {
		events := make([]eventstore.Proposed, min(p.perAppend, count-n))
		for i := range events {
			number := strconv.Itoa(n + i)
			events[i] = eventstore.Proposed{ID: domain.DeriveID(stream, number), Type: "thing.happened.v1", Data: []byte(number)}
		}
		_, err := store.Append(ctx, stream, eventstore.Expected(n-1), events...)
		switch {
		case err == nil:
			n += len(events)
		case !errors.Is(err, errRolledBack):
			return err
		}
	}
	return nil
}

// watch takes everything up to the stream "end".
func (v *view) watch(ctx context.Context, store *Store) error {
	for message, err := range store.Subscribe(ctx, 0) {
		if err != nil {
			return err
		}
		if message.Kind != eventstore.EventAppeared {
			continue
		}
		if message.Event.Stream == "end" {
			return nil
		}
		if err := v.take(message.Event); err != nil {
			return err
		}
	}
	return nil
}
