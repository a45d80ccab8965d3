package sqlstore

import (
	"database/sql"
	"fmt"
	"time"

	"dialtone/eventstore"
)

// idBytes is the length of an id, which stands ahead of the type of its event.
const idBytes = 36

// row reads events one after the other. What a driver does for each column
// takes most of the time, so two pairs of columns come packed: id and type in
// one text, time and format in one number. A stream's name that is the one of
// the row before is kept; id and type, and data and metadata, share their memory.
type row struct {
	event eventstore.Recorded

	position, revision, moment int64
	stream, names, data, meta  sql.RawBytes // valid until the next row
}

func (r *row) scan(rows *sql.Rows) error {
	if err := rows.Scan(&r.position, &r.stream, &r.revision, &r.names, &r.data, &r.meta, &r.moment); err != nil {
		return err
	}
	e := &r.event
	if string(r.stream) != e.Stream {
		e.Stream = string(r.stream)
	}
	names := string(r.names)
	if len(names) < idBytes {
		return fmt.Errorf("the id at position %d is no UUID", r.position)
	}
	kept := make([]byte, 0, len(r.data)+len(r.meta))
	kept = append(append(kept, r.data...), r.meta...)
	e.ID, e.Type = names[:idBytes], names[idBytes:]
	e.Data, e.Meta = kept[:len(r.data):len(r.data)], kept[len(r.data):]
	e.Position, e.Revision = eventstore.Position(r.position), uint64(r.revision)
	e.Time, e.Binary = time.UnixMicro(r.moment/2).UTC(), r.moment%2 != 0
	return nil
}
