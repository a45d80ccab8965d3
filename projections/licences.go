package projections

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/eventstore"
)

// LicenceRow is one kind of licence of a company: how many were ordered and not
// given back, and how many users have one.
type LicenceRow struct {
	bun.BaseModel `bun:"table:licences,alias:l"`

	Pool     string              `bun:"pool,pk"` // what the streams of its seats begin with
	Company  string              `bun:"company"`
	Kind     string              `bun:"kind"`
	Count    int                 `bun:"ordered"`
	Used     int                 `bun:"used,scanonly"`
	Position eventstore.Position `bun:"position"`
}

// seat is a licence that somebody has.
type seat struct {
	bun.BaseModel `bun:"table:seats,alias:s"`

	Stream   string              `bun:"stream,pk"`
	Pool     string              `bun:"pool"`
	Owner    string              `bun:"owner"`
	Position eventstore.Position `bun:"position"`
}

// Licences lists what a company has ordered, by kind.
func (v *Views) Licences(ctx context.Context, id string) ([]LicenceRow, error) {
	var rows []LicenceRow
	err := v.reading.NewSelect().Model(&rows).ColumnExpr("l.*").
		ColumnExpr("(SELECT count(*) FROM seats AS s WHERE s.pool = l.pool AND s.owner LIKE 'user-%') AS used").
		Where("l.company = ?", id).OrderExpr("l.kind ASC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the licences of company %s: %w", id, err)
	}
	return rows, nil
}

// SeatQuery asks for free seats: of a pool with seats 1 to Count, beginning
// behind the seat From and going round. What Owner has counts as free, since it
// is the owner who asks.
type SeatQuery struct {
	Pool, Owner        string
	Count, From, Limit int
}

// FreeSeats gives the streams of seats that nobody has. It is sure unless facts
// about a seat of the pool are parked.
func (v *Views) FreeSeats(ctx context.Context, q SeatQuery) (streams []string, sure bool, err error) {
	err = v.reading.NewRaw(`WITH RECURSIVE round (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM round WHERE n + 1 < ?),
		places (stream) AS (SELECT ? || '-' || ((? + n) % ? + 1) FROM round)
		SELECT stream FROM places WHERE NOT EXISTS (SELECT 1 FROM seats AS s WHERE s.stream = places.stream AND s.owner <> ?) LIMIT ?`,
		q.Count, q.Pool, q.From, q.Count, q.Owner, q.Limit).Scan(ctx, &streams)
	if err != nil {
		return nil, false, fmt.Errorf("look for a free seat: %w", err)
	}
	waiting, err := v.reading.NewSelect().Model((*parked)(nil)).Where("p.projection = ?", licences.name).
		Where("p.stream > ?", q.Pool+"-").Where("p.stream < ?", q.Pool+".").Exists(ctx) // "." comes behind "-"
	if err != nil {
		return nil, false, fmt.Errorf("look for parked facts about seats: %w", err)
	}
	return streams, !waiting, nil
}

// Sitting tells of the seats of a pool from one to another how many somebody has,
// and who is the first user but one that has one, "" for none.
func (v *Views) Sitting(ctx context.Context, pool string, first, last int, but string) (taken int, sits string, err error) {
	row := struct {
		Taken int    `bun:"taken"`
		Sits  string `bun:"sits"`
	}{}
	err = v.reading.NewRaw(`WITH run AS (SELECT owner, CAST(substr(stream, ?) AS INTEGER) AS n FROM seats WHERE pool = ?)
		SELECT count(*) AS taken, coalesce((SELECT owner FROM run WHERE n BETWEEN ? AND ? AND owner LIKE 'user-%' AND owner <> ? ORDER BY n LIMIT 1), '') AS sits
		FROM run WHERE n BETWEEN ? AND ?`, len(pool)+2, pool, first, last, but, first, last).Scan(ctx, &row)
	if err != nil {
		return 0, "", fmt.Errorf("look at who has the seats: %w", err)
	}
	return row.Taken, row.Sits, nil
}

var licences = projection{
	name: "licences", tables: []string{"licences", "seats"},
	wants: []string{"claim.", company.LicencesOrdered{}.Type(), company.LicenceReturned{}.Type()}, apply: one(applyLicence),
}

func applyLicence(ctx context.Context, w *writer, r record) error {
	switch e := r.fact.Event.(type) {
	case company.LicencesOrdered:
		return order(ctx, w, r, e.Kind, e.Count)
	case company.LicenceReturned:
		return order(ctx, w, r, e.Kind, -1)
	}
	if !strings.HasPrefix(r.Stream, "seat-") {
		return nil
	}
	switch e := r.fact.Event.(type) {
	case claim.Taken:
		s := seat{Stream: r.Stream, Pool: r.Stream[:strings.LastIndexByte(r.Stream, '-')], Owner: e.Owner, Position: r.Position}
		return w.put(ctx, "seats", &s, replacing)
	case claim.Released:
		return w.exec(ctx, "seats", "DELETE FROM %s WHERE stream = ?", r.Stream)
	}
	return nil
}

// order adds what was ordered or takes off what was given back, each fact once.
func order(ctx context.Context, w *writer, r record, kind string, count int) error {
	id := strings.TrimPrefix(r.Stream, "company-")
	row := LicenceRow{Pool: company.SeatPool(id, kind), Company: id, Kind: kind, Count: count, Position: r.Position}
	return w.put(ctx, "licences", &row, `UPDATE SET ordered = old.ordered + EXCLUDED.ordered, position = EXCLUDED.position
		WHERE old.position < EXCLUDED.position`)
}
