package storetest

import (
	"fmt"
	"math"

	"dialtone/eventstore"
)

const (
	forwards  = eventstore.Forwards
	backwards = eventstore.Backwards
)

// streamCases are the boundaries of reading one stream of five events.
func streamCases() []Case {
	reads := []struct {
		name      string
		from      uint64
		direction eventstore.Direction
		limit     int
		want      []int
	}{
		{"forwards from the start", 0, forwards, 0, []int{0, 1, 2, 3, 4}},
		{"forwards from a revision, which is included", 2, forwards, 0, []int{2, 3, 4}},
		{"forwards from the last", 4, forwards, 0, []int{4}},
		{"forwards from behind the last", 5, forwards, 0, nil},
		{"forwards from far behind", math.MaxInt64, forwards, 0, nil},
		{"forwards, some", 1, forwards, 2, []int{1, 2}},
		{"forwards, one", 3, forwards, 1, []int{3}},
		{"forwards, more than there are", 3, forwards, 10, []int{3, 4}},
		{"backwards from the end", eventstore.End, backwards, 0, []int{4, 3, 2, 1, 0}},
		{"backwards from a revision, which is included", 2, backwards, 0, []int{2, 1, 0}},
		{"backwards from behind the last", 9, backwards, 2, []int{4, 3}},
		{"backwards from the first", 0, backwards, 0, []int{0}},
		{"backwards, one", eventstore.End, backwards, 1, []int{4}},
		{"backwards, more than there are", 1, backwards, 10, []int{1, 0}},
	}
	var cases []Case
	for _, r := range reads {
		cases = append(cases, on("reading "+r.name, func(t *trial) {
			t.mixed()
			t.numbered(t.gather(r.name, t.store.Read(t.ctx, "s", r.from, r.direction, r.limit)), r.want...)
		}))
	}
	return append(cases,
		on("a missing stream has no events", missingStream),
		on("a long stream reads whole in both directions", longStream),
		on("a read can be left and begun again", leaveRead),
		on("revisions are without gaps", gaplessRevisions))
}

// mixed writes events 0 to 4 into the stream s, others between them.
func (t *trial) mixed() {
	t.Helper()
	t.write("a", none, 50)
	t.write("s", none, 0, 1)
	t.write("s-2", none, 51)
	t.write("s", eventstore.Exactly(1), 2)
	t.write("z", none, 52)
	t.write("s", eventstore.Exactly(2), 3, 4)
	t.write("a", eventstore.Exactly(0), 53)
}

// numbered compares events by their numbers.
func (t *trial) numbered(got []eventstore.Recorded, want ...int) {
	t.Helper()
	ids, wanted := "", ""
	for _, recorded := range got {
		ids += string(recorded.Data)
	}
	for _, number := range want {
		wanted += fmt.Sprintf(`{"number":%d}`, number)
	}
	if ids != wanted {
		t.Errorf("got %s, want %s", ids, wanted)
	}
}

func missingStream(t *trial) {
	t.write("there", none, 0)
	for _, direction := range []eventstore.Direction{forwards, backwards} {
		if got := t.gather("read", t.store.Read(t.ctx, "ther", 0, direction, 0)); len(got) > 0 {
			t.Errorf("%d events, want none", len(got))
		}
	}
}

// long is more than two pages of any sensible store.
const long = 1203

func (t *trial) long(stream string) {
	t.Helper()
	for first := 0; first < long; first += 401 {
		t.write(stream, eventstore.Expected(first-1), numbers(first, 401)...)
	}
}

func longStream(t *trial) {
	t.long("s")
	ahead := t.stream("s")
	if len(ahead) != long {
		t.Fatalf("%d events forwards, want %d", len(ahead), long)
	}
	t.numbered(ahead, numbers(0, long)...)
	t.same("backwards", t.gather("backwards", t.store.Read(t.ctx, "s", eventstore.End, backwards, 0)), reversed(ahead))
	t.same("limited", t.gather("limited", t.store.Read(t.ctx, "s", 7, forwards, 1100)), ahead[7:1107])
}

func leaveRead(t *trial) {
	t.mixed()
	read := t.store.Read(t.ctx, "s", 0, forwards, 0)
	for range 2 {
		for recorded, err := range read {
			if err != nil || recorded.Revision != 0 {
				t.Errorf("revision %d, error %v, want the first", recorded.Revision, err)
			}
			break
		}
	}
	t.write("s", eventstore.Exactly(4), 5)
}

func gaplessRevisions(t *trial) {
	t.mixed()
	for _, stream := range []string{"a", "s", "s-2", "z"} {
		for i, recorded := range t.stream(stream) {
			if recorded.Revision != uint64(i) || recorded.Stream != stream {
				t.Errorf("event %d of %s is revision %d of %s", i, stream, recorded.Revision, recorded.Stream)
			}
		}
	}
}
