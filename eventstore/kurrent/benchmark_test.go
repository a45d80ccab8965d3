package kurrent_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
)

var (
	someData = []byte(`{"name":"` + strings.Repeat("x", 140) + `"}`)
	someMeta = []byte(`{"command":"` + strings.Repeat("y", 130) + `"}`)
)

func someEvent() eventstore.Proposed {
	return eventstore.Proposed{ID: uuid.NewString(), Type: "user.changed.v1", Data: someData, Meta: someMeta}
}

// BenchmarkAppend50Writers appends events of about 300 bytes from 50 writers
// over loopback, each append its own, with an exact expected revision and a full
// fsync behind it. A stream gets twenty events, then the writer begins another.
func BenchmarkAppend50Writers(b *testing.B) {
	store := open(b, quick(serve(b, sqlite(b, filepath.Join(b.TempDir(), "events.db"))).host))
	append50(b, store)
}

// BenchmarkAppend50WritersEmbedded is the same without a network, to compare.
func BenchmarkAppend50WritersEmbedded(b *testing.B) {
	append50(b, sqlite(b, filepath.Join(b.TempDir(), "events.db")))
}

func append50(b *testing.B, store eventstore.Store) {
	b.Helper()
	const writers, perStream = 50, 20
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, writers)
	var group sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		group.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				stream := fmt.Sprintf("user-%d-%d", w, n/perStream)
				began := time.Now()
				if _, err := store.Append(b.Context(), stream, eventstore.Expected(n%perStream-1), someEvent()); err != nil {
					b.Error(err)
					return
				}
				took[w] = append(took[w], time.Since(began))
			}
		})
	}
	group.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "appends/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkReadAll reads a log of 100,000 events over loopback.
func BenchmarkReadAll(b *testing.B) {
	const count = 100_000
	kept := sqlite(b, filepath.Join(b.TempDir(), "events.db"))
	for n := 0; n < count; n += 500 {
		events := make([]eventstore.Proposed, 500)
		for i := range events {
			events[i] = someEvent()
		}
		if _, err := kept.Append(b.Context(), fmt.Sprint("user-", n), eventstore.NoStream, events...); err != nil {
			b.Fatal(err)
		}
	}
	store := open(b, quick(serve(b, kept).host))
	for b.Loop() {
		read := 0
		for _, err := range store.ReadAll(b.Context(), 0, eventstore.Forwards, 0) {
			if err != nil {
				b.Fatal(err)
			}
			read++
		}
		if read != count {
			b.Fatalf("%d events", read)
		}
	}
	b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "events/s")
}
