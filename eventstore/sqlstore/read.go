package sqlstore

import (
	"context"
	"database/sql"
	"iter"
	"math"

	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// The bounds of one page: no more is in memory for one reader, apart from a
// single event that is larger.
const (
	pageEvents = 500
	pageBytes  = 1 << 20
)

// Read gives a stream's events page by page; the file is not held between.
func (s *Store) Read(
	ctx context.Context, stream string, from uint64, direction eventstore.Direction, limit int,
) iter.Seq2[eventstore.Recorded, error] {
	query, step := selectForwards, int64(1)
	if direction == eventstore.Backwards {
		query, step = selectBackwards, -1
	}
	return func(yield func(eventstore.Recorded, error) bool) {
		next, left := int64(min(from, math.MaxInt64)), limit
		ahead(ctx, func(ctx context.Context) (page, bool, error) {
			count := pageOf(left, limit)
			p, err := s.fetch(ctx, func() (*sql.Rows, error) {
				return s.read[query].QueryContext(ctx, stream, next, count)
			})
			if err != nil {
				return page{}, false, s.fault("read "+stream, err)
			}
			left -= len(p.events)
			more := (p.cut || len(p.events) == count) && (limit <= 0 || left > 0)
			if more {
				next = int64(p.events[len(p.events)-1].Revision) + step
			}
			return p, more && next >= 0, nil
		}, func(p page, err error) bool { return deliver(p, err, yield) })
	}
}

// pageOf says how many events to ask for when so many are left of a limit.
func pageOf(left, limit int) int {
	if limit <= 0 {
		return pageEvents
	}
	return min(left, pageEvents)
}

// page is the result of one query.
type page struct {
	events []eventstore.Recorded
	cut    bool    // it ended early because it became large
	rest   stretch // of the log behind it, where all streams are read
}

func deliver(p page, err error, yield func(eventstore.Recorded, error) bool) bool {
	for _, event := range p.events {
		if !yield(event, nil) {
			return false
		}
	}
	return err == nil || yield(eventstore.Recorded{}, err)
}

// fetch runs a query and collects its page, again if what stood in the way may
// have gone.
func (s *Store) fetch(ctx context.Context, query func() (*sql.Rows, error)) (page, error) {
	var p page
	err := s.patience(ctx, func() error {
		rows, err := query()
		if err != nil {
			return err
		}
		defer rows.Close()
		p, err = collect(rows)
		points.At(points.Fetching)
		return err
	})
	return p, err
}

// collect reads rows until they end or the page is large.
func collect(rows *sql.Rows) (page, error) {
	var p page
	var r row
	size := 0
	for rows.Next() {
		if size > pageBytes {
			p.cut = true
			return p, nil
		}
		if err := r.scan(rows); err != nil {
			return page{}, err
		}
		p.events = append(p.events, r.event)
		size += len(r.event.Data) + len(r.event.Meta)
	}
	p.cut = size > pageBytes // by the database, perhaps
	return p, rows.Err()
}
