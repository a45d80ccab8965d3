// Package storetest holds the one conformance suite that every event store
// passes: the embedded one, one over a network and one in another database.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

// patience is how long a case waits for what has to come.
const patience = 30 * time.Second

// Report is what a case says its findings to; *testing.T is one. Fatalf does
// not return.
type Report interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Case is one sentence that holds for a store. Check is given an empty store.
type Case struct {
	Name  string
	Check func(Report, eventstore.Store)
}

// Cases gives all cases but that of reopening.
func Cases() []Case {
	return slices.Concat(expectationCases(), repetitionCases(), inputCases(), streamCases(), allCases(),
		timeCases(), subscriptionCases(), filterCases(), raceCases(), executionCases())
}

// Run checks a store. Open gives a new empty one each time and closes it when
// its test ends; some cases close it before, too.
func Run(t *testing.T, open func(t *testing.T) eventstore.Store) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { c.Check(t, open(t)) })
	}
}

// RunReopen checks that a closed store keeps everything. Open opens the same
// store each time; it is empty at first.
func RunReopen(t *testing.T, open func(t *testing.T) eventstore.Store) {
	t.Helper()
	before := begin(t, open(t))
	defer before.end()
	before.write("a", eventstore.NoStream, 0, 1)
	before.write("b", eventstore.NoStream, 2)
	kept := before.all()
	if err := before.store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	after := begin(t, open(t))
	defer after.end()
	after.same("after reopening", after.all(), kept)
	after.again("a", eventstore.NoStream, 1, 0, 1)
	after.again("a", eventstore.Any, 0, 0)
	after.refused("a", eventstore.NoStream, 1, 3)
	next := after.write("a", eventstore.Exactly(1), 3)
	if last := kept[len(kept)-1]; next.Position <= last.Position {
		t.Errorf("position %d after reopening, %d before", next.Position, last.Position)
	}
	if err := after.store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// trial is a case that runs: its store, its limit of time and its sentences.
type trial struct {
	Report
	ctx   context.Context // a trial lives as long as its case
	end   context.CancelFunc
	store eventstore.Store
}

func begin(report Report, store eventstore.Store) *trial {
	ctx, end := context.WithTimeout(report.Context(), patience)
	return &trial{Report: report, ctx: ctx, end: end, store: store}
}

// on makes a case of a function of a trial.
func on(name string, check func(*trial)) Case {
	return Case{name, func(report Report, store eventstore.Store) {
		t := begin(report, store)
		defer t.end()
		check(t)
	}}
}

// event is the event with a number; the same number has the same id.
func event(number int) eventstore.Proposed {
	return eventstore.Proposed{
		ID:   domain.DeriveID("storetest", fmt.Sprint(number)),
		Type: "thing.happened.v1",
		Data: fmt.Appendf(nil, `{"number":%d}`, number),
		Meta: fmt.Appendf(nil, `{"command":"c-%d"}`, number),
	}
}

func events(numbers ...int) []eventstore.Proposed {
	list := make([]eventstore.Proposed, 0, len(numbers))
	for _, number := range numbers {
		list = append(list, event(number))
	}
	return list
}

// numbers gives count numbers from the first on.
func numbers(first, count int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = first + i
	}
	return list
}

// write appends and needs the events to be new.
func (t *trial) write(stream string, expected eventstore.Expected, numbers ...int) eventstore.Appended {
	t.Helper()
	before := t.length(stream)
	appended, err := t.store.Append(t.ctx, stream, expected, events(numbers...)...)
	if err != nil {
		t.Fatalf("append %v to %s at %d: %v", numbers, stream, expected, err)
	}
	if want := before + len(numbers); t.length(stream) != want || appended.Revision != uint64(want-1) {
		t.Errorf("append %v to %s at %d: revision %d, %d events; want %d new ones behind %d",
			numbers, stream, expected, appended.Revision, t.length(stream), len(numbers), before)
	}
	return appended
}

// again appends and needs the append to be recognised as an earlier one that
// ended at a revision.
func (t *trial) again(stream string, expected eventstore.Expected, revision uint64, numbers ...int) {
	t.Helper()
	before := t.stream(stream)
	appended, err := t.store.Append(t.ctx, stream, expected, events(numbers...)...)
	if err != nil {
		t.Errorf("repeat %v to %s at %d: %v", numbers, stream, expected, err)
		return
	}
	t.same(fmt.Sprintf("repeat %v to %s at %d", numbers, stream, expected), t.stream(stream), before)
	want := eventstore.Appended{Revision: revision, Position: before[revision].Position}
	if appended != want {
		t.Errorf("repeat %v to %s at %d: answer %+v, want %+v", numbers, stream, expected, appended, want)
	}
}

// refused appends and needs a conflict with the actual revision, and nothing
// written.
func (t *trial) refused(stream string, expected, actual eventstore.Expected, numbers ...int) {
	t.Helper()
	before := t.stream(stream)
	_, err := t.store.Append(t.ctx, stream, expected, events(numbers...)...)
	var conflict *eventstore.ConflictError
	switch {
	case !errors.Is(err, eventstore.ErrConflict):
		t.Errorf("append %v to %s at %d, which is at %d: error %v, want a conflict", numbers, stream, expected, actual, err)
	case !errors.As(err, &conflict):
		t.Errorf("append %v to %s at %d: the conflict %v does not tell the revision", numbers, stream, expected, err)
	case conflict.Actual != actual || conflict.Expected != expected || conflict.Stream != stream:
		t.Errorf("append %v to %s at %d: conflict %+v, want the actual revision %d", numbers, stream, expected, *conflict, actual)
	}
	t.same("after a conflict", t.stream(stream), before)
}
