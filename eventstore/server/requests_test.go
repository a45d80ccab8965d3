package server_test

import (
	"math"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

// with gives the event 0, changed.
func with(change func(*protocol.AppendReq_ProposedMessage)) *protocol.AppendReq_ProposedMessage {
	event := proposed(0)
	change(event)
	return event
}

func TestAppendsThatBreakARuleAreRefused(t *testing.T) {
	r := start(t, func(c *server.Config) { c.ReadOnly = func(stream string) bool { return stream == "locked" } })
	const invalid, denied = codes.InvalidArgument, codes.PermissionDenied
	for name, c := range map[string]struct {
		options   *protocol.AppendReq_Options
		event     *protocol.AppendReq_ProposedMessage
		code      codes.Code
		exception string
	}{
		"no name":              {options("", eventstore.Any), proposed(0), invalid, ""},
		"no UTF-8":             {options("\xff", eventstore.Any), proposed(0), invalid, ""},
		"NUL":                  {options("a\x00", eventstore.Any), proposed(0), invalid, ""},
		"metadata of nothing":  {options("$$", eventstore.Any), proposed(0), invalid, ""},
		"metadata of metadata": {options("$$$$s", eventstore.Any), proposed(0), invalid, ""},
		"no stream":            {&protocol.AppendReq_Options{ExpectedStreamRevision: &protocol.AppendReq_Options_Any{Any: empty}}, proposed(0), invalid, ""},
		"no expectation":       {&protocol.AppendReq_Options{StreamIdentifier: named("s")}, proposed(0), invalid, ""},
		"no revision": {&protocol.AppendReq_Options{
			StreamIdentifier: named("s"), ExpectedStreamRevision: &protocol.AppendReq_Options_Revision{Revision: math.MaxUint64},
		}, proposed(0), invalid, ""},
		"no options":        {nil, proposed(0), invalid, ""},
		"all streams":       {options("$all", eventstore.Any), proposed(0), denied, protocol.ExceptionDenied},
		"its metadata":      {options("$$$all", eventstore.Any), proposed(0), denied, protocol.ExceptionDenied},
		"read only":         {options("locked", eventstore.Any), proposed(0), denied, protocol.ExceptionDenied},
		"metadata of it":    {options("$$locked", eventstore.Any), proposed(0), denied, protocol.ExceptionDenied},
		"zero UUID":         {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Id = protocol.StructuredUUID(uuid.Nil) }), invalid, ""},
		"no UUID":           {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Id = protocol.TextUUID("x") }), invalid, ""},
		"UUID in braces":    {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Id = protocol.TextUUID("{" + id(0) + "}") }), invalid, ""},
		"no id":             {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Id = nil }), invalid, ""},
		"empty type":        {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Metadata[protocol.KeyType] = "" }), invalid, ""},
		"no type":           {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { delete(e.Metadata, protocol.KeyType) }), invalid, protocol.ExceptionMissingMetadata},
		"no content type":   {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { delete(e.Metadata, protocol.KeyContentType) }), invalid, protocol.ExceptionMissingMetadata},
		"a type with a NUL": {options("s", eventstore.Any), with(func(e *protocol.AppendReq_ProposedMessage) { e.Metadata[protocol.KeyType] = "a\x00" }), invalid, ""},
		"message is absent": {options("s", eventstore.Any), nil, invalid, protocol.ExceptionMissingMetadata},
	} {
		t.Run(name, func(t *testing.T) {
			var got fault
			_, err := r.try(c.options, []*protocol.AppendReq_ProposedMessage{c.event}, got.trailers())
			got.want(t, err, c.code, c.exception)
			if c.exception == protocol.ExceptionMissingMetadata {
				got.want(t, err, c.code, c.exception, protocol.TrailerRequired, "type,content-type")
			}
		})
	}
	if head, err := r.store.Head(t.Context()); head != 0 || err != nil {
		t.Errorf("the log ends at %d, %v", head, err)
	}
}

func TestReadsThatBreakARuleAreRefused(t *testing.T) {
	r := start(t)
	set := func(change func(*protocol.ReadReq_Options)) query { return change }
	withFilter := func(change func(*protocol.ReadReq_Options_FilterOptions)) query {
		return func(o *protocol.ReadReq_Options) {
			f := byStream(&expression{Prefix: []string{"a"}})
			filtered(f)(o)
			change(f)
		}
	}
	for name, request := range map[string]*protocol.ReadReq{
		"nothing":           {},
		"no target":         ofAll(func(o *protocol.ReadReq_Options) { o.StreamOption = nil }),
		"no name":           ofStream(""),
		"metadata of none":  ofStream("$$"),
		"no revision":       ofStream("s", func(o *protocol.ReadReq_Options) { o.GetStream().RevisionOption = nil }),
		"no position":       ofAll(func(o *protocol.ReadReq_Options) { o.GetAll().AllOption = nil }),
		"commit is smaller": ofAll(at(5), func(o *protocol.ReadReq_Options) { o.GetAll().GetPosition().PreparePosition = 6 }),
		"no UUID option":    ofStream("s", func(o *protocol.ReadReq_Options) { o.UuidOption = nil }),
		"no filter option":  ofStream("s", func(o *protocol.ReadReq_Options) { o.FilterOption = nil }),
		"no count option":   ofStream("s", func(o *protocol.ReadReq_Options) { o.CountOption = nil }),
		"count 0":           ofStream("s", count(0)),
		"a third direction": ofStream("s", func(o *protocol.ReadReq_Options) { o.ReadDirection = 2 }),
		"back for ever":     ofStream("s", backwards, following),
		"all back for ever": ofAll(backwards, following),
		"stream and filter": ofStream("s", filtered(byType(&expression{Prefix: []string{"a"}}))),
		"follow a filter":   ofStream("s", following, filtered(byType(&expression{Prefix: []string{"a"}}))),
		"no window":         ofAll(withFilter(func(f *protocol.ReadReq_Options_FilterOptions) { f.Window = nil })),
		"an empty window": ofAll(withFilter(func(f *protocol.ReadReq_Options_FilterOptions) {
			f.Window = &protocol.ReadReq_Options_FilterOptions_Max{}
		})),
		"multiplier 0":       ofAll(withFilter(func(f *protocol.ReadReq_Options_FilterOptions) { f.CheckpointIntervalMultiplier = 0 })),
		"a filter on what":   ofAll(withFilter(func(f *protocol.ReadReq_Options_FilterOptions) { f.Filter = nil })),
		"an empty filter":    ofAll(set(filtered(byStream(&expression{})))),
		"no pattern of RE2":  ofAll(set(filtered(byStream(&expression{Regex: "(?=a)"})))),
		"an unclosed group":  ofAll(following, filtered(byType(&expression{Regex: "("}))),
		"no UTF-8 in a name": ofStream("\xff"),
	} {
		t.Run(name, func(t *testing.T) {
			var got fault
			answers, err := r.read(request, got.trailers())
			if got.want(t, err, codes.InvalidArgument, ""); len(answers) > 0 {
				t.Errorf("it is answered %v", answers)
			}
		})
	}
}
