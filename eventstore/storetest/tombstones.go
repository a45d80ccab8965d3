package storetest

import (
	"math"

	"dialtone/domain"
	"dialtone/eventstore"
)

func tombstoneCases() []Case {
	return []Case{
		on("a stream that was deleted for good keeps its events and reads to its end", buriedReads),
		on("a stream that never was reads as its end alone", buriedMissing),
		on("a repetition is not recognised in a stream that was deleted for good", buriedRepeats),
		on("the metadata of a stream that was deleted for good stays as it is", buriedMetadata),
		on("other streams go on when one is deleted for good", buriedOthers),
	}
}

func buriedReads(t *trial) {
	t.mixed()
	kept := t.stream("s")
	t.tombstone("s", 4)
	whole := t.stream("s")
	if len(whole) != len(kept)+1 {
		t.Fatalf("%d events, want %d", len(whole), len(kept)+1)
	}
	end := whole[len(kept):]
	t.same("its events", whole[:len(kept)], kept)
	for _, from := range []uint64{eventstore.End, eventstore.TombstoneRevision} {
		t.same("backwards", t.gather("backwards", t.store.Read(t.ctx, "s", from, backwards, 0)), reversed(whole))
		t.same("the last", t.gather("the last", t.store.Read(t.ctx, "s", from, backwards, 1)), end)
	}
	t.same("backwards from below", t.gather("below", t.store.Read(t.ctx, "s", math.MaxInt64-1, backwards, 0)), reversed(kept))
	for _, from := range []uint64{5, eventstore.TombstoneRevision} {
		t.same("forwards", t.gather("forwards", t.store.Read(t.ctx, "s", from, forwards, 0)), end)
	}
	t.same("some", t.gather("some", t.store.Read(t.ctx, "s", 4, forwards, 2)), whole[4:])
	t.same("all backwards", t.gather("all", t.store.ReadAll(t.ctx, 0, backwards, 1)), end)
	t.same("of its name", t.gather("s", t.store.ReadAll(t.ctx, 0, forwards, 0, "s")), of(t.all(), "s", "s-2"))
}

func buriedMissing(t *trial) {
	t.tombstone("s", none)
	if whole := t.stream("s"); len(whole) != 1 || whole[0].Type != eventstore.TypeTombstone {
		t.Errorf("events %+v, want the end alone", whole)
	}
	head, err := t.store.Head(t.ctx)
	if all := t.all(); err != nil || head != all[0].Position {
		t.Errorf("the head is %d, %v; want %d", head, err, all[0].Position)
	}
}

func buriedRepeats(t *trial) {
	t.write("s", none, 0, 1)
	t.tombstone("s", exists)
	before := t.all()
	for _, expected := range []eventstore.Expected{anyv, none, exists, 0, 1} {
		_, err := t.store.Append(t.ctx, "s", expected, event(int(max(expected, -1))+1))
		t.isDeleted("a repetition, expecting "+nameOf(expected), "s", err, before)
	}
}

func buriedMetadata(t *trial) {
	t.write("s", none, 0)
	t.describe("s", `{"x":1}`)
	t.tombstone("s", exists)
	before := t.all()
	meta := eventstore.Proposed{ID: domain.DeriveID("meta"), Type: eventstore.TypeMetadata, Data: []byte(`{}`)}
	for _, expected := range []eventstore.Expected{anyv, none, exists, 0} {
		_, err := t.store.Append(t.ctx, "$$s", expected, meta)
		t.isDeleted("metadata, expecting "+nameOf(expected), "$$s", err, before)
	}
}

func buriedOthers(t *trial) {
	t.write("s", none, 0)
	t.write("s-2", none, 10)
	t.tombstone("s", 0)
	t.write("s-2", 0, 11)
	t.write("t", none, 0)
	t.delete("s-2", 1)
	t.restored("s-2", none, `{"$tb":2}`, 12)
	t.again("t", none, 0, 0)
}
