package kurrent

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// The windows of filtered reads: how many events the server looks at before it
// takes stock. A subscription is told how far it has come after each.
const (
	readWindow      = 500
	subscribeWindow = 32
)

// filter chooses streams by the beginnings of their names; none means all.
type filter struct{ prefixes []string }

func filterOf(prefixes []string) (filter, error) {
	for _, prefix := range prefixes {
		if !utf8.ValidString(prefix) {
			return filter{}, invalid("prefix", "a prefix of stream names has to be UTF-8")
		}
	}
	if slices.Contains(prefixes, "") {
		return filter{}, nil
	}
	return filter{slices.Clone(prefixes)}, nil
}

func (f filter) all() bool { return len(f.prefixes) == 0 }

func (f filter) matches(stream string) bool {
	return f.all() || slices.ContainsFunc(f.prefixes, func(prefix string) bool { return strings.HasPrefix(stream, prefix) })
}

// options are those of a read or subscription of all streams.
func (f filter) options(from eventstore.Position, direction eventstore.Direction) *protocol.ReadReq_Options {
	options := &protocol.ReadReq_Options{
		StreamOption: &protocol.ReadReq_Options_All{All: beginning(from, direction)},
		FilterOption: &protocol.ReadReq_Options_NoFilter{NoFilter: &protocol.Empty{}},
	}
	if !f.all() {
		options.FilterOption = &protocol.ReadReq_Options_Filter{Filter: f.expression(readWindow)}
	}
	return options
}

// expression is the filter as the server applies it. One name alone that begins
// with $idx- would mean an index there: two names never do.
func (f filter) expression(window uint32) *protocol.ReadReq_Options_FilterOptions {
	prefixes := f.prefixes
	if len(prefixes) == 1 && strings.HasPrefix(prefixes[0], "$idx-") {
		prefixes = []string{prefixes[0], prefixes[0]}
	}
	return &protocol.ReadReq_Options_FilterOptions{
		Filter: &protocol.ReadReq_Options_FilterOptions_StreamIdentifier{
			StreamIdentifier: &protocol.ReadReq_Options_FilterOptions_Expression{Prefix: prefixes},
		},
		Window:                       &protocol.ReadReq_Options_FilterOptions_Max{Max: window},
		CheckpointIntervalMultiplier: 1,
	}
}

func beginning(from eventstore.Position, direction eventstore.Direction) *protocol.ReadReq_Options_AllOptions {
	switch {
	case from > 0:
		return &protocol.ReadReq_Options_AllOptions{AllOption: &protocol.ReadReq_Options_AllOptions_Position{
			Position: &protocol.ReadReq_Options_Position{CommitPosition: uint64(from), PreparePosition: uint64(from)},
		}}
	case direction == eventstore.Backwards:
		return &protocol.ReadReq_Options_AllOptions{AllOption: &protocol.ReadReq_Options_AllOptions_End{End: &protocol.Empty{}}}
	}
	return &protocol.ReadReq_Options_AllOptions{AllOption: &protocol.ReadReq_Options_AllOptions_Start{Start: &protocol.Empty{}}}
}
