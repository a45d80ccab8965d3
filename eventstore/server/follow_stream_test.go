package server_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestASubscriptionToAStreamGivesOldThenNew(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1)
	r.write("s-other", eventstore.NoStream, 10)
	s := r.follow(ofStream("s"))
	s.wantEvents(0, 1)
	if mark := s.wantCaughtUp(); mark.GetStreamRevision() != 1 || mark.StreamRevision == nil || mark.Position != nil || mark.GetTimestamp() == nil {
		t.Errorf("caught up at %v", mark)
	}
	r.write("s-other", eventstore.Any, 11)
	r.write("s", eventstore.Exactly(1), 2)
	s.wantEvents(2)
}

func TestASubscriptionToAStreamBeginsWhereItShould(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1, 2)
	for name, c := range map[string]struct {
		request *protocol.ReadReq
		want    []uint64
	}{
		"from the start":         {ofStream("s"), []uint64{0, 1, 2}},
		"behind a revision":      {ofStream("s", at(0)), []uint64{1, 2}},
		"behind the last":        {ofStream("s", at(2)), nil},
		"from the end":           {ofStream("s", atEnd), nil},
		"from the greatest":      {ofStream("s", at(1<<64-1)), nil},
		"of a metadata stream":   {ofStream("$$s"), nil},
		"of one that is missing": {ofStream("none"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.follow(c.request)
			s.wantEvents(c.want...)
			s.wantCaughtUp()
			s.end()
		})
	}
}

func TestEventsBeforeALaterStartAreSwallowed(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	s := r.follow(ofStream("s", at(2)))
	s.wantCaughtUp()
	r.write("s", eventstore.Any, 1, 2, 3)
	s.wantEvents(3)
}

func TestAStreamThatIsMissingIsWaitedFor(t *testing.T) {
	r := start(t)
	subscriptions := []*subscription{r.follow(ofStream("s")), r.follow(ofStream("s", atEnd)), r.follow(ofStream("s"))}
	for _, s := range subscriptions {
		if mark := s.wantCaughtUp(); mark.StreamRevision != nil {
			t.Errorf("caught up with nothing at %v", mark)
		}
	}
	r.write("s", eventstore.NoStream, 0, 1)
	for _, s := range subscriptions {
		s.wantEvents(0, 1)
	}
}

// wantEnd needs the subscription to end with an error.
func (s *subscription) wantEnd(code codes.Code, exception string) {
	s.Helper()
	answer, err := s.call.Recv()
	if err == nil {
		s.Fatalf("%v comes, want the end", answer)
	}
	(&fault{trailer: s.call.Trailer()}).want(s.TB, err, code, exception)
}

func TestATombstoneEndsASubscription(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	s, late := r.follow(ofStream("s")), r.follow(ofStream("s", at(50)))
	s.wantEvents(0)
	s.wantCaughtUp()
	late.wantCaughtUp()
	if _, err := r.bury("s", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	s.wantEvents(eventstore.TombstoneRevision)
	s.wantEnd(codes.FailedPrecondition, protocol.ExceptionDeleted)
	late.wantEvents(eventstore.TombstoneRevision)
	late.wantEnd(codes.FailedPrecondition, protocol.ExceptionDeleted)
	r.follow(ofStream("s")).wantEnd(codes.FailedPrecondition, protocol.ExceptionDeleted)
}

func TestASubscriptionOutlivesADeletion(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	s := r.follow(ofStream("s"))
	s.wantEvents(0)
	s.wantCaughtUp()
	if _, err := r.delete("s", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	after := r.follow(ofStream("s"))
	after.wantCaughtUp()
	r.write("s", eventstore.Any, 1)
	s.wantEvents(1)
	after.wantEvents(1)
	again := r.follow(ofStream("s"))
	again.wantEvents(1)
	again.wantCaughtUp()
}

func TestASubscriptionFollowsLinks(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1)
	s := r.follow(ofStream("links", links))
	s.wantCaughtUp()
	link := proposed(9)
	link.Metadata[protocol.KeyType], link.Data = eventstore.TypeLink, []byte("1@s")
	if _, err := r.try(options("links", eventstore.Any), []*protocol.AppendReq_ProposedMessage{link}); err != nil {
		t.Fatal(err)
	}
	if got := s.next().GetEvent(); got.GetEvent().GetStreamRevision() != 1 || got.GetLink().GetStreamRevision() != 0 {
		t.Errorf("the link comes as %v", got)
	}
}

func TestASubscriptionThatIsCancelledEndsQuietly(t *testing.T) {
	r := start(t)
	for _, request := range []*protocol.ReadReq{ofStream("s"), ofAll()} {
		s := r.follow(request)
		s.wantCaughtUp()
		s.end()
		s.wantEnd(codes.Canceled, "")
	}
	r.write("s", eventstore.NoStream, 0)
}
