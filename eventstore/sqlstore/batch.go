package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// head is the last event of a stream; revision -1 means that it has none.
type head struct {
	revision, position int64
	deletes            bool // it is metadata that says that another stream is deleted
}

type answer struct {
	appended eventstore.Appended
	err      error
}

// batch is one transaction of the writer: each append is decided with those
// before it taken into account.
type batch struct {
	writer *writer
	tx     transaction
	now    int64 // in microseconds
	tail   tail
	metas  bool            // whether there is a stream of metadata
	heads  map[string]head // of the streams it met
}

// apply decides and writes a group. A refusal is an answer; an error is one
// of the database and concerns them all.
func (b *batch) apply(ctx context.Context, group []*request) ([]answer, error) {
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	answers := make([]answer, len(group))
	for i, r := range group {
		appended, err := b.decide(ctx, r)
		if err != nil && !refused(err) {
			return nil, err
		}
		answers[i] = answer{appended, err}
	}
	return answers, nil
}

// refused tells that an error is the answer of one request.
func refused(err error) bool {
	return errors.Is(err, eventstore.ErrConflict) || errors.Is(err, eventstore.ErrDeleted)
}

// errShort is the end of writing: a standby that lagged has taken over, or an old
// copy was put in place. Positions that were seen would be given to other events.
var errShort = errors.New("the log is shorter than what was acknowledged")

// begin forgets what was known if another process has written since.
func (b *batch) begin(ctx context.Context) error {
	w, last := b.writer, b.tx.tail()
	if last.position < w.reached {
		return fmt.Errorf("%w: its last position is %d, was %d", errShort, last.position, w.reached)
	}
	if !w.sure || last.position != w.tail.position {
		metas, err := b.tx.metas(ctx)
		if err != nil {
			return fmt.Errorf("look for metadata of streams: %w", err)
		}
		clear(w.heads)
		w.sure, w.tail, w.metas = true, last, metas
	}
	b.tail, b.metas = w.tail, w.metas
	b.tail.recorded = max(b.tail.recorded, b.now)
	return nil
}

// head gives a stream's last event as the transaction sees it.
func (b *batch) head(ctx context.Context, stream string) (head, error) {
	if known, ok := b.heads[stream]; ok {
		return known, nil
	}
	found, ok := b.writer.heads[stream]
	if !ok {
		var err error
		if found, err = b.readHead(ctx, stream); err != nil {
			return head{}, err
		}
	}
	b.heads[stream] = found
	return found, nil
}

// readHead asks the database for a stream's last event.
func (b *batch) readHead(ctx context.Context, stream string) (head, error) {
	last, event, err := b.tx.head(ctx, stream)
	if err != nil {
		return head{}, fmt.Errorf("read the head of %s: %w", stream, err)
	}
	_, isMeta := subjectOf(stream)
	last.deletes = isMeta && last.revision >= 0 && deletes(event)
	return last, nil
}

// write puts events behind the head of a stream and gives the new head.
func (b *batch) write(ctx context.Context, stream string, last head, events ...eventstore.Proposed) (head, error) {
	_, isMeta := subjectOf(stream)
	for _, event := range events {
		b.tail.position++
		last = head{revision: last.revision + 1, position: b.tail.position, deletes: isMeta && deletes(event)}
		err := b.tx.insert(ctx, entry{stream, last.revision, last.position, b.tail.recorded, event})
		if err != nil {
			return head{}, fmt.Errorf("insert an event of %s: %w", stream, err)
		}
		points.At(points.Inserted)
	}
	b.heads[stream], b.metas = last, b.metas || isMeta && len(events) > 0
	return last, nil
}

// appended is the answer that names this event; nothing for an empty stream.
func (h head) appended() eventstore.Appended {
	if h.revision < 0 {
		return eventstore.Appended{}
	}
	return eventstore.Appended{Revision: uint64(h.revision), Position: eventstore.Position(h.position)}
}
