package eventstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
)

// oneKey gives every person the same key; only the erased one has none.
type oneKey struct{ eventstore.Keys }

const erased = "user-erased"

func (oneKey) key(subject string) ([]byte, error) {
	if subject == erased {
		return nil, eventstore.ErrErased
	}
	return bytes.Repeat([]byte{7}, 32), nil
}

func (k oneKey) EnsureSubject(_ context.Context, subject string) ([]byte, error) {
	return k.key(subject)
}

func (k oneKey) Subject(_ context.Context, subject string) ([]byte, error) { return k.key(subject) }

func fuzzCodec(f *testing.F) *eventstore.Codec {
	codec, err := eventstore.NewCodec(oneKey{}, wire.Events()...)
	if err != nil {
		f.Fatal(err)
	}
	return codec
}

// FuzzDecode gives Decode any data and metadata. What it takes, it takes again
// after it was encoded, as the same event.
func FuzzDecode(f *testing.F) {
	codec := fuzzCodec(f)
	types := wire.Events()
	person := user.Stream(ada)
	for n, event := range append(types, created()) {
		p, _, err := eventstore.Encode(codec, f.Context(), eventstore.Chain{}, person, 0, ada, event, command("order"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(n, person, p.Data, p.Meta)
		f.Add(n, erased, p.Data, bytes.ReplaceAll(p.Meta, []byte(person), []byte(erased)))
	}
	f.Add(0, "s", []byte(`{}`), []byte(`{"subject":"s"}`))
	f.Add(0, "s", []byte(`{"sealed":"AA=="}`), []byte(`{"subject":"s"}`))
	f.Add(0, "s", []byte(`null`), []byte(`null`))
	f.Fuzz(func(t *testing.T, kind int, stream string, data, meta []byte) {
		given := types[int(uint(kind)%uint(len(types)))]
		event := eventstore.Recorded{Stream: stream, Proposed: eventstore.Proposed{ID: ada, Type: given.Type(), Data: data, Meta: meta}}
		fact, err := codec.Decode(t.Context(), event)
		if err != nil {
			return
		}
		cause := domain.Cause{Command: fact.Command, Actor: fact.Actor, Channel: fact.Channel, Reason: fact.Reason, At: fact.At}
		again, _, err := eventstore.Encode(codec, t.Context(), eventstore.Chain{}, person, 0, ada, fact.Event, cause)
		if err != nil {
			t.Fatalf("encode %+v again: %v", fact.Event, err)
		}
		event.Proposed, event.Stream = again, person
		second, err := codec.Decode(t.Context(), event)
		if err != nil {
			t.Fatalf("decode %s again: %v", again.Data, err)
		}
		if one, two := text(t, fact.Event), text(t, second.Event); !bytes.Equal(one, two) {
			t.Errorf("%s became %s", one, two)
		}
		if !second.At.Equal(fact.At) || second.Actor != fact.Actor || second.Command != fact.Command || second.Reason != fact.Reason {
			t.Errorf("%+v became %+v", fact, second)
		}
	})
}

func text(t *testing.T, event domain.Event) []byte {
	t.Helper()
	written, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// FuzzChain takes any metadata apart, and finds any changed byte of an event
// whose chain was right.
func FuzzChain(f *testing.F) {
	f.Add("user-1", ada, "happened", []byte(`{"a":1}`), []byte(`{}`), 3, byte(1))
	f.Add("user-1", ada, "happened", []byte(`{}`), []byte{}, 70, byte(0x20))
	f.Add("", "", "", []byte(`,"chain":"`+string(bytes.Repeat([]byte{'0'}, 64))+`"}`), []byte(nil), 0, byte(0x80))
	f.Fuzz(func(t *testing.T, stream, id, kind string, meta, data []byte, at int, bits byte) {
		p := eventstore.Proposed{ID: id, Type: kind, Data: data, Meta: meta}
		event := eventstore.Recorded{Proposed: p, Stream: stream, Revision: 4}
		if bare, claimed, err := eventstore.SplitChain(meta); err == nil {
			if !bytes.Equal(eventstore.WithChain(bare, claimed), meta) {
				t.Errorf("%q is put together differently", meta)
			}
		}
		_, _ = eventstore.Verify(eventstore.Chain{}, event) // any answer is right
		before := eventstore.Chain{1, 2, 3}
		p.Meta = append(bytes.Clone(meta), '}')
		link := eventstore.Link(before, stream, 4, p)
		event.Meta = eventstore.WithChain(p.Meta, link)
		if after, err := eventstore.Verify(before, event); err != nil || after != link {
			t.Fatalf("a right chain: %v", err)
		}
		if bits == 0 {
			return
		}
		bent := append(bytes.Clone(event.Data), event.Meta...)
		bent[int(uint(at)%uint(len(bent)))] ^= bits
		event.Data, event.Meta = bent[:len(data)], bent[len(data):]
		if _, err := eventstore.Verify(before, event); err == nil {
			t.Errorf("a change of byte %d by %x is not seen", at, bits)
		}
	})
}
