package kurrent_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
)

// wire carries bytes between a client and a server, and can hold back what the
// server says.
type wire struct {
	host kurrent.Host

	mu    sync.Mutex
	mute  bool
	pairs []net.Conn
}

func between(t *testing.T, server kurrent.Host) *wire {
	t.Helper()
	listener, host := listen(t)
	w := &wire{host: host}
	t.Cleanup(func() {
		listener.Close()
		w.cut()
	})
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			behind, err := net.Dial("tcp", server.String())
			if err != nil {
				client.Close()
				continue
			}
			w.mu.Lock()
			w.pairs = append(w.pairs, client, behind)
			w.mu.Unlock()
			go io.Copy(behind, client)
			go w.answers(client, behind)
		}
	}()
	return w
}

func (w *wire) answers(client, server net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			client.Close()
			return
		}
		w.mu.Lock()
		if !w.mute {
			client.Write(buffer[:n])
		}
		w.mu.Unlock()
	}
}

// silence loses what the server says from now on.
func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = true
}

// cut breaks all connections; new ones carry everything.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = false
	for _, conn := range w.pairs {
		conn.Close()
	}
	w.pairs = nil
}

// until waits for what has to come.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for deadline := time.After(20 * time.Second); !true(); {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

func TestAnAppendWhoseAnswerIsLostIsNotDoubled(t *testing.T) {
	for _, expected := range []eventstore.Expected{eventstore.Exactly(0), eventstore.NoStream, eventstore.Any, eventstore.StreamExists} {
		t.Run(fmt.Sprint(expected), func(t *testing.T) {
			kept := sqlite(t, filepath.Join(t.TempDir(), "events.db"))
			stream, count := "s", 2
			if expected == eventstore.NoStream {
				stream, count = "new", 1
			}
			w := between(t, serve(t, kept).host)
			store := open(t, quick(w.host))
			before, err := store.Append(t.Context(), "s", eventstore.NoStream, event("first"))
			if err != nil {
				t.Fatal(err)
			}
			w.silence()
			done := make(chan error)
			var got eventstore.Appended
			go func() {
				var err error
				got, err = store.Append(t.Context(), stream, expected, event("second"))
				done <- err
			}()
			until(t, "the append is kept", func() bool {
				head, err := kept.Head(t.Context())
				return err == nil && head > before.Position
			})
			w.cut()
			err = <-done
			var list []eventstore.Recorded
			for recorded, err := range store.Read(t.Context(), stream, 0, eventstore.Forwards, 0) {
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, recorded)
			}
			if len(list) != count {
				t.Fatalf("%d events, want %d", len(list), count)
			}
			if expected < eventstore.NoStream {
				isFault(t, err, domain.Unavailable, "outcome-unknown")
			} else if last := list[count-1]; err != nil || got.Revision != last.Revision || got.Position != last.Position {
				t.Errorf("answer %+v, %v; the event has %d and %d", got, err, last.Revision, last.Position)
			}
		})
	}
}

func TestServerRestartsLoseNothingAndDoubleNothing(t *testing.T) {
	const restarts, writers, each = 3, 8, 60
	path := filepath.Join(t.TempDir(), "events.db")
	listener, host := listen(t)
	running := serveOn(t, listener, sqlite(t, path))
	config := quick(host)
	config.Tries = 60
	store := open(t, config)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	everything, filtered := collect(ctx, store, writers*each), collect(ctx, store, each, "s-3")

	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := range each {
				if _, err := store.Append(ctx, fmt.Sprintf("s-%d", w), eventstore.Expected(n-1), event(fmt.Sprint(n))); err != nil {
					t.Errorf("writer %d, event %d: %v", w, n, err)
					return
				}
			}
		})
	}
	for i := range restarts {
		until(t, "some are written", func() bool { return everything.count() >= (i+1)*writers*each/(restarts+1) })
		running.stop()
		var again net.Listener
		until(t, "the port is free", func() (free bool) {
			var err error
			again, err = (&net.ListenConfig{}).Listen(ctx, "tcp", host.String())
			return err == nil
		})
		running = serveOn(t, again, sqlite(t, path))
	}
	group.Wait()
	for w := range writers {
		var n uint64
		for recorded, err := range store.Read(ctx, fmt.Sprintf("s-%d", w), 0, eventstore.Forwards, 0) {
			if err != nil || recorded.Revision != n || string(recorded.Data) != fmt.Sprintf(`"%d"`, n) {
				t.Fatalf("event %d of writer %d is %s, %v", n, w, recorded.Data, err)
			}
			n++
		}
		if n != each {
			t.Errorf("writer %d has %d events", w, n)
		}
	}
	for name, c := range map[string]*collector{"all": everything, "filtered": filtered} {
		<-c.done
		if err := c.wrong(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// collector keeps the events of a subscription.
type collector struct {
	mu   sync.Mutex
	list []eventstore.Recorded
	err  error
	done chan struct{} // closed when so many have come, or it failed
}

func collect(ctx context.Context, store eventstore.Store, want int, prefixes ...string) *collector {
	c := &collector{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for message, err := range store.Subscribe(ctx, 0, prefixes...) {
			c.mu.Lock()
			if c.err = err; message.Kind == eventstore.EventAppeared && err == nil {
				c.list = append(c.list, message.Event)
			}
			enough := len(c.list) >= want
			c.mu.Unlock()
			if enough {
				return
			}
		}
	}()
	return c
}

func (c *collector) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.list)
}

// wrong tells of an error, a gap or a repetition.
func (c *collector) wrong() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[string]uint64{}
	var last eventstore.Position
	for _, recorded := range c.list {
		if recorded.Revision != next[recorded.Stream] || recorded.Position <= last {
			return fmt.Errorf("revision %d of %s at %d comes behind %d", recorded.Revision, recorded.Stream, recorded.Position, last)
		}
		next[recorded.Stream]++
		last = recorded.Position
	}
	return c.err
}
