package storetest

import (
	"fmt"
	"slices"

	"dialtone/eventstore"
)

// condition is a state a stream can be in, and which expectations it meets.
// Others are a conflict; where it is gone they tell that it was deleted.
type condition struct {
	name    string
	prepare func(t *trial, stream string)
	last    eventstore.Expected
	met     []eventstore.Expected
	deleted bool // and StreamExists tells so
	gone    bool // and everything tells so
}

func conditions() []condition {
	three := func(t *trial, stream string) { t.write(stream, none, 0, 1, 2) }
	return []condition{
		{name: "that never was", prepare: func(*trial, string) {}, last: none, met: []eventstore.Expected{anyv, none}},
		{name: "of three events", prepare: three, last: 2, met: []eventstore.Expected{anyv, exists, 2}},
		{name: "with metadata", last: 2, met: []eventstore.Expected{anyv, exists, 2}, prepare: func(t *trial, stream string) {
			three(t, stream)
			t.describe(stream, `{"$tb":2,"color":"red"}`)
		}},
		{
			name: "that has nothing but metadata", last: none, met: []eventstore.Expected{anyv, none, exists},
			prepare: func(t *trial, stream string) { t.describe(stream, `{"$maxCount":3}`) },
		},
		{name: "that was deleted", last: 2, met: []eventstore.Expected{anyv, none, 2}, deleted: true, prepare: func(t *trial, stream string) {
			three(t, stream)
			t.delete(stream, 2)
		}},
		{
			name: "that was deleted and never was", last: none, met: []eventstore.Expected{anyv, none}, deleted: true,
			prepare: func(t *trial, stream string) { t.describe(stream, `{"$tb":9223372036854775807}`) },
		},
		{name: "that was deleted for good", gone: true, prepare: func(t *trial, stream string) {
			three(t, stream)
			t.tombstone(stream, 2)
		}},
		{name: "that was deleted twice", gone: true, prepare: func(t *trial, stream string) {
			three(t, stream)
			t.delete(stream, anyv)
			t.tombstone(stream, anyv)
		}},
		{name: "that was deleted for good and never was", gone: true, prepare: func(t *trial, stream string) { t.tombstone(stream, none) }},
	}
}

// cellCases are all cells of expected revision and state of the stream, for
// each thing that can be done to it.
func cellCases() []Case {
	var cases []Case
	for _, c := range conditions() {
		for _, numbered := range [][]int{{100}, {100, 101}, nil} {
			cases = append(cases, c.on(fmt.Sprintf("appending %d events to a stream %s", len(numbered), c.name),
				func(t *trial, stream string, expected eventstore.Expected) (eventstore.Position, error) {
					appended, err := t.store.Append(t.ctx, stream, expected, events(numbered...)...)
					return appended.Position, err
				},
				func(t *trial, before []eventstore.Recorded, stream string, position eventstore.Position) {
					t.appended(before, stream, c, position, numbered...)
				}))
		}
		deletable := c
		if c.last == none && !c.gone && !c.deleted && len(c.met) == 2 { // what never was can't be deleted
			deletable.met = nil
		}
		cases = append(cases,
			deletable.on("deleting a stream "+c.name, func(t *trial, stream string, expected eventstore.Expected) (eventstore.Position, error) {
				return t.deleter().Delete(t.ctx, stream, expected)
			}, (*trial).deleted),
			c.on("deleting a stream "+c.name+" for good", func(t *trial, stream string, expected eventstore.Expected) (eventstore.Position, error) {
				return t.deleter().Tombstone(t.ctx, stream, expected)
			}, (*trial).buried))
	}
	return cases
}

// on makes a case that does one thing with each expectation to a stream of its
// own, and looks at what was done where it had to be.
func (c condition) on(
	name string, do func(*trial, string, eventstore.Expected) (eventstore.Position, error),
	done func(*trial, []eventstore.Recorded, string, eventstore.Position),
) Case {
	return on(name, func(t *trial) {
		for i, expected := range []eventstore.Expected{anyv, none, exists, 0, 1, 2, 3, eventstore.Exactly(eventstore.TombstoneRevision)} {
			stream := fmt.Sprintf("s-%d", i)
			c.prepare(t, stream)
			before := t.all()
			position, err := do(t, stream, expected)
			what := fmt.Sprintf("%s, expecting %s", name, nameOf(expected))
			switch {
			case c.gone || c.deleted && expected == exists:
				t.isDeleted(what, stream, err, before)
			case !c.meets(expected):
				t.isConflict(what, err, eventstore.ConflictError{Stream: stream, Expected: expected, Actual: c.last}, before)
			case err != nil:
				t.Errorf("%s: %v", what, err)
			default:
				done(t, before, stream, position)
			}
		}
	})
}

func (c condition) meets(expected eventstore.Expected) bool { return slices.Contains(c.met, expected) }

// appended needs the log to have grown by events, and by the metadata that
// brings their stream back if it was deleted.
func (t *trial) appended(before []eventstore.Recorded, stream string, c condition, position eventstore.Position, numbered ...int) {
	t.Helper()
	count := len(numbered)
	if c.deleted {
		count++
	}
	news := t.behind("append to "+stream, before, count)
	t.numbered(news[:len(numbered)], numbered...)
	for i, event := range news[:len(numbered)] {
		if want := uint64(int(c.last) + 1 + i); event.Stream != stream || event.Revision != want {
			t.Errorf("an event is revision %d of %s, want %d of %s", event.Revision, event.Stream, want, stream)
		}
	}
	if c.deleted {
		t.isMeta(news[len(numbered)], stream, fmt.Sprintf(`{"$tb":%d}`, c.last+1))
	}
	written := t.stream(stream)
	if len(written) > 0 && written[len(written)-1].Position != position || len(written) == 0 && position != 0 {
		t.Errorf("append to %s: the answer said position %d, which is not that of its last event", stream, position)
	}
}
