package eventstore_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"dialtone/domain/user"
	"dialtone/eventstore"
)

// chained gives a stream of five events, personal ones among them.
func chained(t *testing.T) []eventstore.Recorded {
	t.Helper()
	h := open(t)
	must(t, h.Journal, user.Stream(ada), "order", write(created(), user.ActivationStarted{Steps: []string{"line"}}))
	must(t, h.Journal, user.Stream(ada), "step", write(user.StepStarted{Step: "line", Attempt: 1}))
	must(t, h.Journal, user.Stream(ada), "done", write(user.StepDone{Step: "line"}, user.Activated{}))
	return h.recorded(t, user.Stream(ada))
}

// verify tells the revision at which a stream's chain breaks, -1 if it holds.
func verify(events []eventstore.Recorded) int {
	var chain eventstore.Chain
	for n, event := range events {
		next, err := eventstore.Verify(chain, event)
		if err != nil {
			return n
		}
		chain = next
	}
	return -1
}

func verified(t *testing.T, events []eventstore.Recorded) {
	t.Helper()
	if at := verify(events); at >= 0 {
		t.Errorf("the chain breaks at %d", at)
	}
}

func TestAnUntouchedChainHolds(t *testing.T) {
	events := chained(t)
	if len(events) != 5 {
		t.Fatalf("%d events", len(events))
	}
	verified(t, events)
}

func TestEveryChangedByteBreaksTheChain(t *testing.T) {
	events := chained(t)
	var unseen []string
	for n, event := range events {
		for at := range len(event.Data) + len(event.Meta) {
			for _, bit := range []byte{1, 0x20, 0x80} { // 0x20 turns the case of letters
				bent := append(bytes.Clone(event.Data), event.Meta...)
				bent[at] ^= bit
				changed := slices.Clone(events)
				changed[n].Data, changed[n].Meta = bent[:len(event.Data)], bent[len(event.Data):]
				if broken := verify(changed); broken != n {
					unseen = append(unseen, fmt.Sprintf("event %d, byte %d of %d+%d, now %q", n, at, len(event.Data), len(event.Meta), bent[at]))
				}
			}
		}
	}
	if len(unseen) > 0 {
		t.Errorf("%d changes are not seen, the first: %s; the last: %s", len(unseen), unseen[0], unseen[len(unseen)-1])
	}
}

func TestEveryOtherChangeBreaksTheChain(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]eventstore.Recorded) []eventstore.Recorded
		at     int
	}{
		"another type":     {one(func(e *eventstore.Recorded) { e.Type = "user.step-failed.v1" }), 2},
		"another id":       {one(func(e *eventstore.Recorded) { e.ID = "00000000-0000-5000-8000-000000000000" }), 2},
		"another revision": {one(func(e *eventstore.Recorded) { e.Revision++ }), 2},
		"another stream":   {one(func(e *eventstore.Recorded) { e.Stream = user.Stream(grace) }), 2},
		"no chain":         {one(func(e *eventstore.Recorded) { e.Meta = []byte(`{"command":"step"}`) }), 2},
		"no metadata":      {one(func(e *eventstore.Recorded) { e.Meta = nil }), 2},
		"type and id with a moved border": {one(func(e *eventstore.Recorded) {
			e.ID, e.Type = e.ID+e.Type[:1], e.Type[1:]
		}), 2},
		"a dropped event": {func(events []eventstore.Recorded) []eventstore.Recorded { return slices.Delete(events, 2, 3) }, 2},
		"a dropped first": {func(events []eventstore.Recorded) []eventstore.Recorded { return events[1:] }, 0},
		"an inserted one": {func(events []eventstore.Recorded) []eventstore.Recorded {
			return slices.Insert(events, 3, events[2])
		}, 3},
		"swapped events": {func(events []eventstore.Recorded) []eventstore.Recorded {
			events[2], events[3] = events[3], events[2]
			return events
		}, 2},
		"swapped contents": {func(events []eventstore.Recorded) []eventstore.Recorded {
			events[2].Proposed, events[3].Proposed = events[3].Proposed, events[2].Proposed
			return events
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if at := verify(c.change(chained(t))); at != c.at {
				t.Errorf("the chain breaks at %d, want %d", at, c.at)
			}
		})
	}
}

// one changes the event of revision 2.
func one(change func(*eventstore.Recorded)) func([]eventstore.Recorded) []eventstore.Recorded {
	return func(events []eventstore.Recorded) []eventstore.Recorded {
		change(&events[2])
		return events
	}
}

// A cut tail is not seen by the chain alone: the head that it is compared with
// is the chain that Verify gives back.
func TestACutTailHasAnotherHead(t *testing.T) {
	heads := map[eventstore.Chain]string{}
	var chain eventstore.Chain
	for n, event := range chained(t) {
		var err error
		if chain, err = eventstore.Verify(chain, event); err != nil {
			t.Fatal(err)
		}
		if other, taken := heads[chain]; taken {
			t.Errorf("event %d has the head of %s", n, other)
		}
		heads[chain] = fmt.Sprint("event ", n)
	}
}
