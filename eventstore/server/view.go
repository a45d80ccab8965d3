package server

import (
	"context"
	"time"

	"dialtone/eventstore"
)

// view is what a reader of one stream sees of it.
type view struct {
	last  eventstore.Recorded // its last event, hidden or not
	found bool                // it has events, and was not deleted
	from  uint64              // smaller revisions are hidden
}

// look finds out what is visible. The error is an ErrDeleted for a stream that
// was deleted for good, and for its metadata.
func (s *streams) look(ctx context.Context, stream string) (view, error) {
	last, found, err := s.lastOf(ctx, stream)
	if err != nil || found && buried(&last) {
		return view{}, orDeleted(stream, err)
	}
	meta := eventstore.StreamMeta{MaxCount: 1} // of metadata itself
	if subject, is := eventstore.MetaOf(stream); is {
		owner, known, err := s.lastOf(ctx, subject)
		if err != nil || known && buried(&owner) {
			return view{}, orDeleted(stream, err)
		}
	} else {
		described, known, err := s.lastOf(ctx, eventstore.MetaStream(stream))
		if err != nil {
			return view{}, err
		}
		if meta = (eventstore.StreamMeta{}); known && !described.Binary { // what is no JSON says nothing
			meta = eventstore.ParseStreamMeta(described.Data)
		}
	}
	v := view{last: last, found: found && !meta.Deleted(), from: meta.TruncateBefore}
	if found && meta.MaxCount > 0 && last.Revision >= meta.MaxCount {
		v.from = max(v.from, last.Revision+1-meta.MaxCount)
	}
	if v.found && meta.MaxAge > 0 {
		v.from, err = s.youngerThan(ctx, stream, v.from, last.Revision, s.clock().Add(-meta.MaxAge))
	}
	return v, err
}

// buried tells whether an event is the one that ends a stream for good.
func buried(event *eventstore.Recorded) bool { return event.Revision == eventstore.TombstoneRevision }

func orDeleted(stream string, err error) error {
	if err != nil {
		return err
	}
	return &eventstore.DeletedError{Stream: stream}
}

// lastOf gives the last event of a stream.
func (s *streams) lastOf(ctx context.Context, stream string) (eventstore.Recorded, bool, error) {
	return first(s.store.Read(ctx, stream, eventstore.End, eventstore.Backwards, 1))
}

// youngerThan finds the first revision between two that was not recorded before
// a moment, by halving: recorded times never fall. It is the one behind the
// last if all were.
func (s *streams) youngerThan(ctx context.Context, stream string, from, last uint64, moment time.Time) (uint64, error) {
	low, high := from, max(from, last+1)
	for low < high {
		middle := low + (high-low)/2
		event, found, err := first(s.store.Read(ctx, stream, middle, eventstore.Forwards, 1))
		if err != nil {
			return 0, err
		}
		if found && event.Time.Before(moment) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// first gives the first of what is read.
func first(events func(yield func(eventstore.Recorded, error) bool)) (eventstore.Recorded, bool, error) {
	for event, err := range events {
		return event, err == nil, err
	}
	return eventstore.Recorded{}, false, nil
}
