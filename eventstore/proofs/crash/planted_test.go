package crash

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// The faults that can be planted in the store of a child.
const (
	hasty     = "hasty"     // acknowledges before it keeps
	forgetful = "forgetful" // loses the last event when it is opened
	doubling  = "doubling"  // appends again what is repeated
	piecemeal = "piecemeal" // keeps the events of an append one by one
	boasting  = "boasting"  // acknowledges what its disk refused
)

func TestEveryPlantedFaultIsFound(t *testing.T) {
	for fault, at := range map[string]points.Point{
		hasty: points.Decided, forgetful: points.Stopped, doubling: points.Committed, piecemeal: points.Committed,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			l := newLedger()
			path := filepath.Join(t.TempDir(), "events.db")
			for number := range 30 {
				this := life{
					Path: path, Seed: 1, Number: number, Point: at, Passage: 1 + number*passages[at]/30,
					Fault: fault, Appends: 100, Retries: l.pending(),
				}
				if _, err := l.live(t.Context(), this, nil); err != nil {
					t.Fatal(err)
				}
				if err := l.examine(t.Context(), path); err != nil {
					t.Fatal(err)
				}
				if len(l.complaints) > 0 {
					t.Logf("found in life %d: %s", number, l.complaints[0])
					return
				}
			}
			t.Error("not found")
		})
	}
}

// openFaulty opens the store with the fault that is planted in it, if there is one.
func openFaulty(ctx context.Context, l life) (eventstore.Store, error) {
	if l.Fault == forgetful && l.Number > 0 {
		if err := forget(ctx, l.Path); err != nil {
			return nil, err
		}
	}
	store, err := openStore(ctx, l.Path)
	if err != nil {
		return nil, err
	}
	switch l.Fault {
	case hasty:
		return newHastyStore(store), nil
	case doubling:
		return doublingStore{store, l.Retries}, nil
	case piecemeal:
		return piecemealStore{store}, nil
	case boasting:
		return boastingStore{store}, nil
	}
	return store, nil
}

func forget(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `delete from events where position = (select max(position) from events)`)
	return err
}

// hastyStore answers an append behind an exact revision by reckoning, and keeps
// it afterwards.
type hastyStore struct {
	eventstore.Store
	mu    sync.Mutex
	later chan func()
}

func newHastyStore(store eventstore.Store) *hastyStore {
	s := &hastyStore{Store: store, later: make(chan func(), 1024)}
	go func() {
		for do := range s.later {
			do()
		}
	}()
	return s
}

func (s *hastyStore) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	idle := make(chan struct{})
	s.later <- func() { close(idle) }
	<-idle
	head, err := s.Head(ctx)
	if err != nil || expected < eventstore.NoStream || stream == shared {
		return s.Store.Append(ctx, stream, expected, events...)
	}
	s.later <- func() { _, _ = s.Store.Append(ctx, stream, expected, events...) }
	count := len(events)
	return eventstore.Appended{
		Revision: uint64(int(expected) + count), Position: head + eventstore.Position(count),
	}, nil
}

// doublingStore takes an append that is repeated for a new one.
type doublingStore struct {
	eventstore.Store
	repeated []attempt
}

func (s doublingStore) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	for _, a := range s.repeated {
		if a.id(0) == events[0].ID {
			expected = eventstore.NoStream
			for last := range s.Read(ctx, stream, eventstore.End, eventstore.Backwards, 1) {
				expected = eventstore.Exactly(last.Revision)
			}
		}
	}
	return s.Store.Append(ctx, stream, expected, events...)
}

// piecemealStore keeps each event in a transaction of its own.
type piecemealStore struct{ eventstore.Store }

func (s piecemealStore) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (appended eventstore.Appended, err error) {
	for _, event := range events {
		if appended, err = s.Store.Append(ctx, stream, expected, event); err != nil {
			return appended, err
		}
		if expected >= eventstore.NoStream {
			expected++
		}
	}
	return appended, nil
}

// boastingStore acknowledges what a broken store refuses.
type boastingStore struct{ eventstore.Store }

func (s boastingStore) Append(
	ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed,
) (eventstore.Appended, error) {
	appended, err := s.Store.Append(ctx, stream, expected, events...)
	if fault, ok := errors.AsType[*domain.Fault](err); ok && fault.Code == "store-broken" {
		return appended, nil
	}
	return appended, err
}
