package linear

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"dialtone/eventstore"
)

// chain is the state of a stream: its last event and the chain before it. Nil is
// a stream without events. A chain is never changed.
type chain struct {
	before *chain
	id     string
	last   eventstore.Expected // the event's revision
	digest uint64              // of all ids up to here
}

func (c *chain) revision() eventstore.Expected {
	if c == nil {
		return eventstore.NoStream
	}
	return c.last
}

// with is the chain and one more event. The digest is FNV-1a over the ids.
func (c *chain) with(id string) *chain {
	digest := uint64(14695981039346656037)
	if c != nil {
		digest = c.digest
	}
	for i := range len(id) {
		digest = (digest ^ uint64(id[i])) * 1099511628211
	}
	return &chain{before: c, id: id, last: c.revision() + 1, digest: digest}
}

// at is the link of a revision.
func (c *chain) at(revision eventstore.Expected) *chain {
	for c.revision() > revision {
		c = c.before
	}
	return c
}

// find is the link of an event, nil if there is none.
func (c *chain) find(id string) *chain {
	for c != nil && c.id != id {
		c = c.before
	}
	return c
}

func same(a, b *chain) bool {
	return a.revision() == b.revision() && (a == nil || a.digest == b.digest)
}

// input is one operation on one stream: an append of events, or a read of the
// last so many where there are none.
type input struct {
	stream   string
	expected eventstore.Expected
	ids      []string
	last     int // a read backwards; 0: the whole stream forwards
}

func (i input) isRead() bool { return len(i.ids) == 0 }

// output is what came of it.
type output struct {
	unknown  bool
	conflict bool
	revision eventstore.Expected // of the last event, or the actual one of a conflict
	ids      []string            // that were read, in the order of the stream
	position eventstore.Position
}

// decide gives the stream after an append and the answer, by the rules of
// eventstore.Store.
func (c *chain) decide(in input) (after *chain, out output) {
	switch {
	case in.expected == eventstore.Any || in.expected == eventstore.StreamExists && c != nil:
		if c.find(in.ids[0]) == nil {
			break
		}
		place := eventstore.NoStream
		for _, id := range in.ids {
			found := c.find(id)
			if found == nil {
				return c, output{conflict: true, revision: c.revision()}
			}
			place = found.last
		}
		return c, output{revision: place}
	case in.expected < eventstore.NoStream || in.expected > c.revision():
		return c, output{conflict: true, revision: c.revision()}
	case in.expected < c.revision():
		place := in.expected + eventstore.Expected(len(in.ids))
		if place <= c.revision() && slices.Equal(in.ids, c.at(place).tail(len(in.ids))) {
			return c, output{revision: place}
		}
		return c, output{conflict: true, revision: c.revision()}
	}
	for _, id := range in.ids {
		c = c.with(id)
	}
	return c, output{revision: c.last}
}

// tail is the last ids, in order; 0 means all.
func (c *chain) tail(count int) []string {
	var list []string
	for ; c != nil && (count == 0 || len(list) < count); c = c.before {
		list = append(list, c.id)
	}
	slices.Reverse(list)
	return list
}

// model is a store for porcupine, one stream at a time.
var model = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		streams := map[string][]porcupine.Operation{}
		for _, operation := range history {
			stream := operation.Input.(input).stream
			streams[stream] = append(streams[stream], operation)
		}
		var parts [][]porcupine.Operation
		for _, part := range streams {
			parts = append(parts, part)
		}
		return parts
	},
	Init:  func() any { return (*chain)(nil) },
	Step:  func(state, in, out any) (bool, any) { return step(state.(*chain), in.(input), out.(output)) },
	Equal: func(a, b any) bool { return same(a.(*chain), b.(*chain)) },
	Hash: func(state any) uint64 {
		if c := state.(*chain); c != nil {
			return c.digest
		}
		return 0
	},
}

// step tells whether an operation can have come to its output in a state. One of
// unknown outcome always can: it may also come after all others, where nobody
// sees it.
func step(c *chain, in input, out output) (bool, *chain) {
	if in.isRead() {
		return out.unknown || slices.Equal(c.tail(in.last), out.ids) && c.revision() == out.revision, c
	}
	after, want := c.decide(in)
	if out.unknown {
		return true, after
	}
	return want.conflict == out.conflict && want.revision == out.revision, after
}
