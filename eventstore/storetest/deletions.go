package storetest

import (
	"context"
	"errors"

	"dialtone/domain"
	"dialtone/eventstore"
)

func deletionCases() []Case {
	return []Case{
		on("a deleted stream's events stay in the log", deletedStays),
		on("deleting a stream leaves other metadata out", deletedLosesMetadata),
		on("a stream can be deleted again", deletedAgain),
		on("streams of metadata can't be deleted", metastreamsStay),
		on("a deletion needs a name and an expectation", deletionInput),
		on("a deletion with an ended context answers with its error", deletionEnded),
		on("a closed store deletes nothing", deletionClosed),
		on("a subscription is told of deletions in order", deletionsFollowed),
	}
}

func deletedStays(t *trial) {
	t.mixed()
	all, kept := t.all(), t.stream("s")
	t.delete("s", eventstore.Exactly(4))
	t.same("the stream", t.stream("s"), kept)
	t.same("all", t.all()[:len(all)], all)
	t.same("the others", t.gather("z", t.store.ReadAll(t.ctx, 0, forwards, 0, "z", "a")), of(all, "z", "a"))
	head, err := t.store.Head(t.ctx)
	if meta := t.stream("$$s"); err != nil || head != meta[0].Position {
		t.Errorf("the head is %d, %v; want the deletion at %d", head, err, meta[0].Position)
	}
}

func deletedLosesMetadata(t *trial) {
	t.write("s", none, 0)
	t.describe("s", `{"$maxCount":7,"color":"red"}`)
	t.delete("s", anyv) // looks at the metadata
}

func deletedAgain(t *trial) {
	t.write("s", none, 0)
	t.write("other", none, 50)
	t.delete("s", exists)
	for _, expected := range []eventstore.Expected{anyv, none, 0} {
		t.delete("s", expected)
	}
	before := t.all()
	_, err := t.deleter().Delete(t.ctx, "s", exists)
	t.isDeleted("delete what was deleted", "s", err, before)
	t.write("other", 0, 51)
	t.write("s", none, 1)
	t.delete("s", exists)
}

func metastreamsStay(t *trial) {
	t.describe("s", `{"color":"red"}`)
	before := t.all()
	for what, remove := range t.removals() {
		for _, stream := range []string{"$$s", "$$none", "$$"} {
			if _, err := remove(t.ctx, stream, anyv); err == nil || domain.KindOf(err) != domain.Invalid {
				t.Errorf("%s %s: error %v, want a fault of kind invalid", what, stream, err)
			}
		}
	}
	t.behind("refused deletions", before, 0)
}

func deletionInput(t *trial) {
	t.write("s", none, 0)
	before := t.all()
	for what, remove := range t.removals() {
		for stream, expected := range map[string]eventstore.Expected{"": anyv, "a\x00": anyv, "s": -3} {
			if _, err := remove(t.ctx, stream, expected); err == nil || domain.KindOf(err) != domain.Invalid {
				t.Errorf("%s %q at %d: error %v, want a fault of kind invalid", what, stream, expected, err)
			}
		}
	}
	t.behind("refused deletions", before, 0)
}

func deletionEnded(t *trial) {
	t.write("s", none, 0)
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	for what, remove := range t.removals() {
		if _, err := remove(ctx, "s", anyv); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want that of the context", what, err)
		}
	}
	t.write("s", exists, 1)
}

func deletionClosed(t *trial) {
	t.write("s", none, 0)
	if err := t.store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	for what, remove := range t.removals() {
		if _, err := remove(t.ctx, "s", anyv); err == nil {
			t.Errorf("%s: a closed store deletes", what)
		}
	}
}

func deletionsFollowed(t *trial) {
	f := t.follow(0)
	defer f.leave()
	t.write("s", none, 0)
	t.delete("s", exists)
	t.write("s", none, 1)
	t.tombstone("s", 1)
	t.same("delivered", f.events(5), t.all())
}
