package projections

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver

	"dialtone/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

// readers is the number of connections that read at the same time.
const readers = 8

// openDatabase opens the pool that writes and the one that reads.
func openDatabase(dsn string) (writing, reading *bun.DB, err error) {
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok || path == "" {
		return nil, nil, domain.Faultf(domain.Invalid, "database", "the read models need a database such as sqlite:FILE")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the read models: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, nil, fmt.Errorf("open the read models: %w", err)
	}
	// What is deleted is overwritten: it may be somebody who wants to be forgotten.
	writing, err = openPool(path, 1, "journal_mode(WAL)", "synchronous(NORMAL)", "secure_delete(1)",
		"journal_size_limit(67108864)", "cache_size(-32768)", "temp_store(MEMORY)")
	if err != nil {
		return nil, nil, err
	}
	reading, err = openPool(path, readers, "query_only(1)", "cache_size(-8192)")
	if err != nil {
		return nil, nil, errors.Join(err, writing.Close())
	}
	return writing, reading, nil
}

func openPool(path string, connections int, pragmas ...string) (*bun.DB, error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": append(pragmas, "busy_timeout(5000)")}
	if connections > 1 {
		query.Del("_txlock")
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, fmt.Errorf("open the read models: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return bun.NewDB(db, sqlitedialect.New(), bun.WithDiscardUnknownColumns()), nil
}

// migrate brings the tables up to date. Processes that start together do it
// together: who was slower finds a version that is taken, and looks again.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	for try := 1; ; try++ {
		provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return fmt.Errorf("read the migrations: %w", err)
		}
		_, err = provider.Up(ctx)
		if err == nil || try == 10 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
