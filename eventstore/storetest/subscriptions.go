package storetest

import (
	"context"

	"dialtone/eventstore"
)

func subscriptionCases() []Case {
	return []Case{
		on("a subscription delivers what is there, says so, and goes on live", catchUpThenLive),
		on("a subscription to an empty log is caught up at once", followNothing),
		on("a subscription begins behind its position", resume),
		on("a subscription from beyond the end gives what comes behind it", followFromHead),
		on("several subscriptions get everything each", followTogether),
		on("a long history is delivered whole", followLong),
		on("a consumer that stands still loses nothing", stalledConsumer),
		on("a subscription ends with its context", endByContext),
		on("closing ends a waiting subscription with an error", endByClose),
		on("a closed store refuses appends and reads", useAfterClose),
	}
}

func catchUpThenLive(t *trial) {
	t.mixed()
	f := t.follow(0)
	defer f.leave()
	there := t.all()
	t.same("catching up", f.events(len(there)), there)
	f.caughtUp(there[len(there)-1].Position)
	for i := range 5 {
		t.write("live", anyv, 100+2*i, 101+2*i)
		t.numbered(f.events(2), 100+2*i, 101+2*i)
	}
}

func followNothing(t *trial) {
	f := t.follow(0)
	defer f.leave()
	f.caughtUp(0)
	t.write("s", none, 0)
	t.numbered(f.events(1), 0)
}

func resume(t *trial) {
	t.mixed()
	all := t.all()
	for i := range all {
		f := t.follow(all[i].Position)
		t.same("behind a position", f.events(len(all)-1-i), all[i+1:])
		f.caughtUp(all[len(all)-1].Position)
		f.leave()
	}
}

func followFromHead(t *trial) {
	last := t.write("s", none, 0, 1)
	f := t.follow(last.Position)
	defer f.leave()
	f.caughtUp(last.Position)
	t.write("s", eventstore.Exactly(1), 2)
	t.numbered(f.events(1), 2)
}

func followTogether(t *trial) {
	t.mixed()
	var followers []*follower
	for range 4 {
		f := t.follow(0)
		defer f.leave()
		followers = append(followers, f)
	}
	followers[0].events(9)
	t.write("live", none, 100)
	all := t.all()
	t.same("the first", followers[0].events(1), all[len(all)-1:])
	for _, f := range followers[1:] {
		t.same("the others", f.events(len(all)), all)
	}
}

func followLong(t *trial) {
	t.long("s")
	f := t.follow(0)
	defer f.leave()
	t.numbered(f.events(long), numbers(0, long)...)
	f.caughtUp(f.last)
}

func stalledConsumer(t *trial) {
	t.write("s", none, 5000)
	f := t.follow(0)
	defer f.leave()
	f.events(1)
	f.caughtUp(f.last)
	t.long("live")
	t.numbered(f.events(long), numbers(0, long)...)
}

func endByContext(t *trial) {
	ctx, cancel := context.WithCancel(t.ctx)
	f := t.followIn(ctx, 0)
	defer f.leave()
	f.caughtUp(0)
	cancel()
	for {
		message, err, ok := f.pull()
		if !ok || err != nil {
			return
		}
		if message.Kind == eventstore.EventAppeared {
			t.Fatalf("an event comes out of an empty log")
		}
	}
}

func endByClose(t *trial) {
	t.write("s", none, 0)
	ended, ready := make(chan error, 1), make(chan struct{})
	go func() {
		for message, err := range t.store.Subscribe(t.ctx, 0) {
			if err != nil {
				ended <- err
				return
			}
			if message.Kind == eventstore.CaughtUp {
				close(ready)
			}
		}
		ended <- nil
	}()
	select {
	case <-ready:
	case <-t.ctx.Done():
		t.Fatalf("the subscription is never caught up")
	}
	if err := t.store.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	select {
	case err := <-ended:
		if err == nil || t.ctx.Err() != nil {
			t.Errorf("the subscription ended with %v", err)
		}
	case <-t.ctx.Done():
		t.Fatalf("the subscription never ends")
	}
}

func useAfterClose(t *trial) {
	t.write("s", none, 0)
	if err := t.store.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := t.store.Append(t.ctx, "s", anyv, event(1)); err == nil {
		t.Errorf("a closed store takes an append")
	}
	for _, err := range t.store.Read(t.ctx, "s", 0, forwards, 0) {
		if err == nil {
			t.Errorf("a closed store gives an event")
		}
	}
}
