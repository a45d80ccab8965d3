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
type head struct{ revision, position int64 }

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
	heads  map[string]head // of the streams it met
}

// apply decides and writes a group. A conflict is an answer; an error is one
// of the database and concerns them all.
func (b *batch) apply(ctx context.Context, group []*request) ([]answer, error) {
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	answers := make([]answer, len(group))
	for i, r := range group {
		appended, err := b.decide(ctx, r)
		if err != nil && !errors.Is(err, eventstore.ErrConflict) {
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
		clear(b.writer.heads)
		b.writer.version, b.writer.tail = version, last
	}
	b.tail = b.writer.tail
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
		err := b.statement(ctx, selectStream).QueryRowContext(ctx, stream).Scan(&found.revision, &found.position)
		if errors.Is(err, sql.ErrNoRows) {
			found = head{revision: -1}
		} else if err != nil {
			return head{}, fmt.Errorf("read the head of %s: %w", stream, err)
		}
	}
	b.heads[stream] = found
	return found, nil
}

// write puts the events behind the head.
func (b *batch) write(ctx context.Context, r *request, last head) (eventstore.Appended, error) {
	for _, event := range r.events {
		b.tail.position++
		last = head{revision: last.revision + 1, position: b.tail.position}
		_, err := b.statement(ctx, insertEvent).ExecContext(ctx, last.position, r.stream, last.revision,
			event.ID, event.Type, bytes(event.Data), bytes(event.Meta), b.tail.recorded)
		if err != nil {
			return eventstore.Appended{}, fmt.Errorf("insert an event of %s: %w", r.stream, err)
		}
		points.At(points.Inserted)
	}
	b.heads[r.stream] = last
	return last.appended(), nil
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
