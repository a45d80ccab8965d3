package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dialtone/eventstore"
)

// sqliteLedger writes to a SQLite file. Its transactions take the file's lock
// when they begin.
type sqliteLedger struct {
	db       *sql.DB // one connection
	prepared statements
}

func newSQLiteLedger(ctx context.Context, db *sql.DB) (*sqliteLedger, error) {
	prepared, err := prepare(ctx, db, wholePage, selectTail, selectStream, selectMeta, selectMetas,
		selectSeen, insertIDs, upsertSeen, selectByID, selectIDs, insertEvent)
	return &sqliteLedger{db, prepared}, err
}

func (l *sqliteLedger) begin(ctx context.Context, _ []*request, _ bool) (transaction, error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	t := &sqliteTransaction{ledger: l, tx: tx}
	if t.last, err = lastOf(ctx, t.statement(ctx, selectTail)); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return t, nil
}

func (l *sqliteLedger) judge(err error) verdict {
	switch {
	case isBusy(err):
		return locked
	case isBroken(err):
		return broken
	}
	return failed
}

func (l *sqliteLedger) close(context.Context) error { return l.db.Close() }

type sqliteTransaction struct {
	ledger *sqliteLedger
	tx     *sql.Tx
	last   tail
}

func (t *sqliteTransaction) statement(ctx context.Context, query string) *sql.Stmt {
	return t.tx.StmtContext(ctx, t.ledger.prepared[query])
}

func (t *sqliteTransaction) tail() tail { return t.last }

func (t *sqliteTransaction) metas(ctx context.Context) (bool, error) {
	var count int
	err := t.statement(ctx, selectMetas).QueryRowContext(ctx).Scan(&count)
	return count > 0, err
}

func (t *sqliteTransaction) head(ctx context.Context, stream string) (head, eventstore.Proposed, error) {
	var last head
	var event eventstore.Proposed
	var err error
	if _, isMeta := subjectOf(stream); isMeta {
		err = t.statement(ctx, selectMeta).QueryRowContext(ctx, stream).Scan(&last.revision, &last.position, &event.Binary, &event.Data)
	} else {
		err = t.statement(ctx, selectStream).QueryRowContext(ctx, stream).Scan(&last.revision, &last.position)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return none, event, nil
	}
	return last, event, err
}

func (t *sqliteTransaction) place(ctx context.Context, s spot) (head, error) {
	if err := t.see(ctx, s.stream); err != nil {
		return head{}, fmt.Errorf("index the ids: %w", err)
	}
	var first head
	err := t.statement(ctx, selectByID).QueryRowContext(ctx, s.stream, s.id).Scan(&first.revision, &first.position)
	if errors.Is(err, sql.ErrNoRows) {
		return none, nil
	}
	return first, err
}

// see indexes the ids that a stream got since they were looked for before.
func (t *sqliteTransaction) see(ctx context.Context, stream string) error {
	last, _, err := t.head(ctx, stream)
	if err != nil {
		return err
	}
	seen := none.revision
	if err := t.statement(ctx, selectSeen).QueryRowContext(ctx, stream).Scan(&seen); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if seen >= last.revision {
		return nil
	}
	if _, err := t.statement(ctx, insertIDs).ExecContext(ctx, stream, seen); err != nil {
		return err
	}
	_, err = t.statement(ctx, upsertSeen).ExecContext(ctx, stream)
	return err
}

func (t *sqliteTransaction) ids(ctx context.Context, stream string, behind int64, limit int) ([]placed, error) {
	rows, err := t.statement(ctx, selectIDs).QueryContext(ctx, stream, behind, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []placed
	for rows.Next() {
		var one placed
		if err := rows.Scan(&one.id, &one.position); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

func (t *sqliteTransaction) insert(ctx context.Context, e entry) error {
	_, err := t.statement(ctx, insertEvent).ExecContext(ctx, e.position, e.stream, e.revision, e.event.ID, e.event.Type,
		bytes(e.event.Data), bytes(e.event.Meta), e.recorded, format(e.event))
	return err
}

func (t *sqliteTransaction) commit(context.Context) error { return t.tx.Commit() }

func (t *sqliteTransaction) rollback(context.Context) error {
	err := t.tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) { // a commit that failed
		return nil
	}
	return err
}
