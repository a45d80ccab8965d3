package kurrent_test

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// counting counts the events that are read of a store.
type counting struct {
	eventstore.Store
	read atomic.Int64
}

func (c *counting) ReadAll(
	ctx context.Context, from eventstore.Position, direction eventstore.Direction, limit int, prefixes ...string,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for event, err := range c.Store.ReadAll(ctx, from, direction, limit, prefixes...) {
			c.read.Add(1)
			if !yield(event, err) {
				return
			}
		}
	}
}

// aging gives a store of events of which each three have a moment of their own.
func aging(t *testing.T, count int) *counting {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{
		Path: filepath.Join(t.TempDir(), "events.db"), Clock: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for i := 0; i < count; i += 3 {
		now = now.Add(time.Second)
		if _, err := store.Append(t.Context(), fmt.Sprint("s-", i), eventstore.NoStream, event("a"), event("b"), event("c")); err != nil {
			t.Fatal(err)
		}
	}
	return &counting{Store: store}
}

func TestAMomentIsFoundFromEverySideAndAgainWithAShortRead(t *testing.T) {
	const count = 2400
	store := aging(t, count)
	client := open(t, quick(serve(t, store).host))
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var moments []time.Time
	for _, second := range []int{0, 1, 400, 799, 800, 801, 2, 798, 123, 600, 400} {
		at := begin.Add(time.Duration(second) * time.Second)
		moments = append(moments, at, at.Add(-time.Microsecond), at.Add(time.Microsecond))
	}
	find := func(at time.Time) {
		want, err := store.PositionAt(t.Context(), at)
		if err != nil {
			t.Error(err)
		}
		if got, err := client.PositionAt(t.Context(), at); err != nil || got != want {
			t.Errorf("the position at %v is %d, %v; want %d", at, got, err, want)
		}
	}
	find(begin.AddDate(1, 0, 0))
	if read := store.read.Load(); read > 40 { // the server reads its pages ahead
		t.Errorf("%d events were read for a moment behind the last", read)
	}
	var group sync.WaitGroup
	for _, at := range moments {
		group.Go(func() { find(at) })
	}
	group.Wait()
	for _, at := range moments {
		before := store.read.Load()
		find(at)
		if read := store.read.Load() - before; read > count/2 { // what a read before it left behind is among them
			t.Errorf("%d events of %d were read again for %v", read, count, at)
		}
	}
	if _, err := store.Append(t.Context(), "later", eventstore.NoStream, event("d")); err != nil {
		t.Fatal(err)
	}
	find(begin.AddDate(1, 0, 0))
	find(begin.Add(-time.Hour))
}
