package storetest

import (
	"fmt"

	"dialtone/eventstore"
)

// expectationCases are all cells of expected revision and state of the stream.
func expectationCases() []Case {
	expectations := []eventstore.Expected{
		eventstore.Any, eventstore.NoStream, eventstore.StreamExists,
		eventstore.Exactly(0), eventstore.Exactly(1), eventstore.Exactly(2), eventstore.Exactly(3),
	}
	var cases []Case
	for _, length := range []int{0, 1, 3} {
		for _, expected := range expectations {
			cell := fmt.Sprintf("expecting %s of a stream of %d events", nameOf(expected), length)
			cases = append(cases,
				on(cell, func(t *trial) { t.cell(length, expected, 100) }),
				on(cell+" for two events", func(t *trial) { t.cell(length, expected, 100, 101) }),
				on(cell+" for no event", func(t *trial) { t.cell(length, expected) }))
		}
	}
	return append(cases,
		on("positions rise from append to append", positionsRise),
		on("no event leaves a stream missing", nothingLeavesMissing))
}

func nameOf(expected eventstore.Expected) string {
	switch expected {
	case eventstore.Any:
		return "any"
	case eventstore.NoStream:
		return "no stream"
	case eventstore.StreamExists:
		return "a stream"
	}
	return fmt.Sprintf("revision %d", expected)
}

// met says whether a stream's last revision (or NoStream) is as expected.
func met(expected, last eventstore.Expected) bool {
	switch expected {
	case eventstore.Any:
		return true
	case eventstore.StreamExists:
		return last != eventstore.NoStream
	default:
		return expected == last
	}
}

func (t *trial) cell(length int, expected eventstore.Expected, numbered ...int) {
	t.write("other", eventstore.NoStream, 200, 201)
	var last eventstore.Appended
	if length > 0 {
		last = t.write("s", eventstore.NoStream, numbers(0, length)...)
	}
	actual := eventstore.Expected(length - 1)
	switch {
	case !met(expected, actual):
		t.refused("s", expected, actual, numbered...)
	case len(numbered) > 0:
		if next := t.write("s", expected, numbered...); next.Position <= last.Position {
			t.Errorf("position %d behind %d", next.Position, last.Position)
		}
	default:
		appended, err := t.store.Append(t.ctx, "s", expected)
		if err != nil || appended != last {
			t.Errorf("append nothing: %+v, %v; want the present %+v", appended, err, last)
		}
	}
	if got := t.length("other"); got != 2 {
		t.Errorf("another stream has %d events, want its 2", got)
	}
}

func positionsRise(t *trial) {
	var last eventstore.Position
	for i := range 5 {
		stream := fmt.Sprintf("s-%d", i%2)
		appended := t.write(stream, eventstore.Any, 3*i, 3*i+1, 3*i+2)
		if appended.Position <= last {
			t.Errorf("append %d has position %d, the one before %d", i, appended.Position, last)
		}
		last = appended.Position
		written := t.stream(stream)
		if got := written[len(written)-1].Position; got != last {
			t.Errorf("the last event has position %d, the append said %d", got, last)
		}
	}
}

func nothingLeavesMissing(t *trial) {
	for range 2 {
		if _, err := t.store.Append(t.ctx, "s", eventstore.NoStream); err != nil {
			t.Errorf("append nothing: %v", err)
		}
		if _, err := t.store.Append(t.ctx, "s", eventstore.Any); err != nil {
			t.Errorf("append nothing to any: %v", err)
		}
	}
	t.refused("s", eventstore.StreamExists, eventstore.NoStream, 0)
	t.write("s", eventstore.NoStream, 0)
}
