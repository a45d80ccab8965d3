package server_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func TestAStreamIsReadFromEverywhere(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1, 2, 3, 4)
	r.write("s-longer", eventstore.NoStream, 10)
	for name, c := range map[string]struct {
		request *protocol.ReadReq
		want    []uint64
	}{
		"from the start":                 {ofStream("s"), []uint64{0, 1, 2, 3, 4}},
		"from a revision":                {ofStream("s", at(3)), []uint64{3, 4}},
		"a count":                        {ofStream("s", at(1), count(2)), []uint64{1, 2}},
		"a single one":                   {ofStream("s", at(2), count(1)), []uint64{2}},
		"the last":                       {ofStream("s", backwards, atEnd, count(1)), []uint64{4}},
		"beyond the end":                 {ofStream("s", at(5)), nil},
		"far beyond the end":             {ofStream("s", at(1<<63)), nil},
		"forwards from the end":          {ofStream("s", atEnd), nil},
		"backwards from the end":         {ofStream("s", backwards, atEnd), []uint64{4, 3, 2, 1, 0}},
		"backwards from a revision":      {ofStream("s", backwards, at(2)), []uint64{2, 1, 0}},
		"backwards from beyond the end":  {ofStream("s", backwards, at(100)), []uint64{4, 3, 2, 1, 0}},
		"backwards from far beyond":      {ofStream("s", backwards, at(1<<63)), []uint64{4, 3, 2, 1, 0}},
		"backwards from the start":       {ofStream("s", backwards), []uint64{0}},
		"backwards a count":              {ofStream("s", backwards, atEnd, count(2)), []uint64{4, 3}},
		"a count of more than there are": {ofStream("s", count(1<<64-1)), []uint64{0, 1, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.revisions(c.request); !slices.Equal(got, c.want) {
				t.Errorf("revisions %v, want %v", got, c.want)
			}
		})
	}
}

func TestAMissingStreamIsAnAnswer(t *testing.T) {
	r := start(t)
	for _, request := range []*protocol.ReadReq{ofStream("none", compatible), ofStream("none", backwards, atEnd), ofStream("$$none")} {
		answers, err := r.read(request)
		if err != nil || len(answers) != 1 || answers[0].GetStreamNotFound() == nil {
			t.Errorf("a missing stream is answered %v, %v", answers, err)
		}
	}
}

func TestALongStreamIsReadWhole(t *testing.T) {
	r := start(t)
	const length = 1200
	numbers := make([]int, length)
	for i := range numbers {
		numbers[i] = i
	}
	r.write("s", eventstore.NoStream, numbers...)
	forwards, backward := r.revisions(ofStream("s")), r.revisions(ofStream("s", backwards, atEnd))
	slices.Reverse(backward)
	if len(forwards) != length || !slices.IsSorted(forwards) || !slices.Equal(forwards, backward) {
		t.Errorf("%d events forwards, %d backwards", len(forwards), len(backward))
	}
}

// stray writes to two streams in turns and gives the positions of the events.
func stray(r *rig) (positions []uint64) {
	for i := range 6 {
		answer := r.write(fmt.Sprintf("%c-stream", 'a'+i%2), eventstore.Expected(i/2-1), i)
		positions = append(positions, answer.GetPosition().GetCommitPosition())
	}
	return positions
}

func positions(events []*protocol.ReadResp_ReadEvent) (list []uint64) {
	for _, event := range events {
		list = append(list, event.GetCommitPosition())
	}
	return list
}

func TestAllStreamsAreReadFromEverywhere(t *testing.T) {
	r := start(t)
	p := stray(r)
	reversed := slices.Clone(p)
	slices.Reverse(reversed)
	for name, c := range map[string]struct {
		request *protocol.ReadReq
		want    []uint64
	}{
		"from the start":           {ofAll(), p},
		"from a position":          {ofAll(at(p[2])), p[2:]}, // included
		"from position 0":          {ofAll(at(0)), p},
		"a count":                  {ofAll(at(p[1]), count(2)), p[1:3]},
		"from the end":             {ofAll(atEnd), nil},
		"from the greatest":        {ofAll(at(1<<64 - 1)), nil},
		"from beyond":              {ofAll(at(p[5] + 1)), nil},
		"backwards":                {ofAll(backwards, atEnd), reversed},
		"backwards from greatest":  {ofAll(backwards, at(1<<64-1)), reversed},
		"backwards from beyond":    {ofAll(backwards, at(p[5]+100)), reversed},
		"backwards from one":       {ofAll(backwards, at(p[2])), reversed[4:]}, // left out
		"backwards from the first": {ofAll(backwards, at(p[0])), nil},
		"backwards from 0":         {ofAll(backwards, at(0)), nil},
		"backwards from the start": {ofAll(backwards), nil},
		"backwards a count":        {ofAll(backwards, atEnd, count(3)), reversed[:3]},
	} {
		t.Run(name, func(t *testing.T) {
			if got := positions(r.found(c.request)); !slices.Equal(got, c.want) {
				t.Errorf("positions %v, want %v", got, c.want)
			}
		})
	}
}

func TestReadingAllOneByOneGivesTheSame(t *testing.T) {
	r := start(t)
	p := stray(r)
	var forwards, backward []uint64
	for next := uint64(0); ; {
		got := r.found(ofAll(at(next), count(1)))
		if len(got) == 0 {
			break
		}
		forwards, next = append(forwards, got[0].GetCommitPosition()), got[0].GetCommitPosition()+1
	}
	for next := uint64(1<<64 - 1); ; {
		got := r.found(ofAll(backwards, at(next), count(2)))
		if len(got) == 0 {
			break
		}
		backward, next = append(backward, positions(got)...), got[len(got)-1].GetCommitPosition()
	}
	slices.Reverse(backward)
	if !slices.Equal(forwards, p) || !slices.Equal(backward, p) {
		t.Errorf("forwards %v, backwards %v, want %v", forwards, backward, p)
	}
}

func TestFiltersChooseByStreamAndType(t *testing.T) {
	r := start(t)
	for i, c := range []struct{ stream, kind string }{{"user-1", "user.created"}, {"company-1", "company.created"}, {"user-2", "user.left"}, {"$$user-1", "$metadata"}} {
		event := proposed(i)
		event.Metadata[protocol.KeyType] = c.kind
		if _, err := r.try(options(c.stream, eventstore.NoStream), []*protocol.AppendReq_ProposedMessage{event}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		filter *protocol.ReadReq_Options_FilterOptions
		want   []string
	}{
		"a prefix of streams":   {byStream(&expression{Prefix: []string{"user-"}}), []string{"user-1", "user-2"}},
		"two prefixes":          {byStream(&expression{Prefix: []string{"user-2", "comp"}}), []string{"company-1", "user-2"}},
		"a prefix of all":       {byStream(&expression{Prefix: []string{""}}), []string{"user-1", "company-1", "user-2", "$$user-1"}},
		"a pattern, anywhere":   {byStream(&expression{Regex: "-1"}), []string{"user-1", "company-1", "$$user-1"}},
		"a pattern wins":        {byStream(&expression{Regex: "^user-1$", Prefix: []string{"company"}}), []string{"user-1"}},
		"a prefix of types":     {byType(&expression{Prefix: []string{"user.", "$"}}), []string{"user-1", "user-2", "$$user-1"}},
		"no system events":      {byType(&expression{Regex: `^[^$].*`}), []string{"user-1", "company-1", "user-2"}},
		"letters are different": {byType(&expression{Prefix: []string{"User."}}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, event := range r.found(ofAll(filtered(c.filter))) {
				got = append(got, string(event.GetEvent().GetStreamIdentifier().GetStreamName()))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("streams %v, want %v", got, c.want)
			}
			last := r.found(ofAll(filtered(c.filter), backwards, atEnd, count(1)))
			if len(c.want) > 0 && (len(last) != 1 || string(last[0].GetEvent().GetStreamIdentifier().GetStreamName()) != c.want[len(c.want)-1]) {
				t.Errorf("the last is %v", last)
			}
		})
	}
}

func TestLinksAreFollowedIfAsked(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1)
	for i, target := range []string{"1@s", "7@s", "0@none", "no link", "0@$$", "-1@s"} {
		link := proposed(10 + i)
		link.Metadata[protocol.KeyType], link.Data = eventstore.TypeLink, []byte(target)
		if _, err := r.try(options("links", eventstore.Any), []*protocol.AppendReq_ProposedMessage{link}); err != nil {
			t.Fatal(err)
		}
	}
	for _, changes := range [][]query{{links}, {links, backwards, atEnd}} {
		got := r.found(ofStream("links", changes...))
		if len(changes) > 1 {
			slices.Reverse(got)
		}
		if len(got) != 6 || got[0].GetEvent().GetStreamRevision() != 1 || string(got[0].GetEvent().GetStreamIdentifier().GetStreamName()) != "s" ||
			got[0].GetCommitPosition() != got[0].GetLink().GetCommitPosition() {
			t.Fatalf("the first of %d is %v", len(got), got)
		}
		for i, event := range got {
			if event.GetLink().GetStreamRevision() != uint64(i) || i > 0 && event.GetEvent() != nil {
				t.Errorf("link %d is %v", i, event)
			}
		}
	}
	if got := r.found(ofStream("links"))[0]; got.GetLink() != nil || got.GetEvent().GetMetadata()[protocol.KeyType] != eventstore.TypeLink {
		t.Errorf("unasked: %v", got)
	}
	if got := r.found(ofAll(links, filtered(byType(&expression{Prefix: []string{"$>"}}))))[0]; got.GetEvent().GetStreamRevision() != 1 || got.GetLink() == nil {
		t.Errorf("of all streams: %v", got)
	}
}

func TestAStoppedStoreIsUnavailable(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0)
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	var got fault
	_, err := r.read(ofStream("s"), got.trailers())
	got.want(t, err, codes.Unavailable, "")
	_, err = r.try(options("s", eventstore.Any), events(1), got.trailers())
	got.want(t, err, codes.Unavailable, "")
	c := r.batch()
	c.send(batched("s", eventstore.Any, 1))
	if answer := c.next(); codes.Code(answer.GetError().GetCode()) != codes.Unavailable || len(answer.GetError().GetDetails()) != 1 {
		t.Errorf("in a batch: %v", answer)
	}
}
