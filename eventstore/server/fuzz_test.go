package server_test

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func FuzzRead(f *testing.F) {
	for _, request := range []*protocol.ReadReq{
		{},
		ofStream("s"), ofStream("s", backwards, atEnd, compatible), ofStream("s", links, count(2)), ofStream("$$s"), ofStream("s", following),
		ofAll(), ofAll(backwards, atEnd), ofAll(at(3), following), ofAll(links, filtered(byType(&expression{Regex: "^[^$]"}))),
		ofAll(following, filtered(byStream(&expression{Prefix: []string{"s"}}))), ofStream("s", at(1<<64-1), following),
	} {
		encoded, err := proto.Marshal(request)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	x := newTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		request := &protocol.ReadReq{}
		if proto.Unmarshal(data, request) != nil {
			return
		}
		w := newWire(t, nil)
		err := x.Read(request, &grpc.GenericServerStream[protocol.ReadReq, protocol.ReadResp]{ServerStream: w})
		if status.Code(err) == codes.DeadlineExceeded {
			t.Error("it never ends")
		}
		if _, follows := request.GetOptions().GetCountOption().(*protocol.ReadReq_Options_Subscription); follows && err == nil {
			t.Error("a subscription ends well")
		}
		x.sound(t, err)
	})
}

func FuzzAppend(f *testing.F) {
	for _, expected := range []eventstore.Expected{eventstore.Any, eventstore.NoStream, eventstore.StreamExists, 5} {
		messages := []*protocol.AppendReq{{Content: &protocol.AppendReq_Options_{Options: options("s", expected)}}}
		for _, event := range events(0, 20, 21) {
			messages = append(messages, &protocol.AppendReq{Content: &protocol.AppendReq_ProposedMessage_{ProposedMessage: event}})
		}
		f.Add(joined(f, messages...))
		f.Add(joined(f, messages[1:]...))
		f.Add(joined(f, messages[:1]...))
	}
	x := newTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWire(t, data)
		err := x.Append(&grpc.GenericServerStream[protocol.AppendReq, protocol.AppendResp]{ServerStream: w})
		if err == nil && len(w.answers) != 1 {
			t.Errorf("%d answers", len(w.answers))
		}
		x.sound(t, err)
	})
}

func FuzzBatchAppend(f *testing.F) {
	begin, more := batched("s", eventstore.Any, 30), &protocol.BatchAppendReq{ProposedMessages: batchEvents(31), IsFinal: true}
	more.CorrelationId = begin.GetCorrelationId()
	unfinished := proto.CloneOf(begin)
	unfinished.IsFinal = false
	f.Add(joined(f, begin))
	f.Add(joined(f, unfinished, more))
	f.Add(joined(f, unfinished, unfinished, begin, more))
	f.Add(joined(f, more, unfinished))
	f.Add(joined(f, batched("a", eventstore.NoStream, 1), batched("locked", eventstore.Any, 1), batched("$$a", 3, 1, 2), batched("", 0)))
	x := newTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWire(t, data)
		begun := 0
		for _, encoded := range w.requests {
			request := &protocol.BatchAppendReq{}
			if proto.Unmarshal(encoded, request) == nil && request.GetOptions() != nil {
				begun++
			}
		}
		err := x.BatchAppend(&grpc.GenericServerStream[protocol.BatchAppendReq, protocol.BatchAppendResp]{ServerStream: w})
		if len(w.answers) > begun {
			t.Errorf("%d answers to %d appends", len(w.answers), begun)
		}
		for _, answer := range w.answers {
			if a := answer.(*protocol.BatchAppendResp); a.GetCorrelationId() == nil || a.GetStreamIdentifier() == nil ||
				a.GetSuccess() == nil && len(a.GetError().GetDetails()) != 1 {
				t.Errorf("answer %v", a)
			}
		}
		x.sound(t, err)
	})
}

func FuzzDelete(f *testing.F) {
	for _, request := range []*protocol.DeleteReq{
		{},
		{Options: &protocol.DeleteReq_Options{StreamIdentifier: named("s"), ExpectedStreamRevision: &protocol.DeleteReq_Options_Any{Any: empty}}},
		{Options: &protocol.DeleteReq_Options{StreamIdentifier: named("s"), ExpectedStreamRevision: &protocol.DeleteReq_Options_Revision{Revision: 1}}},
		{Options: &protocol.DeleteReq_Options{StreamIdentifier: named("$$s"), ExpectedStreamRevision: &protocol.DeleteReq_Options_NoStream{NoStream: empty}}},
	} {
		encoded, err := proto.Marshal(request)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded, false)
		f.Add(encoded, true)
	}
	x := newTarget(f)
	f.Fuzz(func(t *testing.T, data []byte, bury bool) {
		ctx := newWire(t, nil).ctx
		soft, hard := &protocol.DeleteReq{}, &protocol.TombstoneReq{}
		if proto.Unmarshal(data, soft) != nil || proto.Unmarshal(data, hard) != nil {
			return
		}
		var err error
		if bury {
			_, err = x.Tombstone(ctx, hard)
		} else {
			_, err = x.Delete(ctx, soft)
		}
		x.sound(t, err)
	})
}
