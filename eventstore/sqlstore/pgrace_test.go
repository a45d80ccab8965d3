package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/storetest/pgserver"
)

// openPG opens a store in the schema.
func openPG(t *testing.T, dsn string) *Store {
	t.Helper()
	store, err := Open(t.Context(), Config{DSN: dsn, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// rogue is a connection that writes without asking for the lock.
func rogue(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) })
	return connection
}

func write(ctx context.Context, tx pgx.Tx, stream string, revision, position int64) error {
	_, err := tx.Exec(ctx, `insert into events values ($1, $2, $3, $4, 'rogue.v1', '{}', '{}', 0)`, position, stream, revision, uuid.NewString())
	return err
}

// blocked waits until so many connections wait for a lock.
func blocked(t *testing.T, watcher *pgx.Conn, count int) {
	t.Helper()
	for waiting := 0; waiting < count; {
		err := watcher.QueryRow(t.Context(), `select count(*) from pg_stat_activity where wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWriterPastTheLockMakesConflictsOfWhatItTook(t *testing.T) {
	for name, c := range map[string]struct {
		stream             string
		revision, position int64
		commits, conflicts bool
	}{
		"the revision, and commits":      {"contested", 0, 1000, true, true},
		"the revision, and rolls back":   {"contested", 0, 1000, false, false},
		"the position, and commits":      {"another", 0, 1, true, false},
		"the position, and rolls back":   {"another", 0, 1, false, false},
		"both, and commits":              {"contested", 0, 1, true, true},
		"the next revision, and commits": {"contested", 1, 1, true, true}, // which leaves a hole: it is not our writing
	} {
		t.Run(name, func(t *testing.T) {
			dsn := pgserver.Schema(t)
			store, other, watcher := openPG(t, dsn), rogue(t, dsn), rogue(t, dsn)
			tx, err := other.Begin(t.Context())
			if err == nil {
				err = write(t.Context(), tx, c.stream, c.revision, c.position)
			}
			if err != nil {
				t.Fatal(err)
			}
			answers := make(chan error)
			for _, stream := range []string{"contested", "beside"} {
				go func() {
					_, err := store.Append(t.Context(), stream, eventstore.NoStream, proposed(10))
					answers <- err
				}()
			}
			blocked(t, watcher, 1)
			end := tx.Rollback
			if c.commits {
				end = tx.Commit
			}
			if err := end(t.Context()); err != nil {
				t.Fatal(err)
			}
			conflicts := 0
			for range 2 {
				var conflict *eventstore.ConflictError
				err := <-answers
				if errors.As(err, &conflict) && conflict.Stream == "contested" && int64(conflict.Actual) == c.revision {
					conflicts++
				} else if err != nil {
					t.Errorf("append: %v", err)
				}
			}
			if (conflicts == 1) != c.conflicts {
				t.Errorf("%d conflicts, want one: %v", conflicts, c.conflicts)
			}
		})
	}
}

// always races: somebody is faster than every commit.
type always struct{ ledger }

type alwaysLate struct{ transaction }

func (a always) begin(ctx context.Context, group []*request, metas bool) (transaction, error) {
	tx, err := a.ledger.begin(ctx, group, metas)
	return alwaysLate{tx}, err
}

func (alwaysLate) commit(context.Context) error { return &pgconn.PgError{Code: "23505"} }

func TestWhoIsAlwaysTooLateIsToldWhatIsThere(t *testing.T) {
	store := openPG(t, pgserver.Schema(t))
	there := proposed(10)
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, there); err != nil {
		t.Fatal(err)
	}
	prompt := store.writer.ledger
	store.writer.ledger = always{prompt}
	again, conflicts := errRaced.Error(), "s: expected "
	for name, c := range map[string]struct {
		stream   string
		expected eventstore.Expected
		event    eventstore.Proposed
		answer   string // "": done
	}{
		"where the stream is":        {"s", eventstore.Exactly(0), proposed(10), again},
		"anywhere":                   {"s", eventstore.Any, proposed(10), again},
		"to a stream that is":        {"s", eventstore.StreamExists, proposed(10), again},
		"to a new stream":            {"new", eventstore.NoStream, proposed(10), again},
		"before the stream":          {"s", eventstore.NoStream, proposed(10), conflicts},
		"behind the stream":          {"s", eventstore.Exactly(1), proposed(10), conflicts},
		"to a stream that is not":    {"none", eventstore.StreamExists, proposed(10), "none: expected "},
		"what was written":           {"s", eventstore.NoStream, there, ""},
		"what was written, anywhere": {"s", eventstore.Any, there, ""},
	} {
		got, err := store.Append(t.Context(), c.stream, c.expected, c.event)
		switch {
		case c.answer == "" && (err != nil || got != eventstore.Appended{Position: 1}):
			t.Errorf("%s: %+v, %v; want what was answered first", name, got, err)
		case c.answer != "" && (err == nil || !strings.HasPrefix(err.Error(), c.answer)):
			t.Errorf("%s: %v, want %q", name, err, c.answer)
		case c.answer != "" && errors.Is(err, eventstore.ErrConflict) == (c.answer == again):
			t.Errorf("%s: %v is of another kind", name, err)
		}
	}
	store.writer.ledger = prompt
	if got, err := store.Append(t.Context(), "s", eventstore.Exactly(0), proposed(10)); err != nil || got.Position != 2 {
		t.Errorf("afterwards: %+v, %v", got, err)
	}
}

func TestALockThatIsHeldLongIsWaitedFor(t *testing.T) {
	dsn := pgserver.Schema(t)
	store, other, watcher := openPG(t, dsn), rogue(t, dsn), rogue(t, dsn)
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), pgLock, store.ledger.(*postgresLedger).lock); err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() {
		_, err := store.Append(impatient, "s", eventstore.NoStream, proposed(10))
		answer <- err
	}()
	blocked(t, watcher, 1)
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("an append that is not waited for: %v", err)
	}
	go func() {
		_, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10))
		answer <- err
	}()
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil && !errors.Is(err, eventstore.ErrConflict) { // the first may have been written
		t.Errorf("an append behind the lock: %v", err)
	}
}

func TestAWriterThatHangsLosesTheLock(t *testing.T) {
	dsn := pgserver.Schema(t)
	hanging, other := openPG(t, dsn), openPG(t, dsn)
	resume, began := make(chan struct{}), make(chan struct{})
	hanging.writer.beforeCommit = func() error {
		_, err := hanging.ledger.(*postgresLedger).connection.Exec(t.Context(), `set local idle_in_transaction_session_timeout = 200`)
		close(began)
		<-resume
		hanging.writer.beforeCommit = nil
		return err
	}
	lost := make(chan error)
	go func() {
		_, err := hanging.Append(t.Context(), "hanging", eventstore.NoStream, proposed(10))
		lost <- err
	}()
	<-began
	if _, err := other.Append(t.Context(), "other", eventstore.NoStream, proposed(10)); err != nil {
		t.Errorf("another writer: %v", err)
	}
	close(resume)
	err := <-lost
	var fault *domain.Fault
	if err == nil || errors.As(err, &fault) || errors.Is(err, eventstore.ErrConflict) {
		t.Errorf("the one that hung: %v, want an unknown outcome", err)
	}
	if _, err := hanging.Append(t.Context(), "hanging", eventstore.NoStream, proposed(10)); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

func TestAFullDatabaseRefusesForAWhile(t *testing.T) {
	store := openPG(t, pgserver.Schema(t))
	for _, code := range []string{"53100", "58030"} {
		store.writer.beforeCommit = func() error {
			_, err := store.ledger.(*postgresLedger).connection.Exec(t.Context(),
				`do $$ begin raise exception using errcode = '`+code+`'; end $$`)
			return err
		}
		_, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10))
		if faultOf(err) != "store-away" {
			t.Errorf("%s: %v, want unavailable", code, err)
		}
	}
	store.writer.beforeCommit = nil
	if _, err := store.Append(t.Context(), "s", eventstore.NoStream, proposed(10)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestNoErrorTellsThePassword(t *testing.T) {
	server := pgserver.Shared(t)
	right := server.DSN("postgres")
	const wrong = "wrong-secret"
	for name, dsn := range map[string]string{
		"wrong password":   strings.Replace(right, server.Password(), wrong, 1),
		"wrong host":       strings.Replace(right, "127.0.0.1", "nowhere.invalid", 1),
		"nobody there":     strings.Replace(right, "127.0.0.1", "127.0.0.2", 1),
		"wrong database":   server.DSN("none"),
		"wrong option":     strings.Replace(right, "disable", "perhaps", 1),
		"unknown option":   right + "&dialtone=1",
		"not to be parsed": strings.Replace(right, "127.0.0.1:", "[127.0.0.1:", 1),
		"bad port":         strings.Replace(right, "127.0.0.1:", "127.0.0.1:x", 1),
	} {
		store, err := Open(t.Context(), Config{DSN: dsn, Clock: time.Now})
		if err == nil {
			t.Errorf("%s: it opens", name)
			_ = store.Close()
			continue
		}
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			if strings.Contains(text, server.Password()) || strings.Contains(text, wrong) {
				t.Errorf("%s: the password stands in the error", name)
			}
		}
	}
}
