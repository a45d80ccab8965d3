package storetest

import "dialtone/eventstore"

// What an append of a sequence comes to.
const (
	isNew = iota
	isSame
	isConflict
)

// step appends the events with these numbers.
type step struct {
	numbers  []int
	expected eventstore.Expected
	outcome  int
	revision uint64 // of the answer, where it is the same append again
}

const (
	none = eventstore.NoStream
	anyv = eventstore.Any
)

func repetitionCases() []Case {
	six := step{numbers: numbers(0, 6), expected: none}
	pair := step{numbers: []int{0, 1}, expected: none}
	one := step{numbers: []int{0}, expected: none}
	four := step{numbers: numbers(0, 4), expected: anyv}
	return []Case{
		sequence("0..5@none, 0@none: the same", six, step{[]int{0}, none, isSame, 0}),
		sequence("0..5@none, 0@any: the same", six, step{[]int{0}, anyv, isSame, 0}),
		sequence("0..5@none, 0@exists: the same", six, step{[]int{0}, eventstore.StreamExists, isSame, 0}),
		sequence("0..5@none, 0@5: new", six, step{[]int{0}, 5, isNew, 0}),
		sequence("0..5@none, 0@6: conflict", six, step{[]int{0}, 6, isConflict, 0}),
		sequence("0..5@none, 0@4: conflict", six, step{[]int{0}, 4, isConflict, 0}),
		sequence("0..5@none, 5@4: the same", six, step{[]int{5}, 4, isSame, 5}),
		sequence("0..5@none, 2,3@1: the same", six, step{[]int{2, 3}, 1, isSame, 3}),
		sequence("0..5@none, 2,4@1: conflict", six, step{[]int{2, 4}, 1, isConflict, 0}),
		sequence("0@none, 0@0: new", one, step{[]int{0}, 0, isNew, 0}),
		sequence("0@none, 0@any: the same", one, step{[]int{0}, anyv, isSame, 0}),
		sequence("0@none, 0@none: the same", one, step{[]int{0}, none, isSame, 0}),
		sequence("0@none, 0@0, 0@any: the same as the first", one,
			step{[]int{0}, 0, isNew, 0}, step{[]int{0}, anyv, isSame, 0}),
		sequence("0,1,2@none, 1@any twice: the same", step{numbers: numbers(0, 3), expected: none},
			step{[]int{1}, anyv, isSame, 1}, step{[]int{1}, anyv, isSame, 1}),
		sequence("0,1@none, parts of it: the same", pair,
			step{[]int{0}, none, isSame, 0}, step{[]int{0}, anyv, isSame, 0},
			step{[]int{1}, 0, isSame, 1}, step{[]int{1}, anyv, isSame, 1}),
		sequence("0,1@none, 0,1,2@none: conflict", pair, step{numbers(0, 3), none, isConflict, 0}),
		sequence("0,1@none, 0,1,2@any: conflict", pair, step{numbers(0, 3), anyv, isConflict, 0}),
		sequence("0,1@none, 2,1@any: new", pair, step{[]int{2, 1}, anyv, isNew, 0}),
		sequence("0..3@any twice: the same", four, step{numbers(0, 4), anyv, isSame, 3}),
		sequence("six times 0@any, twice: the same as the first", step{numbers: make([]int, 6), expected: anyv},
			step{make([]int, 6), anyv, isSame, 0}),
		sequence("six times 0@none, twice: the same", step{numbers: make([]int, 6), expected: none},
			step{make([]int, 6), none, isSame, 5}),
		on("an id is new in every other stream", idOfOtherStream),
	}
}

// sequence makes a case of appends to one stream, one after the other.
func sequence(name string, steps ...step) Case {
	return on("sequence "+name, func(t *trial) {
		for _, s := range steps {
			switch s.outcome {
			case isNew:
				t.write("s", s.expected, s.numbers...)
			case isSame:
				t.again("s", s.expected, s.revision, s.numbers...)
			case isConflict:
				t.refused("s", s.expected, eventstore.Expected(t.length("s")-1), s.numbers...)
			}
		}
	})
}

func idOfOtherStream(t *trial) {
	t.write("a", anyv, 0)
	t.write("b", anyv, 0)
	t.write("c", none, 1, 0)
	t.again("b", anyv, 0, 0)
}
