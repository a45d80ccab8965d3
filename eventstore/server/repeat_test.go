package server_test

import (
	"fmt"
	"testing"

	"dialtone/eventstore"
)

// step is one append of a sequence: written, recognised or a conflict.
type step struct {
	numbers  []int
	expected eventstore.Expected
	outcome  string
	revision uint64 // of an answer that is no conflict
}

const (
	written = "written"
	same    = "the same"
	refused = "conflict"
)

func TestRepeatedAppendsAreRecognised(t *testing.T) {
	const none, any = eventstore.NoStream, eventstore.Any
	six := []int{0, 1, 2, 3, 4, 5}
	begun := step{six, none, written, 5}
	for i, sequence := range [][]step{
		{begun, {[]int{0}, none, same, 0}},
		{begun, {[]int{0}, any, same, 0}},
		{begun, {[]int{0}, 5, written, 6}},
		{begun, {[]int{0}, 6, refused, 0}},
		{begun, {[]int{0}, 4, refused, 0}},
		{{[]int{0}, none, written, 0}, {[]int{0}, 0, written, 1}},
		{{[]int{0}, none, written, 0}, {[]int{0}, any, same, 0}, {[]int{0}, none, same, 0}},
		{{[]int{0}, none, written, 0}, {[]int{1}, any, written, 1}, {[]int{2}, any, written, 2}, {[]int{1}, any, same, 1}, {[]int{1}, any, same, 1}},
		{
			{[]int{0, 1}, none, written, 1},
			{[]int{0}, none, same, 0},
			{[]int{0}, any, same, 0},
			{[]int{1}, 0, same, 1},
			{[]int{1}, any, same, 1},
			{[]int{0, 1, 2}, none, refused, 0},
		},
		{{[]int{0, 1, 2, 3}, any, written, 3}, {[]int{0, 1, 2, 3}, any, same, 3}},
		{{[]int{7, 7, 7, 7, 7, 7}, any, written, 5}, {[]int{7, 7, 7, 7, 7, 7}, any, same, 0}},
		{{[]int{7, 7, 7, 7, 7, 7}, none, written, 5}, {[]int{7, 7, 7, 7, 7, 7}, none, same, 5}},
		{begun, {[]int{0, 9}, any, refused, 0}},
	} {
		for _, way := range []string{"append", "batch"} {
			t.Run(fmt.Sprintf("%d %s", i, way), func(t *testing.T) { follow(t, sequence, way) })
		}
	}
}

// follow runs a sequence over one of both ways to append.
func follow(t *testing.T, sequence []step, way string) {
	r := start(t)
	batch := r.batch()
	length := 0
	for i, s := range sequence {
		var conflict bool
		var revision uint64
		if way == "append" {
			answer, err := r.try(options("s", s.expected), events(s.numbers...))
			if err != nil {
				t.Fatal(err)
			}
			conflict, revision = answer.GetWrongExpectedVersion() != nil, answer.GetSuccess().GetCurrentRevision()
		} else {
			batch.send(batched("s", s.expected, s.numbers...))
			answer := batch.next()
			conflict, revision = answer.GetError() != nil, answer.GetSuccess().GetCurrentRevision()
		}
		if s.outcome == written {
			length += len(s.numbers)
		}
		if got := len(r.found(ofStream("s"))); conflict != (s.outcome == refused) || revision != s.revision || got != length {
			t.Errorf("step %d: conflict %v, revision %d, %d events; want %s, %d, %d", i, conflict, revision, got, s.outcome, s.revision, length)
		}
	}
}
