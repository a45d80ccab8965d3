package server_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// wantPositions needs events at these positions to come next.
func (s *subscription) wantPositions(positions ...uint64) {
	s.Helper()
	for _, want := range positions {
		if answer := s.next(); answer.GetEvent() == nil || answer.GetEvent().GetCommitPosition() != want {
			s.Fatalf("%v comes, want position %d", answer, want)
		}
	}
}

func TestASubscriptionToAllBeginsWhereItShould(t *testing.T) {
	r := start(t)
	p := stray(r)
	for name, c := range map[string]struct {
		request *protocol.ReadReq
		want    []uint64
	}{
		"from the start":      {ofAll(), p},
		"behind a position":   {ofAll(at(p[1])), p[2:]},
		"behind the last":     {ofAll(at(p[5])), nil},
		"from the end":        {ofAll(atEnd), nil},
		"from the greatest":   {ofAll(at(1<<64 - 1)), nil},
		"a prefix of streams": {ofAll(filtered(byStream(&expression{Prefix: []string{"b"}}))), []uint64{p[1], p[3], p[5]}},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.follow(c.request)
			s.wantPositions(c.want...)
			if c.request.GetOptions().GetFilter() != nil {
				s.wantCheckpoint(p[5])
			}
			if mark := s.wantCaughtUp(); mark.GetPosition().GetCommitPosition() != p[5] || mark.StreamRevision != nil {
				t.Errorf("caught up at %v", mark)
			}
			s.end()
		})
	}
	s := r.follow(ofAll(atEnd))
	s.wantCaughtUp()
	next := r.write("s", eventstore.NoStream, 50)
	s.wantPositions(next.GetPosition().GetCommitPosition())
}

func TestAnEmptyLogIsCaughtUpAtOnce(t *testing.T) {
	r := start(t)
	for _, request := range []*protocol.ReadReq{ofAll(), ofAll(atEnd), ofAll(filtered(byType(&expression{Regex: "^[^$]"})))} {
		if mark := r.follow(request).wantCaughtUp(); mark.Position != nil || mark.StreamRevision != nil {
			t.Errorf("caught up at %v", mark)
		}
	}
}

// window is how many events are looked at between two checkpoints.
func window(f *protocol.ReadReq_Options_FilterOptions, max, multiplier uint32) *protocol.ReadReq_Options_FilterOptions {
	f.Window, f.CheckpointIntervalMultiplier = &protocol.ReadReq_Options_FilterOptions_Max{Max: max}, multiplier
	return f
}

func TestCheckpointsComeOnTheInterval(t *testing.T) {
	r := start(t)
	var p []uint64
	for i := range 10 {
		stream := "other"
		if i == 2 || i == 5 {
			stream = "mine"
		}
		p = append(p, r.write(stream, eventstore.Any, i).GetPosition().GetCommitPosition())
	}
	s := r.follow(ofAll(filtered(window(byStream(&expression{Prefix: []string{"mine"}}), 2, 2))))
	s.wantPositions(p[2])
	s.wantCheckpoint(p[3])
	s.wantPositions(p[5])
	s.wantCheckpoint(p[7])
	s.wantCheckpoint(p[9]) // before it goes live, not beyond the last event
	s.wantCaughtUp()
	live := func(stream string) uint64 {
		return r.write(stream, eventstore.Any, 100+len(p)).GetPosition().GetCommitPosition()
	}
	for i := range 8 {
		p = append(p, live([]string{"other", "mine"}[i%2]))
	}
	for i := range 8 {
		if i%2 == 1 {
			s.wantPositions(p[10+i])
		}
		if i%4 == 3 {
			s.wantCheckpoint(p[10+i])
		}
	}
	resumed := r.follow(ofAll(at(p[7]), filtered(window(byStream(&expression{Prefix: []string{"mine"}}), 100, 1))))
	resumed.wantPositions(p[11], p[13], p[15], p[17])
	resumed.wantCheckpoint(p[17])
	resumed.wantCaughtUp()
}

func TestNothingNewGivesNoCheckpoint(t *testing.T) {
	r := start(t)
	p := stray(r)
	filter := func() query { return filtered(window(byStream(&expression{Prefix: []string{"a"}}), 3, 1)) }
	fromEnd, behind, whole := r.follow(ofAll(atEnd, filter())), r.follow(ofAll(at(p[5]), filter())), r.follow(ofAll(filter()))
	fromEnd.wantCaughtUp()
	behind.wantCaughtUp()
	whole.wantPositions(p[0], p[2])
	whole.wantCheckpoint(p[2])
	whole.wantPositions(p[4])
	whole.wantCheckpoint(p[5]) // on the interval; the end brings no second one
	whole.wantCaughtUp()
}

func TestNothingIsLostOrDoubledWhereLiveBegins(t *testing.T) {
	r := start(t)
	const before, during = 400, 400
	for i := range before {
		if i%100 == 0 {
			numbers := make([]int, 100)
			for n := range numbers {
				numbers[n] = i + n
			}
			r.write("s", eventstore.Any, numbers...)
		}
	}
	wrote := make(chan error, 1)
	go func() {
		var err error
		for i := range during {
			event := eventstore.Proposed{ID: newID(), Type: "happened", Data: []byte(`{}`)}
			if _, err = r.store.Append(r.ctx, fmt.Sprint([]string{"s", "noise"}[i%2]), eventstore.Any, event); err != nil {
				break
			}
		}
		wrote <- err
	}()
	s, all := r.follow(ofStream("s")), r.follow(ofAll())
	caughtUp := 0
	for want := uint64(0); want < before+during/2; {
		switch answer := s.next(); {
		case answer.GetCaughtUp() != nil:
			caughtUp++
		case answer.GetEvent().GetEvent().GetStreamRevision() != want:
			t.Fatalf("%v comes, want revision %d", answer, want)
		default:
			want++
		}
	}
	last, count := uint64(0), 0
	for count < before+during {
		answer := all.next()
		if answer.GetCaughtUp() != nil {
			caughtUp++
			continue
		}
		if answer.GetEvent().GetCommitPosition() <= last {
			t.Fatalf("%v comes behind position %d", answer, last)
		}
		last = answer.GetEvent().GetCommitPosition()
		count++
	}
	if err := <-wrote; err != nil || caughtUp != 2 {
		t.Errorf("%d times caught up, %v", caughtUp, err)
	}
}

func TestAConsumerThatStandsStillLosesNothing(t *testing.T) {
	r := start(t)
	s := r.follow(ofAll())
	s.wantCaughtUp()
	large := make([]byte, 100_000)
	const count = 200 // more than all windows and buffers hold
	for i := range count {
		event := eventstore.Proposed{ID: newID(), Type: "happened", Data: large, Binary: true}
		if _, err := r.store.Append(r.ctx, "s", eventstore.Expected(i-1), event); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint64(count) {
		s.wantEvents(i)
	}
}

func TestStoppingEndsSubscriptionsAsUnavailable(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	subscriptions := []*subscription{r.follow(ofAll(atEnd)), r.follow(ofStream("s", atEnd))}
	for _, s := range subscriptions {
		s.wantCaughtUp()
	}
	c := r.batch()
	c.send(batched("s", eventstore.Any, 1))
	if answer := c.next(); answer.GetSuccess() == nil {
		t.Fatal(answer)
	}
	if err := r.server.Stop(r.ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
	for _, s := range subscriptions {
		for {
			answer, err := s.call.Recv()
			if err != nil {
				(&fault{trailer: s.call.Trailer()}).want(t, err, codes.Unavailable, "")
				break
			}
			if answer.GetEvent() == nil {
				t.Errorf("%v comes", answer)
			}
		}
	}
	var got fault
	_, err := c.call.Recv()
	got.want(t, err, codes.Unavailable, "")
}

func TestAStoreThatClosesEndsSubscriptions(t *testing.T) {
	r := start(t)
	s := r.follow(ofAll())
	s.wantCaughtUp()
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	s.wantEnd(codes.Unavailable, "")
}
