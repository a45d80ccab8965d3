package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/projections"
)

// without gives all events but one of a wire name.
func without(name string) []domain.Event {
	return slices.DeleteFunc(wire.Events(), func(e domain.Event) bool { return e.Type() == name })
}

func TestAnEventThatCannotBeAppliedParksItsStreamOnly(t *testing.T) {
	h := newHouse(t)
	one, two := user.Stream(userID(1)), user.Stream(userID(2))
	blind := h.knowing(without("user.suspended.v1")...)
	stop := h.run(h.views, blind)
	h.tell(one, ada(userID(1)))
	h.tell(one, user.Suspended{})
	h.tell(one, user.Resumed{}, user.Suspended{})
	h.tell(two, plain(userID(2), acme, "Bob", "Other"))
	h.settled()
	stop()

	row, _, err := h.views.GetUser(t.Context(), userID(1))
	if err != nil || row.Suspended || row.Revision != 0 {
		t.Errorf("got %+v, %v, want the user as before the event", row, err)
	}
	if _, _, err := h.views.GetUser(t.Context(), userID(2)); err != nil {
		t.Errorf("the others do not go on: %v", err)
	}
	equal(t, "stale", must[bool](t)(h.views.Stale(t.Context(), one)), true)
	equal(t, "another stream stale", must[bool](t)(h.views.Stale(t.Context(), two)), false)
	for _, s := range must[[]projections.Status](t)(h.views.Status(t.Context(), h.head)) {
		parked := map[string]int{"users": 3, "history": 3}[s.Name]
		equal(t, s.Name+" parked", s.Parked, parked)
		equal(t, s.Name+" has an error", s.LastError != "", parked > 0)
		equal(t, s.Name+" lag", s.Lag, 0)
	}

	if err := h.views.Unpark(t.Context(), "users", one, blind); err == nil {
		t.Error("what still cannot be applied went through")
	}
	equal(t, "stale", must[bool](t)(h.views.Stale(t.Context(), one)), true)
	for _, name := range []string{"users", "history"} {
		if err := h.views.Unpark(t.Context(), name, one, h.journal); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "stale", must[bool](t)(h.views.Stale(t.Context(), one)), false)
	replayed := h.dump(h.views)
	for name := range projectionTables {
		if err := h.views.Rebuild(t.Context(), name, h.journal); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "a clean run", h.dump(h.views), replayed)
}

func TestAnEventInAStoppedReadModelIsAppliedAtTheNextStart(t *testing.T) {
	h := newHouse(t)
	for n := range 3 {
		h.tell(user.Stream(userID(n)), plain(userID(n), acme, "U", fmt.Sprint(n)))
		h.followed()
	}
	equal(t, "users", len(must2(h.views.Users(t.Context(), projections.UserFilter{}))), 3)
}

func must2[A, B any](a A, _ B, err error) A {
	if err != nil {
		panic(err)
	}
	return a
}

// shaky is a store whose subscriptions end with an error every few messages,
// and tell some of them twice.
type shaky struct {
	eventstore.Store
	subscriptions atomic.Int32
}

func (s *shaky) Subscribe(ctx context.Context, after eventstore.Position, prefixes ...string) iter.Seq2[eventstore.Message, error] {
	return func(yield func(eventstore.Message, error) bool) {
		if s.subscriptions.Add(1) > 4 {
			for message, err := range s.Store.Subscribe(ctx, after, prefixes...) {
				for range 2 {
					if !yield(message, err) {
						return
					}
				}
			}
			return
		}
		count := 0
		for message, err := range s.Store.Subscribe(ctx, after, prefixes...) {
			if count++; count == 3 {
				yield(eventstore.Message{}, errors.New("the line is cut"))
				return
			}
			if !yield(message, err) {
				return
			}
		}
	}
}

func TestASubscriptionThatEndsOrRepeatsDoesNoHarm(t *testing.T) {
	h := newHouse(t)
	for n := range 20 {
		h.tell(user.Stream(userID(n)), plain(userID(n), acme, "U", fmt.Sprint(n)), user.Suspended{}, user.Resumed{})
	}
	store := &shaky{Store: h.store}
	codec, err := eventstore.NewCodec(h.keys, wire.Events()...)
	if err != nil {
		t.Fatal(err)
	}
	stop := h.run(h.views, eventstore.NewJournal(store, codec, h.clock.Now))
	h.settled()
	stop()
	if store.subscriptions.Load() < 4 {
		t.Errorf("got %d subscriptions, want a new one after each error", store.subscriptions.Load())
	}
	equal(t, "users", len(must2(h.views.Users(t.Context(), projections.UserFilter{}))), 20)
	equal(t, "facts of one", len(must2(h.views.History(t.Context(), projections.HistoryFilter{User: userID(7)}))), 3)
}

func TestTheStatusSaysWhyNothingMoves(t *testing.T) {
	h := newHouse(t)
	h.tell(user.Stream(userID(1)), ada(userID(1)))
	h.followed()
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	h.run(h.views, h.journal)
	for {
		status := must[[]projections.Status](t)(h.views.Status(t.Context(), h.head+3))[0]
		if status.LastError == "" {
			continue
		}
		equal(t, "position", status.Position, h.head)
		equal(t, "lag", status.Lag, 3)
		equal(t, "updated", status.Updated, morning)
		return
	}
}

func TestTwoRunnersOnOneDatabaseApplyEveryEventOnce(t *testing.T) {
	h := newHouse(t)
	other := h.open()
	h.run(h.views, h.journal)
	h.run(other, h.journal)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := range 25 {
				h.tell(company.Stream(fmt.Sprint(w)), company.LicencesOrdered{Kind: "standard", Count: 1})
				h.tell(user.Stream(userID(100*w+n)), plain(userID(100*w+n), acme, "U", fmt.Sprint(n)))
			}
		})
	}
	writers.Wait()
	h.settled()
	h.reach(other, h.head)
	for w := range 4 {
		licences, err := h.views.Licences(t.Context(), fmt.Sprint(w))
		if err != nil || len(licences) != 1 {
			t.Fatalf("got %v, %v", licences, err)
		}
		equal(t, "licences", licences[0].Count, 25)
	}
	equal(t, "users", len(must2(h.views.Users(t.Context(), projections.UserFilter{Limit: 200}))), 100)
}

func TestWaitingEndsWhenThePositionIsReachedOrTheContextEnds(t *testing.T) {
	h := newHouse(t)
	position := h.tell(user.Stream(userID(1)), ada(userID(1)))
	short, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := h.views.WaitFor(short, position)
	if domain.KindOf(err) != domain.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want an unavailable fault and the context's error", err)
	}
	elsewhere := h.open() // a process without a runner looks by itself
	var waiting sync.WaitGroup
	for _, v := range []*projections.Views{h.views, elsewhere} {
		waiting.Go(func() { h.reach(v, position) })
	}
	h.run(h.views, h.journal)
	waiting.Wait()
	if _, _, err := elsewhere.GetUser(t.Context(), userID(1)); err != nil {
		t.Error(err)
	}
}

func TestAReactorKeepsItsCheckpoint(t *testing.T) {
	h := newHouse(t)
	for _, want := range []eventstore.Position{0, 7, 9} {
		if want > 0 {
			if err := h.views.SetCheckpoint(t.Context(), "reactor", want); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "checkpoint", must[eventstore.Position](t)(h.open().Checkpoint(t.Context(), "reactor")), want)
	}
	equal(t, "projections", len(must[[]projections.Status](t)(h.views.Status(t.Context(), 0))), 9)
}
