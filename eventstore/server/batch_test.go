package server_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

func TestOneCallTakesManyAppends(t *testing.T) {
	r := start(t)
	c := r.batch()
	for i := range 100 {
		request := batched("s", eventstore.Expected(i-1), i)
		c.send(request)
		answer := c.next()
		if !proto.Equal(answer.GetCorrelationId(), request.GetCorrelationId()) || string(answer.GetStreamIdentifier().GetStreamName()) != "s" ||
			answer.GetSuccess().GetCurrentRevision() != uint64(i) || answer.GetSuccess().GetPosition().GetCommitPosition() == 0 {
			t.Fatalf("append %d is answered %v", i, answer)
		}
	}
	c.wantEnd()
}

// wantEnd half-closes and needs a good end without further answers.
func (c *batchCall) wantEnd() {
	c.Helper()
	if err := c.call.CloseSend(); err != nil {
		c.Error(err)
	}
	if answer, err := c.call.Recv(); !errors.Is(err, io.EOF) {
		c.Errorf("the call ends with %v, %v", answer, err)
	}
}

// wantDetail compares the one detail of an append's error.
func wantDetail(t *testing.T, answer *protocol.BatchAppendResp, code codes.Code, message string, want proto.Message) {
	t.Helper()
	got := answer.GetError()
	if len(got.GetDetails()) != 1 || answer.GetStreamIdentifier() == nil {
		t.Fatalf("answer %v, want one detail and a stream", answer)
	}
	detail, err := got.GetDetails()[0].UnmarshalNew()
	if err != nil || codes.Code(got.GetCode()) != code || message != "" && got.GetMessage() != message || want != nil && !proto.Equal(detail, want) {
		t.Errorf("error %v with %v (%v), want %s %s with %v", got, detail, err, code, message, want)
	}
}

func TestInterleavedAppendsAreAnsweredOnceEach(t *testing.T) {
	r := start(t)
	c := r.batch()
	const appends, parts = 20, 3
	want := map[string]string{}
	whole := make([]*protocol.BatchAppendReq, appends)
	for i := range whole {
		stream := fmt.Sprintf("s-%d", i)
		whole[i] = batched(stream, eventstore.NoStream)
		if i%2 == 1 {
			whole[i].CorrelationId = protocol.StructuredUUID(uuid.New())
		}
		want[whole[i].GetCorrelationId().String()] = stream
	}
	for part := range parts {
		for i, request := range whole {
			message := &protocol.BatchAppendReq{
				CorrelationId: request.GetCorrelationId(), ProposedMessages: batchEvents(2*part, 2*part+1), IsFinal: part == parts-1,
			}
			if part == 0 {
				message.Options = request.GetOptions()
			}
			c.send(message)
			if i == 7 {
				c.send(&protocol.BatchAppendReq{CorrelationId: protocol.TextUUID(newID()), ProposedMessages: batchEvents(0), IsFinal: true}) // unknown
			}
		}
	}
	for range appends {
		answer := c.next()
		stream, ok := want[answer.GetCorrelationId().String()]
		delete(want, answer.GetCorrelationId().String())
		if !ok || string(answer.GetStreamIdentifier().GetStreamName()) != stream || answer.GetSuccess().GetCurrentRevision() != 2*parts-1 {
			t.Errorf("answer %v for %q", answer, stream)
		}
	}
	c.send(&protocol.BatchAppendReq{CorrelationId: whole[0].GetCorrelationId(), ProposedMessages: batchEvents(9), IsFinal: true}) // finished
	c.wantEnd()
	r.wantRevisions("a stream", ofStream("s-0"), 0, 1, 2, 3, 4, 5)
}

func TestAppendsToOneStreamKeepTheirOrder(t *testing.T) {
	const length = 700 // more than may be in flight
	for name, ordered := range map[string]bool{"a store that orders them": true, "a store that does not": false} {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(c *server.Config) {
				if !ordered {
					c.Store = plain{c.Store}
				}
			})
			c := r.batch()
			for i := range length {
				c.send(batched("s", eventstore.Expected(i-1), i))
			}
			seen := map[uint64]bool{}
			for range length {
				answer := c.next()
				if answer.GetSuccess() == nil || seen[answer.GetSuccess().GetCurrentRevision()] {
					t.Fatalf("an append is answered %v", answer)
				}
				seen[answer.GetSuccess().GetCurrentRevision()] = true
			}
		})
	}
}

// wrong is an append that is refused. A detail of nil stands for a bad request.
type wrong struct {
	request *protocol.BatchAppendReq
	code    codes.Code
	message string
	detail  proto.Message
}

// altered gives an append to the stream s, changed.
func altered(change func(*protocol.BatchAppendReq)) *protocol.BatchAppendReq {
	request := batched("s", eventstore.Any, 50)
	change(request)
	return request
}

// alteredEvent gives an append to the stream s with its event changed.
func alteredEvent(change func(*protocol.BatchAppendReq_ProposedMessage)) *protocol.BatchAppendReq {
	return altered(func(r *protocol.BatchAppendReq) { change(r.GetProposedMessages()[0]) })
}

func TestErrorsOfABatchSayWhatIsWrong(t *testing.T) {
	const largest = 10_000
	r := start(t, func(c *server.Config) {
		c.MaxAppendSize, c.ReadOnly = largest, func(stream string) bool { return stream == "locked" }
	})
	r.write("s", eventstore.NoStream, 0, 1)
	cases := refusedRequests()
	maps.Copy(cases, conflicts())
	cases["too large"] = wrong{
		alteredEvent(func(m *protocol.BatchAppendReq_ProposedMessage) { m.Data = make([]byte, largest) }),
		codes.InvalidArgument, "MaximumAppendSizeExceeded", &protocol.MaximumAppendSizeExceeded{MaxAppendSize: largest},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			call := r.batch()
			good := batched("good-"+name, eventstore.Any, 1)
			call.send(c.request, good)
			answers := map[string]*protocol.BatchAppendResp{}
			for range 2 {
				answer := call.next()
				answers[answer.GetCorrelationId().GetString_()] = answer
			}
			answer := answers[c.request.GetCorrelationId().GetString_()]
			wantDetail(t, answer, c.code, c.message, c.detail)
			if c.detail == nil && !answer.GetError().GetDetails()[0].MessageIs(&protocol.BadRequest{}) {
				t.Errorf("%v is no bad request", answer)
			}
			if answers[good.GetCorrelationId().GetString_()].GetSuccess() == nil {
				t.Errorf("another append of the call: %v", answers)
			}
			call.wantEnd()
		})
	}
	r.wantRevisions("the stream", ofStream("s"), 0, 1)
}

// conflicts are with a stream s of the events 0 and 1.
func conflicts() map[string]wrong {
	void := &emptypb.Empty{}
	at1 := &protocol.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1}
	conflict := func(request *protocol.BatchAppendReq, detail *protocol.WrongExpectedVersion) wrong {
		return wrong{request, codes.AlreadyExists, "WrongExpectedVersion", detail}
	}
	return map[string]wrong{
		"no stream": conflict(batched("s", eventstore.NoStream, 50), &protocol.WrongExpectedVersion{
			CurrentStreamRevisionOption:  at1,
			ExpectedStreamPositionOption: &protocol.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: void},
		}),
		"other revision": conflict(batched("s", 7, 50), &protocol.WrongExpectedVersion{
			CurrentStreamRevisionOption:  at1,
			ExpectedStreamPositionOption: &protocol.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 7},
		}),
		"half known": conflict(batched("s", eventstore.Any, 0, 99), &protocol.WrongExpectedVersion{
			CurrentStreamRevisionOption:  at1,
			ExpectedStreamPositionOption: &protocol.WrongExpectedVersion_ExpectedAny{ExpectedAny: void},
		}),
		"a stream that is missing": conflict(batched("none", eventstore.StreamExists, 1), &protocol.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &protocol.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: void},
			ExpectedStreamPositionOption: &protocol.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: void},
		}),
	}
}

func refusedRequests() map[string]wrong {
	type message = protocol.BatchAppendReq_ProposedMessage
	bad := func(request *protocol.BatchAppendReq) wrong { return wrong{request, codes.InvalidArgument, "", nil} }
	denied := func(stream string) wrong {
		return wrong{batched(stream, eventstore.Any, 1), codes.PermissionDenied, "AccessDenied", &protocol.AccessDenied{}}
	}
	late := func(change func(*protocol.BatchAppendReq_Options)) wrong {
		return wrong{
			altered(func(r *protocol.BatchAppendReq) { change(r.GetOptions()) }),
			codes.DeadlineExceeded, "Timeout", &protocol.Timeout{},
		}
	}
	return map[string]wrong{
		"read only":       denied("locked"),
		"all":             denied("$all"),
		"no name":         bad(batched("", eventstore.Any, 1)),
		"no identifier":   bad(altered(func(r *protocol.BatchAppendReq) { r.Options.StreamIdentifier = nil })),
		"no expectation":  bad(altered(func(r *protocol.BatchAppendReq) { r.Options.ExpectedStreamPosition = nil })),
		"no content type": bad(alteredEvent(func(m *message) { delete(m.Metadata, protocol.KeyContentType) })),
		"no type":         bad(alteredEvent(func(m *message) { m.Metadata[protocol.KeyType] = "" })),
		"zero UUID":       bad(alteredEvent(func(m *message) { m.Id = protocol.StructuredUUID(uuid.Nil) })),
		"no revision": bad(altered(func(r *protocol.BatchAppendReq) {
			r.Options.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_StreamPosition{StreamPosition: 1<<64 - 1}
		})),
		"no time": late(func(o *protocol.BatchAppendReq_Options) {
			o.DeadlineOption = &protocol.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(0)}
		}),
		"a time that has passed": late(func(o *protocol.BatchAppendReq_Options) {
			past := timestamppb.New(time.Now().Add(-time.Minute))
			o.DeadlineOption = &protocol.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: past}
		}),
	}
}

func TestAnAppendThatIsNotFinishedInTimeIsDropped(t *testing.T) {
	r := start(t, func(c *server.Config) { c.WriteTimeout = 50 * time.Millisecond })
	c := r.batch()
	request := batched("s", eventstore.Any, 0)
	request.IsFinal = false
	request.Options.DeadlineOption = &protocol.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Hour)} // the smaller counts
	c.send(request)
	wantDetail(t, c.next(), codes.DeadlineExceeded, "Timeout", &protocol.Timeout{})
	c.send(&protocol.BatchAppendReq{CorrelationId: request.GetCorrelationId(), ProposedMessages: batchEvents(1), IsFinal: true})
	c.wantEnd()
	if head, err := r.store.Head(t.Context()); head != 0 || err != nil {
		t.Errorf("the log ends at %d, %v", head, err)
	}
}

func TestHalfClosingAnswersWhatIsPending(t *testing.T) {
	r := start(t, func(c *server.Config) { c.WriteTimeout = time.Hour })
	c := r.batch()
	unfinished := batched("s", eventstore.Any, 0)
	unfinished.IsFinal = false
	c.send(unfinished)
	const others = 30
	for i := range others {
		c.send(batched("s", eventstore.Any, 10+i))
	}
	c.call.CloseSend()
	timeouts := 0
	for range others + 1 {
		answer := c.next()
		if answer.GetSuccess() == nil {
			timeouts++
			wantDetail(t, answer, codes.DeadlineExceeded, "Timeout", nil)
		}
	}
	if _, err := c.call.Recv(); !errors.Is(err, io.EOF) || timeouts != 1 {
		t.Errorf("%d timeouts, the end is %v", timeouts, err)
	}
}

func TestOptionsComeOnce(t *testing.T) {
	r := start(t)
	c := r.batch()
	request := batched("s", eventstore.Any, 0)
	request.IsFinal = false
	c.send(request, request)
	wantDetail(t, c.next(), codes.InvalidArgument, "", nil)
	c.wantEnd()
}

func TestTooManyUnfinishedAppendsAreRefused(t *testing.T) {
	r := start(t, func(c *server.Config) { c.WriteTimeout = time.Hour })
	c := r.batch()
	for i := range 1025 {
		request := batched("s", eventstore.Any, i)
		request.IsFinal = false
		c.send(request)
	}
	wantDetail(t, c.next(), codes.Unknown, "", &protocol.Unknown{})
}

func TestACallWithoutCorrelationEnds(t *testing.T) {
	r := start(t)
	for _, correlation := range []*protocol.UUID{nil, protocol.TextUUID("x")} {
		c := r.batch()
		request := batched("s", eventstore.Any, 0)
		request.CorrelationId = correlation
		c.send(request)
		if _, err := c.call.Recv(); status.Code(err) != codes.InvalidArgument {
			t.Errorf("the call ends with %v", err)
		}
	}
}
