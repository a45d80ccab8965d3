package kurrent_test

import (
	"testing"

	"google.golang.org/grpc"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestAnOldServerGetsEachAppendAsACallOfItsOwn(t *testing.T) {
	f := &fake{onAppend: func(first *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
		if _, err := call.Recv(); err != nil {
			return err
		}
		return call.SendAndClose(&protocol.AppendResp{Result: &protocol.AppendResp_Success_{Success: &protocol.AppendResp_Success{
			CurrentRevisionOption: &protocol.AppendResp_Success_CurrentRevision{CurrentRevision: 7},
			PositionOption:        &protocol.AppendResp_Success_Position{Position: &protocol.AppendResp_Position{CommitPosition: 99}},
		}}})
	}}
	store := open(t, quick(f.start(t)))
	for range 2 {
		got, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
		if want := (eventstore.Appended{Revision: 7, Position: 99}); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	if f.called("features") != 1 || f.called("append") != 2 {
		t.Errorf("features was asked for %d times", f.called("features"))
	}
}
