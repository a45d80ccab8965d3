package temporald

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	serverconfig "go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	schema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// retention is how long a closed workflow can be looked at. The history that
// counts is in the event store.
const retention = 72 * time.Hour

// storeConfig opens the file with a write-ahead log that is flushed when it is
// folded into the file, not at every commit: what the server has acknowledged
// survives kill -9, and a power cut can only take back the last moments of it.
// The reactor makes up for those, since it starts a while before its checkpoint.
// One connection, since SQLite has one writer; its cache holds what a few thousand
// running workflows touch, where SQLite's own 2 MB would read it again and again.
func storeConfig(file string) *serverconfig.SQL {
	return &serverconfig.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: (&url.URL{Path: file}).EscapedPath(),
		ConnectAttributes: map[string]string{
			"mode": "rwc", "journal_mode": "wal", "synchronous": "1", "busy_timeout": "10000",
			"cache_size": "-32768", // KiB
		},
	}
}

// prepareStore makes the tables and the namespace where they are missing.
func prepareStore(ctx context.Context, file string, store *serverconfig.SQL) error {
	own, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600) // SQLite would let others read it
	if err != nil {
		return fmt.Errorf("make the store: %w", err)
	}
	if err := errors.Join(own.Close(), createSchema(ctx, file)); err != nil {
		return err
	}
	namespace, err := schema.NewNamespaceConfig(clusterName, Namespace, false, nil)
	if err != nil {
		return fmt.Errorf("describe the namespace: %w", err)
	}
	namespace.Detail.Config.Retention = durationpb.New(retention)
	return schema.CreateNamespaces(store, namespace)
}

// createSchema makes all tables in one transaction, so that a process killed
// during its first start leaves either no tables or all of them. An older store
// loses the indexes that a new one does not get.
func createSchema(ctx context.Context, file string) (err error) {
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?_pragma=journal_mode=wal&_pragma=busy_timeout=10000"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table'").Scan(&tables); err != nil {
		return fmt.Errorf("look for tables: %w", err)
	}
	if tables == 0 {
		if err := schema.SetupSchemaOnDB(schemaWriter{tx: tx, ctx: ctx}); err != nil {
			return fmt.Errorf("create tables: %w", err)
		}
	}
	if err := dropIndexes(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// schemaWriter is the part of AdminDB that SetupSchemaOnDB uses, on one
// transaction; any other method would panic on the nil interface.
type schemaWriter struct {
	sqlplugin.AdminDB
	tx  *sql.Tx
	ctx context.Context
}

// Exec runs one schema statement in the transaction.
func (w schemaWriter) Exec(statement string, args ...any) error {
	_, err := w.tx.ExecContext(w.ctx, statement, args...)
	return err
}
