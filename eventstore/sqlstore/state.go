package sqlstore

import (
	"context"
	"strings"

	"dialtone/eventstore"
)

// state is what an append has to know of its stream.
type state struct {
	last head // of the stream
	meta head // of the stream that holds its metadata
	gone bool // deleted for good, or the stream it describes is
}

// deleted tells that the stream may be written anew.
func (s state) deleted() bool { return s.meta.deletes }

// exists tells that there is an event of the stream or of its metadata.
func (s state) exists() bool { return s.last.revision >= 0 || s.meta.revision >= 0 }

// state gives a stream's state as the transaction sees it. While no stream has
// metadata that costs no more than its head.
func (b *batch) state(ctx context.Context, stream string) (state, error) {
	last, err := b.head(ctx, stream)
	if err != nil {
		return state{}, err
	}
	s := state{last: last, meta: none, gone: last.buries()}
	switch subject, isMeta := subjectOf(stream); {
	case isMeta:
		described, err := b.head(ctx, subject)
		if err != nil {
			return state{}, err
		}
		s.gone = described.buries()
	case b.metas && !strings.HasPrefix(stream, eventstore.MetaPrefix):
		if s.meta, err = b.head(ctx, eventstore.MetaStream(stream)); err != nil {
			return state{}, err
		}
	}
	return s, nil
}

// buries tells that the event deletes its stream for good.
func (h head) buries() bool { return uint64(h.revision) == eventstore.TombstoneRevision } // -1 is another number, too

// subjectOf gives the stream whose metadata a stream holds. Streams of metadata
// have none of their own.
func subjectOf(stream string) (subject string, ok bool) {
	subject, ok = eventstore.MetaOf(stream)
	return subject, ok && subject != "" && !strings.HasPrefix(subject, eventstore.MetaPrefix)
}

// deletes tells that an event, as the last of a stream's metadata, deletes it.
func deletes(event eventstore.Proposed) bool {
	return !event.Binary && eventstore.ParseStreamMeta(event.Data).Deleted()
}
