package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
)

func TestTheHousesOwnStreamsCanBeReadOverTheWireButNotWritten(t *testing.T) {
	h := newHouse(t)
	company := h.company("onenet", "+4930231320000", "+4930231320009", 5)
	id := h.user(company, object{"firstName": "Ada", "lastName": "Sommer", "number": "+4930231320001"})
	eventually(t, "the activation", func() bool { return h.state(id) == "activated" })
	store := wire(t, h)
	own := readStream(t, store, "user-"+id)
	if len(own) == 0 || own[0].Type != "user.created.v1" {
		t.Fatalf("%d events of the user are read over the wire", len(own))
	}
	h.refusesWrites(store, "user-"+id)
	h.writesElsewhere(store)
	if now := readStream(t, store, "user-"+id); len(now) != len(own) {
		t.Errorf("the user has %d events, had %d", len(now), len(own))
	}
	if out, err := h.tool("verify"); err != nil || !strings.Contains(out, " 0 broken") {
		t.Errorf("verify with streams of others in the store: %v\n%s", err, out)
	}
	if state := h.state(id); state != "activated" {
		t.Errorf("the user is %s", state)
	}
}

// wire opens the house's event store over the EventStoreDB protocol.
func wire(t *testing.T, h *house) *kurrent.Store {
	t.Helper()
	address := ""
	for field := range strings.FieldsSeq(h.ready) {
		if value, ok := strings.CutPrefix(field, "eventstore="); ok {
			address = value
		}
	}
	store, err := kurrent.Open(t.Context(), kurrent.Config{DSN: "esdb://" + address + "?tls=false", Clock: time.Now, NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func readStream(t *testing.T, store eventstore.Store, stream string) []eventstore.Recorded {
	t.Helper()
	var events []eventstore.Recorded
	for event, err := range store.Read(t.Context(), stream, 0, eventstore.Forwards, 0) {
		if err != nil {
			t.Fatalf("read %s: %v", stream, err)
		}
		events = append(events, event)
	}
	return events
}

func thing() eventstore.Proposed {
	return eventstore.Proposed{ID: uuid.NewString(), Type: "thing.happened.v1", Data: []byte(`{}`), Meta: []byte(`{}`)}
}

// refusesWrites tries everything that would change a stream.
func (h *house) refusesWrites(store *kurrent.Store, stream string) {
	h.t.Helper()
	ctx := h.t.Context()
	for name, try := range map[string]func() error{
		"append":          func() error { _, err := store.Append(ctx, stream, eventstore.Any, thing()); return err },
		"metadata":        func() error { _, err := store.Append(ctx, "$$"+stream, eventstore.Any, thing()); return err },
		"a new stream":    func() error { _, err := store.Append(ctx, "company-eve", eventstore.NoStream, thing()); return err },
		"delete":          func() error { _, err := store.Delete(ctx, stream, eventstore.Any); return err },
		"delete for good": func() error { _, err := store.Tombstone(ctx, stream, eventstore.Any); return err },
	} {
		if err := try(); err == nil || domain.KindOf(err) != domain.Denied {
			h.t.Errorf("%s: %v, want it to be denied", name, err)
		}
	}
}

// writesElsewhere shows that other streams are free, whatever they hold.
func (h *house) writesElsewhere(store *kurrent.Store) {
	h.t.Helper()
	ctx := h.t.Context()
	likeOurs := thing()
	likeOurs.Type, likeOurs.Data = "user.created.v1", []byte("no JSON")
	if _, err := store.Append(ctx, "visitors", eventstore.NoStream, thing(), likeOurs); err != nil {
		h.t.Errorf("append to a stream of one's own: %v", err)
	}
	if got := len(readStream(h.t, store, "visitors")); got != 2 {
		h.t.Errorf("%d events, want 2", got)
	}
	if _, err := store.Delete(ctx, "visitors", eventstore.Exactly(1)); err != nil {
		h.t.Errorf("delete a stream of one's own: %v", err)
	}
}
