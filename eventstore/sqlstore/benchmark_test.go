package sqlstore_test

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
	"dialtone/eventstore/sqlstore"
)

// BenchmarkAppend50Writers appends events of about 300 bytes from 50 writers,
// each append its own, with an exact expected revision and a full fsync. A
// stream gets twenty events, then the writer begins another.
func BenchmarkAppend50Writers(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "events.db"), Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	append50(b, store)
}

// append50 appends b.N events and gives how many it appended per second.
func append50(b *testing.B, store eventstore.Store) float64 {
	b.Helper()
	const writers, perStream = 50, 20
	data := []byte(`{"name":"` + strings.Repeat("x", 140) + `"}`)
	meta := []byte(`{"command":"` + strings.Repeat("y", 130) + `"}`)
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, writers)
	var group sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		group.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				stream := fmt.Sprintf("user-%d-%d", w, n/perStream)
				event := eventstore.Proposed{ID: uuid.NewString(), Type: "user.changed.v1", Data: data, Meta: meta}
				began := time.Now()
				if _, err := store.Append(b.Context(), stream, eventstore.Expected(n%perStream-1), event); err != nil {
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
	perSecond := float64(len(all)) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "appends/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	return perSecond
}
