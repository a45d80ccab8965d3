package kurrent_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// ids collects the ids of the events of each try.
type ids struct {
	mu   sync.Mutex
	list [][]string
}

func (i *ids) add(try []string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = append(i.list, try)
	return len(i.list)
}

func (i *ids) tries() [][]string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.list)
}

// failingPlain fails the first append of a call of its own with a code.
func failingPlain(seen *ids, first error) *fake {
	return &fake{onAppend: func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
		var try []string
		for {
			message, err := call.Recv()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
			try = append(try, message.GetProposedMessage().GetId().GetString_())
		}
		if seen.add(try) == 1 {
			return first
		}
		return call.SendAndClose(appended(1, 5))
	}}
}

func TestAnUnknownOutcomeIsTriedAgainWhereARepetitionIsRecognised(t *testing.T) {
	for _, code := range []codes.Code{
		codes.Aborted, codes.DeadlineExceeded, codes.Unavailable, codes.Canceled, codes.Unknown, codes.Internal, codes.DataLoss,
	} {
		for expected, again := range map[eventstore.Expected]bool{
			eventstore.NoStream: true, eventstore.Exactly(3): true, eventstore.Any: false, eventstore.StreamExists: false,
		} {
			var seen ids
			store := open(t, quick(failingPlain(&seen, status.Error(code, "perhaps")).start(t)))
			a, b := event("a"), event("b")
			a.ID = strings.ToUpper(a.ID)
			_, err := store.Append(t.Context(), "s", expected, a, b)
			want := [][]string{{strings.ToLower(a.ID), b.ID}, {strings.ToLower(a.ID), b.ID}}
			if again {
				if err != nil {
					t.Errorf("%s at %d: %v", code, expected, err)
				}
			} else {
				want = want[:1]
				isFault(t, err, domain.Unavailable, "outcome-unknown")
			}
			if got := seen.tries(); !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("%s at %d: the tries had the ids %v, want %v", code, expected, got, want)
			}
		}
	}
}

func isFault(t *testing.T, err error, kind domain.Kind, code string) {
	t.Helper()
	var fault *domain.Fault
	if !errors.As(err, &fault) || fault.Kind != kind || fault.Code != code {
		t.Errorf("error %v, want a fault %s of kind %s", err, code, kind)
	}
}

func TestOtherFailuresOfAnAppendAreNotTriedAgain(t *testing.T) {
	for code, kind := range map[codes.Code]domain.Kind{
		codes.Unauthenticated: domain.Denied, codes.PermissionDenied: domain.Denied, codes.InvalidArgument: domain.Invalid,
		codes.ResourceExhausted: domain.Unavailable,
	} {
		var seen ids
		store := open(t, quick(failingPlain(&seen, status.Error(code, "no")).start(t)))
		_, err := store.Append(t.Context(), "s", eventstore.NoStream, event("a"))
		if err == nil || domain.KindOf(err) != kind || len(seen.tries()) != 1 {
			t.Errorf("%s: error %v after %d tries, want one of kind %s", code, err, len(seen.tries()), kind)
		}
	}
}

func TestTriesOfAnAppendAreBounded(t *testing.T) {
	silent := &fake{onAppend: func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
		<-call.Context().Done()
		return call.Context().Err()
	}}
	config := quick(silent.start(t))
	config.Tries = 3
	config.Settings.DefaultDeadline = 20 * time.Millisecond
	store := open(t, config)
	_, err := store.Append(t.Context(), "s", eventstore.NoStream, event("a"))
	isFault(t, err, domain.Unavailable, "outcome-unknown")
	if silent.called("append") != 3 {
		t.Errorf("%d tries, want 3", silent.called("append"))
	}
	_, err = store.Append(t.Context(), "s", eventstore.Any, event("a"))
	isFault(t, err, domain.Unavailable, "outcome-unknown")
	if silent.called("append") != 4 {
		t.Errorf("an append to any was tried %d times", silent.called("append")-3)
	}
}

func TestTheCallersContextEndsAnAppend(t *testing.T) {
	for _, batching := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		silent := &fake{
			onAppend: func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
				cancel()
				<-call.Context().Done()
				return call.Context().Err()
			},
			onBatch: func(call grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]) error {
				call.Recv()
				cancel()
				<-call.Context().Done()
				return call.Context().Err()
			},
		}
		if batching {
			silent.onFeatures = batchFeatures()
		}
		store := open(t, quick(silent.start(t)))
		if _, err := store.Append(ctx, "s", eventstore.NoStream, event("a")); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
	}
}

func TestAServerThatIsDownIsUnreachableWhateverIsExpected(t *testing.T) {
	listener, host := listen(t)
	listener.Close()
	config := quick(host)
	config.Tries = 2
	store := open(t, config)
	_, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
	isFault(t, err, domain.Unavailable, "store-unreachable")
	for _, err := range store.Read(t.Context(), "s", 0, eventstore.Forwards, 0) {
		isFault(t, err, domain.Unavailable, "store-unreachable")
	}
	_, err = store.Delete(t.Context(), "s", eventstore.Any)
	if domain.KindOf(err) != domain.Unavailable {
		t.Errorf("delete: %v", err)
	}
}

func TestAConflictAfterAnUnknownOutcomeIsAConflict(t *testing.T) {
	tries := 0
	f := &fake{onAppend: func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
		if tries++; tries == 1 {
			return status.Error(codes.Aborted, "Operation timed out")
		}
		return call.SendAndClose(&protocol.AppendResp{Result: &protocol.AppendResp_WrongExpectedVersion_{
			WrongExpectedVersion: &protocol.AppendResp_WrongExpectedVersion{
				CurrentRevisionOption_20_6_0: &protocol.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: 4},
			},
		}})
	}}
	_, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.NoStream, event("a"))
	var conflict *eventstore.ConflictError
	want := eventstore.ConflictError{Stream: "s", Expected: eventstore.NoStream, Actual: 4}
	if !errors.As(err, &conflict) || *conflict != want {
		t.Errorf("error %v, want %v", err, &want)
	}
}

func TestANodeThatLosesItsLeadershipAmongAppendsMayHaveKeptThem(t *testing.T) {
	nodes, hosts := gossiping(t, leader, follower)
	nodes[1].onFeatures = batchFeatures()
	var calls ids
	nodes[1].onBatch = func(call batchServer) error {
		for range max(1, 3-calls.add(nil)) { // two in the first call, one in those behind it
			if _, err := call.Recv(); err != nil {
				return err
			}
		}
		return refusal(call, codes.NotFound, "exception", "not-leader", "leader-endpoint-host", hosts[0].Name,
			"leader-endpoint-port", hosts[0].String()[len("127.0.0.1:"):])
	}
	store := open(t, quick(hosts[1]))
	var group sync.WaitGroup
	group.Go(func() {
		_, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
		isFault(t, err, domain.Unavailable, "outcome-unknown")
	})
	group.Go(func() {
		if _, err := store.Append(t.Context(), "s", eventstore.NoStream, event("b")); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
}

func TestADeletionWhoseOutcomeIsUnknownIsNotTriedAgain(t *testing.T) {
	f := &fake{onDelete: func(context.Context, *protocol.DeleteReq) (*protocol.DeleteResp, error) {
		return nil, status.Error(codes.Aborted, "perhaps")
	}}
	_, err := open(t, quick(f.start(t))).Delete(t.Context(), "s", eventstore.Exactly(2))
	isFault(t, err, domain.Unavailable, "outcome-unknown")
	if f.called("delete") != 1 {
		t.Errorf("%d tries", f.called("delete"))
	}
}
