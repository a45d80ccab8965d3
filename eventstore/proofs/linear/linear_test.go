package linear

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
	"dialtone/eventstore/kurrent"
)

const clients = 16

// trial is one history: so many operations, and what is planted. Its process is
// killed whenever so many operations have been made.
type trial struct {
	seed       uint64
	operations int
	killEvery  int
	bug        string
}

// outcome is what a trial showed.
type outcome struct {
	result     porcupine.CheckResult
	complaints []string
	unknown    int
	processes  int
}

func TestEveryHistoryIsLinearizable(t *testing.T) {
	count := 20
	if os.Getenv("DIALTONE_LONG") != "" {
		count = 500
	}
	seed := uint64(time.Now().UnixNano())
	for n := range count {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			this := trial{seed: seed + uint64(n), operations: 10_000, killEvery: 2_500}
			o, err := this.run(t.Context(), t.TempDir())
			if err != nil || o.result != porcupine.Ok || len(o.complaints) > 0 {
				t.Errorf("seed %d: %v, %v, %v", this.seed, o.result, o.complaints, err)
			}
			if o.processes < 4 {
				t.Errorf("only %d processes served", o.processes)
			}
			t.Logf("%d operations of unknown outcome, %d processes", o.unknown, o.processes)
		})
	}
}

func TestEveryPlantedBugIsCaught(t *testing.T) {
	for _, bug := range bugs {
		t.Run(bug, func(t *testing.T) {
			this := trial{seed: 1, operations: 2_000, killEvery: 700, bug: bug}
			o, err := this.run(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			caught := o.result == porcupine.Illegal
			if bug == wrongPosition || bug == skippedMessage { // seen across streams only
				caught = len(o.complaints) > 0
			}
			if !caught {
				t.Errorf("%v, %v", o.result, o.complaints)
			}
			t.Logf("%v, %d complaints", o.result, len(o.complaints))
		})
	}
}

// run makes a history and judges it.
func (t trial) run(ctx context.Context, folder string) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	served, err := newHouse(node{Path: filepath.Join(folder, "events.db"), Bug: t.bug})
	if err != nil {
		return outcome{}, err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); served.run() }()
	defer func() { served.end(); <-ended }()

	store, err := kurrent.Open(ctx, kurrent.Config{
		DSN: "esdb://" + served.address + "?tls=false", Clock: time.Now, NewID: uuid.NewString, RetryAfter: time.Millisecond,
	})
	if err != nil {
		return outcome{}, err
	}
	defer store.Close()
	delivered := make(chan []eventstore.Recorded, 1)
	go func() { delivered <- follow(ctx, store) }()
	h := newHistory()
	t.make(ctx, store, h, served)
	return t.judge(ctx, store, h, delivered, served)
}

// make lets all clients work, and kills on the way.
func (t trial) make(ctx context.Context, store eventstore.Store, h *history, served *house) {
	var left atomic.Int64
	left.Store(int64(t.operations))
	var group sync.WaitGroup
	for number := range clients {
		group.Go(func() { newClient(number, t.seed, store, h).work(ctx, &left) })
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	places := []points.Point{points.Committed, "", points.Decided, "", points.Answering}
	for kills, next := 0, t.operations-t.killEvery; ; {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		if int(left.Load()) <= next && next > 0 {
			next -= t.killEvery
			served.kill(places[(kills+int(t.seed%5))%5], 50)
			kills++
		}
	}
}

// judge reads everything and holds it against the history.
func (t trial) judge(
	ctx context.Context, store eventstore.Store, h *history, delivered <-chan []eventstore.Recorded, served *house,
) (outcome, error) {
	last := eventstore.Proposed{ID: domain.DeriveID("ending"), Type: "thing.happened.v1", Data: []byte(`{}`), Meta: []byte(`{}`)}
	called := h.now()
	appended, err := store.Append(ctx, ending, eventstore.NoStream, last)
	if err != nil {
		return outcome{}, err
	}
	h.add(-1, called, input{stream: ending, expected: eventstore.NoStream, ids: []string{last.ID}}, output{position: appended.Position})
	var all []eventstore.Recorded
	for event, err := range store.ReadAll(ctx, 0, eventstore.Forwards, 0) {
		if err != nil {
			return outcome{}, err
		}
		if all = append(all, event); event.Stream == ending {
			break
		}
	}
	h.finalReads(all)
	o := outcome{complaints: append(h.misplaced(all), undelivered(<-delivered, all)...), processes: served.now.Number}
	for _, operation := range h.operations {
		if operation.Output.(output).unknown {
			o.unknown++
		}
	}
	o.result = porcupine.CheckOperationsTimeout(model, h.settled(all), time.Minute)
	return o, errors.Join(ctx.Err(), served.failed)
}
