package server_test

import (
	"errors"
	"io"
	"slices"

	"google.golang.org/grpc"

	"dialtone/eventstore/protocol"
)

// query changes the options of a read.
type query func(*protocol.ReadReq_Options)

var empty = &protocol.Empty{}

// ofStream reads a stream from its start, forwards, everything.
func ofStream(stream string, changes ...query) *protocol.ReadReq {
	return built(&protocol.ReadReq_Options{
		StreamOption: &protocol.ReadReq_Options_Stream{Stream: &protocol.ReadReq_Options_StreamOptions{
			StreamIdentifier: named(stream), RevisionOption: &protocol.ReadReq_Options_StreamOptions_Start{Start: empty},
		}},
	}, changes)
}

// ofAll reads all streams from the start, forwards, everything.
func ofAll(changes ...query) *protocol.ReadReq {
	return built(&protocol.ReadReq_Options{
		StreamOption: &protocol.ReadReq_Options_All{All: &protocol.ReadReq_Options_AllOptions{
			AllOption: &protocol.ReadReq_Options_AllOptions_Start{Start: empty},
		}},
	}, changes)
}

func built(o *protocol.ReadReq_Options, changes []query) *protocol.ReadReq {
	o.CountOption = &protocol.ReadReq_Options_Count{Count: 9007199254740991}
	o.FilterOption = &protocol.ReadReq_Options_NoFilter{NoFilter: empty}
	o.UuidOption = &protocol.ReadReq_Options_UUIDOption{Content: &protocol.ReadReq_Options_UUIDOption_String_{String_: empty}}
	for _, change := range changes {
		change(o)
	}
	return &protocol.ReadReq{Options: o}
}

func backwards(o *protocol.ReadReq_Options) {
	o.ReadDirection = protocol.ReadReq_Options_Backwards
}

func following(o *protocol.ReadReq_Options) {
	o.CountOption = &protocol.ReadReq_Options_Subscription{Subscription: &protocol.ReadReq_Options_SubscriptionOptions{}}
}

func links(o *protocol.ReadReq_Options) { o.ResolveLinks = true }

func compatible(o *protocol.ReadReq_Options) {
	o.ControlOption = &protocol.ReadReq_Options_ControlOption{Compatibility: 1}
}

func atEnd(o *protocol.ReadReq_Options) {
	switch target := o.GetStreamOption().(type) {
	case *protocol.ReadReq_Options_Stream:
		target.Stream.RevisionOption = &protocol.ReadReq_Options_StreamOptions_End{End: empty}
	case *protocol.ReadReq_Options_All:
		target.All.AllOption = &protocol.ReadReq_Options_AllOptions_End{End: empty}
	}
}

func at(place uint64) query {
	return func(o *protocol.ReadReq_Options) {
		switch target := o.GetStreamOption().(type) {
		case *protocol.ReadReq_Options_Stream:
			target.Stream.RevisionOption = &protocol.ReadReq_Options_StreamOptions_Revision{Revision: place}
		case *protocol.ReadReq_Options_All:
			target.All.AllOption = &protocol.ReadReq_Options_AllOptions_Position{
				Position: &protocol.ReadReq_Options_Position{CommitPosition: place, PreparePosition: place},
			}
		}
	}
}

func count(n uint64) query {
	return func(o *protocol.ReadReq_Options) { o.CountOption = &protocol.ReadReq_Options_Count{Count: n} }
}

// filtered chooses by stream or type, with a window and a multiplier of 1.
func filtered(f *protocol.ReadReq_Options_FilterOptions) query {
	return func(o *protocol.ReadReq_Options) {
		if f.Window == nil {
			f.Window = &protocol.ReadReq_Options_FilterOptions_Count{Count: empty}
		}
		if f.CheckpointIntervalMultiplier == 0 {
			f.CheckpointIntervalMultiplier = 1
		}
		o.FilterOption = &protocol.ReadReq_Options_Filter{Filter: f}
	}
}

type expression = protocol.ReadReq_Options_FilterOptions_Expression

func byStream(e *expression) *protocol.ReadReq_Options_FilterOptions {
	return &protocol.ReadReq_Options_FilterOptions{Filter: &protocol.ReadReq_Options_FilterOptions_StreamIdentifier{StreamIdentifier: e}}
}

func byType(e *expression) *protocol.ReadReq_Options_FilterOptions {
	return &protocol.ReadReq_Options_FilterOptions{Filter: &protocol.ReadReq_Options_FilterOptions_EventType{EventType: e}}
}

// read gives all answers to a read and the error it ended with.
func (r *rig) read(request *protocol.ReadReq, opts ...grpc.CallOption) ([]*protocol.ReadResp, error) {
	r.Helper()
	call, err := r.Read(r.ctx, request, opts...)
	if err != nil {
		r.Fatal(err)
	}
	var answers []*protocol.ReadResp
	for {
		answer, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return answers, nil
		}
		if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
	}
}

// found gives the events of a read that has to end well.
func (r *rig) found(request *protocol.ReadReq) []*protocol.ReadResp_ReadEvent {
	r.Helper()
	answers, err := r.read(request)
	if err != nil {
		r.Fatalf("read %v: %v", request, err)
	}
	var list []*protocol.ReadResp_ReadEvent
	for _, answer := range answers {
		if event := answer.GetEvent(); event != nil {
			list = append(list, event)
		}
	}
	return list
}

// revisions gives those of the events of a read.
func (r *rig) revisions(request *protocol.ReadReq) []uint64 {
	r.Helper()
	var list []uint64
	for _, event := range r.found(request) {
		list = append(list, event.GetEvent().GetStreamRevision())
	}
	return list
}

// wantRevisions compares them.
func (r *rig) wantRevisions(what string, request *protocol.ReadReq, want ...uint64) {
	r.Helper()
	if got := r.revisions(request); !slices.Equal(got, want) {
		r.Errorf("%s: revisions %v, want %v", what, got, want)
	}
}
