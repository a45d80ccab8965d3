package kurrent_test

import (
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestClosingWaitsForTheAnswersOfAppends(t *testing.T) {
	arrived, answer := make(chan struct{}), make(chan struct{})
	f := batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp {
		close(arrived)
		<-answer
		return batchSuccess(0, 1)
	})
	f.onRead = func(_ *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		return silence(call)
	}
	store := open(t, quick(f.start(t)))
	appended, closed := make(chan error), make(chan error)
	go func() {
		_, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
		appended <- err
	}()
	<-arrived
	reading := make(chan error)
	go func() {
		_, err := store.Head(t.Context())
		reading <- err
	}()
	until(t, "a read is under way", func() bool { return f.called("read") == 1 })
	go func() { closed <- store.Close() }()
	isFault(t, <-reading, domain.Unavailable, "store-closed")
	select {
	case err := <-closed:
		t.Errorf("closed before the answer came: %v", err)
	default:
	}
	close(answer)
	if err := <-appended; err != nil {
		t.Errorf("the append: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	_, err := store.Append(t.Context(), "s", eventstore.Any, event("b"))
	isFault(t, err, domain.Unavailable, "store-closed")
	_, err = store.Tombstone(t.Context(), "s", eventstore.Any)
	isFault(t, err, domain.Unavailable, "store-closed")
}

func TestClosingDoesNotWaitForTheSearchForANode(t *testing.T) {
	down := &fake{onGossip: func() (*protocol.ClusterInfo, error) { return &protocol.ClusterInfo{}, nil }}
	config := quick(down.start(t))
	config.Settings.Discover = true
	config.Settings.MaxDiscoverAttempts, config.Settings.DiscoveryInterval = 1000, time.Hour
	store := open(t, config)
	appended := make(chan error)
	go func() {
		_, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
		appended <- err
	}()
	until(t, "a node is looked for", func() bool { return down.called("gossip") == 1 })
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	isFault(t, <-appended, domain.Unavailable, "store-closed")
}

func TestCallersTogetherLookForANodeOnce(t *testing.T) {
	const together = 10
	var group, ready sync.WaitGroup
	ready.Add(together)
	down := &fake{onGossip: func() (*protocol.ClusterInfo, error) {
		ready.Wait()
		return &protocol.ClusterInfo{}, nil
	}}
	config := quick(down.start(t))
	config.Settings.Discover = true
	store := open(t, config)
	for range together {
		group.Go(func() {
			ready.Done()
			_, err := store.Head(t.Context())
			isFault(t, err, domain.Unavailable, "store-unreachable")
		})
	}
	group.Wait()
	if searches := down.called("gossip") / config.Settings.MaxDiscoverAttempts; searches > together/2 {
		t.Errorf("%d callers made %d searches", together, searches)
	}
}

func TestASubscriptionThatStaysSilentIsBegunAnewMoreAndMoreRarely(t *testing.T) {
	j := &journal{}
	j.add("s", "s")
	f := &fake{onRead: j.read}
	j.script = func(_ int, _ uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error { return silence(call) }
	store := open(t, quick(f.start(t)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range store.Subscribe(t.Context(), 0) {
		}
	}()
	until(t, "forty periods pass", func() bool { return f.called("read") > 45 })
	if begun := j.subscriptions(); begun < 3 || begun > 7 {
		t.Errorf("it was begun %d times in 40 periods", begun)
	}
	store.Close()
	<-ended
}
