package storetest

import (
	"errors"
	"fmt"
	"sync"

	"dialtone/eventstore"
)

const allHidden = `{"$tb":9223372036854775807}`

func recreationCases() []Case {
	cases := []Case{
		on("a stream that came back is one like any other", restoredIsOrdinary),
		on("what a deletion keeps of the metadata stays when the stream comes back", restoredKeepsMetadata),
		on("a stream comes back again and again", restoredOften),
		on("a repetition is recognised in a deleted stream and leaves it deleted", repeatedDeleted),
		on("what is no repetition begins a deleted stream anew or is a conflict", unrepeatedDeleted),
		on("deletions and appends at once leave no event hidden that came later", racingDeletions),
	}
	for _, expected := range []eventstore.Expected{anyv, none, 1} {
		cases = append(cases, on("a deleted stream goes on, expecting "+nameOf(expected), func(t *trial) {
			t.write("s", none, 0, 1)
			t.delete("s", 1)
			t.restored("s", expected, `{"$tb":2}`, 2, 3, 4)
			t.numbered(t.stream("s"), 0, 1, 2, 3, 4)
		}))
	}
	return cases
}

// restored appends to a deleted stream and needs metadata behind the events.
func (t *trial) restored(stream string, expected eventstore.Expected, meta string, numbered ...int) {
	t.Helper()
	before := t.all()
	t.write(stream, expected, numbered...)
	news := t.behind("append to "+stream, before, len(numbered)+1)
	t.numbered(news[:len(numbered)], numbered...)
	t.isMeta(news[len(numbered)], stream, meta)
}

func restoredIsOrdinary(t *trial) {
	t.write("s", none, 0)
	t.delete("s", exists)
	t.restored("s", none, `{"$tb":1}`, 1)
	t.refused("s", none, 1, 2)
	t.refused("s", none, 1)
	t.again("s", none, 0, 0)
	t.write("s", exists, 3)
	t.write("s", anyv, 4)
	t.write("s", 3, 5, 6)
	t.again("s", anyv, 1, 1)
	if metas := t.length("$$s"); metas != 2 {
		t.Errorf("%d events of metadata, want the deletion and its end", metas)
	}
}

func restoredKeepsMetadata(t *trial) {
	t.write("s", none, 0, 1, 2)
	t.describe("s", `{"$maxCount":7,"$tb":9223372036854775807,"color":"red"}`)
	before := t.all()
	_, err := t.store.Append(t.ctx, "s", exists, event(3))
	t.isDeleted("append to a stream that metadata deletes", "s", err, before)
	t.restored("s", none, `{"$maxCount":7,"$tb":3,"color":"red"}`, 3)
}

func restoredOften(t *trial) {
	t.write("s", none, 0)
	for i := range 5 {
		t.delete("s", eventstore.Expected(2*i))
		t.restored("s", []eventstore.Expected{anyv, none, eventstore.Expected(2 * i)}[i%3], fmt.Sprintf(`{"$tb":%d}`, 2*i+1), 2*i+1, 2*i+2)
	}
	t.numbered(t.stream("s"), numbers(0, 11)...)
}

func repeatedDeleted(t *trial) {
	t.write("s", none, numbers(0, 4)...)
	t.delete("s", anyv)
	before := t.all()
	t.again("s", none, 3, 0, 1, 2, 3)
	t.again("s", none, 0, 0)
	t.again("s", anyv, 1, 1)
	t.again("s", 1, 2, 2)
	t.behind("repetitions", before, 0)
	_, err := t.store.Append(t.ctx, "s", exists, event(0))
	t.isDeleted("a repetition that expects a stream", "s", err, before)
}

func unrepeatedDeleted(t *trial) {
	t.write("s", none, 0, 1)
	t.delete("s", anyv)
	t.refused("s", none, 1, 0, 2)
	t.refused("s", none, 1, 0, 1, 2)
	t.refused("s", anyv, 1, 0, 2)
	t.refused("s", 0, 1, 2)
	t.restored("s", none, `{"$tb":2}`, 1, 0)
	t.delete("s", anyv)
	t.restored("s", 3, `{"$tb":4}`, 0)
}

// racingDeletions replays the log: an event of a deleted stream has to have the
// end of the deletion right behind it.
func racingDeletions(t *trial) {
	var group sync.WaitGroup
	const writers, each = 4, 30
	for w := range writers {
		group.Go(func() {
			for i := range each {
				var err error
				if w%2 == 0 {
					_, err = t.store.Append(t.ctx, "s", anyv, event(1000*w+i))
				} else {
					_, err = t.deleter().Delete(t.ctx, "s", anyv)
				}
				if err != nil && !errors.Is(err, eventstore.ErrConflict) { // nothing is there yet
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	group.Wait()
	deleted, wanted, next := false, "", uint64(0)
	for _, recorded := range t.all() {
		data := string(recorded.Data)
		switch {
		case recorded.Stream == "$$s":
			if want := wanted; want != "" && data != want || want == "" && data != allHidden {
				t.Errorf("metadata %s at position %d, want %s", data, recorded.Position, want)
			}
			deleted, wanted = wanted == "", ""
		case wanted != "" || recorded.Revision != next:
			t.Errorf("revision %d at position %d, want %d and metadata %q ahead", recorded.Revision, recorded.Position, next, wanted)
		default:
			if deleted {
				wanted = fmt.Sprintf(`{"$tb":%d}`, next)
			}
			next++
		}
	}
	if next != writers/2*each || wanted != "" {
		t.Errorf("%d events, want %d; metadata %q is missing", next, writers/2*each, wanted)
	}
}
