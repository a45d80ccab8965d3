package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"dialtone/eventstore"
)

// What the writer asks of PostgreSQL, several at a time. Each statement sees
// what was committed before it began: those behind the lock see everything.
//
// The settings are those of one transaction: nobody waits for ever, and no commit
// is answered before it is on disk, even where the database's default is otherwise.
const (
	pgSettings = `select set_config('lock_timeout', '2s', true), set_config('idle_in_transaction_session_timeout', '10s', true),
		case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', true) end`
	pgLock = `select pg_advisory_xact_lock($1)`
	pgTail = `select coalesce((select position from events order by position desc limit 1), 0),
		coalesce((select recorded from events order by position desc limit 1), 0),
		exists (select from events where stream >= '$$' and stream < '$%')`
	pgHeads = `select wanted.stream, last.* from unnest($1::text[]) as wanted (stream) cross join lateral (
		select revision, position, format <> 0, case when stream >= '$$' and stream < '$%' then data end from events
		where stream = wanted.stream collate "C" order by revision desc limit 1) as last`
	pgPlaces = `select wanted.stream, wanted.id, first.* from unnest($1::text[], $2::text[]) as wanted (stream, id) cross join lateral (
		select revision, position from events
		where stream = wanted.stream collate "C" and id = wanted.id::uuid order by revision limit 1) as first`
	pgIDs    = `select id::text, position from events where stream = $1 and revision > $2 order by revision limit $3`
	pgInsert = `insert into events (position, stream, revision, id, type, data, meta, format, recorded)
		select position, stream, revision, id::uuid, type, data, meta, format, $9
		from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::smallint[])
		as new (position, stream, revision, id, type, data, meta, format)`
	pgNotify = `select pg_notify($1, $2)`
)

// postgresLedger writes to PostgreSQL over a connection of its own. An advisory
// lock, held from a transaction's beginning to its end, puts the writers of all
// processes in one row: the order of positions is that of the commits.
type postgresLedger struct {
	config     *pgx.ConnConfig
	connection *pgx.Conn // nil: there is none yet, or no more
	lock       int64
	channel    string
}

// begin asks for everything a group is decided on in one go. A connection that
// died while nobody used it is replaced.
func (l *postgresLedger) begin(ctx context.Context, group []*request, metas bool) (transaction, error) {
	if l.connection != nil {
		tx, err := l.open(ctx, needsOf(group, metas))
		if err == nil || l.connection != nil {
			return tx, err
		}
	}
	connection, err := connect(ctx, l.config, writerSession)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	l.connection = connection
	return l.open(ctx, needsOf(group, metas))
}

func (l *postgresLedger) open(ctx context.Context, n needs) (transaction, error) {
	tx := &postgresTransaction{ledger: l, heads: map[string]ending{}, places: map[spot]head{}}
	batch := &pgx.Batch{}
	batch.Queue(`begin isolation level read committed`)
	batch.Queue(pgSettings)
	batch.Queue(pgLock, l.lock)
	batch.Queue(pgTail).QueryRow(func(row pgx.Row) error {
		return row.Scan(&tx.last.position, &tx.last.recorded, &tx.described)
	})
	batch.Queue(pgHeads, n.streams).Query(tx.keepHeads)
	for _, stream := range n.streams {
		tx.heads[stream] = ending{head: none}
	}
	if len(n.ids) > 0 {
		for i, id := range n.ids {
			tx.places[spot{n.idStreams[i], id}] = none
		}
		batch.Queue(pgPlaces, n.idStreams, n.ids).Query(tx.keepPlaces)
	}
	if err := l.send(ctx, batch); err != nil {
		return nil, errors.Join(fmt.Errorf("begin a transaction: %w", err), tx.rollback(ctx))
	}
	return tx, nil
}

// send sends queries in one go and takes their answers; a connection that does
// not survive, or leads to who can't write, is forgotten.
func (l *postgresLedger) send(ctx context.Context, batch *pgx.Batch) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := l.connection.SendBatch(ctx, batch).Close()
	if sqlState(err) == readOnly {
		err = errors.Join(err, l.connection.Close(ctx))
	}
	if l.connection.IsClosed() {
		l.connection = nil
	}
	return err
}

func (l *postgresLedger) judge(err error) verdict { return judgePostgres(err) }

func (l *postgresLedger) close(ctx context.Context) error {
	if l.connection == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return l.connection.Close(ctx)
}

// needs is what is asked for at a transaction's beginning: the heads of streams,
// and ids in streams, one list beside the other.
type needs struct{ streams, idStreams, ids []string }

// needsOf foresees what the decisions about a group will ask.
func needsOf(group []*request, metas bool) needs {
	var n needs
	for _, r := range group {
		n.streams = append(n.streams, r.stream)
		if subject, isMeta := subjectOf(r.stream); isMeta {
			n.streams = append(n.streams, subject)
		} else if metas {
			n.streams = append(n.streams, eventstore.MetaStream(r.stream))
		}
		if r.expected == eventstore.Any || r.expected == eventstore.StreamExists {
			for _, event := range r.events {
				n.idStreams, n.ids = append(n.idStreams, r.stream), append(n.ids, event.ID)
			}
		}
	}
	slices.Sort(n.streams)
	n.streams = slices.Compact(n.streams)
	return n
}
