package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
)

// describe writes a stream's metadata.
func (r *rig) describe(stream, json string) {
	r.Helper()
	event := proposed(0)
	event.Id, event.Data = protocol.TextUUID(newID()), []byte(json)
	event.Metadata[protocol.KeyType] = eventstore.TypeMetadata
	if answer, err := r.try(options("$$"+stream, eventstore.Any), []*protocol.AppendReq_ProposedMessage{event}); err != nil || answer.GetSuccess() == nil {
		r.Fatalf("describe %s: %v, %v", stream, answer, err)
	}
}

func TestMetadataHidesWhatIsOld(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1, 2, 3, 4)
	for _, c := range []struct {
		metadata string
		want     []uint64
	}{
		{`{}`, []uint64{0, 1, 2, 3, 4}},
		{`{"$maxCount":2}`, []uint64{3, 4}},
		{`{"$maxCount":4}`, []uint64{1, 2, 3, 4}},
		{`{"$tb":3}`, []uint64{3, 4}},
		{`{"$tb":1,"$maxCount":3}`, []uint64{2, 3, 4}},
		{`{"$tb":4,"$maxCount":3}`, []uint64{4}},
		{`{"$tb":5}`, nil},
		{`{"$tb":500}`, nil},
		{`{"$maxCount":0,"$tb":-1}`, []uint64{0, 1, 2, 3, 4}},
		{`no json`, []uint64{0, 1, 2, 3, 4}},
		{`{"$maxAge":3600}`, []uint64{0, 1, 2, 3, 4}},
		{`{"$maxCount":100}`, []uint64{0, 1, 2, 3, 4}},
	} {
		r.describe("s", c.metadata)
		r.wantRevisions(c.metadata, ofStream("s"), c.want...)
		back := slices.Clone(c.want)
		slices.Reverse(back)
		r.wantRevisions(c.metadata+" backwards", ofStream("s", backwards, atEnd), back...)
		if answers, err := r.read(ofStream("s", count(1))); err != nil || len(answers) != min(1, len(c.want)) || len(answers) == 1 && answers[0].GetEvent() == nil {
			t.Errorf("%s: a hidden stream is there: %v, %v", c.metadata, answers, err)
		}
		f := r.follow(ofStream("s"))
		f.wantEvents(c.want...)
		f.wantCaughtUp()
		f.end()
	}
	if got := len(r.found(ofAll())); got != 5+12 {
		t.Errorf("%d events in all streams", got)
	}
}

func TestMetadataItselfIsItsLast(t *testing.T) {
	r := start(t)
	r.describe("s", `{"a":1}`)
	r.describe("s", `{"a":2,"$acl":{"$r":"ops"}}`)
	for _, request := range []*protocol.ReadReq{ofStream("$$s"), ofStream("$$s", backwards, atEnd), ofStream("$$s", backwards, atEnd, count(1))} {
		if got := r.found(request); len(got) != 1 || string(got[0].GetEvent().GetData()) != `{"a":2,"$acl":{"$r":"ops"}}` || got[0].GetEvent().GetStreamRevision() != 1 {
			t.Errorf("%v: %v", request, got)
		}
	}
	if answers, err := r.read(ofStream("s")); err != nil || answers[0].GetStreamNotFound() == nil {
		t.Errorf("the stream itself: %v, %v", answers, err)
	}
	r.conflict("$$s", eventstore.NoStream, 5)
}

func TestEventsGrowTooOld(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := noon
	clock := func() time.Time { return now }
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: t.TempDir() + "/events.db", Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := serve(t, server.Config{Store: store, Clock: clock, NewID: newID})
	for i := range 6 {
		now = noon.Add(time.Duration(i) * time.Minute)
		r.write("s", eventstore.Any, i)
	}
	for seconds, want := range map[int][]uint64{59: {5}, 60: {4, 5}, 61: {4, 5}, 1: {5}, 180: {2, 3, 4, 5}, 300: {0, 1, 2, 3, 4, 5}} {
		r.describe("s", fmt.Sprintf(`{"$maxAge":%d}`, seconds))
		r.wantRevisions(fmt.Sprint(seconds), ofStream("s"), want...)
		slices.Reverse(want)
		r.wantRevisions(fmt.Sprint(seconds, " backwards"), ofStream("s", backwards, atEnd), want...)
	}
	now = noon.Add(time.Hour)
	r.wantRevisions("all are old", ofStream("s"))
}

func TestTheEndsOfAStreamAreToldIfAsked(t *testing.T) {
	r := start(t)
	numbers := make([]int, 100)
	for i := range numbers {
		numbers[i] = i
	}
	r.write("s", eventstore.NoStream, numbers...)
	for _, c := range []struct {
		name, metadata string
		request        *protocol.ReadReq
		first          int // -1: not told
		last           bool
	}{
		{"unasked", `{"$tb":64}`, ofStream("s"), -1, false},
		{"a page is hidden", `{"$tb":64}`, ofStream("s", compatible), 64, true},
		{"a part of a page is hidden", `{"$tb":31}`, ofStream("s", compatible), -1, true},
		{"the first page is hidden exactly", `{"$tb":32}`, ofStream("s", compatible), 32, true},
		{"a small page is hidden", `{"$tb":5}`, ofStream("s", compatible, count(5)), 5, true},
		{"all are hidden", `{"$tb":100}`, ofStream("s", compatible), 100, true},
		{"from what is visible", `{"$tb":64}`, ofStream("s", at(64), compatible), -1, true},
		{"backwards", `{"$tb":64}`, ofStream("s", backwards, atEnd, compatible), -1, true},
		{"nothing is hidden", `{}`, ofStream("s", compatible), -1, true},
		{"beyond the end", `{}`, ofStream("s", at(200), compatible), -1, true},
	} {
		r.describe("s", c.metadata)
		answers, err := r.read(c.request)
		if err != nil {
			t.Fatal(err)
		}
		first := -1
		if len(answers) > 0 {
			if told, ok := answers[0].GetContent().(*protocol.ReadResp_FirstStreamPosition); ok {
				first = int(told.FirstStreamPosition)
			}
		}
		told, last := answers[len(answers)-1].GetContent().(*protocol.ReadResp_LastStreamPosition)
		if first != c.first || last != c.last || last && told.LastStreamPosition != 99 {
			t.Errorf("%s: first %d, last %v; want %d, %v", c.name, first, told, c.first, c.last)
		}
	}
}
