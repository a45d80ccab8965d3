package kurrent_test

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/protocol"
)

func TestASuccessWithoutAPositionIsCompletedByARead(t *testing.T) {
	f := batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp {
		answer := batchSuccess(4, 0)
		answer.GetSuccess().PositionOption = &protocol.BatchAppendResp_Success_NoPosition{NoPosition: &emptypb.Empty{}}
		return answer
	})
	f.onRead = func(req *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		if req.GetOptions().GetStream().GetRevision() != 4 || req.GetOptions().GetCount() != 1 {
			t.Errorf("read %v", req)
		}
		return call.Send(recorded("s", 4, 31))
	}
	got, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.NoStream, event("a"))
	if want := (eventstore.Appended{Revision: 4, Position: 31}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestAKeptAppendWhosePositionCantBeReadIsAnUnknownOutcome(t *testing.T) {
	for _, expected := range []eventstore.Expected{eventstore.NoStream, eventstore.Any} {
		nodes, hosts := gossiping(t, leader, follower)
		nodes[0].onAppend = func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
			return call.SendAndClose(appended(4, 0))
		}
		nodes[0].onRead = func(_ *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
			if nodes[0].called("read") == 1 {
				return status.Error(codes.Unavailable, "shutting down")
			}
			return call.Send(recorded("s", 4, 31))
		}
		config := quick(hosts...)
		config.Settings.NodePreference = kurrent.Follower
		got, err := open(t, config).Append(t.Context(), "s", expected, event("a"))
		if expected == eventstore.Any {
			isFault(t, err, domain.Unavailable, "outcome-unknown")
		} else if want := (eventstore.Appended{Revision: 4, Position: 31}); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
		if nodes[1].called("read") != 0 {
			t.Error("the position was read from another node")
		}
	}
}
