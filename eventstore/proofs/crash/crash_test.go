package crash

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"dialtone/eventstore/internal/points"
)

// perFile is how many processes are killed on one file.
const perFile = 20

// kills is how many are killed altogether.
func kills() int {
	if os.Getenv("DIALTONE_LONG") != "" {
		return 3000
	}
	return 300
}

// passages says about how often a child passes a point before it closes.
var passages = map[points.Point]int{
	points.Opening: 1, points.Migrating: 1, points.Opened: 1, points.Gathered: 20, points.Begun: 20, points.Inserted: 100,
	points.Decided: 20, points.Committed: 20, points.Answering: 60, points.Fetching: 8, points.Draining: 1, points.Stopped: 1,
	checkpointing: 4,
}

// TestNothingAcknowledgedIsLostByAKill kills children at every named point and,
// every other time, at a random moment.
func TestNothingAcknowledgedIsLostByAKill(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	var mu sync.Mutex
	died := map[points.Point]int{} // how many at each point, "": at random
	t.Run("files", func(t *testing.T) {
		for n := range kills() / perFile {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				killSeries(t, seed, n, func(at points.Point) {
					mu.Lock()
					defer mu.Unlock()
					died[at]++
				})
			})
		}
	})
	t.Logf("seed %d, killed at %v", seed, died)
	for point := range passages {
		if died[point] < kills()/60 {
			t.Errorf("%d of %d were killed at the point %q", died[point], kills(), point)
		}
	}
}

func killSeries(t *testing.T, seed uint64, file int, died func(points.Point)) {
	random := rand.New(rand.NewPCG(seed, uint64(file)))
	every := slices.Sorted(maps.Keys(passages))
	l := newLedger()
	path := filepath.Join(t.TempDir(), "events.db")
	for killed, number := 0, 0; killed < perFile; number++ {
		this := life{
			Path: path, Seed: random.Uint64(), Number: number, Appends: 250, Retries: l.pending(), Again: l.acknowledged(random.IntN(8)),
		}
		var at *moment
		if number%2 == 0 {
			this.Point = every[(file*perFile+number)/2%len(every)]
			this.Passage = 1 + random.IntN(passages[this.Point])
		} else {
			at = &moment{lines: random.IntN(300), after: time.Duration(random.IntN(3000)) * time.Microsecond}
		}
		dead, err := l.live(t.Context(), this, at)
		if err == nil && (number%3 != 0 || killed == perFile-1) {
			err = l.examine(t.Context(), path) // otherwise the next child finds the file as it was left
		}
		if err != nil || len(l.complaints) > 0 {
			t.Fatalf("seed %d, file %d, life %+v, at %+v: %v, %v", seed, file, this, at, err, l.complaints)
		}
		if dead {
			killed++
			died(this.Point)
		}
	}
	if len(l.order) < 10*perFile {
		t.Errorf("only %d attempts were made", len(l.order))
	}
}
