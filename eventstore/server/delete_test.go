package server_test

import (
	"strconv"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

// delete hides a stream; it gives the position.
func (r *rig) delete(stream string, expected eventstore.Expected, opts ...grpc.CallOption) (uint64, error) {
	o := &protocol.DeleteReq_Options{StreamIdentifier: named(stream)}
	switch expected {
	case eventstore.Any:
		o.ExpectedStreamRevision = &protocol.DeleteReq_Options_Any{Any: empty}
	case eventstore.NoStream:
		o.ExpectedStreamRevision = &protocol.DeleteReq_Options_NoStream{NoStream: empty}
	case eventstore.StreamExists:
		o.ExpectedStreamRevision = &protocol.DeleteReq_Options_StreamExists{StreamExists: empty}
	default:
		o.ExpectedStreamRevision = &protocol.DeleteReq_Options_Revision{Revision: uint64(expected)}
	}
	answer, err := r.Delete(r.ctx, &protocol.DeleteReq{Options: o}, opts...)
	return answer.GetPosition().GetCommitPosition(), err
}

// bury deletes a stream for good; it gives the position.
func (r *rig) bury(stream string, expected eventstore.Expected, opts ...grpc.CallOption) (uint64, error) {
	o := &protocol.TombstoneReq_Options{StreamIdentifier: named(stream)}
	switch expected {
	case eventstore.Any:
		o.ExpectedStreamRevision = &protocol.TombstoneReq_Options_Any{Any: empty}
	case eventstore.NoStream:
		o.ExpectedStreamRevision = &protocol.TombstoneReq_Options_NoStream{NoStream: empty}
	case eventstore.StreamExists:
		o.ExpectedStreamRevision = &protocol.TombstoneReq_Options_StreamExists{StreamExists: empty}
	default:
		o.ExpectedStreamRevision = &protocol.TombstoneReq_Options_Revision{Revision: uint64(expected)}
	}
	answer, err := r.Tombstone(r.ctx, &protocol.TombstoneReq{Options: o}, opts...)
	return answer.GetPosition().GetCommitPosition(), err
}

// deleting is either way.
type deleting func(*rig, string, eventstore.Expected, ...grpc.CallOption) (uint64, error)

func TestDeletingChecksTheRevision(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		expected     eventstore.Expected
		softActual   string // of a conflict; "": none
		hardActual   string
	}{
		{"any", "s", eventstore.Any, "", ""},
		{"the revision", "s", 1, "", ""},
		{"a stream", "s", eventstore.StreamExists, "", ""},
		{"no stream where one is", "s", eventstore.NoStream, "1", "1"},
		{"another revision", "s", 0, "1", "1"},
		{"a later revision", "s", 2, "1", "1"},
		{"a missing stream", "none", eventstore.Any, "-1", ""},
		{"no stream, as expected", "none", eventstore.NoStream, "-1", ""},
		{"a revision of a missing stream", "none", 0, "-1", "-1"},
		{"metadata only", "described", eventstore.Any, "", ""},
	} {
		for way, d := range map[string]struct {
			run    deleting
			actual string
		}{"soft": {(*rig).delete, c.softActual}, "hard": {(*rig).bury, c.hardActual}} {
			t.Run(c.name+" "+way, func(t *testing.T) {
				r := start(t)
				r.write("s", eventstore.NoStream, 0, 1)
				r.describe("described", `{}`)
				last := positions(r.found(ofAll(backwards, atEnd, count(1))))[0]
				var got fault
				position, err := d.run(r, c.stream, c.expected, got.trailers())
				switch {
				case d.actual != "":
					got.want(t, err, codes.FailedPrecondition, protocol.ExceptionWrongVersion, protocol.TrailerStream, c.stream,
						protocol.TrailerExpected, strconv.Itoa(int(c.expected)), protocol.TrailerActual, d.actual)
				case err != nil || position <= last:
					t.Errorf("position %d, %v; the last was %d", position, err, last)
				}
			})
		}
	}
}

func TestADeletedStreamIsNotFoundAndComesBack(t *testing.T) {
	for name, expected := range map[string]eventstore.Expected{"any": eventstore.Any, "no stream": eventstore.NoStream, "the revision": 1} {
		t.Run(name, func(t *testing.T) {
			r := start(t)
			r.write("s", eventstore.NoStream, 0, 1)
			if _, err := r.delete("s", eventstore.Any); err != nil {
				t.Fatal(err)
			}
			for _, request := range []*protocol.ReadReq{ofStream("s"), ofStream("s", backwards, atEnd, compatible)} {
				if answers, err := r.read(request); err != nil || len(answers) != 1 || answers[0].GetStreamNotFound() == nil {
					t.Errorf("it is read as %v, %v", answers, err)
				}
			}
			var got fault
			_, err := r.try(options("s", eventstore.StreamExists), events(9), got.trailers())
			got.want(t, err, codes.FailedPrecondition, protocol.ExceptionDeleted, protocol.TrailerStream, "s")
			if answer := r.write("s", expected, 2, 3); answer.GetCurrentRevision() != 3 {
				t.Errorf("it goes on at %v", answer)
			}
			r.wantRevisions("brought back", ofStream("s"), 2, 3)
			r.wantRevisions("backwards", ofStream("s", backwards, atEnd), 3, 2)
			if meta := r.found(ofStream("$$s"))[0].GetEvent(); meta.GetStreamRevision() != 1 || string(meta.GetData()) != `{"$tb":2}` {
				t.Errorf("its metadata is %v", meta)
			}
			r.conflict("s", eventstore.NoStream, 4)
			if got := len(r.found(ofAll())); got != 6 {
				t.Errorf("%d events in all streams", got)
			}
		})
	}
}

func TestMetadataOfADeletedStreamStays(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	r.describe("s", `{"$tb":9223372036854775807,"mine":"kept"}`)
	if answers, err := r.read(ofStream("s")); err != nil || answers[0].GetStreamNotFound() == nil {
		t.Errorf("it is read as %v, %v", answers, err)
	}
	r.write("s", eventstore.Any, 1)
	if meta := r.found(ofStream("$$s"))[0].GetEvent(); string(meta.GetData()) != `{"$tb":1,"mine":"kept"}` {
		t.Errorf("its metadata is %s", meta.GetData())
	}
}

func TestATombstoneIsForGood(t *testing.T) {
	r := start(t)
	const stream = "ünter"
	r.write(stream, eventstore.NoStream, 0)
	if _, err := r.bury(stream, eventstore.Any); err != nil {
		t.Fatal(err)
	}
	wants := func(name string, call func(opts ...grpc.CallOption) error) {
		t.Helper()
		var got fault
		t.Log(name)
		got.want(t, call(got.trailers()), codes.FailedPrecondition, protocol.ExceptionDeleted, protocol.TrailerStream, "%C3%BCnter")
	}
	for _, expected := range []eventstore.Expected{eventstore.Any, eventstore.NoStream, eventstore.StreamExists, 0, 5} {
		wants("append", func(opts ...grpc.CallOption) error {
			_, err := r.try(options(stream, expected), events(1), opts...)
			return err
		})
	}
	wants("delete", func(opts ...grpc.CallOption) error { _, err := r.delete(stream, eventstore.Any, opts...); return err })
	wants("bury", func(opts ...grpc.CallOption) error { _, err := r.bury(stream, eventstore.Any, opts...); return err })
	for _, request := range []*protocol.ReadReq{ofStream(stream), ofStream(stream, backwards, atEnd), ofStream(stream, following), ofStream(stream, atEnd, following)} {
		wants("read", func(opts ...grpc.CallOption) error { _, err := r.read(request, opts...); return err })
	}
	if answers, err := r.read(ofStream("$$" + stream)); err == nil {
		t.Errorf("its metadata is read: %v", answers)
	}
	got := r.found(ofAll())
	if last := got[len(got)-1].GetEvent(); len(got) != 2 || last.GetStreamRevision() != eventstore.TombstoneRevision ||
		last.GetMetadata()[protocol.KeyType] != eventstore.TypeTombstone {
		t.Errorf("all streams: %v", got)
	}
	c := r.batch()
	c.send(batched(stream, eventstore.Any, 3))
	answer := c.next()
	wantDetail(t, answer, codes.NotFound, "StreamDeleted", &protocol.StreamDeleted{StreamIdentifier: named(stream)})
}

func TestADeletedStreamCanBeBuried(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	if _, err := r.delete("s", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := r.bury("s", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	var got fault
	_, err := r.read(ofStream("s"), got.trailers())
	got.want(t, err, codes.FailedPrecondition, protocol.ExceptionDeleted)
}

func TestLinksToDeletedStreamsLeadNowhere(t *testing.T) {
	r := start(t)
	for _, stream := range []string{"soft", "hard", "short"} {
		r.write(stream, eventstore.NoStream, 0, 1)
		link := proposed(9)
		link.Id, link.Data = protocol.TextUUID(newID()), []byte("0@"+stream)
		link.Metadata[protocol.KeyType] = eventstore.TypeLink
		if _, err := r.try(options("links", eventstore.Any), []*protocol.AppendReq_ProposedMessage{link}); err != nil {
			t.Fatal(err)
		}
	}
	r.describe("short", `{"$maxCount":1}`)
	if _, err := r.delete("soft", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := r.bury("hard", eventstore.Any); err != nil {
		t.Fatal(err)
	}
	got := r.found(ofStream("links", links))
	for _, event := range got {
		if event.GetEvent() != nil || event.GetLink() == nil {
			t.Errorf("%v", event)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d links", len(got))
	}
}

func TestDeletingWhatIsNotTheirsIsDenied(t *testing.T) {
	r := start(t, func(c *server.Config) { c.ReadOnly = func(stream string) bool { return stream == "locked" } })
	for _, run := range []deleting{(*rig).delete, (*rig).bury} {
		for stream, want := range map[string]codes.Code{
			"$all": codes.PermissionDenied, "$$s": codes.PermissionDenied, "locked": codes.PermissionDenied,
			"": codes.InvalidArgument, "$$": codes.InvalidArgument, "\xff": codes.InvalidArgument,
		} {
			var got fault
			exception := ""
			if want == codes.PermissionDenied {
				exception = protocol.ExceptionDenied
			}
			_, err := run(r, stream, eventstore.Any, got.trailers())
			got.want(t, err, want, exception)
		}
	}
	if _, err := r.Delete(r.ctx, &protocol.DeleteReq{}); err == nil {
		t.Error("a request without options is taken")
	}
	if _, err := r.Tombstone(r.ctx, &protocol.TombstoneReq{Options: &protocol.TombstoneReq_Options{StreamIdentifier: named("s")}}); err == nil {
		t.Error("a request without a revision is taken")
	}
}

// plain hides that a store can delete.
type plain struct{ eventstore.Store }

func TestAStoreThatDeletesNothingSaysSo(t *testing.T) {
	r := start(t, func(c *server.Config) { c.Store = plain{c.Store} })
	for _, run := range []deleting{(*rig).delete, (*rig).bury} {
		var got fault
		_, err := run(r, "s", eventstore.Any, got.trailers())
		got.want(t, err, codes.Unimplemented, "")
	}
	answer, err := protocol.NewServerFeaturesClient(r.conn).GetSupportedMethods(r.ctx, &protocol.Empty{})
	if err != nil || len(answer.GetMethods()) != 3 {
		t.Errorf("it says it can %v, %v", answer, err)
	}
}
