package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest/pgserver"
)

// insertion writes a row into the store's own table, and does nothing else.
const insertion = `insert into events (position, stream, revision, id, type, data, meta, recorded) values ($1, $2, $3, $4, 'bench.written.v1', $5, $5, $6)`

// groupCommits is the floor for SQLite: one goroutine that inserts whatever
// fifty clients have handed to it and commits, with the same table, pragmas and
// file system. It expects no revision and recognises nothing.
func groupCommits(ctx context.Context, file string) (float64, error) {
	db, err := bareFile(ctx, file, "synchronous(FULL)", "wal_autocheckpoint(1000)", "cache_size(-65536)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	type order struct {
		stream   string
		revision int
		done     chan struct{}
	}
	orders := make(chan order, 256)
	failed := make(chan error, 1)
	go func() {
		position := 0
		for first := range orders {
			group := []order{first}
			for more := true; more && len(group) < 256; {
				select {
				case next, open := <-orders:
					if more = open; open {
						group = append(group, next)
					}
				default:
					more = false
				}
			}
			err := inOne(ctx, db, func(insert *sql.Stmt) error {
				for _, o := range group {
					position++
					if _, err := insert.ExecContext(ctx, position, o.stream, o.revision, uuid.NewString(), payload, time.Now().UnixMicro()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
			for _, o := range group {
				close(o.done)
			}
		}
	}()
	begun := time.Now()
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			stream := "bench-" + uuid.NewString()
			for revision := range eachWrites {
				o := order{stream, revision, make(chan struct{})}
				orders <- o
				<-o.done
			}
		})
	}
	wait.Wait()
	took := time.Since(begun)
	close(orders)
	select {
	case err := <-failed:
		return 0, fmt.Errorf("the floor's loop: %w", err)
	default:
		return writers * eachWrites / took.Seconds(), nil
	}
}

// bareFile makes a store's file and opens it without the store.
func bareFile(ctx context.Context, file string, pragmas ...string) (*sql.DB, error) {
	store, err := openFile(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	settings := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"journal_mode(WAL)"}, pragmas...)}
	db, err := sql.Open("sqlite", "file:"+file+"?"+settings.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func inOne(ctx context.Context, db *sql.DB, do func(*sql.Stmt) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // committed, or of no interest
	insert, err := tx.PrepareContext(ctx, insertion)
	if err != nil {
		return err
	}
	if err := do(insert); err != nil {
		return err
	}
	return tx.Commit()
}

// writeTo measures the store on a new database of a server.
func writeTo(ctx context.Context, engine *pgserver.Server) (rate, error) {
	dsn, err := engine.NewDatabase(ctx)
	if err != nil {
		return rate{}, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Config{DSN: dsn, Clock: time.Now})
	if err != nil {
		return rate{}, err
	}
	defer store.Close()
	return write(ctx, store)
}

// pgbench is the floor for PostgreSQL: fifty clients that each insert one row
// and commit, into the store's table.
func pgbench(ctx context.Context, engine *pgserver.Server) (float64, error) {
	dsn, err := engine.NewDatabase(ctx)
	if err != nil {
		return 0, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Config{DSN: dsn, Clock: time.Now}) // makes the table
	if err != nil {
		return 0, err
	}
	if err := store.Close(); err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "dialtone-bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	script := filepath.Join(folder, "insert.sql")
	const statement = "insert into events (position, stream, revision, id, type, data, meta, recorded)\n" +
		"select n, 'bench-' || :client_id, n, gen_random_uuid(), 'bench.written.v1', '\\x%[1]x', '\\x%[1]x', 0 from nextval('floor') n;\n"
	if err := os.WriteFile(script, fmt.Appendf(nil, statement, payload), 0o600); err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, filepath.Join(engine.Programs(), "psql"), dsn, "-c", "create sequence floor").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("psql: %w: %s", err, out)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(engine.Programs(), "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(writers), "-j", "2",
		"-t", strconv.Itoa(eachWrites), "-f", script, dsn).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	found := regexp.MustCompile(`tps = ([0-9.]+) \(without initial connection time\)`).FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench says no rate: %s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
