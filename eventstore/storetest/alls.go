package storetest

import (
	"math"

	"dialtone/eventstore"
)

// allCases are the boundaries of reading the log. Its events are, in order:
// a50 s0 s1 s-2/51 s2 z52 s3 s4 a53.
func allCases() []Case {
	reads := []struct {
		name      string
		from      int // the index of the event whose position it is, -1: position 0
		direction eventstore.Direction
		limit     int
		prefixes  []string
		want      []int
	}{
		{"forwards", -1, forwards, 0, nil, []int{50, 0, 1, 51, 2, 52, 3, 4, 53}},
		{"forwards from an event, which is left out", 2, forwards, 0, nil, []int{51, 2, 52, 3, 4, 53}},
		{"forwards, some", 2, forwards, 3, nil, []int{51, 2, 52}},
		{"forwards from the last", 8, forwards, 0, nil, nil},
		{"backwards from the end", -1, backwards, 0, nil, []int{53, 4, 3, 52, 2, 51, 1, 0, 50}},
		{"backwards from an event, which is included", 3, backwards, 0, nil, []int{51, 1, 0, 50}},
		{"backwards, some", -1, backwards, 2, nil, []int{53, 4}},
		{"backwards from the first", 0, backwards, 0, nil, []int{50}},
		{"forwards with a prefix", -1, forwards, 0, []string{"s"}, []int{0, 1, 51, 2, 3, 4}},
		{"forwards with a longer prefix", -1, forwards, 0, []string{"s-"}, []int{51}},
		{"forwards with two prefixes", -1, forwards, 0, []string{"z", "a"}, []int{50, 52, 53}},
		{"forwards with prefixes one in the other", -1, forwards, 0, []string{"s-", "s"}, []int{0, 1, 51, 2, 3, 4}},
		{"forwards with a prefix, some", 1, forwards, 2, []string{"s"}, []int{1, 51}},
		{"forwards with the empty prefix", 5, forwards, 0, []string{"", "q"}, []int{3, 4, 53}},
		{"backwards with a prefix", 7, backwards, 0, []string{"s"}, []int{4, 3, 2, 51, 1, 0}},
		{"backwards with a prefix, some", -1, backwards, 2, []string{"a", "z"}, []int{53, 52}},
		{"forwards with a prefix nothing has", -1, forwards, 0, []string{"S"}, nil},
	}
	var cases []Case
	for _, r := range reads {
		cases = append(cases, on("reading all "+r.name, func(t *trial) {
			t.mixed()
			var from eventstore.Position
			if r.from >= 0 {
				from = t.all()[r.from].Position
			}
			t.numbered(t.gather(r.name, t.store.ReadAll(t.ctx, from, r.direction, r.limit, r.prefixes...)), r.want...)
		}))
	}
	return append(cases,
		on("an empty log reads empty", emptyLog),
		on("reading all tells the same as reading streams", allAndStreams),
		on("no character of a prefix is special", specialPrefixes),
		on("a long log reads whole, by one, and in both directions", longLog),
		on("a filter finds what lies far apart", farApart))
}

func emptyLog(t *trial) {
	for _, direction := range []eventstore.Direction{forwards, backwards} {
		if got := t.gather("read all", t.store.ReadAll(t.ctx, 0, direction, 0)); len(got) > 0 {
			t.Errorf("%d events, want none", len(got))
		}
	}
	head, err := t.store.Head(t.ctx)
	if err != nil || head != 0 {
		t.Errorf("the head is %d, %v; want 0", head, err)
	}
}

func allAndStreams(t *trial) {
	t.mixed()
	all := t.all()
	for _, stream := range []string{"a", "s", "s-2", "z"} {
		t.same(stream, of(all, stream), t.stream(stream))
	}
	head, err := t.store.Head(t.ctx)
	if err != nil || head != all[len(all)-1].Position {
		t.Errorf("the head is %d, %v; want the position of the last event", head, err)
	}
	for i := 1; i < len(all); i++ {
		if all[i].Position <= all[i-1].Position {
			t.Errorf("position %d comes behind %d", all[i].Position, all[i-1].Position)
		}
	}
	beyond := t.gather("from beyond", t.store.ReadAll(t.ctx, math.MaxInt64, forwards, 0))
	if len(beyond) > 0 {
		t.Errorf("%d events from beyond the end, want none", len(beyond))
	}
}

func specialPrefixes(t *trial) {
	streams := []string{"a%b", "a_b", "axb", "a\\b", "A%b", "a*b", "a", "é1", "é", "e", "\U0010ffff", "\U0010ffff1", "\uD7FF1", "\uE000"}
	for i, stream := range streams {
		t.write(stream, none, i)
	}
	for prefix, want := range map[string][]int{
		"a%": {0}, "a_": {1}, "a\\": {3}, "a": {0, 1, 2, 3, 5, 6}, "A": {4}, "a*": {5}, "%": nil, "_": nil,
		"é": {7, 8}, "e": {9}, "\U0010ffff": {10, 11}, "\uD7FF": {12}, "'": nil,
	} {
		t.numbered(t.gather(prefix, t.store.ReadAll(t.ctx, 0, forwards, 0, prefix)), want...)
	}
}

func longLog(t *trial) {
	t.long("s")
	all := t.all()
	t.numbered(all, numbers(0, long)...)
	t.same("backwards", t.gather("backwards", t.store.ReadAll(t.ctx, 0, backwards, 0)), reversed(all))
	var position eventstore.Position
	for i := range 30 {
		one := t.gather("by one", t.store.ReadAll(t.ctx, position, forwards, 1))
		t.numbered(one, i)
		if len(one) == 1 {
			position = one[0].Position
		}
	}
}

func farApart(t *trial) {
	t.write("rare", none, 9000)
	t.long("s")
	t.write("rare", eventstore.Exactly(0), 9001)
	for _, prefixes := range [][]string{{"rare"}, {"q", "rar"}} {
		t.numbered(t.gather("forwards", t.store.ReadAll(t.ctx, 0, forwards, 0, prefixes...)), 9000, 9001)
		t.numbered(t.gather("backwards", t.store.ReadAll(t.ctx, 0, backwards, 0, prefixes...)), 9001, 9000)
		t.numbered(t.gather("one", t.store.ReadAll(t.ctx, 0, backwards, 1, prefixes...)), 9001)
	}
}
