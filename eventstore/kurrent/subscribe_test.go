package kurrent_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/protocol"
)

// journal is a log that a fake serves: counted reads give what it holds,
// subscriptions do as a script says.
type journal struct {
	mu     sync.Mutex
	events []*protocol.ReadResp
	script func(number int, after uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error
	begun  int // subscriptions
}

func (j *journal) add(streams ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, stream := range streams {
		j.events = append(j.events, recorded(stream, uint64(len(j.events)), uint64(len(j.events)+1)))
	}
}

func (j *journal) subscriptions() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.begun
}

func (j *journal) read(req *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
	options := req.GetOptions()
	from := options.GetAll().GetPosition().GetCommitPosition()
	if options.GetSubscription() != nil {
		j.mu.Lock()
		j.begun++
		number := j.begun
		j.mu.Unlock()
		call.Send(&protocol.ReadResp{Content: &protocol.ReadResp_Confirmation{Confirmation: &protocol.ReadResp_SubscriptionConfirmation{}}})
		return j.script(number, from, call)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if options.GetReadDirection() == protocol.ReadReq_Options_Backwards {
		if len(j.events) == 0 {
			return nil
		}
		return call.Send(j.events[len(j.events)-1])
	}
	for _, event := range j.events {
		stream := string(event.GetEvent().GetEvent().GetStreamIdentifier().GetStreamName())
		for _, prefix := range options.GetFilter().GetStreamIdentifier().GetPrefix() {
			if event.GetEvent().GetCommitPosition() >= from && strings.HasPrefix(stream, prefix) {
				call.Send(event)
			}
		}
	}
	return nil
}

// send gives the events from one place to another.
func (j *journal) send(call grpc.ServerStreamingServer[protocol.ReadResp], from, to int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, event := range j.events[from:to] {
		call.Send(event)
	}
}

func caughtUp(position uint64) *protocol.ReadResp {
	content := &protocol.ReadResp_CaughtUp{}
	if position > 0 {
		content.Position = &protocol.ReadResp_Position{CommitPosition: position, PreparePosition: position}
	}
	return &protocol.ReadResp{Content: &protocol.ReadResp_CaughtUp_{CaughtUp: content}}
}

func checkpoint(position uint64) *protocol.ReadResp {
	return &protocol.ReadResp{Content: &protocol.ReadResp_Checkpoint_{
		Checkpoint: &protocol.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position},
	}}
}

// silence lasts until the client leaves.
func silence(call grpc.ServerStream) error {
	<-call.Context().Done()
	return nil
}

// following asks a subscription for one message after the other.
type following struct {
	t    *testing.T
	pull func() (eventstore.Message, error, bool)
}

func follow(t *testing.T, store *kurrent.Store, prefixes ...string) *following {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	pull, leave := iter.Pull2(store.Subscribe(ctx, 0, prefixes...))
	t.Cleanup(func() {
		leave()
		cancel()
	})
	return &following{t: t, pull: pull}
}

// tells needs the next messages to be these: E3 is an event, C3 a checkpoint,
// U3 caught up.
func (f *following) tells(want string) {
	f.t.Helper()
	var got []string
	for len(got) < len(strings.Fields(want)) {
		message, err, _ := f.pull()
		if err != nil {
			f.t.Fatalf("after %v: %v", got, err)
		}
		got = append(got, fmt.Sprintf("%c%d", "EUC"[message.Kind], message.Position))
	}
	if text := strings.Join(got, " "); text != want {
		f.t.Errorf("got %s, want %s", text, want)
	}
}

func (f *following) fails() error {
	f.t.Helper()
	for {
		message, err, ok := f.pull()
		if err != nil || !ok {
			return err
		}
		if message.Kind == eventstore.EventAppeared {
			f.t.Fatalf("event %d comes", message.Position)
		}
	}
}

func TestASubscriptionThatStandsStillBeginsAnewFromItsLastPosition(t *testing.T) {
	for _, prefixes := range [][]string{nil, {"s"}} {
		j := &journal{}
		j.add("s", "s")
		j.script = func(number int, after uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
			switch number {
			case 1:
				j.send(call, 0, 2)
				call.Send(caughtUp(2))
				j.add("s")
			case 2:
				if after != 2 {
					t.Errorf("begun anew behind %d", after)
				}
				j.send(call, 0, 3) // two of them again
			}
			return silence(call)
		}
		var logged lines
		config := quick((&fake{onRead: j.read}).start(t))
		config.Log = slog.New(slog.NewTextHandler(&logged, nil))
		f := follow(t, open(t, config), prefixes...)
		f.tells("E1 E2 U2 E3")
		if !strings.Contains(logged.String(), "stands still") {
			t.Errorf("logged: %s", logged.String())
		}
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestASubscriptionIsToldHowFarNothingMatchesWithoutBeginningAnew(t *testing.T) {
	j := &journal{}
	j.add("s", "other")
	j.script = func(_ int, _ uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		j.send(call, 0, 1)
		call.Send(checkpoint(2))
		call.Send(caughtUp(2))
		j.add("other", "other")
		return silence(call)
	}
	f := follow(t, open(t, quick((&fake{onRead: j.read}).start(t))), "s")
	f.tells("E1 U1 U4")
	if j.subscriptions() != 1 {
		t.Errorf("%d subscriptions", j.subscriptions())
	}
}

func TestWhatASubscriptionDoesNotKnowMeansNothing(t *testing.T) {
	j := &journal{}
	j.add("s", "t", "s")
	j.script = func(_ int, _ uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		j.send(call, 0, 2) // the second does not match
		for _, answer := range []*protocol.ReadResp{
			{},
			{Content: &protocol.ReadResp_FellBehind_{FellBehind: &protocol.ReadResp_FellBehind{}}},
			{Content: &protocol.ReadResp_LastStreamPosition{LastStreamPosition: 7}},
			{Content: &protocol.ReadResp_Event{Event: &protocol.ReadResp_ReadEvent{}}},
			checkpoint(1), checkpoint(math.MaxUint64), caughtUp(math.MaxUint64), caughtUp(1),
		} {
			call.Send(answer)
		}
		j.send(call, 1, 3)
		return silence(call)
	}
	follow(t, open(t, quick((&fake{onRead: j.read}).start(t))), "s").tells("E1 U2 U2 E3")
}

func TestAnEventAtTheMarkAheadOfItIsDelivered(t *testing.T) {
	for name, prefixes := range map[string][]string{"everything": nil, "filtered": {"s"}} {
		for _, broken := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", broken off: ", broken), func(t *testing.T) {
				j := &journal{}
				j.add("s")
				j.script = func(number int, after uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
					if number == 1 {
						j.send(call, 0, 1)
						call.Send(checkpoint(2)) // where the next event will be
						j.add("s", "s")
						if broken {
							return status.Error(codes.Unavailable, "shutting down")
						}
					} else if after != 1 {
						t.Errorf("begun anew behind %d", after)
					}
					j.send(call, 1, 3)
					return silence(call)
				}
				config := quick((&fake{onRead: j.read}).start(t))
				config.WatchEvery = time.Hour
				follow(t, open(t, config), prefixes...).tells("E1 E2 E3") // a consumer that kept 2 would begin behind it
			})
		}
	}
}

func TestAnEventAtTheMarkAheadOfItIsMissedWhenItStaysAway(t *testing.T) {
	for _, prefixes := range [][]string{nil, {"s"}} {
		j := &journal{}
		j.add("s")
		j.script = func(number int, _ uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
			if number == 1 {
				j.send(call, 0, 1)
				call.Send(caughtUp(2))
				j.add("s")
				return silence(call)
			}
			j.send(call, 1, 2)
			return silence(call)
		}
		follow(t, open(t, quick((&fake{onRead: j.read}).start(t))), prefixes...).tells("E1 U1 E2")
	}
}

func TestAnOldServerWithoutCaughtUpIsFoundToBeCaughtUp(t *testing.T) {
	j := &journal{}
	j.add("s")
	j.script = func(_ int, _ uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		j.send(call, 0, 1)
		return silence(call)
	}
	follow(t, open(t, quick((&fake{onRead: j.read}).start(t)))).tells("E1 U1")
}

func TestABrokenSubscriptionGoesOnWithoutRepeating(t *testing.T) {
	j := &journal{}
	j.add("s", "s", "s")
	j.script = func(number int, after uint64, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		j.send(call, max(int(after)-1, 0), number)
		switch number {
		case 1:
			return status.Error(codes.Unavailable, "shutting down")
		case 2:
			return nil // it must not end so, but it may
		}
		return silence(call)
	}
	follow(t, open(t, quick((&fake{onRead: j.read}).start(t)))).tells("E1 E2 E3")
	if j.subscriptions() != 3 {
		t.Errorf("%d subscriptions", j.subscriptions())
	}
}

func TestARefusedSubscriptionEnds(t *testing.T) {
	f := &fake{onRead: func(_ *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		return refusal(call, codes.PermissionDenied, "exception", "access-denied")
	}}
	err := follow(t, open(t, quick(f.start(t)))).fails()
	isFault(t, err, domain.Denied, "store-denied")
	isFault(t, follow(t, open(t, quick(f.start(t))), "\xff").fails(), domain.Invalid, "prefix")
}

func TestASubscriptionGivesUpAfterALongOutage(t *testing.T) {
	listener, host := listen(t)
	listener.Close()
	var now atomic.Int64
	config := quick(host)
	config.Clock = func() time.Time { return time.Unix(now.Add(7), 0) }
	config.MaxOutage = 30 * time.Second
	err := follow(t, open(t, config)).fails()
	isFault(t, err, domain.Unavailable, "store-unreachable")
	if seconds := now.Load(); seconds < 37 || seconds > 45 {
		t.Errorf("it ended after %d seconds", seconds-7)
	}
}

func TestClosingEndsASubscriptionThatIsBroken(t *testing.T) {
	listener, host := listen(t)
	listener.Close()
	store := open(t, quick(host))
	f := follow(t, store)
	ended := make(chan error)
	go func() { ended <- f.fails() }()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	isFault(t, <-ended, domain.Unavailable, "store-closed")
	_, err := store.Head(t.Context())
	isFault(t, err, domain.Unavailable, "store-closed")
}
