package projections

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/eventstore"
)

func openAlone(t *testing.T, p projection) *Views {
	t.Helper()
	v, err := Open(t.Context(), Config{
		DSN:   "sqlite:" + filepath.Join(t.TempDir(), "p.db"),
		Clock: func() time.Time { return time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	v.projections = []projection{p}
	return v
}

func events(count int) []eventstore.Recorded {
	recorded := make([]eventstore.Recorded, count)
	for i := range recorded {
		recorded[i] = eventstore.Recorded{
			Proposed: eventstore.Proposed{ID: fmt.Sprint(i), Type: "user.suspended.v1", Data: []byte("{}"), Meta: []byte("{}")},
			Stream:   fmt.Sprintf("user-%d", i%3), Revision: uint64(i / 3), Position: eventstore.Position(i + 1),
		}
	}
	return recorded
}

type happened struct{}

func (happened) Type() string { return "user.suspended.v1" }

// writeThen makes a projection that writes a lease named after the event and
// then goes wrong for stream user-1.
func writeThen(wrong func(ctx context.Context, tx bun.IDB) error) projection {
	return projection{name: "users", tables: []string{"leases"}, wants: []string{"user."}, apply: one(func(ctx context.Context, w *writer, r record) error {
		row := lease{Name: r.ID, Holder: r.Stream, Until: r.Time}
		if _, err := w.tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if r.Stream == "user-1" {
			return wrong(ctx, w.tx)
		}
		return nil
	})}
}

func (v *Views) applyForTest(t *testing.T, batch []eventstore.Recorded) error {
	t.Helper()
	codec, err := eventstore.NewCodec(nil, happened{})
	if err != nil {
		t.Fatal(err)
	}
	return v.writing.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return v.applyAll(ctx, tx, codec, []target{{projection: v.projections[0]}}, batch)
	})
}

func TestAnApplyThatGoesWrongHalfwayLeavesNothingBehind(t *testing.T) {
	for name, wrong := range map[string]func(ctx context.Context, tx bun.IDB) error{
		"an error": func(context.Context, bun.IDB) error { return errors.New("it cannot be") },
		"a panic":  func(context.Context, bun.IDB) error { panic("it cannot be") },
		"bad SQL":  func(ctx context.Context, tx bun.IDB) error { return exec(ctx, tx, "SELECT nonsense FROM nowhere") },
		"constraint": func(ctx context.Context, tx bun.IDB) error {
			return exec(ctx, tx, "INSERT INTO leases (name) VALUES ('x')")
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := openAlone(t, writeThen(wrong))
			if err := v.applyForTest(t, events(9)); err != nil {
				t.Fatal(err)
			}
			var ofOne, others, broken, queued int
			err := v.reading.QueryRowContext(t.Context(), `SELECT
				(SELECT count(*) FROM leases WHERE holder = 'user-1'), (SELECT count(*) FROM leases WHERE holder <> 'user-1'),
				(SELECT count(*) FROM parked WHERE error <> ''), (SELECT count(*) FROM parked WHERE error = '')`).Scan(&ofOne, &others, &broken, &queued)
			if err != nil {
				t.Fatal(err)
			}
			if ofOne != 0 || others != 6 || broken != 1 || queued != 2 {
				t.Errorf("got %d of the broken stream, %d others, %d broken, %d queued; want 0, 6, 1, 2", ofOne, others, broken, queued)
			}
		})
	}
}

func TestTheLogNamesTheEventAndNothingThatIsSaidInIt(t *testing.T) {
	v := openAlone(t, writeThen(func(context.Context, bun.IDB) error { return errors.New("ada@example.com cannot be") }))
	var log strings.Builder
	v.log = slog.New(slog.NewTextHandler(&log, nil))
	if err := v.applyForTest(t, events(3)); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"level=ERROR", "projection=users", "stream=user-1", "position=2", "event=1"} {
		if !strings.Contains(log.String(), word) {
			t.Errorf("%q is missing in %s", word, log.String())
		}
	}
	if strings.Contains(log.String(), "ada") {
		t.Errorf("a person is in the log: %s", log.String())
	}
}

func TestWhatPassesByItselfParksNothing(t *testing.T) {
	busy := domain.Faultf(domain.Unavailable, "busy", "try again")
	for name, cause := range map[string]error{
		"the store is busy": fmt.Errorf("write: %w", busy), "a lost connection": driver.ErrBadConn, "a closed one": sql.ErrConnDone,
		"a finished transaction": sql.ErrTxDone, "a closed pool": fmt.Errorf("read: %w", errors.New("sql: database is closed")),
		"a file": &fs.PathError{Op: "open", Path: "keys.db", Err: fs.ErrPermission},
	} {
		t.Run(name, func(t *testing.T) {
			v := openAlone(t, writeThen(func(context.Context, bun.IDB) error { return cause }))
			if err := v.applyForTest(t, events(9)); !errors.Is(err, cause) && err == nil {
				t.Errorf("got %v, want the whole batch to fail", err)
			}
			for _, table := range []string{"leases", "parked"} {
				if n, err := v.reading.NewSelect().TableExpr(table).Count(t.Context()); err != nil || n != 0 {
					t.Errorf("%s: got %d, %v, want nothing", table, n, err)
				}
			}
		})
	}
}

func TestARevisionMustFollow(t *testing.T) {
	for _, test := range []struct {
		name              string
		found             bool
		applied, revision uint64
		due, gap          bool
	}{
		{"the first", false, 0, 0, true, false},
		{"not the first of a new row", false, 0, 1, false, true},
		{"the next", true, 0, 1, true, false},
		{"the same again", true, 4, 4, false, false},
		{"an older one", true, 4, 2, false, false},
		{"one too far", true, 4, 6, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			due, err := follows(test.found, test.applied, test.revision)
			if due != test.due || (err != nil) != test.gap {
				t.Errorf("got %v, %v", due, err)
			}
		})
	}
}

func TestACheckpointMovesOnlyFromWhereItWasRead(t *testing.T) {
	v := openAlone(t, users)
	for _, step := range []struct {
		from, to eventstore.Position
		want     error
	}{{0, 5, nil}, {0, 9, errMoved}, {5, 9, nil}} {
		if err := moveCheckpoint(t.Context(), v.writing, "users", step.from, step.to, v.now()); !errors.Is(err, step.want) {
			t.Errorf("from %d to %d: got %v, want %v", step.from, step.to, err, step.want)
		}
	}
}

func TestABatchIsTakenAtABeatOrWhenItIsFull(t *testing.T) {
	message := func(n int) delivery {
		return delivery{message: eventstore.Message{Kind: eventstore.Checkpoint, Position: eventstore.Position(n)}}
	}
	deliveries, beats := make(chan delivery, 2*batchLimit), make(chan time.Time, 1)
	for n := range batchLimit + 2 {
		deliveries <- message(n)
	}
	batch, err := gather(deliveries, beats)
	if err != nil || len(batch) != batchLimit {
		t.Fatalf("got %d, %v, want a full batch without a beat", len(batch), err)
	}
	beats <- time.Time{}
	if batch, err = gather(deliveries, beats); err != nil || len(batch) != 2 || batch[1].Position != batchLimit+1 {
		t.Fatalf("got %v, %v, want what is left at the beat", batch, err)
	}
	cut := errors.New("the line is cut")
	deliveries <- message(0)
	deliveries <- delivery{err: cut}
	if batch, err = gather(deliveries, beats); !errors.Is(err, cut) || len(batch) != 1 {
		t.Fatalf("got %v, %v, want what came before the error", batch, err)
	}
	deliveries <- message(0)
	close(deliveries)
	if batch, err = gather(deliveries, beats); err == nil || len(batch) != 1 {
		t.Fatalf("got %v, %v, want what came before the end", batch, err)
	}
}
