package kurrent

import (
	"context"
	"errors"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// ahead is how many answers may wait for a consumer.
const ahead = 256

// Subscribe delivers events behind a position. Besides what the interface says:
// it begins anew from the last safe position when its call breaks off or stands
// still, and ends with an error only when the server refuses it, has not
// answered for Config.MaxOutage, or the store is closed. CaughtUp also comes
// when the head of the log, asked for every Config.WatchEvery, has been reached
// or nothing that matches lies ahead of it.
func (s *Store) Subscribe(
	ctx context.Context, after eventstore.Position, prefixes ...string,
) iter.Seq2[eventstore.Message, error] {
	return func(yield func(eventstore.Message, error) bool) {
		chosen, err := filterOf(prefixes)
		if err == nil {
			f := &following{store: s, filter: chosen, last: after, safe: after, patience: 1, yield: yield}
			err = f.run(ctx)
		}
		if err != nil {
			yield(eventstore.Message{}, s.answerOf(ctx, "follow the event store", err))
		}
	}
}

// following is a subscription and how far it has come.
type following struct {
	store  *Store
	filter filter
	yield  func(eventstore.Message, error) bool

	last   eventstore.Position // the server has nothing that matches and was not told up to here, by its own word
	told   eventstore.Position // of the last event of the call, or where the call began
	mark   eventstore.Position // the last mark of the call
	safe   eventstore.Position // where a call may begin, and what is told: an event, or a mark at or behind which there was one
	caught eventstore.Position // of the last CaughtUp
	live   bool                // there was one

	heard    int // answers
	still    int // how often the head was ahead without an answer between
	since    int // the answers at that time
	patience int // how often that is borne
}

var (
	errGone    = errors.New("the consumer has gone")
	errStalled = errors.New("the subscription stands still while the log goes on")
)

// run keeps a call open until the consumer has gone, or gives the error that
// ends the subscription.
func (f *following) run(ctx context.Context) error {
	ctx, leave := f.store.bound(ctx)
	defer leave()
	f.store.lookout.join() //nolint:contextcheck // it asks for all subscriptions
	defer f.store.lookout.part()
	var since time.Time // of the first failure without an answer behind it
	wait := f.store.config.RetryAfter
	for {
		before := f.heard
		err := f.store.once(ctx, f.store.reading, f.follow)
		switch {
		case errors.Is(err, errGone):
			return nil
		case ctx.Err() != nil, domain.Final(err):
			return unsent(err)
		case errors.Is(err, errStalled):
			f.stalled()
			continue
		}
		now := f.store.config.Clock()
		if f.heard > before {
			since, wait = time.Time{}, f.store.config.RetryAfter
		}
		if since.IsZero() {
			since = now
			f.store.config.Log.Warn("a subscription to the event store broke off and begins anew", "position", f.last, "error", err)
		}
		if now.Sub(since) >= f.store.config.MaxOutage {
			return unsent(err)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, longestRetry)
	}
}

// follow makes one call that begins behind the last safe position.
func (f *following) follow(ctx context.Context, conn *connection) error {
	f.told, f.mark = max(f.told, f.safe), 0
	options := f.filter.options(f.safe, eventstore.Forwards)
	if !f.filter.all() {
		options.FilterOption = &protocol.ReadReq_Options_Filter{Filter: f.filter.expression(subscribeWindow)}
	}
	options.CountOption = &protocol.ReadReq_Options_Subscription{Subscription: &protocol.ReadReq_Options_SubscriptionOptions{}}
	calling, cancel := context.WithCancel(metadata.NewOutgoingContext(ctx, f.store.readHeaders))
	defer cancel()
	call, err := conn.streams.Read(calling, textual(options))
	if err != nil {
		return explain(err, "$all", eventstore.Any)
	}
	answers := make(chan answer, ahead)
	go receive(calling, call, answers)
	_, news := f.store.lookout.now()
	for {
		select {
		case a := <-answers:
			if a.err != nil {
				return a.err
			}
			if !f.take(a.content) {
				return errGone
			}
		case <-news:
			var head eventstore.Position
			head, news = f.store.lookout.now()
			if len(answers) > 0 {
				continue
			}
			if err := f.compare(ctx, head); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// answer is what a call gives: one content or the error that ended it.
type answer struct {
	content *protocol.ReadResp
	err     error
}

func receive(ctx context.Context, call grpc.ServerStreamingClient[protocol.ReadResp], answers chan<- answer) {
	for {
		content, err := call.Recv()
		if err != nil {
			err = endOf(call, err, "$all", eventstore.Any)
		}
		select {
		case answers <- answer{content, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
