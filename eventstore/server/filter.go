package server

import (
	"regexp"
	"slices"
	"strings"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// defaultWindow is how many events a client that leaves it to the server has
// looked through at a time.
const defaultWindow = 32

// filter chooses events of all streams by their stream or type, as stored:
// links are not followed.
type filter struct {
	byType   bool
	regex    *regexp.Regexp // wins over prefixes
	prefixes []string
	interval uint64 // events between two checkpoints
}

func parseFilter(options *protocol.ReadReq_Options_FilterOptions) (*filter, error) {
	var expression *protocol.ReadReq_Options_FilterOptions_Expression
	f := &filter{}
	switch choice := options.GetFilter().(type) {
	case *protocol.ReadReq_Options_FilterOptions_StreamIdentifier:
		expression = choice.StreamIdentifier
	case *protocol.ReadReq_Options_FilterOptions_EventType:
		expression, f.byType = choice.EventType, true
	default:
		return nil, invalid("a filter is on streams or on types")
	}
	window := uint64(defaultWindow)
	switch choice := options.GetWindow().(type) {
	case *protocol.ReadReq_Options_FilterOptions_Max:
		window = uint64(choice.Max)
	case *protocol.ReadReq_Options_FilterOptions_Count:
	default:
		return nil, invalid("a filter needs a window")
	}
	f.interval = window * uint64(options.GetCheckpointIntervalMultiplier())
	if f.interval == 0 {
		return nil, invalid("the window and the multiplier of the checkpoint interval have to be at least 1")
	}
	f.prefixes = expression.GetPrefix()
	if pattern := expression.GetRegex(); pattern != "" {
		regex, err := regexp.Compile(pattern)
		if err != nil {
			return nil, invalid("the pattern of a filter has to be one that RE2 knows: %v", err)
		}
		f.regex, f.prefixes = regex, nil
	} else if len(f.prefixes) == 0 {
		return nil, invalid("a filter needs a pattern or prefixes")
	}
	return f, nil
}

// matches tells whether an event is chosen; no filter chooses all.
func (f *filter) matches(event *eventstore.Recorded) bool {
	if f == nil {
		return true
	}
	subject := event.Stream
	if f.byType {
		subject = event.Type
	}
	if f.regex != nil {
		return f.regex.MatchString(subject)
	}
	return slices.ContainsFunc(f.prefixes, func(prefix string) bool { return strings.HasPrefix(subject, prefix) })
}

// forStore gives the prefixes of streams if the store can do all that the
// filter asks for. Otherwise the store has to give everything.
func (f *filter) forStore() (prefixes []string, ok bool) {
	switch {
	case f == nil:
		return nil, true
	case f.byType || f.regex != nil:
		return nil, false
	}
	return f.prefixes, true
}
