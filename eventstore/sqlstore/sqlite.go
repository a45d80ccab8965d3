package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"dialtone/domain"
	"dialtone/eventstore/internal/points"
)

// busyTimeout is how long SQLite itself waits for a lock, in milliseconds. It
// is short because its steps become long; whoever calls tries again.
const busyTimeout = "busy_timeout(100)"

//go:embed schema.sql
var schema string

// openSQLite opens or makes the file: one connection writes, some read.
func openSQLite(ctx context.Context, path string) (database, error) {
	writing, err := openDatabase(path, 1, "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(1000)",
		"journal_size_limit(67108864)", "cache_size(-65536)", "temp_store(MEMORY)")
	if err != nil {
		return database{}, err
	}
	reading, err := openDatabase(path, readers, "query_only(1)", "cache_size(-8192)")
	if err != nil {
		return database{}, errors.Join(err, writing.Close())
	}
	d := database{
		reading: reading, page: wholePage,
		patience: patiently, watch: poll,
	}
	if err := d.prepareSQLite(ctx, writing); err != nil {
		return database{}, errors.Join(fmt.Errorf("open the event store %s: %w", path, err), writing.Close(), reading.Close())
	}
	return d, nil
}

// wholePage leaves it to the reader to stop where a result becomes large.
func wholePage(query string) string { return query }

func (d *database) prepareSQLite(ctx context.Context, writing *sql.DB) (err error) {
	points.At(points.Opening)
	if err := migrate(ctx, writing, schema); err != nil {
		return err
	}
	if err := upgrade(ctx, writing); err != nil {
		return err
	}
	if d.ledger, err = newSQLiteLedger(ctx, writing); err != nil {
		return err
	}
	d.read, err = prepare(ctx, d.reading, d.page, readQueries...)
	return err
}

// openDatabase opens a pool on a SQLite file, made with mode 0600 if missing.
func openDatabase(path string, connections int, pragmas ...string) (*sql.DB, error) {
	if path == "" {
		return nil, domain.Faultf(domain.Invalid, "no-path", "a SQLite store needs the path of a file")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": append(pragmas, busyTimeout)}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// migrate runs a schema, waiting for other processes that do the same.
func migrate(ctx context.Context, db *sql.DB, ddl string) error {
	return patiently(ctx, func() error {
		return inTx(ctx, db, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, ddl)
			points.At(points.Migrating)
			return err
		})
	})
}

// inTx runs a function in one transaction that holds the write lock from its
// beginning.
func inTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// patiently repeats what another process's lock stood in the way of, until the
// context ends.
func patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		if !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// code gives SQLite's primary result code of an error, 0 where there is none.
func code(err error) int {
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		return failure.Code() & 0xff
	}
	return 0
}

// errBusy is the answer of a pragma that met another process's lock.
var errBusy = errors.New("another process uses the file")

func isBusy(err error) bool {
	return errors.Is(err, errBusy) || code(err) == codes.SQLITE_BUSY || code(err) == codes.SQLITE_LOCKED
}

// isBroken tells whether an error puts the file itself in doubt: after a
// failed write or fsync nobody knows what the disk holds.
func isBroken(err error) bool {
	switch code(err) {
	case codes.SQLITE_IOERR, codes.SQLITE_FULL, codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB,
		codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_PROTOCOL:
		return true
	}
	return false
}
