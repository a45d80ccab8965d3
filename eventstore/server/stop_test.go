package server_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestAClientThatDoesNotReadIsNotWaitedForByStop(t *testing.T) {
	r := start(t)
	for n := range 64 { // more than the windows of a connection hold
		event := eventstore.Proposed{ID: newID(), Type: "large", Data: fmt.Appendf(nil, "%q", bytes.Repeat([]byte("x"), 250_000))}
		if _, err := r.store.Append(r.ctx, "s", eventstore.Expected(n-1), event); err != nil {
			t.Fatal(err)
		}
	}
	for _, request := range []*protocol.ReadReq{ofAll(following), ofStream("s", count(1000))} {
		call, err := r.Read(r.ctx, request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := call.Recv(); err != nil { // it goes on, and nobody listens
			t.Fatal(err)
		}
	}
	patient, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	if err := r.server.Stop(patient); err != nil || patient.Err() != nil {
		t.Errorf("stop: %v, %v", err, patient.Err())
	}
}

func TestMetadataThatIsNoJSONHidesNothing(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1)
	metadata := proposed(7)
	metadata.Metadata = map[string]string{protocol.KeyType: eventstore.TypeMetadata, protocol.KeyContentType: protocol.ContentBinary}
	metadata.Data = []byte(`{"$tb":9223372036854775807}`)
	if answer, err := r.try(options("$$s", eventstore.Any), []*protocol.AppendReq_ProposedMessage{metadata}); err != nil || answer.GetSuccess() == nil {
		t.Fatalf("describe s: %v, %v", answer, err)
	}
	r.wantRevisions("behind binary metadata", ofStream("s"), 0, 1)
	r.write("s", eventstore.Exactly(1), 2)
	r.wantRevisions("and after an append", ofStream("s"), 0, 1, 2)
}
