package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	selectVersion = `pragma data_version`
	truncateWAL   = `pragma wal_checkpoint(truncate)`
	destroyKey    = `insert into subject_keys (subject, destroyed) values ($1, $2)
		on conflict (subject) do update set wrapped = null, destroyed = excluded.destroyed where subject_keys.destroyed is null`
)

// keyDatabase is where keys are kept, and where the databases differ.
type keyDatabase struct {
	db         *sql.DB
	destroyKey string
	patience   func(ctx context.Context, do func() error) error
	version    func(context.Context) (int64, error) // another one after another process has destroyed a key
	overwrite  func(context.Context) error          // removes what is left of keys as they were
	close      func() error
}

// openKeyFile opens or makes a SQLite file for keys.
func openKeyFile(ctx context.Context, path string) (keyDatabase, error) {
	db, err := openDatabase(path, 2, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)")
	if err != nil {
		return keyDatabase{}, err
	}
	var watching *sql.Conn // a version is that of a connection
	if err = migrate(ctx, db, keysSchema); err == nil {
		watching, err = db.Conn(ctx)
	}
	if err != nil {
		return keyDatabase{}, errors.Join(fmt.Errorf("open the key store %s: %w", path, err), db.Close())
	}
	return keyDatabase{
		db: db, destroyKey: destroyKey, patience: patiently,
		version: func(ctx context.Context) (version int64, err error) {
			err = watching.QueryRowContext(ctx, selectVersion).Scan(&version)
			return version, err
		},
		overwrite: func(ctx context.Context) error { return emptyLog(ctx, db) },
		close:     func() error { return errors.Join(watching.Close(), db.Close()) },
	}, nil
}

// emptyLog moves the write-ahead log, which may hold a key as it was, into the
// file and cuts it to nothing.
func emptyLog(ctx context.Context, db *sql.DB) error {
	var busy, frames, moved int
	if err := db.QueryRowContext(ctx, truncateWAL).Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errBusy
	}
	return nil
}
