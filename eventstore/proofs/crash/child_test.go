package crash

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
	"dialtone/eventstore/sqlstore"
)

// childLife holds the life of the process if this test binary was started as a
// child; file 3 is its pipe to the parent.
const childLife = "CRASH_TEST_LIFE"

// checkpointing is a point of the child itself: SQLite moves the log into the
// file while another goroutine kills the process.
const checkpointing points.Point = "checkpointing"

// life is what one child does with the file.
type life struct {
	Path    string
	Seed    uint64
	Number  int
	Point   points.Point // where it kills itself; "": nowhere
	Passage int          // at which passage of the point
	Fault   string       // the fault that is planted in its store
	Retries []attempt    // of unknown outcome
	Again   []attempt    // acknowledged, to be repeated
	Appends int          // after so many it closes the store
	Disk    bool         // its disk fails: the store's writer stays on one thread
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childLife); text != "" {
		if err := child(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(text string) error {
	var l life
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return err
	}
	ctx := context.Background()
	listen(l)
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error of a write
	reports := os.NewFile(3, "reports")
	store, err := openFaulty(ctx, l)
	if err != nil && l.Disk {
		return send(reports, report{Verdict: unopened, Fault: err.Error()})
	}
	if err != nil {
		return err
	}
	log, err := sql.Open("sqlite", "file:"+l.Path+"?_pragma=busy_timeout(100)")
	if err != nil {
		return err
	}
	defer log.Close()
	return newCrew(l, store, reports).work(ctx, func() { checkpoint(ctx, l, log) })
}

// listen makes the process end at its point.
func listen(l life) {
	var passages atomic.Int64
	points.Listen(func(p points.Point) {
		if l.Disk && p == points.Gathered {
			runtime.LockOSThread() // nested calls are allowed
		}
		if p == l.Point && passages.Add(1) == int64(l.Passage) {
			die()
		}
	})
}

// die ends the process at once; it never returns.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

var checkpoints int

// checkpoint moves the log into the file, and is killed on the way if that is
// the point. It is called by one goroutine.
func checkpoint(ctx context.Context, l life, db *sql.DB) {
	if checkpoints++; l.Point == checkpointing && checkpoints == l.Passage {
		go func() {
			for range l.Seed % 200 {
				runtime.Gosched()
			}
			die()
		}()
	}
	_, _ = db.ExecContext(ctx, `pragma wal_checkpoint(truncate)`) // a busy one is tried again later
}

// crew is the goroutines of a child.
type crew struct {
	life
	store   eventstore.Store
	reports io.Writer
	appends atomic.Int64
	enough  chan struct{} // closed after so many appends
	tick    chan struct{} // tells the reader that something happened

	mu       sync.Mutex
	answered map[string]eventstore.Appended // the place of each event that was acknowledged
}

func newCrew(l life, store eventstore.Store, reports io.Writer) *crew {
	return &crew{
		life: l, store: store, reports: reports, enough: make(chan struct{}), tick: make(chan struct{}, 1),
		answered: map[string]eventstore.Appended{},
	}
}

// openStore opens the store of a child as it is in production.
func openStore(ctx context.Context, path string) (*sqlstore.Store, error) {
	return sqlstore.Open(ctx, sqlstore.Config{Path: path, Clock: time.Now})
}
