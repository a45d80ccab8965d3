package server_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

func TestWhatIsAppendedIsRead(t *testing.T) {
	r := start(t)
	first := r.write("s", eventstore.NoStream, 0, 1, 2)
	r.wantRevisions("forwards", ofStream("s"), 0, 1, 2)
	if first.GetCurrentRevision() != 2 || first.GetPosition().GetCommitPosition() != first.GetPosition().GetPreparePosition() {
		t.Errorf("the answer is %v", first)
	}
	next := r.write("other", eventstore.Any, 3)
	if next.GetCurrentRevision() != 0 || next.GetPosition().GetCommitPosition() <= first.GetPosition().GetCommitPosition() {
		t.Errorf("the next answer is %v behind %v", next, first)
	}
}

func TestExpectedRevisionsDecide(t *testing.T) {
	const missing, one, described = "missing", "one", "described"
	for _, c := range []struct {
		stream   string
		expected eventstore.Expected
		actual   int64 // of a conflict; -2: none
	}{
		{missing, eventstore.Any, -2},
		{missing, eventstore.NoStream, -2},
		{missing, eventstore.StreamExists, -1},
		{missing, 0, -1},
		{one, eventstore.Any, -2},
		{one, eventstore.NoStream, 0},
		{one, eventstore.StreamExists, -2},
		{one, 0, -2},
		{one, 1, 0},
		{described, eventstore.Any, -2},
		{described, eventstore.NoStream, -2},
		{described, 0, -1},
	} {
		r := start(t)
		r.write(one, eventstore.NoStream, 0)
		r.write("$$"+described, eventstore.NoStream, 1)
		if c.actual == -2 {
			r.write(c.stream, c.expected, 2)
			continue
		}
		answer := r.conflict(c.stream, c.expected, 2)
		wantConflict(t, answer, c.expected, c.actual)
	}
}

// wantConflict compares both generations of fields.
func wantConflict(t *testing.T, got *protocol.AppendResp_WrongExpectedVersion, expected eventstore.Expected, actual int64) {
	t.Helper()
	if actual < 0 && (got.GetCurrentNoStream() == nil || got.GetNoStream_20_6_0() == nil) ||
		actual >= 0 && (got.GetCurrentRevision() != uint64(actual) || got.GetCurrentRevision_20_6_0() != uint64(actual) || got.GetCurrentNoStream() != nil) {
		t.Errorf("expected %d: %v, want the actual revision %d", expected, got, actual)
	}
	switch expected {
	case eventstore.Any:
		if got.GetExpectedAny() == nil || got.GetAny_20_6_0() == nil {
			t.Errorf("%v, want any", got)
		}
	case eventstore.StreamExists:
		if got.GetExpectedStreamExists() == nil || got.GetStreamExists_20_6_0() == nil {
			t.Errorf("%v, want a stream", got)
		}
	case eventstore.NoStream:
		if got.GetExpectedNoStream() == nil || got.GetExpectedRevision_20_6_0() != math.MaxUint64 {
			t.Errorf("%v, want no stream", got)
		}
	default:
		if got.GetExpectedRevision() != uint64(expected) || got.GetExpectedRevision_20_6_0() != uint64(expected) {
			t.Errorf("%v, want revision %d", got, expected)
		}
	}
}

func TestNoEventsAreASuccessAndNoStream(t *testing.T) {
	r := start(t)
	for range 2 {
		if answer := r.write("s", eventstore.Any); answer.GetNoStream() == nil || answer.GetNoPosition() == nil {
			t.Errorf("no events are answered %v", answer)
		}
	}
	if answers, err := r.read(ofStream("s")); err != nil || len(answers) != 1 || answers[0].GetStreamNotFound() == nil {
		t.Errorf("the stream is %v, %v", answers, err)
	}
	r.write("s", eventstore.NoStream, 0, 1)
	if answer := r.write("s", eventstore.Exactly(1)); answer.GetCurrentRevision() != 1 || answer.GetPosition() == nil {
		t.Errorf("no events behind two are answered %v", answer)
	}
}

func TestContentsTravelUnchanged(t *testing.T) {
	r := start(t)
	high := uuid.MustParse("ffeeddcc-bbaa-9988-8776-554433221100")
	for i, event := range []*protocol.AppendReq_ProposedMessage{
		{Id: protocol.TextUUID(high.String()), Data: []byte(`{"ä":"\u0001"}`), CustomMetadata: []byte(`{"$correlationId":"c"}`)},
		{Id: protocol.TextUUID(strings.ToUpper(uuid.NewString())), Data: []byte{}, CustomMetadata: nil},
		{Id: protocol.StructuredUUID(high), Data: []byte("no json \x00\xff"), CustomMetadata: []byte{0, 1}},
	} {
		content := protocol.ContentJSON
		if i == 2 {
			content = protocol.ContentBinary
		}
		event.Metadata = map[string]string{protocol.KeyType: "Ünïcode\t", protocol.KeyContentType: content, "other": "left out"}
		before := time.Now()
		stream := uuid.NewString() + "/ünicode \t"
		if answer, err := r.try(options(stream, eventstore.NoStream), []*protocol.AppendReq_ProposedMessage{event}); err != nil {
			t.Fatal(answer, err)
		}
		got := r.found(ofStream(stream))[0]
		recorded := got.GetEvent()
		sent, _ := event.GetId().Parse()
		if recorded.GetId().GetString_() != sent.String() || !bytes.Equal(recorded.GetData(), event.GetData()) ||
			!bytes.Equal(recorded.GetCustomMetadata(), event.GetCustomMetadata()) || string(recorded.GetStreamIdentifier().GetStreamName()) != stream {
			t.Errorf("%v comes back as %v", event, recorded)
		}
		if m := recorded.GetMetadata(); len(m) != 3 || m[protocol.KeyType] != "Ünïcode\t" || m[protocol.KeyContentType] != content ||
			!created(t, m).After(before.Add(-time.Second)) || created(t, m).After(time.Now().Add(time.Second)) {
			t.Errorf("its metadata is %v", m)
		}
		if got.GetCommitPosition() != recorded.GetCommitPosition() || recorded.GetPreparePosition() != recorded.GetCommitPosition() || got.GetLink() != nil {
			t.Errorf("its place is %v", got)
		}
	}
}

func TestUUIDsComeInTheFormAskedFor(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	request := ofStream("s", func(o *protocol.ReadReq_Options) {
		o.UuidOption = &protocol.ReadReq_Options_UUIDOption{Content: &protocol.ReadReq_Options_UUIDOption_Structured{Structured: empty}}
	})
	sent := uuid.MustParse(id(0))
	got := r.found(request)[0].GetEvent().GetId().GetStructured()
	if got == nil || uint64(got.GetMostSignificantBits()) != binary.BigEndian.Uint64(sent[:8]) ||
		uint64(got.GetLeastSignificantBits()) != binary.BigEndian.Uint64(sent[8:]) {
		t.Errorf("%v, want %v in halves", got, sent)
	}
}

func TestAnAppendIsAsLargeAsConfigured(t *testing.T) {
	const largest = 100_000
	r := start(t, func(c *server.Config) { c.MaxAppendSize = largest })
	fits, over := proposed(0), proposed(1)
	fits.Data = make([]byte, largest-len(fits.GetCustomMetadata())-2*len("happened"))
	over.Data = append(bytes.Clone(fits.GetData()), 0)
	if answer, err := r.try(options("s", eventstore.NoStream), []*protocol.AppendReq_ProposedMessage{fits}); err != nil || answer.GetSuccess() == nil {
		t.Errorf("the largest append: %v, %v", answer, err)
	}
	var got fault
	_, err := r.try(options("s", eventstore.Any), []*protocol.AppendReq_ProposedMessage{over}, got.trailers())
	got.want(t, err, codes.InvalidArgument, protocol.ExceptionAppendTooLarge, protocol.TrailerLargest, "100000")
	_, err = r.try(options("s", eventstore.Any), []*protocol.AppendReq_ProposedMessage{fits, proposed(2)}, got.trailers())
	got.want(t, err, codes.InvalidArgument, protocol.ExceptionAppendTooLarge, protocol.TrailerLargest, "100000")
	r.wantRevisions("after refusals", ofStream("s"), 0)
}

func TestALargeEventWrittenOtherwiseIsRead(t *testing.T) {
	r := start(t)
	large := eventstore.Proposed{ID: uuid.NewString(), Type: "t", Data: make([]byte, 15<<20)}
	if _, err := r.store.Append(t.Context(), "s", eventstore.NoStream, large); err != nil {
		t.Fatal(err)
	}
	if got := len(r.found(ofStream("s"))[0].GetEvent().GetData()); got != 15<<20 {
		t.Errorf("%d bytes", got)
	}
}

func TestAMessageThatIsTooLargeIsRefused(t *testing.T) {
	r := start(t)
	large := proposed(0)
	large.Data = make([]byte, protocol.LargestMessage)
	_, err := r.try(options("s", eventstore.Any), []*protocol.AppendReq_ProposedMessage{large})
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("it ends with %v", err)
	}
}

func TestAnAppendThatIsNotSentToItsEndWritesNothing(t *testing.T) {
	r := start(t)
	ctx, cancel := context.WithCancel(r.ctx)
	call, err := r.Append(ctx)
	if err != nil {
		t.Fatal(err)
	}
	call.Send(&protocol.AppendReq{Content: &protocol.AppendReq_Options_{Options: options("s", eventstore.Any)}})
	call.Send(&protocol.AppendReq{Content: &protocol.AppendReq_ProposedMessage_{ProposedMessage: proposed(0)}})
	cancel()
	if err := call.RecvMsg(&protocol.AppendResp{}); status.Code(err) != codes.Canceled {
		t.Errorf("it ends with %v", err)
	}
	late, end := context.WithTimeout(r.ctx, 0)
	defer end()
	if call, err := r.Append(late); err == nil {
		err = call.RecvMsg(&protocol.AppendResp{})
		if status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("without time it ends with %v", err)
		}
	}
	if head, err := r.store.Head(t.Context()); head != 0 || err != nil {
		t.Errorf("the log ends at %d, %v", head, err)
	}
}
