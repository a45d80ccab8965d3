package server

import (
	"math"

	"dialtone/eventstore/protocol"
)

// query is a checked request to read.
type query struct {
	stream    string // "": the log of all streams
	from      origin
	revision  uint64 // of an origin at a place in a stream
	position  uint64 // of an origin at a place in the log
	backwards bool
	follow    bool   // a subscription
	count     uint64 // of a read, at least 1
	filter    *filter
	links     bool // are resolved
	text      bool // UUIDs as text
	compat    uint32
}

// origin is where a read begins.
type origin int

const (
	fromStart origin = iota
	fromEnd
	fromPlace
)

func parseQuery(options *protocol.ReadReq_Options) (query, error) {
	q := query{links: options.GetResolveLinks(), compat: options.GetControlOption().GetCompatibility()}
	steps := []func(*protocol.ReadReq_Options) error{q.parseTarget, q.parseDirection, q.parseCount, q.parseFilter, q.parseUUIDs}
	for _, step := range steps {
		if err := step(options); err != nil {
			return query{}, err
		}
	}
	switch {
	case q.follow && q.backwards:
		return query{}, invalid("a subscription goes forwards")
	case q.stream != "" && q.filter != nil:
		return query{}, invalid("a filter goes with %s only", all)
	}
	return q, nil
}

func (q *query) parseTarget(options *protocol.ReadReq_Options) (err error) {
	switch target := options.GetStreamOption().(type) {
	case *protocol.ReadReq_Options_Stream:
		if q.stream, err = nameOf(target.Stream.GetStreamIdentifier()); err != nil {
			return err
		}
		return q.parseRevision(target.Stream)
	case *protocol.ReadReq_Options_All:
		return q.parsePosition(target.All)
	default:
		return invalid("a stream or %s has to be chosen", all)
	}
}

func (q *query) parseRevision(stream *protocol.ReadReq_Options_StreamOptions) error {
	switch from := stream.GetRevisionOption().(type) {
	case *protocol.ReadReq_Options_StreamOptions_Revision:
		q.from, q.revision = fromPlace, from.Revision
		if from.Revision == math.MaxUint64 {
			q.from = fromEnd
		}
	case *protocol.ReadReq_Options_StreamOptions_Start:
		q.from = fromStart
	case *protocol.ReadReq_Options_StreamOptions_End:
		q.from = fromEnd
	default:
		return invalid("a revision, the start or the end has to be chosen")
	}
	return nil
}

func (q *query) parsePosition(log *protocol.ReadReq_Options_AllOptions) error {
	switch from := log.GetAllOption().(type) {
	case *protocol.ReadReq_Options_AllOptions_Position:
		commit, prepare := from.Position.GetCommitPosition(), from.Position.GetPreparePosition()
		if commit < prepare {
			return invalid("the commit position %d is before the prepare position %d", commit, prepare)
		}
		q.from, q.position = fromPlace, commit
		if commit == math.MaxUint64 {
			q.from = fromEnd
		}
	case *protocol.ReadReq_Options_AllOptions_Start:
		q.from = fromStart
	case *protocol.ReadReq_Options_AllOptions_End:
		q.from = fromEnd
	default:
		return invalid("a position, the start or the end has to be chosen")
	}
	return nil
}

func (q *query) parseDirection(options *protocol.ReadReq_Options) error {
	switch direction := options.GetReadDirection(); direction {
	case protocol.ReadReq_Options_Forwards:
	case protocol.ReadReq_Options_Backwards:
		q.backwards = true
	default:
		return invalid("%d is no direction", direction)
	}
	return nil
}

func (q *query) parseCount(options *protocol.ReadReq_Options) error {
	switch choice := options.GetCountOption().(type) {
	case *protocol.ReadReq_Options_Count:
		if q.count = choice.Count; q.count == 0 {
			return invalid("the count has to be at least 1")
		}
	case *protocol.ReadReq_Options_Subscription:
		q.follow = true
	default:
		return invalid("a count or a subscription has to be chosen")
	}
	return nil
}

func (q *query) parseFilter(options *protocol.ReadReq_Options) (err error) {
	switch choice := options.GetFilterOption().(type) {
	case *protocol.ReadReq_Options_Filter:
		q.filter, err = parseFilter(choice.Filter)
	case *protocol.ReadReq_Options_NoFilter:
	default:
		err = invalid("a filter, or none, has to be chosen")
	}
	return err
}

func (q *query) parseUUIDs(options *protocol.ReadReq_Options) error {
	if options.GetUuidOption() == nil {
		return invalid("a form of UUIDs has to be chosen")
	}
	_, q.text = options.GetUuidOption().GetContent().(*protocol.ReadReq_Options_UUIDOption_String_)
	return nil
}

// limit is the count as the store takes it; 0 stands for all.
func (q *query) limit() int {
	if q.count > math.MaxInt {
		return 0
	}
	return int(q.count)
}
