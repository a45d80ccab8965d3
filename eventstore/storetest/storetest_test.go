package storetest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/storetest"
)

var bugs = []string{
	"any id accepted", "any is always new", "appends after closing", "begins at its position", "binary lost", "conflict half written",
	"context ignored", "direction ignored", "filter ignored when live", "first page only", "future revision accepted",
	"history skipped", "ids compared by case", "limit ignored", "live events twice", "local time", "lost-update race",
	"metadata lost", "missing stream exists", "moment left out", "never caught up", "no progress told",
	"nothing is always right", "only the first id counts", "position told too far", "prefix as pattern",
	"prefix without case", "repetition answered with the head", "repetition refused", "revisions from the log",
	"skipped position", "stale revision accepted", "start of a read left out", "start of the log included",
	"start of the log left out backwards",
	"subscriptions survive closing", "time falls", "wrong actual revision",

	"answer names the metadata", "any deletion", "binary metadata", "deleted stream exists", "deleted stream is there", "deletes after closing",
	"deletion expects nothing", "deletion ignored", "deletion keeps metadata", "deletion not written", "everything is restored",
	"metadata can be deleted", "metadata is nothing", "metadata leaves deleted", "metadata of a tombstone", "metadata of metadata",
	"missing stream deleted", "missing stream stays", "nothing leaves deleted", "nothing repeated in a deleted stream",
	"repetition restores", "restored behind the news", "restored from the first", "restored without the rest", "stays deleted", "tombstone at the next revision", "tombstone ignored",
}

func TestSuitePassesARightStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) eventstore.Store { return newMemory("") })
	storetest.RunDeleter(t, func(*testing.T) eventstore.Store { return newMemory("") })
}

func TestSuiteFindsEveryPlantedBug(t *testing.T) {
	for _, bug := range bugs {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			for _, c := range slices.Concat(storetest.Cases(), storetest.DeleterCases()) {
				if found := observe(t.Context(), c, newMemory(bug)); len(found) > 0 {
					t.Logf("%s: %s", c.Name, found[0])
					return
				}
			}
			t.Errorf("no case fails")
		})
	}
}

func TestSuiteFindsAStoreThatForgets(t *testing.T) {
	for _, c := range storetest.Cases() {
		if found := observe(t.Context(), c, forgetful{newMemory("")}); len(found) > 0 {
			return
		}
	}
	t.Errorf("no case fails")
}

// forgetful answers appends without keeping them.
type forgetful struct{ *memory }

func (f forgetful) Append(
	context.Context, string, eventstore.Expected, ...eventstore.Proposed,
) (eventstore.Appended, error) {
	return eventstore.Appended{Position: 1}, nil
}

// observe runs a case and gives what it found.
func observe(ctx context.Context, c storetest.Case, store eventstore.Store) []string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r := &record{ctx: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Check(r, store)
	}()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.found
}

// record is a Report that remembers.
type record struct {
	ctx   context.Context // what Context gives
	mu    sync.Mutex
	found []string
}

func (r *record) Helper() {}

func (r *record) Context() context.Context { return r.ctx }

func (r *record) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, fmt.Sprintf(format, args...))
}

func (r *record) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
