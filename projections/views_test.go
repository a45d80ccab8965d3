package projections_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/projections"
)

const rebuilding = time.Minute

func TestProcessesCanOpenANewDatabaseTogether(t *testing.T) {
	config := projections.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "a #name? with % signs.db"), Clock: newClock().Now}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			v, err := projections.Open(t.Context(), config)
			if err != nil {
				t.Error(err)
				return
			}
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestWhatCannotBeOpenedIsRefused(t *testing.T) {
	clock := newClock().Now
	for name, config := range map[string]projections.Config{
		"no clock":         {DSN: "sqlite:" + filepath.Join(t.TempDir(), "p.db")},
		"no file":          {DSN: "sqlite:", Clock: clock},
		"another database": {DSN: "mysql://db", Clock: clock},
	} {
		if _, err := projections.Open(t.Context(), config); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: got %v, want an invalid fault", name, err)
		}
	}
	missing := projections.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "no", "folder", "p.db"), Clock: clock}
	if _, err := projections.Open(t.Context(), missing); err == nil {
		t.Error("a folder that is not there was accepted")
	}
}

func TestALeaseHasOneHolder(t *testing.T) {
	h := newHouse(t)
	views := []*projections.Views{h.views, h.open(), h.open()}
	for round := range 10 {
		var held atomic.Int32
		var racers sync.WaitGroup
		for i, v := range views {
			for j := range 3 {
				racers.Go(func() {
					ok, err := v.Lease(t.Context(), "reactor", fmt.Sprintf("%d-%d-%d", round, i, j), time.Minute)
					if err != nil {
						t.Error(err)
					}
					if ok {
						held.Add(1)
					}
				})
			}
		}
		racers.Wait()
		equal(t, "holders", held.Load(), 1)
		h.clock.move(time.Minute)
	}
}

func TestALeaseIsRenewedGivenBackAndLost(t *testing.T) {
	h := newHouse(t)
	lease := func(holder string) bool {
		t.Helper()
		return must[bool](t)(h.views.Lease(t.Context(), "reactor", holder, time.Minute))
	}
	equal(t, "a takes it", lease("a"), true)
	h.clock.move(50 * time.Second)
	equal(t, "a renews it", lease("a"), true)
	h.clock.move(50 * time.Second)
	equal(t, "b must wait", lease("b"), false)
	if err := h.views.Unlease(t.Context(), "reactor", "b"); err != nil {
		t.Fatal(err)
	}
	equal(t, "b cannot give back a's", lease("b"), false)
	h.clock.move(10 * time.Second)
	equal(t, "b takes it when a's time is over", lease("b"), true)
	equal(t, "a has lost it", lease("a"), false)
	if err := h.views.Unlease(t.Context(), "reactor", "b"); err != nil {
		t.Fatal(err)
	}
	equal(t, "a takes it again", lease("a"), true)
}
