package routing_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections/routing"
)

// house is a real journal in files with a follower behind it.
type house struct {
	t       *testing.T
	store   *sqlstore.Store
	journal *eventstore.Journal
	config  routing.Config
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx, folder := t.Context(), t.TempDir()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	keys, err := sqlstore.OpenKeys(ctx, filepath.Join(folder, "keys.db"), make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, store: store, journal: eventstore.NewJournal(store, codec, time.Now), config: routing.Config{
		Store: store, Decoder: codec, Snapshot: filepath.Join(folder, "routing.snapshot"), Key: make([]byte, 32),
		Random: rand.Reader, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
	}}
}

func (h *house) append(stream, command string, events ...domain.Event) {
	h.t.Helper()
	_, err := h.journal.Execute(h.t.Context(), stream, domain.Cause{Command: command},
		func([]domain.Fact) ([]domain.Event, error) { return events, nil })
	if err != nil {
		h.t.Fatal(err)
	}
}

// follow starts a follower; stop ends it and waits for its snapshot.
func (h *house) follow() (f *routing.Follower, stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	f = routing.NewFollower(h.config)
	ended := make(chan error, 1)
	go func() { ended <- f.Follow(ctx) }()
	select {
	case <-f.Ready():
	case <-time.After(10 * time.Second):
		h.t.Fatal("the follower did not catch up")
	}
	return f, func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func TestAChangeIsInForceSoonAfterItsAppend(t *testing.T) {
	h := newHouse(t)
	h.append("company-c1", "1", company.Created{ID: "c1", Country: "DE"})
	h.append("user-u1", "2", order("u1", "+49301000001", "101"), login("phone1"))
	f, stop := h.follow()
	defer stop()
	if u := f.Current().ByLogin("phone1"); u == nil || u.HA1["MD5"] != "secret of phone1" {
		t.Fatalf("after catching up there is %+v", u)
	}
	h.append("user-u1", "3", user.Suspended{})
	eventually(t, "the suspension is in force", func() bool { return f.Current().User("u1").Suspended })
	h.append("number-+49301000001", "4", user.Suspended{})
	head, err := h.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the position passes events of other streams", func() bool { return f.Position() >= head })
}

func TestAfterARestartTheSnapshotIsWhereItGoesOn(t *testing.T) {
	h := newHouse(t)
	h.append("company-c1", "1", company.Created{ID: "c1", Country: "DE"}, company.NumbersConnected{From: "+49301000000", To: "+49301000009"})
	h.append("user-u1", "2", order("u1", "+49301000001", "101"), login("phone1"))
	h.append("user-u2", "3", order("u2", "+49301000002", "102"), user.Deleted{})
	_, stop := h.follow()
	stop()
	raw, err := os.ReadFile(h.config.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "phone1") || strings.Contains(string(raw), "301000001") {
		t.Error("the snapshot can be read without the key")
	}
	h.append("user-u1", "4", user.Suspended{})
	reads := &counting{Decoder: h.config.Decoder}
	h.config.Decoder = reads
	f, stop := h.follow()
	defer stop()
	table := f.Current()
	if u := table.ByExtension("c1", "101"); u == nil || !u.Suspended || u.HA1["MD5"] != "secret of phone1" || !table.Ours("+49301000005") {
		t.Errorf("after the restart there is %+v", u)
	}
	if u := table.User("u2"); u == nil || u.Lifecycle != user.Gone || u.Number != "" || u.HA1 != nil {
		t.Errorf("of the deleted user the snapshot held %+v", u)
	}
	if reads.count.Load() != 1 {
		t.Errorf("%d events were read again", reads.count.Load())
	}
	h.append("user-u2", "5", user.Restored{As: user.Active, Number: "+49301000002", Extension: "102"})
	eventually(t, "a user from the snapshot is restored", func() bool {
		u := f.Current().ByNumber("+49301000002")
		return u != nil && u.ID == "u2" && u.Company == "c1" && u.Lifecycle == user.Active
	})
}

// counting counts the events that are read.
type counting struct {
	routing.Decoder
	count atomic.Int64
}

func (c *counting) Decode(ctx context.Context, event eventstore.Recorded) (domain.Fact, error) {
	c.count.Add(1)
	return c.Decoder.Decode(ctx, event)
}

func TestASnapshotThatIsOfNoUseIsPassedOver(t *testing.T) {
	h := newHouse(t)
	h.append("user-u1", "1", order("u1", "+49301000001", "101"))
	_, stop := h.follow()
	stop()
	whole, err := os.ReadFile(h.config.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	other := newHouse(t)
	other.append("user-x", "1", order("x", "+49301000002", "102"))
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	for name, raw := range map[string][]byte{
		"empty": {}, "cut": whole[:len(whole)-1], "short": whole[:22], "changed": flipped,
		"of another version": append([]byte("dialtone routing 0\n"), whole[19:]...), "of another log": whole,
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(other.config.Snapshot, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			f, stop := other.follow()
			defer stop()
			if f.Current().User("x") == nil || f.Current().User("u1") != nil {
				t.Error("the table is not that of the log")
			}
		})
	}
}

func TestSnapshotsAreWrittenWhileFollowing(t *testing.T) {
	h := newHouse(t)
	h.config.Changes = 1
	_, stop := h.follow()
	defer stop()
	h.append("user-u1", "1", order("u1", "+49301000001", "101"))
	eventually(t, "there is a snapshot", func() bool {
		raw, err := os.ReadFile(h.config.Snapshot)
		if err != nil {
			return false
		}
		table, err := routing.Open(raw, h.config.Key)
		return err == nil && table.User("u1") != nil
	})
}

// choking can't read the facts of one stream.
type choking struct{ routing.Decoder }

func (c choking) Decode(ctx context.Context, event eventstore.Recorded) (domain.Fact, error) {
	if event.Stream == "user-u1" {
		return domain.Fact{}, errors.New("unreadable")
	}
	return c.Decoder.Decode(ctx, event)
}

func TestAnUnreadableEventDoesNotStopTheOthers(t *testing.T) {
	h := newHouse(t)
	readable := h.config.Decoder
	h.config.Decoder = choking{readable}
	h.append("user-u1", "1", order("u1", "+49301000001", "101"))
	h.append("user-u2", "2", order("u2", "+49301000002", "102"))
	f, stop := h.follow()
	if f.Current().User("u2") == nil || !f.Current().User("u1").Stale || f.Poisons() != 1 {
		t.Errorf("u1 %+v, %d poisons", f.Current().User("u1"), f.Poisons())
	}
	stop()
	h.config.Decoder = readable
	f, stop = h.follow()
	defer stop()
	if u := f.Current().User("u1"); u == nil || u.Stale {
		t.Error("after a repair the user is still stale: a snapshot was written that hides the fact")
	}
}

// locked is a decoder whose keys are out of reach until it is opened.
type locked struct {
	routing.Decoder
	err    error
	tries  atomic.Int64
	opened atomic.Bool
}

func (l *locked) Decode(ctx context.Context, event eventstore.Recorded) (domain.Fact, error) {
	if l.tries.Add(1); !l.opened.Load() && event.Stream == "user-u1" {
		return domain.Fact{}, fmt.Errorf("decode: %w", l.err)
	}
	return l.Decoder.Decode(ctx, event)
}

type engineFailure struct{}

func (engineFailure) Error() string { return "disk I/O error (10)" }
func (engineFailure) Code() int     { return 10 }

func TestKeysThatAreOutOfReachAreWaitedFor(t *testing.T) {
	for name, err := range map[string]error{
		"an unavailable key store": domain.Faultf(domain.Unavailable, "keys", "the key store is away"),
		"a slow key store":         context.DeadlineExceeded,
		"an engine":                engineFailure{},
		"a file":                   &fs.PathError{Op: "read", Path: "keys.db", Err: fs.ErrPermission},
		"a closed database":        errors.New("sql: database is closed"),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			door := &locked{Decoder: h.config.Decoder, err: err}
			h.config.Decoder = door
			f, stop := h.follow()
			defer stop()
			h.append("user-u1", "1", order("u1", "+49301000001", "101"))
			eventually(t, "the event is tried again and again", func() bool { return door.tries.Load() > 8 })
			if f.Current().User("u1") != nil || f.Poisons() != 0 {
				t.Errorf("meanwhile there is %+v, %d poisons", f.Current().User("u1"), f.Poisons())
			}
			door.opened.Store(true)
			eventually(t, "the user is known and not stale", func() bool {
				u := f.Current().User("u1")
				return u != nil && !u.Stale
			})
		})
	}
}

// breaking is a store whose first subscriptions end with an error.
type breaking struct {
	eventstore.Store
	left atomic.Int64
}

func (b *breaking) Subscribe(ctx context.Context, after eventstore.Position, prefixes ...string) iter.Seq2[eventstore.Message, error] {
	if b.left.Add(-1) >= 0 {
		return func(yield func(eventstore.Message, error) bool) {
			yield(eventstore.Message{}, errors.New("connection lost"))
		}
	}
	return b.Store.Subscribe(ctx, after, prefixes...)
}

func TestALostSubscriptionIsTakenUpAgain(t *testing.T) {
	h := newHouse(t)
	store := &breaking{Store: h.store}
	store.left.Store(2)
	h.config.Store = store
	h.append("user-u1", "1", order("u1", "+49301000001", "101"))
	f, stop := h.follow()
	defer stop()
	if f.Current().User("u1") == nil {
		t.Error("the fact is missing")
	}
}

func TestASnapshotNeedsAKeyOf32Bytes(t *testing.T) {
	var s story
	var out strings.Builder
	if err := routing.Seal(&out, &s.table, make([]byte, 16), rand.Reader); err == nil {
		t.Error("a key of 16 bytes was taken")
	}
}
