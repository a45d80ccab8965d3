package server_test

import (
	"testing"

	"dialtone/eventstore"
)

func TestASubscriptionToAStreamGivesOldThenNew(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1)
	r.write("s-other", eventstore.NoStream, 10)
	s := r.follow(ofStream("s"))
	s.wantEvents(0, 1)
	if mark := s.wantCaughtUp(); mark.GetStreamRevision() != 1 || mark.StreamRevision == nil || mark.Position != nil {
		t.Errorf("caught up at %v", mark)
	}
	r.write("s-other", eventstore.Any, 11)
	r.write("s", eventstore.Exactly(1), 2)
	s.wantEvents(2)
}
