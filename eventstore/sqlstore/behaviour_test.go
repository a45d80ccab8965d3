package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

var testContext = context.Background()

func TestOpenNeedsAPathAndAClock(t *testing.T) {
	for name, config := range map[string]sqlstore.Config{
		"no path":  {Clock: time.Now},
		"no clock": {Path: filepath.Join(t.TempDir(), "events.db")},
	} {
		if _, err := sqlstore.Open(t.Context(), config); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v, want a fault of kind invalid", name, err)
		}
	}
	missing := sqlstore.Config{Path: filepath.Join(t.TempDir(), "none", "events.db"), Clock: time.Now}
	if _, err := sqlstore.Open(t.Context(), missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a missing folder: %v", err)
	}
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path, Clock: time.Now}); err == nil {
		t.Error("it opens")
	}
}

func TestOnlyTheOwnerMayReadTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	open(t, path)
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

// steps is a clock that shows one moment after the other.
type steps struct {
	mu      sync.Mutex
	moments []time.Time
}

func (s *steps) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	moment := s.moments[0]
	if len(s.moments) > 1 {
		s.moments = s.moments[1:]
	}
	return moment
}

func TestAClockThatStepsBackIsNotFollowed(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := &steps{moments: []time.Time{noon, noon.Add(-time.Hour), noon.Add(time.Second)}}
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "events.db"), Clock: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for i := range 3 {
		if _, err := store.Append(t.Context(), "s", eventstore.Any, event(i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Time{noon, noon, noon.Add(time.Second)} {
		if got := read(t, store, "s")[i].Time; !got.Equal(want) {
			t.Errorf("event %d was recorded at %v, want %v", i, got, want)
		}
	}
	for moment, want := range map[time.Time]eventstore.Position{
		noon.Add(-time.Microsecond): 0, noon: 2, noon.Add(time.Second): 3, noon.Add(999 * time.Millisecond): 2,
	} {
		if got, err := store.PositionAt(t.Context(), moment); err != nil || got != want {
			t.Errorf("at %v: position %d, %v; want %d", moment, got, err, want)
		}
	}
}

func TestNamesThatAreNoTextAreRefused(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "events.db"))
	large := event("large")
	large.Data = make([]byte, 17<<20)
	for name, try := range map[string]func() error{
		"stream":   func() error { return appendTo(store, "a\x00b", event(0)) },
		"UTF-8":    func() error { return appendTo(store, "a\xff", event(0)) },
		"size":     func() error { return appendTo(store, "s", large) },
		"prefix":   func() error { return firstError(store.ReadAll(t.Context(), 0, eventstore.Forwards, 0, "\xff")) },
		"follower": func() error { return firstError(store.Subscribe(t.Context(), 0, "\xff")) },
		"expected": func() error {
			_, err := store.Append(t.Context(), "s", eventstore.Expected(-3), event(0))
			return err
		},
	} {
		if err := try(); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v, want a fault of kind invalid", name, err)
		}
	}
}

func appendTo(store eventstore.Store, stream string, events ...eventstore.Proposed) error {
	_, err := store.Append(testContext, stream, eventstore.Any, events...)
	return err
}

func firstError[T any](read iter.Seq2[T, error]) error {
	for _, err := range read {
		return err
	}
	return nil
}

func TestLargeEventsAreReadInSmallPages(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "events.db"))
	const count = 12
	for i := range count {
		large := event(i)
		large.Data = []byte(fmt.Sprintf(`"%d%s"`, i, strings.Repeat("x", 700_000)))
		if err := appendTo(store, "s", large); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(read(t, store, "s")); got != count {
		t.Errorf("forwards: %d events", got)
	}
	next := uint64(count)
	for recorded, err := range store.ReadAll(t.Context(), 0, eventstore.Backwards, 0, "s") {
		if next--; err != nil || recorded.Revision != next {
			t.Fatalf("backwards: revision %d, %v; want %d", recorded.Revision, err, next)
		}
	}
	if got := len(first(store, count-1)); next != 0 || got != count-1 {
		t.Errorf("%d were left out backwards, %d delivered", next, got)
	}
}

func TestAFilteredSubscriptionGivesCheckpoints(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "events.db"))
	for i := range 3 {
		if err := appendTo(store, "company-1", event(i)); err != nil {
			t.Fatal(err)
		}
	}
	pull, leave := iter.Pull2(store.Subscribe(t.Context(), 0, "user-"))
	defer leave()
	want := func(kind eventstore.MessageKind, position eventstore.Position) {
		t.Helper()
		if got, err, _ := pull(); err != nil || got.Kind != kind || got.Position != position {
			t.Errorf("message %+v, %v; want kind %d at %d", got, err, kind, position)
		}
	}
	want(eventstore.Checkpoint, 3)
	want(eventstore.CaughtUp, 3)
	if err := appendTo(store, "user-1", event(3), event(4)); err != nil {
		t.Fatal(err)
	}
	want(eventstore.EventAppeared, 4)
	want(eventstore.EventAppeared, 5)
	want(eventstore.CaughtUp, 5)
}

func TestCloseAnswersEverybody(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "events.db"))
	var group sync.WaitGroup
	began := make(chan struct{}, 64)
	for w := range 32 {
		group.Go(func() {
			for i := 0; ; i++ {
				err := appendTo(store, fmt.Sprintf("s-%d", w), event(w, "/", i))
				if err != nil && domain.KindOf(err) != domain.Unavailable {
					t.Errorf("writer %d: %v", w, err)
				}
				if err != nil {
					return
				}
				if i == 0 {
					began <- struct{}{}
				}
			}
		})
	}
	for range 32 {
		<-began
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	group.Wait()
	if err := store.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}
