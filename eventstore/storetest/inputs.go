package storetest

import (
	"context"
	"errors"
	"strings"

	"dialtone/domain"
	"dialtone/eventstore"
)

func inputCases() []Case {
	noType, noID, badID := event(1), event(1), event(1)
	noType.Type, noID.ID, badID.ID = "", "", "not-a-uuid"
	return []Case{
		on("a stream needs a name", func(t *trial) { t.invalid("", event(0)) }),
		on("an event needs a type", func(t *trial) { t.invalid("s", event(0), noType) }),
		on("an event needs an id", func(t *trial) { t.invalid("s", event(0), noID) }),
		on("an id has to be a UUID", func(t *trial) { t.invalid("s", event(0), badID) }),
		on("events come out as they went in", roundTrip),
		on("ids compare without regard to case", idCase),
		on("an append with an ended context answers with its error", endedContext),
	}
}

func (t *trial) invalid(stream string, proposed ...eventstore.Proposed) {
	_, err := t.store.Append(t.ctx, stream, anyv, proposed...)
	if err == nil || domain.KindOf(err) != domain.Invalid {
		t.Errorf("error %v, want a fault of kind invalid", err)
	}
	if written := t.all(); len(written) > 0 {
		t.Errorf("%d events were written", len(written))
	}
}

func roundTrip(t *trial) {
	proposed := []eventstore.Proposed{
		{ID: domain.DeriveID("a"), Type: "a.b.v1", Data: []byte(`{"text":"τηλέφωνο \u0001 ☎"}`), Meta: []byte(`{"$correlationId":"x"}`)},
		{ID: "ffffffff-ffff-4fff-bfff-ffffffffffff", Type: "Ereignis mit Leerzeichen", Data: []byte(`[]`)},
		{ID: domain.DeriveID("b"), Type: "empty"},
		{ID: domain.DeriveID("d"), Type: "binary", Data: []byte("\x00\xff no JSON"), Meta: []byte(`{}`), Binary: true},
		{ID: domain.DeriveID("c"), Type: "large", Data: []byte(`"` + strings.Repeat("x", 200_000) + `"`), Meta: []byte(`{}`)},
	}
	const stream = "Strom-100%_é'\"☎"
	appended, err := t.store.Append(t.ctx, stream, none, proposed...)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	recorded := t.stream(stream)
	if len(recorded) != len(proposed) {
		t.Fatalf("%d events, want %d", len(recorded), len(proposed))
	}
	for i, got := range recorded {
		want := eventstore.Recorded{
			Proposed: proposed[i], Stream: stream, Revision: uint64(i), Position: got.Position, Time: got.Time,
		}
		if !equal(got, want) {
			t.Errorf("event %d is %+v, want %+v", i, got, want)
		}
	}
	if last := recorded[len(recorded)-1]; last.Position != appended.Position {
		t.Errorf("the append said position %d, the event has %d", appended.Position, last.Position)
	}
	t.same("read all", t.all(), recorded)
}

func idCase(t *trial) {
	upper := event(0)
	upper.ID = strings.ToUpper(upper.ID)
	if _, err := t.store.Append(t.ctx, "s", none, upper); err != nil {
		t.Fatalf("append: %v", err)
	}
	t.again("s", none, 0, 0)
	t.again("s", anyv, 0, 0)
}

func endedContext(t *trial) {
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	if _, err := t.store.Append(ctx, "s", anyv, event(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	t.write("other", none, 1)
}
