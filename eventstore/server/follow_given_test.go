package server_test

import (
	"context"

	"google.golang.org/grpc"

	"dialtone/eventstore/protocol"
)

// subscription is one that a test pulls at.
type subscription struct {
	*rig
	call grpc.ServerStreamingClient[protocol.ReadResp]
	end  context.CancelFunc
}

// follow subscribes and takes the confirmation.
func (r *rig) follow(request *protocol.ReadReq) *subscription {
	r.Helper()
	following(request.GetOptions())
	ctx, end := context.WithCancel(r.ctx)
	r.Cleanup(end)
	call, err := r.Read(ctx, request)
	if err != nil {
		r.Fatal(err)
	}
	s := &subscription{rig: r, call: call, end: end}
	if answer := s.next(); len(answer.GetConfirmation().GetSubscriptionId()) != 36 {
		r.Fatalf("a subscription begins with %v", answer)
	}
	return s
}

// next gives the next message.
func (s *subscription) next() *protocol.ReadResp {
	s.Helper()
	answer, err := s.call.Recv()
	if err != nil {
		s.Fatalf("the subscription ended: %v", err)
	}
	return answer
}

// wantEvents needs these revisions to come next.
func (s *subscription) wantEvents(revisions ...uint64) {
	s.Helper()
	for _, want := range revisions {
		if answer := s.next(); answer.GetEvent() == nil || answer.GetEvent().GetEvent().GetStreamRevision() != want {
			s.Fatalf("%v comes, want revision %d", answer, want)
		}
	}
}

// wantCaughtUp needs that to be told next.
func (s *subscription) wantCaughtUp() *protocol.ReadResp_CaughtUp {
	s.Helper()
	answer := s.next()
	if answer.GetCaughtUp() == nil {
		s.Fatalf("%v comes, want caught up", answer)
	}
	return answer.GetCaughtUp()
}

// wantCheckpoint needs one at a position to come next.
func (s *subscription) wantCheckpoint(position uint64) {
	s.Helper()
	answer := s.next()
	mark := answer.GetCheckpoint()
	if mark == nil || mark.GetCommitPosition() != position || mark.GetPreparePosition() != position {
		s.Fatalf("%v comes, want a checkpoint at %d", answer, position)
	}
}
