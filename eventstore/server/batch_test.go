package server_test

import (
	"errors"
	"io"
	"testing"

	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
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
	if err := c.call.CloseSend(); err != nil {
		t.Error(err)
	}
	if _, err := c.call.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("the call ends with %v", err)
	}
}
