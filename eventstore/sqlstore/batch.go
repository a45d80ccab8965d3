package sqlstore

import (
	"context"
	"database/sql"
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
	tx     *sql.Tx
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
		if err != nil && !errors.Is(err, eventstore.ErrConflict) && !errors.Is(err, eventstore.ErrDeleted) {
			return nil, err
		}
		answers[i] = answer{appended, err}
	}
	return answers, nil
}

// begin forgets what was known if another process has written since.
func (b *batch) begin(ctx context.Context) error {
	var version int64
	if err := b.statement(ctx, selectVersion).QueryRowContext(ctx).Scan(&version); err != nil {
		return fmt.Errorf("read the version of the file: %w", err)
	}
	if version != b.writer.version {
		last, err := lastOf(ctx, b.statement(ctx, selectTail))
		if err != nil {
			return fmt.Errorf("read the last event: %w", err)
		}
		var metas int
		if err := b.statement(ctx, selectMetas).QueryRowContext(ctx).Scan(&metas); err != nil {
			return fmt.Errorf("look for metadata of streams: %w", err)
		}
		clear(b.writer.heads)
		b.writer.version, b.writer.tail, b.writer.metas = version, last, metas > 0
	}
	b.tail, b.metas = b.writer.tail, b.writer.metas
	b.tail.recorded = max(b.tail.recorded, b.now)
	return nil
}

func (b *batch) statement(ctx context.Context, query string) *sql.Stmt {
	return b.tx.StmtContext(ctx, b.writer.prepared[query])
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

func (b *batch) readHead(ctx context.Context, stream string) (head, error) {
	var found head
	var err error
	if _, ok := subjectOf(stream); ok {
		found, _, err = b.readMeta(ctx, stream)
	} else {
		err = b.statement(ctx, selectStream).QueryRowContext(ctx, stream).Scan(&found.revision, &found.position)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return head{revision: -1}, nil
	}
	if err != nil {
		return head{}, fmt.Errorf("read the head of %s: %w", stream, err)
	}
	return found, nil
}

// write puts events behind the head of a stream and gives the new head.
func (b *batch) write(ctx context.Context, stream string, last head, events ...eventstore.Proposed) (head, error) {
	_, isMeta := subjectOf(stream)
	for _, event := range events {
		b.tail.position++
		last = head{revision: last.revision + 1, position: b.tail.position, deletes: isMeta && deletes(event)}
		_, err := b.statement(ctx, insertEvent).ExecContext(ctx, last.position, stream, last.revision,
			event.ID, event.Type, bytes(event.Data), bytes(event.Meta), b.tail.recorded, format(event))
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

// bytes keeps nil from becoming NULL.
func bytes(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// format is how the column of that name tells JSON and other data apart.
func format(event eventstore.Proposed) int {
	if event.Binary {
		return 1
	}
	return 0
}
