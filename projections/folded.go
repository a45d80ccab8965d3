package projections

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// folded is a row that is folded from the facts of one stream; R is its model.
type folded[R any] interface {
	*R
	// at tells the key of the row and the revision up to which it knows the stream.
	at() (key string, revision uint64)
	begin(key string, first record)
	evolve(r record)
}

// change is a row as the table has it and as it is to be.
type change[R any] struct {
	before R
	row    *R
}

// sheet is a table of folded rows.
type sheet struct {
	table, key string
	prefix     string   // what comes before the key in the name of a stream
	columns    []string // the columns a row goes on from; none: all
}

// evolveRows reads the rows the facts are about and applies what follows to
// them. It gives those that changed, in the order in which they did.
func evolveRows[R any, P folded[R]](ctx context.Context, w *writer, s sheet, batch []record) ([]*change[R], error) {
	rows, err := load[R, P](ctx, w, s, batch)
	if err != nil {
		return nil, err
	}
	var changes []*change[R]
	changed := map[string]*change[R]{}
	for _, r := range batch {
		key := strings.TrimPrefix(r.Stream, s.prefix)
		row, found := rows[key]
		if !found {
			row = new(R)
			row.begin(key, r)
			rows[key] = row
		}
		_, applied := row.at()
		due, err := follows(found, applied, r.Revision)
		if err != nil {
			return nil, err
		}
		if !due {
			continue
		}
		if changed[key] == nil {
			changed[key] = &change[R]{before: *row, row: row}
			changes = append(changes, changed[key])
		}
		row.evolve(r)
	}
	return changes, nil
}

// load reads the rows that facts are about, by key.
func load[R any, P folded[R]](ctx context.Context, w *writer, s sheet, batch []record) (map[string]P, error) {
	keys := map[string]bool{}
	var wanted []string
	for _, r := range batch {
		if !keys[r.Stream] {
			keys[r.Stream] = true
			wanted = append(wanted, strings.TrimPrefix(r.Stream, s.prefix))
		}
	}
	var found []R
	err := w.tx.NewSelect().Model(&found).ModelTableExpr("? AS ?TableAlias", w.tables.of(s.table)).Column(s.columns...).
		Where("?TableAlias.? IN (?)", bun.Ident(s.key), bun.List(wanted)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.table, err)
	}
	rows := make(map[string]P, len(wanted))
	for i := range found {
		row := P(&found[i])
		key, _ := row.at()
		rows[key] = row
	}
	return rows, nil
}

// putAll writes the rows that changed.
func putAll[R any](ctx context.Context, w *writer, s sheet, changes []*change[R]) error {
	for _, c := range changes {
		if err := w.put(ctx, s.table, c.row, replacing); err != nil {
			return err
		}
	}
	return nil
}
