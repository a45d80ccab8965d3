package storetest

import (
	"bytes"
	"iter"
	"slices"

	"dialtone/eventstore"
)

// gather collects what a read gives.
func (t *trial) gather(what string, read iter.Seq2[eventstore.Recorded, error]) []eventstore.Recorded {
	t.Helper()
	var list []eventstore.Recorded
	for recorded, err := range read {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		list = append(list, recorded)
	}
	return list
}

func (t *trial) stream(stream string) []eventstore.Recorded {
	t.Helper()
	return t.gather("read "+stream, t.store.Read(t.ctx, stream, 0, eventstore.Forwards, 0))
}

func (t *trial) length(stream string) int {
	t.Helper()
	return len(t.stream(stream))
}

func (t *trial) all() []eventstore.Recorded {
	t.Helper()
	return t.gather("read all", t.store.ReadAll(t.ctx, 0, eventstore.Forwards, 0))
}

// same compares two lists of recorded events, field by field.
func (t *trial) same(what string, got, want []eventstore.Recorded) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d events, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !equal(got[i], want[i]) {
			t.Errorf("%s: event %d is %+v, want %+v", what, i, got[i], want[i])
			return
		}
	}
}

func equal(a, b eventstore.Recorded) bool {
	return a.Stream == b.Stream && a.Revision == b.Revision && a.Position == b.Position && a.Time.Equal(b.Time) &&
		a.ID == b.ID && a.Type == b.Type && a.Binary == b.Binary && bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Meta, b.Meta)
}

// reversed gives a list in the other order.
func reversed(list []eventstore.Recorded) []eventstore.Recorded {
	turned := make([]eventstore.Recorded, 0, len(list))
	for _, recorded := range slices.Backward(list) {
		turned = append(turned, recorded)
	}
	return turned
}

// of gives the events of a list that are in one of the streams.
func of(list []eventstore.Recorded, streams ...string) []eventstore.Recorded {
	var found []eventstore.Recorded
	for _, recorded := range list {
		for _, stream := range streams {
			if recorded.Stream == stream {
				found = append(found, recorded)
			}
		}
	}
	return found
}
