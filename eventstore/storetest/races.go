package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"dialtone/eventstore"
)

const (
	racers = 16
	rounds = 20
)

func raceCases() []Case {
	return []Case{
		on("of many appends to one revision exactly one wins", raceForRevision),
		on("of many repetitions of one append at once exactly one is written", raceOfRepetitions),
		on("many appends to any revision all get in", raceWithoutExpectation),
		on("a conflict does not spoil the appends beside it", raceBesideConflicts),
		on("subscriptions lose nothing and give nothing twice while 16 writers append", raceWithSubscriptions),
	}
}

// race runs a function in many goroutines that begin together.
func race(run func(racer int)) {
	var group sync.WaitGroup
	begin := make(chan struct{})
	for racer := range racers {
		group.Go(func() {
			<-begin
			run(racer)
		})
	}
	close(begin)
	group.Wait()
}

func raceForRevision(t *trial) {
	for round := range rounds {
		var won atomic.Int32
		race(func(racer int) {
			_, err := t.store.Append(t.ctx, "s", eventstore.Expected(round-1), event(round*racers+racer))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, eventstore.ErrConflict) {
				t.Errorf("round %d, racer %d: %v", round, racer, err)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("round %d: %d appends won, want one", round, won.Load())
		}
		if got := t.length("s"); got != round+1 {
			t.Fatalf("round %d: %d events, want %d", round, got, round+1)
		}
	}
	gapless(t, "s", rounds)
}

func raceOfRepetitions(t *trial) {
	for round := range rounds {
		answers := make([]eventstore.Appended, racers)
		race(func(racer int) {
			var err error
			numbered := events(2*round, 2*round+1)
			if answers[racer], err = t.store.Append(t.ctx, "s", eventstore.Expected(2*round-1), numbered...); err != nil {
				t.Errorf("round %d, racer %d: %v", round, racer, err)
			}
		})
		for _, answer := range answers {
			if answer != answers[0] {
				t.Errorf("round %d: answers %+v and %+v", round, answer, answers[0])
			}
		}
	}
	gapless(t, "s", 2*rounds)
}

func raceWithoutExpectation(t *trial) {
	race(func(racer int) {
		for round := range rounds {
			if _, err := t.store.Append(t.ctx, "s", anyv, event(round*racers+racer)); err != nil {
				t.Errorf("racer %d: %v", racer, err)
			}
		}
	})
	gapless(t, "s", racers*rounds)
}

func raceBesideConflicts(t *trial) {
	t.write("contested", none, 9000)
	race(func(racer int) {
		stream := fmt.Sprintf("s-%d", racer)
		for round := range rounds {
			if racer%2 == 0 {
				_, err := t.store.Append(t.ctx, "contested", none, event(round*racers+racer))
				if !errors.Is(err, eventstore.ErrConflict) {
					t.Errorf("racer %d: %v, want a conflict", racer, err)
				}
				continue
			}
			if _, err := t.store.Append(t.ctx, stream, eventstore.Expected(round-1), event(round)); err != nil {
				t.Errorf("racer %d: %v", racer, err)
			}
		}
	})
	for racer := 1; racer < racers; racer += 2 {
		gapless(t, fmt.Sprintf("s-%d", racer), rounds)
	}
	gapless(t, "contested", 1)
}

// gapless needs a stream to have so many events with all revisions.
func gapless(t *trial, stream string, count int) {
	t.Helper()
	recorded := t.stream(stream)
	if len(recorded) != count {
		t.Fatalf("%s has %d events, want %d", stream, len(recorded), count)
	}
	for i, one := range recorded {
		if one.Revision != uint64(i) || i > 0 && one.Position <= recorded[i-1].Position {
			t.Errorf("event %d of %s has revision %d and position %d", i, stream, one.Revision, one.Position)
		}
	}
}

func raceWithSubscriptions(t *trial) {
	t.write("before-1", none, numbers(9000, 40)...)
	everything, filtered := t.follow(0), t.follow(0, "s-1")
	defer everything.leave()
	defer filtered.leave()
	everything.events(1)
	written := make(chan struct{})
	go func() {
		defer close(written)
		race(func(racer int) {
			for round := range rounds {
				_, err := t.store.Append(t.ctx, fmt.Sprintf("s-%d", racer), eventstore.Expected(2*round-1), events(2*round, 2*round+1)...)
				if err != nil {
					t.Errorf("racer %d: %v", racer, err)
				}
			}
		})
	}()
	live := everything.events(39 + racers*rounds*2)
	<-written
	all := t.all()
	t.same("everything", live, all[1:])
	matching := of(all, "s-1", "s-10", "s-11", "s-12", "s-13", "s-14", "s-15")
	t.same("filtered", filtered.events(len(matching)), matching)
	everything.caughtUp(all[len(all)-1].Position)
}
