package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// filled opens a store of so many events of about 300 bytes, in streams of ten.
func filled(b *testing.B, count int) *sqlstore.Store {
	b.Helper()
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "events.db"), Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	data := []byte(`{"name":"` + strings.Repeat("x", 140) + `"}`)
	meta := []byte(`{"command":"` + strings.Repeat("y", 130) + `"}`)
	answers := make(chan error)
	const perStream, atOnce = 10, 200
	for first := 0; first < count; first += perStream * atOnce {
		for stream := first; stream < first+perStream*atOnce; stream += perStream {
			go func() {
				events := make([]eventstore.Proposed, perStream)
				for i := range events {
					events[i] = eventstore.Proposed{ID: uuid.NewString(), Type: "user.changed.v1", Data: data, Meta: meta}
				}
				_, err := store.Append(b.Context(), fmt.Sprintf("user-%d", stream/perStream), eventstore.NoStream, events...)
				answers <- err
			}()
		}
		for range atOnce {
			if err := <-answers; err != nil {
				b.Fatal(err)
			}
		}
	}
	return store
}

// BenchmarkReadAll reads the whole log, and reports the most memory in use while
// it does.
func BenchmarkReadAll(b *testing.B) {
	const count = 300_000
	store := filled(b, count)
	var most uint64
	b.ReportAllocs()
	before := processor(b)
	for b.Loop() {
		read := 0
		for _, err := range store.ReadAll(b.Context(), 0, eventstore.Forwards, 0) {
			if err != nil {
				b.Fatal(err)
			}
			if read++; read%50_000 == 0 {
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				most = max(most, memory.HeapInuse)
			}
		}
		if read != count {
			b.Fatalf("%d events", read)
		}
	}
	b.ReportMetric(count*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(most)/(1<<20), "MiB")
	b.ReportMetric(float64((processor(b)-before).Nanoseconds())/(count*float64(b.N)), "cpu-ns/event")
}

// processor is how much time of a processor the process has used: it depends
// less than the time that passes on what else the machine does.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkReadStream reads streams of ten events, far from each other, in logs
// of more and more events.
func BenchmarkReadStream(b *testing.B) {
	for _, count := range []int{100_000, 400_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			store := filled(b, count)
			var took []time.Duration
			next := 0
			for b.Loop() {
				next = (next + 7919) % (count / 10)
				began, read := time.Now(), 0
				for range store.Read(b.Context(), fmt.Sprintf("user-%d", next), 0, eventstore.Forwards, 0) {
					read++
				}
				if took = append(took, time.Since(began)); read != 10 {
					b.Fatalf("%d events", read)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
