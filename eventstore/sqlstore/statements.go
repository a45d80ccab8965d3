package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// The SQL that readers use, the same for all databases, and that of SQLite's
// writer. Its rows are inserted one by one: an insert of many makes SQLite keep a
// journal of its own to undo half of it, and is slower.
const (
	columns = `position, stream, revision, id, type, data, meta, recorded, format`
	packed  = `position, stream, revision, id || type as names, data, meta, recorded * 2 + format as moment` // see row

	selectTail   = `select position, recorded from events order by position desc limit 1`
	selectStream = `select revision, position from events where stream = $1 order by revision desc limit 1`
	selectMeta   = `select revision, position, format, data from events where stream = $1 order by revision desc limit 1`
	selectMetas  = `select count(*) from (select 1 from events where stream >= '$$' and stream < '$%' limit 1) as metas`
	selectByID   = `select revision, position from ids where stream = $1 and id = $2`
	selectSeen   = `select revision from seen where stream = $1`
	insertIDs    = `insert into ids select stream, id, revision, position from events where stream = $1 and revision > $2
		order by revision on conflict do nothing`
	upsertSeen = `insert into seen select stream, revision from events where stream = $1 order by revision desc limit 1
		on conflict (stream) do update set revision = excluded.revision`
	selectIDs       = `select id, position from events where stream = $1 and revision > $2 order by revision limit $3`
	selectForwards  = `select ` + packed + ` from events where stream = $1 and revision >= $2 order by revision limit $3`
	selectBackwards = `select ` + packed + ` from events where stream = $1 and revision <= $2 order by revision desc limit $3`
	selectRecorded  = `select position, recorded from events where position >= $1 order by position limit 1`
	selectRange     = `select ` + packed + ` from events where position > $1 and position <= $2`
	insertEvent     = `insert into events (` + columns + `) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

// readQueries are those of the readers that are always the same.
var readQueries = []string{selectTail, selectForwards, selectBackwards, selectRecorded}

// statements are prepared once on one pool.
type statements map[string]*sql.Stmt

// prepare prepares queries; of those that give events, what page makes of them.
func prepare(ctx context.Context, db *sql.DB, page func(string) string, queries ...string) (statements, error) {
	prepared := statements{}
	for _, query := range queries {
		text := query
		if strings.HasPrefix(query, `select `+packed) {
			text = page(query)
		}
		err := patiently(ctx, func() (err error) {
			prepared[query], err = db.PrepareContext(ctx, text)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("prepare %q: %w", query, err)
		}
	}
	return prepared, nil
}
