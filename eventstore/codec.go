package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"dialtone/domain"
)

// Codec turns events into bytes and back. What stands in an event's member
// "personal" is sealed with the data key of the event's subject, which is the
// stream it is written to.
type Codec struct {
	keys  Keys
	types map[string]reflect.Type
}

// NewCodec makes a codec that knows the wire names of the given events; it
// refuses two events of one name.
func NewCodec(keys Keys, events ...domain.Event) (*Codec, error) {
	c := &Codec{keys: keys, types: map[string]reflect.Type{}}
	for _, event := range events {
		if _, twice := c.types[event.Type()]; twice {
			return nil, fmt.Errorf("two events are named %s", event.Type())
		}
		c.types[event.Type()] = reflect.TypeOf(event)
	}
	return c, nil
}

const (
	plainMember  = "personal"
	sealedMember = "sealed"
)

// encode makes the event that follows a chain in a stream.
func (c *Codec) encode(ctx context.Context, before Chain, stream string, revision uint64, id string, event domain.Event, cause domain.Cause) (Proposed, Chain, error) {
	if _, known := c.types[event.Type()]; !known {
		return Proposed{}, before, fmt.Errorf("the event name %s is not registered", event.Type())
	}
	data, err := json.Marshal(event)
	if err != nil {
		return Proposed{}, before, fmt.Errorf("encode %s: %w", event.Type(), err)
	}
	p := Proposed{ID: id, Type: event.Type()}
	subject := ""
	if p.Data, subject, err = c.seal(ctx, stream, p, data); err != nil {
		return Proposed{}, before, err
	}
	if p.Meta, err = json.Marshal(metaOf(cause, subject)); err != nil {
		return Proposed{}, before, fmt.Errorf("encode metadata of %s: %w", event.Type(), err)
	}
	next := before.link(stream, revision, p)
	p.Meta = withChain(p.Meta, next)
	return p, next, nil
}

// seal puts the sealed form in the place of the personal member, if there is one.
func (c *Codec) seal(ctx context.Context, stream string, p Proposed, data []byte) (sealed []byte, subject string, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, "", fmt.Errorf("encode %s: %w", p.Type, err)
	}
	personal, has := members[plainMember]
	if !has || string(personal) == "null" {
		return data, "", nil
	}
	key, err := c.keys.EnsureSubject(ctx, stream)
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", p.Type, err)
	}
	box, err := seal(key, additional(stream, p), personal)
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", p.Type, err)
	}
	delete(members, plainMember)
	if members[sealedMember], err = json.Marshal(box); err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", p.Type, err)
	}
	sealed, err = json.Marshal(members)
	return sealed, stream, err
}

// additional binds the sealed bytes to their place.
func additional(stream string, p Proposed) []byte {
	return []byte(stream + "\n" + p.ID + "\n" + p.Type)
}

// Decode gives the fact a recorded event tells. For an erased subject the
// personal part is empty and Erased is set; that is no error.
func (c *Codec) Decode(ctx context.Context, event Recorded) (domain.Fact, error) {
	meta, err := parseMeta(event.Meta)
	if err != nil {
		return domain.Fact{}, fmt.Errorf("decode %s@%d: %w", event.Stream, event.Revision, err)
	}
	fact := meta.fact(event.ID, event.Stream, event.Revision)
	data, erased, err := c.open(ctx, event, meta.Subject)
	if err != nil {
		return domain.Fact{}, fmt.Errorf("decode %s@%d: %w", event.Stream, event.Revision, err)
	}
	fact.Erased = erased
	kind, known := c.types[event.Type]
	if !known {
		return domain.Fact{}, fmt.Errorf("decode %s@%d: the event name %s is not registered", event.Stream, event.Revision, event.Type)
	}
	value := reflect.New(kind)
	if err := json.Unmarshal(data, value.Interface()); err != nil {
		return domain.Fact{}, fmt.Errorf("decode %s@%d: %w", event.Stream, event.Revision, err)
	}
	fact.Event = value.Elem().Interface().(domain.Event) // registered from an Event
	return fact, nil
}

// DecodeMeta gives the metadata of a recorded event.
func (c *Codec) DecodeMeta(event Recorded) (Meta, error) { return parseMeta(event.Meta) }

// open puts the personal member back in the place of the sealed one.
func (c *Codec) open(ctx context.Context, event Recorded, subject string) (data []byte, erased bool, err error) {
	if subject == "" {
		return event.Data, false, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(event.Data, &members); err != nil {
		return nil, false, err
	}
	var box []byte
	if err := json.Unmarshal(members[sealedMember], &box); err != nil {
		return nil, false, fmt.Errorf("the sealed part is missing or broken: %w", err)
	}
	delete(members, sealedMember)
	key, err := c.keys.Subject(ctx, subject)
	switch {
	case errors.Is(err, ErrErased):
		erased = true
	case err != nil:
		return nil, false, err
	default:
		if members[plainMember], err = unseal(key, additional(event.Stream, event.Proposed), box); err != nil {
			return nil, false, err
		}
	}
	data, err = json.Marshal(members)
	return data, erased, err
}
