package server_test

import (
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// batchCall is a BatchAppend call that a test drives.
type batchCall struct {
	*rig
	call grpc.BidiStreamingClient[protocol.BatchAppendReq, protocol.BatchAppendResp]
}

func (r *rig) batch() *batchCall {
	r.Helper()
	call, err := r.BatchAppend(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	return &batchCall{r, call}
}

// batched is a whole append in one message.
func batched(stream string, expected eventstore.Expected, numbers ...int) *protocol.BatchAppendReq {
	o := &protocol.BatchAppendReq_Options{StreamIdentifier: named(stream)}
	switch expected {
	case eventstore.Any:
		o.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}}
	case eventstore.NoStream:
		o.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	case eventstore.StreamExists:
		o.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_StreamExists{StreamExists: &emptypb.Empty{}}
	default:
		o.ExpectedStreamPosition = &protocol.BatchAppendReq_Options_StreamPosition{StreamPosition: uint64(expected)}
	}
	return &protocol.BatchAppendReq{
		CorrelationId: protocol.TextUUID(uuid.NewString()), Options: o, ProposedMessages: batchEvents(numbers...), IsFinal: true,
	}
}

func batchEvents(numbers ...int) []*protocol.BatchAppendReq_ProposedMessage {
	list := make([]*protocol.BatchAppendReq_ProposedMessage, 0, len(numbers))
	for _, e := range events(numbers...) {
		list = append(list, &protocol.BatchAppendReq_ProposedMessage{
			Id: e.Id, Metadata: e.Metadata, CustomMetadata: e.CustomMetadata, Data: e.Data,
		})
	}
	return list
}

func (c *batchCall) send(requests ...*protocol.BatchAppendReq) {
	c.Helper()
	for _, request := range requests {
		if err := c.call.Send(request); err != nil {
			c.Fatal(err)
		}
	}
}

func (c *batchCall) next() *protocol.BatchAppendResp {
	c.Helper()
	answer, err := c.call.Recv()
	if err != nil {
		c.Fatal(err)
	}
	return answer
}
