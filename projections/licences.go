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

// LicenceRow is one kind of licence of a company: how many were ordered and how
// many seats are taken.
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
		ColumnExpr("(SELECT count(*) FROM seats AS s WHERE s.pool = l.pool) AS used").
		Where("l.company = ?", id).OrderExpr("l.kind ASC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the licences of company %s: %w", id, err)
	}
	return rows, nil
}

var licences = projection{
	name: "licences", tables: []string{"licences", "seats"},
	wants: []string{"claim.", company.LicencesOrdered{}.Type()}, apply: one(applyLicence),
}

func applyLicence(ctx context.Context, w *writer, r record) error {
	if e, ok := r.fact.Event.(company.LicencesOrdered); ok {
		return order(ctx, w, r, e)
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

// order adds what was ordered, each fact once.
func order(ctx context.Context, w *writer, r record, e company.LicencesOrdered) error {
	id := strings.TrimPrefix(r.Stream, "company-")
	row := LicenceRow{Pool: "seat-" + id + "-" + e.Kind, Company: id, Kind: e.Kind, Count: e.Count, Position: r.Position}
	return w.put(ctx, "licences", &row, `UPDATE SET ordered = old.ordered + EXCLUDED.ordered, position = EXCLUDED.position
		WHERE old.position < EXCLUDED.position`)
}
