package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

const (
	writers    = 50
	eachWrites = 1000
)

// payload is what each written event carries twice, as data and as metadata:
// together about three hundred bytes.
var payload = fmt.Appendf(nil, `{"text":%q}`, rand.Text()+rand.Text()+rand.Text()+rand.Text()+rand.Text())

// rate is what fifty writers reach.
type rate struct {
	perSecond float64
	waits     []time.Duration
}

// write lets fifty writers append one event after the other, each to a stream of
// its own at exact revisions.
func write(ctx context.Context, store eventstore.Store) (rate, error) {
	waits := make([][]time.Duration, writers)
	errs := make(chan error, writers)
	begun := time.Now()
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			stream, expected := "bench-"+uuid.NewString(), eventstore.NoStream
			for range eachWrites {
				began := time.Now()
				at, err := store.Append(ctx, stream, expected, eventstore.Proposed{ID: uuid.NewString(), Type: "bench.written.v1", Data: payload, Meta: payload})
				if err != nil {
					errs <- err
					return
				}
				waits[w] = append(waits[w], time.Since(began))
				expected = eventstore.Exactly(at.Revision)
			}
		})
	}
	wait.Wait()
	took := time.Since(begun)
	if len(errs) > 0 {
		return rate{}, fmt.Errorf("append: %w", <-errs)
	}
	var r rate
	for _, w := range waits {
		r.waits = append(r.waits, w...)
	}
	r.perSecond = float64(len(r.waits)) / took.Seconds()
	return r, nil
}

// appends measures SQLite, the same over the wire, and a bare loop that only
// inserts, in turn.
func appends(ctx context.Context) ([]row, error) {
	store, folder, done, err := tempStore(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	client, hangUp, err := remote(ctx, store)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	var local, wired, bare, share, wiredShare []float64
	var waits, wiredWaits []time.Duration
	for round := range rounds {
		floor, err := groupCommits(ctx, fmt.Sprintf("%s/floor-%d.db", folder, round))
		if err != nil {
			return nil, err
		}
		ours, err := write(ctx, store)
		if err != nil {
			return nil, err
		}
		over, err := write(ctx, client)
		if err != nil {
			return nil, err
		}
		bare, local, wired = append(bare, floor), append(local, ours.perSecond), append(wired, over.perSecond)
		share, wiredShare = append(share, ours.perSecond/floor), append(wiredShare, over.perSecond/ours.perSecond)
		waits, wiredWaits = append(waits, ours.waits...), append(wiredWaits, over.waits...)
	}
	return []row{
		{"appends per second, 50 writers, SQLite, FULL sync", perSecond(local), "≥ 10,000/s"},
		{"the same, time of one append, p99", ms(percentile(waits, 0.99)), "≤ 25 ms"},
		{"floor: a bare group-commit loop, one goroutine, same table", perSecond(bare), "–"},
		{"share of the floor", fmt.Sprintf("%.2f", median(share)), "≥ 0.7"},
		{"the same 50 writers over gRPC (BatchAppend), loopback", perSecond(wired), "–"},
		{"the same, time of one append, p99", ms(percentile(wiredWaits, 0.99)), "–"},
		{"share of SQLite in process", fmt.Sprintf("%.2f", median(wiredShare)), "≥ 0.5"},
	}, nil
}

// postgres measures PostgreSQL and, in turn, pgbench that inserts rows of the
// same size into the same table.
func postgres(ctx context.Context) ([]row, error) {
	engine, err := pgserver.Start(ctx, pgserver.Config{})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	var ours, floors, share []float64
	var waits []time.Duration
	for range rounds {
		floor, err := pgbench(ctx, engine)
		if err != nil {
			return nil, err
		}
		got, err := writeTo(ctx, engine)
		if err != nil {
			return nil, err
		}
		floors, ours, share = append(floors, floor), append(ours, got.perSecond), append(share, got.perSecond/floor)
		waits = append(waits, got.waits...)
	}
	return []row{
		{"appends per second, 50 writers, PostgreSQL, synchronous_commit", perSecond(ours), "–"},
		{"the same, time of one append, p99", ms(percentile(waits, 0.99)), "–"},
		{"floor: pgbench, 50 clients, the same rows, table and synchronous_commit", perSecond(floors), "–"},
		{"share of the floor", fmt.Sprintf("%.2f", median(share)), "≥ 0.7"},
	}, nil
}

func perSecond(all []float64) string { return fmt.Sprintf("%.0f/s", median(all)) }
