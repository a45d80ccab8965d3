package linear

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

// giveUp is how long a client waits for an answer. What comes later is unknown
// to it.
const giveUp = 20 * time.Second

// hot is how many streams all clients want; each has one of its own as well.
const hot = 4

// client is one of many that use the store at the same time.
type client struct {
	number  int
	store   eventstore.Store
	history *history
	random  *rand.Rand
	heads   map[string]eventstore.Expected // as far as it knows
	made    int
	cut     []input // appends of unknown outcome
}

func newClient(number int, seed uint64, store eventstore.Store, h *history) *client {
	return &client{
		number: number, store: store, history: h, random: rand.New(rand.NewPCG(seed, uint64(number))),
		heads: map[string]eventstore.Expected{},
	}
}

// work makes operations until all clients together have made enough.
func (c *client) work(ctx context.Context, left *atomic.Int64) {
	for left.Add(-1) >= 0 {
		if in := c.next(); in.isRead() {
			c.read(ctx, in)
		} else {
			c.append(ctx, in)
		}
	}
}

// next chooses an operation: mostly appends, half of them behind the revision
// the client knows.
func (c *client) next() input {
	if len(c.cut) > 0 && c.random.IntN(2) == 0 {
		in := c.cut[0]
		c.cut = c.cut[1:]
		return in
	}
	in := input{stream: fmt.Sprint("hot-", c.random.IntN(hot))}
	switch c.random.IntN(20) {
	case 0, 1, 2:
		in.stream = fmt.Sprint("own-", c.number)
	case 3:
		in.stream = fmt.Sprintf("new-%d-%d", c.number, c.random.IntN(c.made+1))
	}
	head, known := c.heads[in.stream]
	switch n := c.random.IntN(20); {
	case n < 7 || !known && n < 12:
		in.last = 1 + c.random.IntN(10)
		return in
	case n == 7:
		return in
	case n < 15:
		in.expected = head
	case n == 15:
		in.expected = eventstore.NoStream
	case n == 16:
		in.expected = eventstore.StreamExists
	case n == 17:
		in.expected = head + eventstore.Expected(c.random.IntN(5)) - 2
		in.expected = max(in.expected, eventstore.NoStream)
	default:
		in.expected = eventstore.Any
	}
	for range 1 + c.random.IntN(3) {
		c.made++
		in.ids = append(in.ids, domain.DeriveID(c.history.began.String(), fmt.Sprint(c.number), fmt.Sprint(c.made)))
	}
	return in
}

func (c *client) append(ctx context.Context, in input) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	events := make([]eventstore.Proposed, len(in.ids))
	for i, id := range in.ids {
		events[i] = eventstore.Proposed{ID: id, Type: "thing.happened.v1", Data: []byte(`{}`), Meta: []byte(`{}`)}
	}
	called := c.history.now()
	appended, err := c.store.Append(ctx, in.stream, in.expected, events...)
	out := output{revision: eventstore.Exactly(appended.Revision), position: appended.Position}
	if failed, ok := errors.AsType[*eventstore.ConflictError](err); ok {
		out = output{conflict: true, revision: failed.Actual}
	} else if err != nil {
		out = output{unknown: true}
		c.cut = append(c.cut, in)
	}
	c.history.add(c.number, called, in, out)
	if !out.unknown {
		c.heads[in.stream] = out.revision
	}
}

func (c *client) read(ctx context.Context, in input) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	called := c.history.now()
	out := c.look(ctx, in)
	c.history.add(c.number, called, in, out)
	if !out.unknown {
		c.heads[in.stream] = out.revision
	}
}

// look reads as an operation asks for. An error is an unknown outcome; reads
// that hold a gap are told from right ones by their last revision.
func (c *client) look(ctx context.Context, in input) output {
	from, direction := uint64(0), eventstore.Forwards
	if in.last > 0 {
		from, direction = eventstore.End, eventstore.Backwards
	}
	out := output{revision: eventstore.NoStream}
	for event, err := range c.store.Read(ctx, in.stream, from, direction, in.last) {
		if err != nil {
			return output{unknown: true}
		}
		out.revision = max(out.revision, eventstore.Exactly(event.Revision))
		if direction == eventstore.Backwards {
			out.ids = append([]string{event.ID}, out.ids...)
		} else {
			out.ids = append(out.ids, event.ID)
		}
	}
	return out
}

// ending is the stream of the event that ends a history.
const ending = "ending"

// follow collects what a subscription delivers until the history has ended,
// beginning again where it was cut off.
func follow(ctx context.Context, store eventstore.Store) []eventstore.Recorded {
	var list []eventstore.Recorded
	reached := eventstore.Position(0)
	for ctx.Err() == nil {
		for message, err := range store.Subscribe(ctx, reached) {
			if err != nil {
				break
			}
			if message.Kind != eventstore.EventAppeared {
				continue
			}
			list, reached = append(list, message.Event), message.Position
			if message.Event.Stream == ending {
				return list
			}
		}
	}
	return list
}
