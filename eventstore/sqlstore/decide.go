package sqlstore

import (
	"context"
	"fmt"

	"dialtone/eventstore"
)

// decide answers one request: written, recognised as one that was written
// before, or refused.
func (b *batch) decide(ctx context.Context, r *request) (eventstore.Appended, error) {
	s, err := b.state(ctx, r.stream)
	if err != nil {
		return eventstore.Appended{}, err
	}
	known, isNew, err := b.check(ctx, r, s)
	r.recognised = err == nil && !isNew // a group that is tried again is decided anew
	switch {
	case err != nil || !isNew:
		return known, err
	case r.change == deleting:
		return b.delete(ctx, r, s)
	case r.change == burying:
		return b.bury(ctx, r)
	}
	return b.append(ctx, r, s)
}

// check tells whether a request meets the stream as it expects it and has to be
// done, or else where the same events are already.
func (b *batch) check(ctx context.Context, r *request, s state) (known eventstore.Appended, isNew bool, err error) {
	switch expected := int64(r.expected); {
	case s.gone || r.expected == eventstore.StreamExists && s.deleted():
		return eventstore.Appended{}, false, &eventstore.DeletedError{Stream: r.stream}
	case r.expected == eventstore.StreamExists && !s.exists():
		return eventstore.Appended{}, false, conflict(r, s.last)
	case r.expected == eventstore.StreamExists || r.expected == eventstore.Any:
		return b.checkAnywhere(ctx, r, s)
	case expected > s.last.revision:
		return eventstore.Appended{}, false, conflict(r, s.last)
	case expected < s.last.revision:
		return b.checkAt(ctx, r, s)
	}
	return eventstore.Appended{}, true, nil
}

// append writes events and, if their stream was deleted, or the one that they
// are metadata of, what brings it back.
func (b *batch) append(ctx context.Context, r *request, s state) (eventstore.Appended, error) {
	written, err := b.write(ctx, r.stream, s.last, r.events...)
	if err != nil {
		return eventstore.Appended{}, err
	}
	if s.deleted() {
		err = b.restore(ctx, r.stream, s.last)
	} else if subject, isMeta := subjectOf(r.stream); isMeta && s.last.deletes {
		err = b.restore(ctx, subject, b.heads[subject])
	}
	return written.appended(), err
}

// checkAnywhere calls events new whose first id is new to the stream. If it is
// known, all must be: it is the same append again, answered with the first
// place of its last id.
func (b *batch) checkAnywhere(ctx context.Context, r *request, s state) (known eventstore.Appended, isNew bool, err error) {
	if s.last.revision < 0 || len(r.events) == 0 {
		return eventstore.Appended{}, true, nil
	}
	var place head
	for i, event := range r.events {
		if place, err = b.tx.place(ctx, spot{r.stream, event.ID}); err != nil {
			return eventstore.Appended{}, false, fmt.Errorf("look for an event of %s: %w", r.stream, err)
		}
		switch {
		case place.revision < 0 && i == 0:
			return eventstore.Appended{}, true, nil
		case place.revision < 0:
			return eventstore.Appended{}, false, conflict(r, s.last)
		}
	}
	return place.appended(), false, nil
}

// checkAt recognises an append to a revision the stream has left behind by the
// ids that stand there; anything else is a conflict, unless it begins a deleted
// stream anew.
func (b *batch) checkAt(ctx context.Context, r *request, s state) (known eventstore.Appended, isNew bool, err error) {
	place, matched, err := b.compare(ctx, r)
	switch {
	case err != nil:
		return eventstore.Appended{}, false, err
	case matched == 0 && r.expected == eventstore.NoStream && s.deleted():
		return eventstore.Appended{}, true, nil
	case matched == 0 || matched < len(r.events):
		return eventstore.Appended{}, false, conflict(r, s.last)
	}
	return place.appended(), false, nil
}

// compare counts how many of the events stand, one by one, behind the revision
// that is expected, and tells the place of the last of them.
func (b *batch) compare(ctx context.Context, r *request) (place head, matched int, err error) {
	place.revision = int64(r.expected)
	if len(r.events) == 0 {
		return place, 0, nil
	}
	there, err := b.tx.ids(ctx, r.stream, place.revision, len(r.events))
	if err != nil {
		return head{}, 0, fmt.Errorf("read the ids of %s: %w", r.stream, err)
	}
	for _, one := range there {
		if one.id != r.events[matched].ID {
			break
		}
		place = head{revision: place.revision + 1, position: one.position}
		matched++
	}
	return place, matched, nil
}

func conflict(r *request, last head) error {
	return &eventstore.ConflictError{Stream: r.stream, Expected: r.expected, Actual: eventstore.Expected(last.revision)}
}
