package sqlstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dialtone/eventstore"
)

// ending is what stands at a stream's end; of metadata with its data.
type ending struct {
	head
	event eventstore.Proposed
}

// postgresTransaction keeps what was asked for at its beginning, and the events
// until its end: they go in one statement.
type postgresTransaction struct {
	ledger    *postgresLedger
	last      tail
	described bool // there is a stream of metadata
	heads     map[string]ending
	places    map[spot]head
	pending   []entry
	written   int64 // the last position, 0: nothing was written
}

func (t *postgresTransaction) tail() tail { return t.last }

func (t *postgresTransaction) metas(context.Context) (bool, error) { return t.described, nil }

func (t *postgresTransaction) keepHeads(rows pgx.Rows) error {
	for rows.Next() {
		var stream string
		var f ending
		if err := rows.Scan(&stream, &f.revision, &f.position, &f.event.Binary, &f.event.Data); err != nil {
			return err
		}
		t.heads[stream] = f
	}
	return rows.Err()
}

func (t *postgresTransaction) keepPlaces(rows pgx.Rows) error {
	for rows.Next() {
		var p spot
		var h head
		if err := rows.Scan(&p.stream, &p.id, &h.revision, &h.position); err != nil {
			return err
		}
		t.places[p] = h
	}
	return rows.Err()
}

// query asks for more than was foreseen.
func (t *postgresTransaction) query(ctx context.Context, take func(pgx.Rows) error, sql string, args ...any) error {
	batch := &pgx.Batch{}
	t.flush(batch)
	batch.Queue(sql, args...).Query(take)
	return t.ledger.send(ctx, batch)
}

func (t *postgresTransaction) head(ctx context.Context, stream string) (head, eventstore.Proposed, error) {
	f, asked := t.heads[stream]
	if !asked {
		t.heads[stream] = ending{head: none}
		if err := t.query(ctx, t.keepHeads, pgHeads, []string{stream}); err != nil {
			return head{}, eventstore.Proposed{}, err
		}
		f = t.heads[stream]
	}
	return f.head, f.event, nil
}

func (t *postgresTransaction) place(ctx context.Context, p spot) (head, error) {
	h, asked := t.places[p]
	if !asked {
		t.places[p] = none
		if err := t.query(ctx, t.keepPlaces, pgPlaces, []string{p.stream}, []string{p.id}); err != nil {
			return head{}, err
		}
		h = t.places[p]
	}
	return h, nil
}

func (t *postgresTransaction) ids(ctx context.Context, stream string, behind int64, limit int) ([]placed, error) {
	list := t.fresh(stream, behind, limit)
	if len(list) > 0 {
		return list, nil
	}
	err := t.query(ctx, func(rows pgx.Rows) error {
		var one placed
		_, err := pgx.ForEachRow(rows, []any{&one.id, &one.position}, func() error {
			list = append(list, one)
			return nil
		})
		return err
	}, pgIDs, stream, behind, limit)
	return list, err
}

// fresh answers for ids if the event right behind the revision is one that was
// kept, and so are all behind it: where many want one revision, all but the
// first ask for that.
func (t *postgresTransaction) fresh(stream string, behind int64, limit int) (list []placed) {
	for _, e := range t.pending {
		if e.stream != stream || e.revision <= behind || len(list) == limit {
			continue
		}
		if len(list) == 0 && e.revision != behind+1 {
			return nil
		}
		list = append(list, placed{e.event.ID, e.position})
	}
	return list
}

// insert keeps an event until the end, and what the questions about its stream
// are answered with from now on.
func (t *postgresTransaction) insert(_ context.Context, e entry) error {
	t.pending = append(t.pending, e)
	t.written = e.position
	t.heads[e.stream] = ending{head{revision: e.revision, position: e.position}, e.event}
	p := spot{e.stream, e.event.ID}
	if h, asked := t.places[p]; asked && h.revision < 0 {
		t.places[p] = head{revision: e.revision, position: e.position}
	}
	return nil
}

// flush queues the insertion of what was kept.
func (t *postgresTransaction) flush(batch *pgx.Batch) {
	count := len(t.pending)
	if count == 0 {
		return
	}
	positions, revisions, formats := make([]int64, count), make([]int64, count), make([]int16, count)
	streams, ids, types := make([]string, count), make([]string, count), make([]string, count)
	data, meta := make([][]byte, count), make([][]byte, count)
	for i, e := range t.pending {
		positions[i], streams[i], revisions[i], ids[i], types[i] = e.position, e.stream, e.revision, e.event.ID, e.event.Type
		data[i], meta[i], formats[i] = bytes(e.event.Data), bytes(e.event.Meta), format(e.event)
	}
	batch.Queue(pgInsert, positions, streams, revisions, ids, types, data, meta, formats, t.pending[0].recorded)
	t.pending = nil
}

// commit writes what was kept, tells the others and ends the transaction, in
// one go. Of an error that the server did not give nobody knows how it ended.
func (t *postgresTransaction) commit(ctx context.Context) error {
	batch := &pgx.Batch{}
	t.flush(batch)
	if t.written > 0 {
		batch.Queue(pgNotify, t.ledger.channel, strconv.FormatInt(t.written, 10))
	}
	batch.Queue(`commit`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("PostgreSQL ended the transaction with %q", tag)
		}
		return nil
	})
	return t.ledger.send(ctx, batch)
}

// rollback ends the transaction without a trace, if need be with its connection.
func (t *postgresTransaction) rollback(ctx context.Context) error {
	l := t.ledger
	if l.connection == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if _, err := l.connection.Exec(ctx, `rollback`); err == nil {
		return nil
	}
	err := l.connection.Close(ctx)
	l.connection = nil
	return err
}
