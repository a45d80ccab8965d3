package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
)

const (
	lagRate    = 2000 // appends per second
	lagSeconds = 8
	lagTick    = 5 * time.Millisecond
)

// lags measures how long after its acknowledgement an event is delivered, while
// two thousand a second are appended.
func lags(ctx context.Context) ([]row, error) {
	store, _, done, err := tempStore(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	client, hangUp, err := remote(ctx, store)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	var rows []row
	for _, l := range []struct {
		store       eventstore.Store
		where, goal string
	}{{store, "in process", "p99 ≤ 10 ms"}, {client, "over gRPC", "p99 ≤ 20 ms"}} {
		waits, err := lag(ctx, l.store)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{
			"subscription lag under 2,000 appends/s, " + l.where + ", p50 / p99",
			ms(percentile(waits, 0.5)) + " / " + ms(percentile(waits, 0.99)), l.goal,
		})
	}
	return rows, nil
}

// lag appends at the rate through a store and follows it through the same.
func lag(ctx context.Context, store eventstore.Store) ([]time.Duration, error) {
	const total = lagRate * lagSeconds
	head, err := store.Head(ctx)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	delivered := make(map[string]time.Time, total)
	caughtUp, followed := make(chan struct{}), make(chan error, 1)
	go func() { followed <- follow(ctx, store, head, total, caughtUp, delivered) }()
	<-caughtUp
	var mu sync.Mutex
	acknowledged := make(map[string]time.Time, total)
	errs := make(chan error, total)
	var wait sync.WaitGroup
	ticker := time.NewTicker(lagTick)
	defer ticker.Stop()
	perTick := int(lagRate * lagTick / time.Second)
	for range total / perTick {
		<-ticker.C
		for range perTick {
			wait.Go(func() {
				id := uuid.NewString()
				_, err := store.Append(ctx, "lag-"+id, eventstore.NoStream, eventstore.Proposed{ID: id, Type: "bench.written.v1", Data: payload, Meta: payload})
				at := time.Now()
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				acknowledged[id] = at
				mu.Unlock()
			})
		}
	}
	wait.Wait()
	if len(errs) > 0 {
		return nil, fmt.Errorf("append: %w", <-errs)
	}
	if err := <-followed; err != nil {
		return nil, err
	}
	waits := make([]time.Duration, 0, total)
	for id, at := range acknowledged {
		waits = append(waits, max(0, delivered[id].Sub(at)))
	}
	return waits, nil
}

// follow notes when each event is delivered, until all have been.
func follow(
	ctx context.Context, store eventstore.Store, after eventstore.Position, total int, caughtUp chan<- struct{}, delivered map[string]time.Time,
) error {
	told := false
	for message, err := range store.Subscribe(ctx, after) {
		if err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
		if !told && message.Kind == eventstore.CaughtUp {
			told = true
			close(caughtUp)
		}
		if message.Kind == eventstore.EventAppeared {
			delivered[message.Event.ID] = time.Now()
		}
		if len(delivered) == total {
			return nil
		}
	}
	return nil
}
