package projections

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/wire"
	"dialtone/eventstore"
)

// projection is one read model: which events it wants and what they do to its
// tables. Apply takes events in order, reads the rows they are about, and
// writes each changed row once. It must depend on nothing but its tables and
// the events: however they are cut into batches, the rows are the same.
type projection struct {
	name   string
	tables []string
	wants  []string // what the wire names of its events start with
	apply  func(ctx context.Context, w *writer, batch []record) error
}

// all lists the projections there are.
func all() []projection {
	return []projection{users, companies, numbers, claims, licences, groups, devices, sims, history}
}

// wantsEvent tells whether an event is for this projection. A shared event store
// holds streams of others, too, in which anything may stand.
func (p projection) wantsEvent(event eventstore.Recorded) bool {
	for _, prefix := range p.wants {
		if strings.HasPrefix(event.Type, prefix) {
			return wire.IsOurs(event.Stream)
		}
	}
	return false
}

// one makes an apply of what is done to each event by itself.
func one(apply func(ctx context.Context, w *writer, r record) error) func(context.Context, *writer, []record) error {
	return func(ctx context.Context, w *writer, batch []record) error {
		for _, r := range batch {
			if err := apply(ctx, w, r); err != nil {
				return err
			}
		}
		return nil
	}
}

// tables names the tables a projection is to write: the live ones, or a
// generation that is being built beside them.
type tables struct {
	generation string // "" or "_g2"
}

func (t tables) of(table string) bun.Ident { return bun.Ident(table + t.generation) }

// record is a recorded event with what it says, or why that is unknown.
type record struct {
	eventstore.Recorded
	fact   domain.Fact
	broken error
}

func decode(ctx context.Context, codec *eventstore.Codec, event eventstore.Recorded) record {
	fact, err := codec.Decode(ctx, event)
	return record{Recorded: event, fact: fact, broken: err}
}

// follows tells whether an event is the next one of a row. One that the row
// knows already is not due; one that leaves a gap is an error.
func follows(found bool, applied, revision uint64) (due bool, err error) {
	next := applied + 1
	if !found {
		next = 0
	}
	if revision > next {
		return false, fmt.Errorf("revision %d cannot follow: %d is missing", revision, next)
	}
	return revision == next, nil
}
