package kurrent_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

type (
	batchServer = grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]
	batchAnswer = func(*protocol.BatchAppendReq) *protocol.BatchAppendResp
)

// batching answers every message of a batch; nil is no answer.
func batching(answer batchAnswer, features ...string) *fake {
	return &fake{onFeatures: batchFeatures(features...), onBatch: func(call batchServer) error {
		for {
			message, err := call.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if reply := answer(message); reply != nil {
				reply.CorrelationId = message.GetCorrelationId()
				if err := call.Send(reply); err != nil {
					return err
				}
			}
		}
	}}
}

func batchSuccess(revision, position uint64) *protocol.BatchAppendResp {
	return &protocol.BatchAppendResp{Result: &protocol.BatchAppendResp_Success_{Success: &protocol.BatchAppendResp_Success{
		CurrentRevisionOption: &protocol.BatchAppendResp_Success_CurrentRevision{CurrentRevision: revision},
		PositionOption: &protocol.BatchAppendResp_Success_Position{
			Position: &protocol.AllStreamPosition{CommitPosition: position, PreparePosition: position},
		},
	}}}
}

func batchError(code codes.Code, text string, detail proto.Message) *protocol.BatchAppendResp {
	refusal := &rpc.Status{Code: int32(code), Message: text}
	if detail != nil {
		packed, err := anypb.New(detail)
		if err != nil {
			panic(err)
		}
		refusal.Details = []*anypb.Any{packed}
	}
	return &protocol.BatchAppendResp{Result: &protocol.BatchAppendResp_Error{Error: refusal}}
}

func TestErrorsInsideABatchHaveTheirMeaning(t *testing.T) {
	conflict := &protocol.WrongExpectedVersion{
		CurrentStreamRevisionOption: &protocol.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 8},
	}
	missing := &protocol.WrongExpectedVersion{
		CurrentStreamRevisionOption: &protocol.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}},
	}
	for name, c := range map[string]struct {
		answer *protocol.BatchAppendResp
		kind   domain.Kind
		is     error
		text   string
	}{
		"conflict":        {batchError(codes.AlreadyExists, "", conflict), "", eventstore.ErrConflict, "expected revision 3, is 8"},
		"no stream":       {batchError(codes.AlreadyExists, "", missing), "", eventstore.ErrConflict, "is -1"},
		"deleted":         {batchError(codes.NotFound, "", &protocol.StreamDeleted{}), "", eventstore.ErrDeleted, "s: "},
		"denied":          {batchError(codes.PermissionDenied, "", &protocol.AccessDenied{}), domain.Denied, nil, "denies"},
		"too large":       {batchError(codes.InvalidArgument, "", &protocol.MaximumAppendSizeExceeded{MaxAppendSize: 77}), domain.Invalid, nil, "77 bytes"},
		"event too large": {batchError(codes.InvalidArgument, "", &protocol.MaximumAppendEventSizeExceeded{MaxAppendEventSize: 78}), domain.Invalid, nil, "78 bytes"},
		"bad":             {batchError(codes.InvalidArgument, "", &protocol.BadRequest{Message: "why"}), domain.Invalid, nil, "why"},
		"transaction":     {batchError(codes.FailedPrecondition, "", &protocol.InvalidTransaction{}), domain.Invalid, nil, ""},
		"unknown":         {batchError(codes.Unknown, "text", &protocol.Unknown{}), domain.Unavailable, nil, "text"},
		"no detail":       {batchError(codes.PermissionDenied, "x", nil), domain.Denied, nil, "x"},
		"nothing at all":  {batchError(0, "odd", nil), domain.Unavailable, nil, "odd"},
		"not known":       {batchError(codes.Internal, "odd", &protocol.UUID{}), domain.Unavailable, nil, "odd"},
	} {
		t.Run(name, func(t *testing.T) {
			f := batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp { return c.answer })
			_, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.Exactly(3), event("a"))
			switch {
			case err == nil, c.is != nil && !errors.Is(err, c.is), c.kind != "" && domain.KindOf(err) != c.kind,
				!strings.Contains(err.Error(), c.text):
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestAFailureInsideABatchIsAnUnknownOutcome(t *testing.T) {
	for name, failure := range map[string]*protocol.BatchAppendResp{
		"timeout":          batchError(codes.DeadlineExceeded, "Timeout", &protocol.Timeout{}),
		"timeout, no code": batchError(0, "Timeout", &protocol.Timeout{}),
		"unknown":          batchError(codes.Unknown, "odd", &protocol.Unknown{}),
		"unknown, no code": batchError(0, "odd", &protocol.Unknown{}),
		"only unknown":     batchError(codes.Unknown, "odd", nil),
		"internal":         batchError(codes.Internal, "odd", &protocol.UUID{}),
		"data loss":        batchError(codes.DataLoss, "odd", nil),
	} {
		for _, expected := range []eventstore.Expected{eventstore.Exactly(3), eventstore.Any} {
			var seen ids
			f := batching(func(message *protocol.BatchAppendReq) *protocol.BatchAppendResp {
				if seen.add([]string{message.GetProposedMessages()[0].GetId().GetString_()}) == 1 {
					return failure
				}
				return batchSuccess(4, 9)
			})
			got, err := open(t, quick(f.start(t))).Append(t.Context(), "s", expected, event("a"))
			if expected == eventstore.Any {
				isFault(t, err, domain.Unavailable, "outcome-unknown")
				continue
			}
			if want := (eventstore.Appended{Revision: 4, Position: 9}); err != nil || got != want {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if tries := seen.tries(); len(tries) != 2 || tries[0][0] != tries[1][0] {
				t.Errorf("%s: the tries had the ids %v", name, tries)
			}
		}
	}
}

func TestANodeThatIsNotReadyIsAskedAgainWhateverIsExpected(t *testing.T) {
	tries := 0
	f := batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp {
		if tries++; tries < 3 {
			return batchError(0, "Server Is Too Busy", &protocol.Empty{})
		}
		return batchSuccess(0, 1)
	})
	if _, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.Any, event("a")); err != nil {
		t.Error(err)
	}
}

func TestANodeThatIsNotReadyIsLeft(t *testing.T) {
	nodes, hosts := gossiping(t, leader, follower)
	nodes[0].onFeatures = batchFeatures()
	nodes[0].onBatch = batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp {
		return batchError(0, "Server Is Not Ready", &protocol.Empty{})
	}).onBatch
	nodes[1].onGossip = func() (*protocol.ClusterInfo, error) {
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member(hosts[1], leader)}}, nil
	}
	if _, err := open(t, quick(hosts...)).Append(t.Context(), "s", eventstore.Any, event("a")); err != nil {
		t.Error(err)
	}
	if nodes[0].called("batch") != 1 || nodes[1].called("append") != 1 {
		t.Errorf("the nodes got %d and %d appends", nodes[0].called("batch"), nodes[1].called("append"))
	}
}

func TestANodeThatSaysNothingToABatchIsLeft(t *testing.T) {
	nodes, hosts := gossiping(t, leader, follower)
	ended := make(chan struct{}, 8) // a slow machine may come back to the first node
	nodes[0].onFeatures = batchFeatures()
	nodes[0].onBatch = func(call batchServer) error {
		defer func() { ended <- struct{}{} }()
		return silence(call)
	}
	nodes[1].onGossip = func() (*protocol.ClusterInfo, error) {
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member(hosts[1], leader)}}, nil
	}
	config := quick(hosts...)
	config.Settings.DefaultDeadline = 50 * time.Millisecond
	if _, err := open(t, config).Append(t.Context(), "s", eventstore.NoStream, event("a")); err != nil {
		t.Error(err)
	}
	<-ended
	if nodes[1].called("append") == 0 {
		t.Error("the other node got no append")
	}
}

func TestTheCallersDeadlineLeavesABatchToTheOthers(t *testing.T) {
	f := batching(func(message *protocol.BatchAppendReq) *protocol.BatchAppendResp {
		if string(message.GetOptions().GetStreamIdentifier().GetStreamName()) == "silent" {
			return nil
		}
		return batchSuccess(0, 1)
	})
	store := open(t, quick(f.start(t)))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := store.Append(ctx, "silent", eventstore.NoStream, event("a")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, event("b")); err != nil || f.called("batch") != 1 {
		t.Errorf("%d calls, %v", f.called("batch"), err)
	}
}

func TestAnswersOfABatchMayComeInAnyOrderAndTwice(t *testing.T) {
	const together = 20
	f := &fake{onFeatures: batchFeatures(), onBatch: func(call batchServer) error {
		var waiting []*protocol.BatchAppendReq
		for range together {
			message, err := call.Recv()
			if err != nil {
				return err
			}
			waiting = append(waiting, message)
		}
		call.Send(&protocol.BatchAppendResp{CorrelationId: protocol.TextUUID("00000000-0000-0000-0000-000000000000")})
		for i := range waiting {
			message := waiting[len(waiting)-1-i]
			var number uint64
			fmt.Sscan(string(message.GetOptions().GetStreamIdentifier().GetStreamName()), &number)
			answer := batchSuccess(number, number+1)
			answer.CorrelationId = message.GetCorrelationId()
			call.Send(answer)
			call.Send(answer)
		}
		<-call.Context().Done()
		return nil
	}}
	store := open(t, quick(f.start(t)))
	var group sync.WaitGroup
	for i := range uint64(together) {
		group.Go(func() {
			got, err := store.Append(t.Context(), fmt.Sprint(i), eventstore.NoStream, event("a"))
			if want := (eventstore.Appended{Revision: i, Position: eventstore.Position(i + 1)}); err != nil || got != want {
				t.Errorf("append %d: %+v, %v", i, got, err)
			}
		})
	}
	group.Wait()
	if f.called("batch") != 1 || f.called("features") != 1 {
		t.Errorf("%d calls, %d questions", f.called("batch"), f.called("features"))
	}
}

func TestABrokenBatchLeavesAllItsAppendsInDoubt(t *testing.T) {
	const together = 8
	var calls ids
	f := &fake{onFeatures: batchFeatures(), onBatch: func(call batchServer) error {
		if calls.add(nil) == 1 {
			for range together {
				call.Recv()
			}
			return status.Error(codes.Internal, "broken")
		}
		for {
			message, err := call.Recv()
			if err != nil {
				return err
			}
			answer := batchSuccess(0, 1)
			answer.CorrelationId = message.GetCorrelationId()
			call.Send(answer)
		}
	}}
	store := open(t, quick(f.start(t)))
	var group sync.WaitGroup
	for i := range together {
		group.Go(func() {
			expected := eventstore.NoStream
			if i%2 == 0 {
				expected = eventstore.Any
			}
			_, err := store.Append(t.Context(), "s", expected, event("a"))
			if expected == eventstore.Any {
				isFault(t, err, domain.Unavailable, "outcome-unknown")
			} else if err != nil {
				t.Errorf("append %d: %v", i, err)
			}
		})
	}
	group.Wait()
}

func TestALargeAppendGoesInSeveralMessages(t *testing.T) {
	var messages []*protocol.BatchAppendReq
	f := batching(func(message *protocol.BatchAppendReq) *protocol.BatchAppendResp {
		if messages = append(messages, message); !message.GetIsFinal() {
			return nil
		}
		return batchSuccess(4, 5)
	})
	store := open(t, quick(f.start(t, grpc.MaxRecvMsgSize(protocol.LargestMessage))))
	events := []eventstore.Proposed{event("small")}
	for range 4 {
		events = append(events, event(strings.Repeat("x", 2_000_000)))
	}
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, events...); err != nil {
		t.Fatal(err)
	}
	count := 0
	for i, message := range messages {
		if proto.Size(message) > 3<<20 || (message.GetOptions() != nil) != (i == 0) || message.GetIsFinal() != (i == len(messages)-1) {
			t.Errorf("message %d of %d bytes, options %v, final %t", i, proto.Size(message), message.GetOptions(), message.GetIsFinal())
		}
		count += len(message.GetProposedMessages())
	}
	if count != len(events) || len(messages) != 4 {
		t.Errorf("%d events in %d messages", count, len(messages))
	}
	_, err := store.Append(t.Context(), "s", eventstore.NoStream, event(strings.Repeat("x", protocol.LargestMessage-20)))
	isFault(t, err, domain.Invalid, "append-too-large")
}

func TestTheDeadlineOfAnAppendSuitsTheServer(t *testing.T) {
	for _, features := range [][]string{nil, {"deadline_duration"}} {
		var options *protocol.BatchAppendReq_Options
		f := batching(func(message *protocol.BatchAppendReq) *protocol.BatchAppendResp {
			options = message.GetOptions()
			return batchSuccess(0, 1)
		}, features...)
		config := quick(f.start(t))
		noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		config.Clock = func() time.Time { return noon }
		if _, err := open(t, config).Append(t.Context(), "s", eventstore.StreamExists, event("a")); err != nil {
			t.Fatal(err)
		}
		if len(features) > 0 && options.GetDeadline().AsDuration() != 10*time.Second ||
			len(features) == 0 && !options.GetDeadline_21_10_0().AsTime().Equal(noon.Add(10*time.Second)) {
			t.Errorf("features %v: %v", features, options.GetDeadlineOption())
		}
	}
}

func TestAServerWhoseFeaturesCantBeAskedForIsTriedAgain(t *testing.T) {
	asked := 0
	f := batching(func(*protocol.BatchAppendReq) *protocol.BatchAppendResp { return batchSuccess(0, 1) })
	known := f.onFeatures
	f.onFeatures = func() (*protocol.SupportedMethods, error) {
		if asked++; asked == 1 {
			return nil, status.Error(codes.Unavailable, "starting")
		}
		return known()
	}
	if _, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.Any, event("a")); err != nil || asked != 2 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	f.onFeatures = func() (*protocol.SupportedMethods, error) { return nil, status.Error(codes.Unauthenticated, "no") }
	_, err := open(t, quick(f.start(t))).Append(t.Context(), "s", eventstore.Any, event("a"))
	isFault(t, err, domain.Denied, "store-denied")
}
