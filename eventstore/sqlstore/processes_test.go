package sqlstore_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest/pgserver"
)

// childStore names the store this test binary appends to when it is started as
// another process.
const childStore = "SQLSTORE_TEST_CHILD_STORE"

// childHolds has that process stand still with the lock in its hand.
const childHolds = "SQLSTORE_TEST_CHILD_HOLDS"

const perProcess = 300

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childStore); dsn != "" {
		os.Exit(child(dsn))
	}
	os.Exit(pgserver.Run(m))
}

// child appends to a stream both processes want, and to one of its own.
func child(dsn string) int {
	store, err := sqlstore.Open(testContext, sqlstore.Config{DSN: dsn, Clock: time.Now})
	if err == nil && os.Getenv(childHolds) != "" {
		store.BeforeCommit(func() error { fmt.Println("holding"); select {} })
	}
	if err == nil {
		err = errors.Join(contend(store, "child"), store.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// contend appends to the stream "shared" wherever it stands until it has won
// so many times, each time with an exact revision.
func contend(store eventstore.Store, name string) error {
	revision := eventstore.NoStream
	for won := 0; won < perProcess; {
		appended, err := store.Append(testContext, "shared", revision, event(name, won))
		var conflict *eventstore.ConflictError
		switch {
		case errors.As(err, &conflict):
			revision = conflict.Actual
			continue
		case err != nil:
			return err
		}
		revision = eventstore.Exactly(appended.Revision)
		if _, err := store.Append(testContext, name, eventstore.Expected(won-1), event(name, won)); err != nil {
			return err
		}
		won++
	}
	return nil
}

func event(parts ...any) eventstore.Proposed {
	return eventstore.Proposed{ID: domain.DeriveID(fmt.Sprint(parts...)), Type: "thing.happened.v1", Data: []byte(`{}`)}
}

func TestTwoProcessesShareAFile(t *testing.T) {
	share(t, "sqlite:"+filepath.Join(t.TempDir(), "events.db"))
}

func TestTwoProcessesShareADatabase(t *testing.T) { share(t, pgserver.Schema(t)) }

func share(t *testing.T, dsn string) {
	t.Helper()
	store := openDSN(t, dsn)
	delivered := make(chan []eventstore.Recorded)
	go func() { delivered <- first(store, 4*perProcess) }()

	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childStore+"="+dsn)
	var group sync.WaitGroup
	group.Go(func() {
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("the other process: %v: %s", err, output)
		}
	})
	if err := contend(store, "parent"); err != nil {
		t.Error(err)
	}
	group.Wait()

	for stream, count := range map[string]int{"shared": 2 * perProcess, "parent": perProcess, "child": perProcess} {
		if got := read(t, store, stream); len(got) != count || got[count-1].Revision != uint64(count-1) {
			t.Errorf("%s has %d events, want %d", stream, len(got), count)
		}
	}
	live := <-delivered
	for i := range live {
		if want := eventstore.Position(i + 1); live[i].Position != want {
			t.Fatalf("message %d has position %d", i, live[i].Position)
		}
		if i > 0 && live[i].Time.Before(live[i-1].Time) {
			t.Errorf("position %d was recorded before the one ahead", live[i].Position)
		}
	}
	if len(live) != 4*perProcess {
		t.Errorf("%d events were delivered, want %d", len(live), 4*perProcess)
	}
}

func TestWhatAKilledProcessHeldIsFree(t *testing.T) {
	for name, dsn := range map[string]string{
		"a file": "sqlite:" + filepath.Join(t.TempDir(), "events.db"), "a database": pgserver.Schema(t),
	} {
		t.Run(name, func(t *testing.T) {
			store := openDSN(t, dsn)
			command := exec.CommandContext(t.Context(), os.Args[0])
			command.Env = append(os.Environ(), childStore+"="+dsn, childHolds+"=1")
			output, err := command.StdoutPipe()
			if err == nil {
				err = command.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(output).ReadString('\n'); line != "holding\n" {
				t.Fatalf("the other process says %q, %v", line, err)
			}
			answer := make(chan error)
			go func() { answer <- appendTo(store, "shared", event("ours")) }()
			if err := command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := <-answer; err != nil {
				t.Error(err)
			}
			_ = command.Wait()
			if got := read(t, store, "shared"); len(got) != 1 || got[0].Position != 1 {
				t.Errorf("events %+v, want ours alone", got)
			}
		})
	}
}

// first gives the first events a subscription delivers.
func first(store eventstore.Store, count int) []eventstore.Recorded {
	var list []eventstore.Recorded
	for message, err := range store.Subscribe(testContext, 0) {
		if err != nil || len(list) == count {
			break
		}
		if message.Kind == eventstore.EventAppeared {
			list = append(list, message.Event)
		}
	}
	return list
}

func read(t *testing.T, store eventstore.Store, stream string) []eventstore.Recorded {
	t.Helper()
	var list []eventstore.Recorded
	for recorded, err := range store.Read(t.Context(), stream, 0, eventstore.Forwards, 0) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, recorded)
	}
	return list
}

func TestAppendsOfAnotherStoreAreSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	one, two := open(t, path), open(t, path)
	for i := range 10 {
		writer, other := one, two
		if i%2 == 1 {
			writer, other = two, one
		}
		if _, err := writer.Append(t.Context(), "s", eventstore.Expected(i-1), event(i)); err != nil {
			t.Fatal(err)
		}
		again, err := other.Append(t.Context(), "s", eventstore.Expected(i-1), event(i))
		if err != nil || again.Revision != uint64(i) {
			t.Errorf("repeated through the other store: %+v, %v", again, err)
		}
		if _, err := other.Append(t.Context(), "s", eventstore.Expected(i-1), event("late", i)); !errors.Is(err, eventstore.ErrConflict) {
			t.Errorf("through the other store: %v, want a conflict", err)
		}
	}
}

func TestReadersNeverMeetTheLockOfOneThatOpensOrCloses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	reader := open(t, path)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 30 {
			other, err := sqlstore.Open(testContext, sqlstore.Config{Path: path, Clock: time.Now})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := errors.Join(appendTo(other, "s", event(i)), other.Close()); err != nil {
				t.Error(err)
			}
		}
	}()
	for open := true; open; {
		select {
		case <-done:
			open = false
		default:
		}
		if _, err := reader.Head(t.Context()); err != nil {
			t.Fatalf("head: %v", err)
		}
		read(t, reader, "s")
	}
	if got := len(read(t, reader, "s")); got != 30 {
		t.Errorf("%d events, want 30", got)
	}
}
