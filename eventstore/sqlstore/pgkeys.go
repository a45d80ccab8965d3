package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
)

//go:embed pgkeys.sql
var postgresKeysSchema string

const (
	pgDestroyKey = `with gone as (insert into subject_keys (subject, destroyed) values ($1, $2)
		on conflict (subject) do update set wrapped = null, destroyed = excluded.destroyed
		where subject_keys.destroyed is null returning 1)
		update key_destructions set count = count + 1 where exists (select from gone)`
	pgDestructions = `select count from key_destructions`
	pgFile         = `select pg_relation_filenode('subject_keys')::bigint`
	pgOverwrite    = `vacuum full subject_keys`
)

// openKeyTables opens or makes the tables for keys in PostgreSQL. It writes the
// table anew after a key was destroyed, which takes the role that owns the table.
// The new file holds the key as it was only where somebody may still ask for it: a
// transaction that began before in the same database, a prepared one, a replication
// slot or a standby's feedback. The server removes the old file, and does not
// overwrite it. Its write-ahead log, replicas and backups keep the key, wrapped,
// until they themselves are gone.
func openKeyTables(ctx context.Context, dsn string) (keyDatabase, error) {
	config, err := parsePostgres(dsn)
	if err != nil {
		return keyDatabase{}, err
	}
	connection, err := connect(ctx, config, keysSession)
	if err == nil {
		err = errors.Join(migratePostgres(ctx, connection, "subject_keys", postgresKeysSchema), connection.Close(ctx))
	}
	if err != nil {
		return keyDatabase{}, fmt.Errorf("open the key store in PostgreSQL: %w", err)
	}
	db := poolPostgres(config, keysSession, 4)
	return keyDatabase{
		db: db, destroyKey: pgDestroyKey, patience: patientlyPostgres,
		version: func(ctx context.Context) (count int64, err error) {
			err = db.QueryRowContext(ctx, pgDestructions).Scan(&count)
			return count, err
		},
		overwrite: func(ctx context.Context) error { return writeAnew(ctx, db) },
		close:     db.Close,
	}, nil
}

// errNotOwner is the end of what the server only warns of.
var errNotOwner = errors.New("PostgreSQL did not write the table of keys anew: its role has to own it")

// writeAnew puts the table of keys into another file. Whether the server has done
// that is told by the file's number alone.
func writeAnew(ctx context.Context, db *sql.DB) error {
	var before, after int64
	if err := db.QueryRowContext(ctx, pgFile).Scan(&before); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, pgOverwrite); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, pgFile).Scan(&after); err != nil {
		return err
	}
	if before == after {
		return errNotOwner
	}
	return nil
}
