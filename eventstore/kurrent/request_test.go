package kurrent_test

import (
	"math"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/protocol"
)

const (
	forwards  = eventstore.Forwards
	backwards = eventstore.Backwards
)

// TestReadsAskForWhatTheProtocolWants compares what goes over the wire.
func TestReadsAskForWhatTheProtocolWants(t *testing.T) {
	stream := func(from uint64, direction eventstore.Direction, limit int) func(*kurrent.Store) {
		return func(s *kurrent.Store) {
			for range s.Read(t.Context(), "s", from, direction, limit) {
			}
		}
	}
	all := func(from eventstore.Position, direction eventstore.Direction, limit int, prefixes ...string) func(*kurrent.Store) {
		return func(s *kurrent.Store) {
			for range s.ReadAll(t.Context(), from, direction, limit, prefixes...) {
			}
		}
	}
	const (
		unfiltered = ` no_filter {} `
		noLimit    = ` count: 9007199254740991 `
		s          = `stream_identifier { stream_name: "s" } `
	)
	filtered := func(prefixes string) string {
		return ` filter { stream_identifier { ` + prefixes + ` } max: 500 checkpointIntervalMultiplier: 1 } `
	}
	for name, c := range map[string]struct {
		read func(*kurrent.Store)
		want []string
	}{
		"a stream":                  {stream(0, forwards, 0), []string{`stream { ` + s + `revision: 0 }` + noLimit + unfiltered}},
		"from a revision, some":     {stream(3, forwards, 2), []string{`stream { ` + s + `revision: 3 } count: 2` + unfiltered}},
		"backwards from the end":    {stream(eventstore.End, backwards, 0), []string{`stream { ` + s + `end {} } read_direction: Backwards` + noLimit + unfiltered}},
		"backwards from a revision": {stream(3, backwards, 1), []string{`stream { ` + s + `revision: 3 } read_direction: Backwards count: 1` + unfiltered}},
		"from beyond any revision":  {stream(math.MaxUint64, forwards, 0), nil},
		"everything":                {all(0, forwards, 0), []string{`all { start {} }` + noLimit + unfiltered}},
		"the end of everything":     {all(0, backwards, 1), []string{`all { end {} } read_direction: Backwards count: 1` + unfiltered}},
		"behind a position, some":   {all(7, forwards, 2), []string{`all { position { commit_position: 7 prepare_position: 7 } } count: 3` + unfiltered}},
		"backwards from a position": {all(7, backwards, 2, "s"), []string{
			`all { position { commit_position: 7 prepare_position: 7 } } count: 1` + unfiltered,
			`all { position { commit_position: 7 prepare_position: 7 } } read_direction: Backwards count: 2` + filtered(`prefix: "s"`),
		}},
		"with prefixes":        {all(0, forwards, 0, "a", "b"), []string{`all { start {} }` + noLimit + filtered(`prefix: "a" prefix: "b"`)}},
		"with the empty one":   {all(0, forwards, 0, "a", ""), []string{`all { start {} }` + noLimit + unfiltered}},
		"with an index's name": {all(0, forwards, 0, "$idx-a"), []string{`all { start {} }` + noLimit + filtered(`prefix: "$idx-a" prefix: "$idx-a"`)}},
		"with no text":         {all(0, forwards, 0, "\xff"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []*protocol.ReadReq
			f := &fake{onRead: func(req *protocol.ReadReq, _ grpc.ServerStreamingServer[protocol.ReadResp]) error {
				got = append(got, req)
				return nil
			}}
			c.read(open(t, quick(f.start(t))))
			if len(got) != len(c.want) {
				t.Fatalf("%d reads, want %d", len(got), len(c.want))
			}
			for i, text := range c.want {
				want := &protocol.ReadReq{Options: &protocol.ReadReq_Options{}}
				if err := prototext.Unmarshal([]byte(text+` uuid_option { string {} }`), want.GetOptions()); err != nil {
					t.Fatal(err)
				}
				if !proto.Equal(got[i], want) {
					t.Errorf("read %v, want %v", got[i], want)
				}
			}
		})
	}
}
