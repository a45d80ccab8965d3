package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"dialtone/domain"
)

//go:embed postgres.sql
var postgresSchema string

// answerWithin is how long one answer of the server may take before its
// connection is given up.
const answerWithin = 30 * time.Second

// lockSpace is the upper half of the advisory locks' keys, "Dial" in ASCII. The
// lower half is the number PostgreSQL gave the table of events, 0 for that of
// making the tables: two schemas of one database don't stand in each other's way.
const lockSpace = 0x4469616c << 32

// readerSession keeps the plans those of the indexes, whatever the statistics
// of a table say that has just been made.
const readerSession = `set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off`

// writerSession lets nobody wait for ever. A lock that is not granted is asked
// for again; a writer that hangs in its transaction, or whose machine has gone,
// loses its connection and thereby the lock. What an append relies on is said
// again in each transaction (pgSettings): a pool in front of the server may give
// it another session than this one.
const writerSession = readerSession + `; set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '10s';
set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3`

// keysSession is a writer's that has a key on disk before it is answered, even
// where the database's default is otherwise.
const keysSession = writerSession + `;
select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`

// isPostgres tells a connection string of PostgreSQL from others.
func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// openPostgres opens or makes the tables in a database.
func openPostgres(ctx context.Context, dsn string) (database, error) {
	config, err := parsePostgres(dsn)
	if err != nil {
		return database{}, err
	}
	d := database{
		reading: poolPostgres(config, readerSession, readers), page: pagePostgres, patience: patientlyPostgres,
	}
	if err := d.preparePostgres(ctx, config); err != nil {
		return database{}, errors.Join(fmt.Errorf("open the event store in PostgreSQL: %w", err), d.reading.Close())
	}
	return d, nil
}

func (d *database) preparePostgres(ctx context.Context, config *pgx.ConnConfig) error {
	connection, err := connect(ctx, config, writerSession)
	if err != nil {
		return err
	}
	ledger := &postgresLedger{config: config, connection: connection}
	number := int64(0)
	if err = migratePostgres(ctx, connection, "events", postgresSchema); err == nil {
		number, err = tableNumber(ctx, connection, "events")
	}
	if err == nil {
		d.read, err = prepare(ctx, d.reading, d.page, readQueries...)
	}
	if err != nil {
		return errors.Join(err, ledger.close(ctx))
	}
	ledger.lock, ledger.channel = lockSpace+number, fmt.Sprint("dialtone_events_", number)
	d.ledger = ledger
	d.watch = func(ctx context.Context, on watching) {
		(&listener{watching: on, config: config, channel: ledger.channel}).run(ctx)
	}
	return nil
}

// pagePostgres makes the server end a result where it becomes large: it would
// send all of it, however much is read.
func pagePostgres(query string) string {
	return `select position, stream, revision, names, data, meta, moment from (select *, sum(octet_length(data) + octet_length(meta))
		over (rows between unbounded preceding and 1 preceding) as ahead from (` + query + `) as page) as sized
		where ahead is null or ahead <= ` + strconv.Itoa(pageBytes)
}

// patientlyPostgres repeats what may be done twice over other connections while the server goes
// and comes back, about three seconds.
func patientlyPostgres(ctx context.Context, do func() error) error {
	for pause := 5 * time.Millisecond; ; pause *= 2 {
		err := do()
		if err == nil || pause > 2*time.Second || !passesPostgres(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// parsePostgres reads a connection string; what it says stays as it is, but that
// of several hosts any is taken: one that lags would make readers skip what comes
// later. Its errors don't tell the password.
func parsePostgres(dsn string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, domain.Faultf(domain.Invalid, "postgres-dsn", "the connection string of PostgreSQL can't be read")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	// A machine that has gone answers no query: ask it now and then.
	alive := net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 3}
	config.DialFunc = (&net.Dialer{KeepAliveConfig: alive}).DialContext
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "dialtone"
	}
	if config.ValidateConnect == nil && hasHosts(config) {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	return config, nil
}

// hasHosts tells whether there is another server than the first to fall back on,
// not only another way to the same.
func hasHosts(config *pgx.ConnConfig) bool {
	return slices.ContainsFunc(config.Fallbacks, func(other *pgconn.FallbackConfig) bool {
		return other.Host != config.Host || other.Port != config.Port
	})
}

// connect opens one connection and prepares its session.
func connect(ctx context.Context, config *pgx.ConnConfig, session string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := prepareSession(ctx, connection, session); err != nil {
		return nil, errors.Join(err, connection.Close(ctx))
	}
	return connection, nil
}

// prepareSession runs the settings of a session.
func prepareSession(ctx context.Context, connection *pgx.Conn, session string) error {
	_, err := connection.PgConn().Exec(ctx, session).ReadAll()
	return err
}

// poolPostgres opens a pool of at most so many connections.
func poolPostgres(config *pgx.ConnConfig, session string, most int) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, connection *pgx.Conn) error {
		return prepareSession(ctx, connection, session)
	}))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// migratePostgres makes the tables where they are missing: of several that
// start together one does, and who may only read and write rows needs not to.
func migratePostgres(ctx context.Context, connection *pgx.Conn, table, ddl string) error {
	return pgx.BeginFunc(ctx, connection, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(lockSpace)); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, `select to_regclass($1) is not null`, table).Scan(&there); err != nil || there {
			return err
		}
		_, err := tx.Exec(ctx, ddl)
		return err
	})
}

// tableNumber gives the number PostgreSQL knows a table by.
func tableNumber(ctx context.Context, connection *pgx.Conn, table string) (int64, error) {
	var number int64
	err := connection.QueryRow(ctx, `select $1::regclass::oid::bigint`, table).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("look for the table of %s: %w", table, err)
	}
	return number, nil
}

// readOnly is the SQLSTATE of who was asked to write and may not: a standby, or
// a primary that has become one.
const readOnly = "25006"

// sqlState gives the SQLSTATE of an error that the server gave, "" of others.
func sqlState(err error) string {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}

// judgePostgres tells what a failed transaction of the writer means.
func judgePostgres(err error) verdict {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok { // nobody has written anything
		return away
	}
	switch code := sqlState(err); code {
	case "55P03": // lock_not_available: lock_timeout
		return locked
	case readOnly:
		return useless
	case "40001", "40P01", "23505": // serialisation, deadlock, unique violation
		return raced
	default:
		if strings.HasPrefix(code, "53") || strings.HasPrefix(code, "58") { // no disk, no memory, I/O
			return away
		}
	}
	return failed
}

// passesPostgres tells whether a read that failed is worth another connection:
// the server was stopped, or is starting, or a lock was held for long.
func passesPostgres(err error) bool {
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, errNotOwner) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	code := sqlState(err)
	return code == "" || code == "55P03" || strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
}
