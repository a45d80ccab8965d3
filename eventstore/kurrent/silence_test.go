package kurrent_test

import (
	"testing"
	"time"

	"google.golang.org/grpc"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestANodeThatSaysNothingToAReadIsLeft(t *testing.T) {
	nodes, hosts := gossiping(t, leader, follower)
	nodes[0].onRead = func(_ *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		return silence(call)
	}
	nodes[1].onGossip = func() (*protocol.ClusterInfo, error) {
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member(hosts[1], leader)}}, nil
	}
	config := quick(hosts...)
	config.Settings.DefaultDeadline = 300 * time.Millisecond
	if _, err := open(t, config).Head(t.Context()); err != nil {
		t.Error(err)
	}
	if nodes[1].called("read") == 0 {
		t.Error("the other node was not read")
	}
}

func TestAConsumerMayTakeItsTimeAndAFilterItsOwn(t *testing.T) {
	ended := make(chan struct{})
	f := &fake{onRead: func(req *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		if req.GetOptions().GetReadDirection() == protocol.ReadReq_Options_Backwards {
			return silence(call)
		}
		if req.GetOptions().GetFilter() == nil {
			call.Send(recorded("s", 0, 1))
		}
		<-ended
		return call.Send(recorded("s", 1, 2))
	}}
	config := quick(f.start(t))
	config.Settings.DefaultDeadline = 300 * time.Millisecond
	store := open(t, config)
	filtered := make(chan int)
	go func() {
		filtered <- count(t, store, func() {}, "s")
	}()
	got := count(t, store, func() {
		select {
		case <-ended:
		default: // this lasts longer than the deadline
			_, err := store.Head(t.Context())
			isFault(t, err, domain.Unavailable, "store-unreachable")
			close(ended)
		}
	})
	if got != 2 {
		t.Errorf("%d events, want 2", got)
	}
	if got := <-filtered; got != 1 {
		t.Errorf("%d events with a filter, want 1", got)
	}
}

// count counts what a read gives to a consumer.
func count(t *testing.T, store eventstore.Store, consume func(), prefixes ...string) int {
	t.Helper()
	n := 0
	for _, err := range store.ReadAll(t.Context(), 0, eventstore.Forwards, 0, prefixes...) {
		if err != nil {
			t.Error(err)
			break
		}
		n++
		consume()
	}
	return n
}
