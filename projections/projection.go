package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/eventstore"
)

// projection is one read model: which events it wants and what they do to its
// tables. Apply must depend on nothing but its tables and the event.
type projection struct {
	name   string
	tables []string
	wants  []string // what the wire names of its events start with
	apply  func(ctx context.Context, tx bun.IDB, t tables, r record) error
}

// all lists the projections there are.
func all() []projection {
	return []projection{users, companies, numbers, claims, licences, history}
}

func (p projection) wantsType(name string) bool {
	for _, prefix := range p.wants {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// tables names the tables a projection is to write: the live ones, or a
// generation that is being built beside them.
type tables struct {
	generation string // "" or "_g2"
}

func (t tables) of(table string) bun.Ident { return bun.Ident(table + t.generation) }

// record is a recorded event with what it says.
type record struct {
	eventstore.Recorded
	fact domain.Fact
	meta eventstore.Meta
}

func decode(ctx context.Context, codec *eventstore.Codec, event eventstore.Recorded) (record, error) {
	fact, err := codec.Decode(ctx, event)
	if err != nil {
		return record{}, err
	}
	meta, err := codec.DecodeMeta(event)
	return record{Recorded: event, fact: fact, meta: meta}, err
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

// load reads one row; found is false where there is none.
func load(ctx context.Context, query *bun.SelectQuery) (found bool, err error) {
	err = query.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read a row: %w", err)
	}
	return true, nil
}

// store writes one row.
func store(ctx context.Context, query *bun.InsertQuery) error {
	if _, err := query.Exec(ctx); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}
