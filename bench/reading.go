package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"dialtone/eventstore"
)

const (
	logEvents    = 1_000_000
	fewEvents    = 100_000
	rareEvents   = 10 // of a stream, spread over the whole log
	rareReads    = 3000
	fillRecorded = 1_700_000_000_000_000 // microseconds
)

// reading measures reading the whole log, in process and over the wire.
func reading(ctx context.Context) ([]row, error) {
	folder, err := os.MkdirTemp("", "dialtone-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "events.db")
	if err := fill(ctx, file, logEvents); err != nil {
		return nil, err
	}
	store, err := openFile(ctx, file)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	client, hangUp, err := remote(ctx, store)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	var rows []row
	for _, r := range []struct {
		store       eventstore.Store
		where, goal string
	}{{store, "in process", "≥ 150,000/s"}, {client, "over gRPC", "≥ 60,000/s"}} {
		var rates []float64
		heap := uint64(0)
		for range rounds {
			rate, peak, err := readAll(ctx, r.store)
			if err != nil {
				return nil, err
			}
			rates, heap = append(rates, rate), max(heap, peak)
		}
		rows = append(rows,
			row{"read all, one million events, " + r.where, perSecond(rates), r.goal},
			row{"the same, most memory on the heap above that before", fmt.Sprintf("%d MiB", heap>>20), "flat"})
	}
	return rows, nil
}

// readAll reads the whole log and watches the heap.
func readAll(ctx context.Context, store eventstore.Store) (perSecond float64, heap uint64, err error) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	count := 0
	begun := time.Now()
	for event, err := range store.ReadAll(ctx, 0, eventstore.Forwards, 0) {
		if err != nil {
			return 0, 0, err
		}
		if count++; count%50_000 == 0 {
			runtime.ReadMemStats(&now)
			heap = max(heap, now.HeapInuse-min(now.HeapInuse, before.HeapInuse))
		}
		if uint64(event.Position) != uint64(count) {
			return 0, 0, fmt.Errorf("event %d has position %d", count, event.Position)
		}
	}
	if count != logEvents {
		return 0, 0, fmt.Errorf("%d events were read, %d are there", count, logEvents)
	}
	return float64(count) / time.Since(begun).Seconds(), heap, nil
}

// rare measures reading a stream of ten events that are spread over the log, in
// a short log and in a long one.
func rare(ctx context.Context, many int) ([]row, error) {
	var rows []row
	for _, events := range []int{fewEvents, many} {
		folder, err := os.MkdirTemp("", "dialtone-bench")
		if err != nil {
			return nil, err
		}
		waits, err := rareIn(ctx, filepath.Join(folder, "events.db"), events)
		os.RemoveAll(folder)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{
			fmt.Sprintf("a stream of 10 events among %d, read, p50 / p99", events),
			ms(percentile(waits, 0.5)) + " / " + ms(percentile(waits, 0.99)), "p99 ≤ 2 ms",
		})
	}
	return rows, nil
}

func rareIn(ctx context.Context, file string, events int) ([]time.Duration, error) {
	if err := fill(ctx, file, events); err != nil {
		return nil, err
	}
	store, err := openFile(ctx, file)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	waits := make([]time.Duration, 0, rareReads)
	for range rareReads {
		stream, count := filled(rand.IntN(events/rareEvents)), 0
		begun := time.Now()
		for _, err := range store.Read(ctx, stream, 0, eventstore.Forwards, 0) {
			if err != nil {
				return nil, err
			}
			count++
		}
		if waits = append(waits, time.Since(begun)); count != rareEvents {
			return nil, fmt.Errorf("%s has %d events", stream, count)
		}
	}
	return waits, nil
}

// filled names the n-th stream of a filled file.
func filled(n int) string { return fmt.Sprintf("filled-%09d", n) }

// fill makes a store's file with many events by SQL: writing ten million through
// the store would take longer than all that is measured. Each stream has ten
// events, spread evenly.
func fill(ctx context.Context, file string, events int) error {
	db, err := bareFile(ctx, file, "synchronous(OFF)", "cache_size(-400000)", "temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer db.Close()
	const portion = 250_000 // in one transaction
	const statement = `with recursive n (i) as (select $1 union all select i + 1 from n where i + 1 < $2)
		insert into events (position, stream, revision, id, type, data, meta, recorded)
		select i + 1, printf('filled-%09d', i % $3), i / $3, printf('%08x-0000-4000-8000-%012x', i, i), 'bench.written.v1', $4, $4, $5 + i from n`
	for from := 0; from < events; from += portion {
		to := min(events, from+portion)
		if _, err := db.ExecContext(ctx, statement, from, to, events/rareEvents, payload, fillRecorded); err != nil {
			return fmt.Errorf("fill %d events: %w", events, err)
		}
	}
	_, err = db.ExecContext(ctx, `pragma wal_checkpoint(truncate)`)
	return err
}
