package main

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestLooksStandBetweenFacts(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	at := func(stream string, minutes ...int) (facts []domain.Fact) {
		for n, minute := range minutes {
			facts = append(facts, domain.Fact{Stream: stream, Revision: uint64(n), At: noon.Add(time.Duration(minute) * time.Minute)})
		}
		return facts
	}
	var told []string
	for _, fact := range merged(at(user.Stream("ada"), 0, 5, 4, 9), at(user.LookStream("ada"), 3, 5, 10)) {
		told = append(told, place(fact))
	}
	if want := []string{"0", "look 0", "1", "2", "look 1", "3", "look 2"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
