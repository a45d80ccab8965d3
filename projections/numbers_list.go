package projections

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// NumberFilter chooses numbers; what is empty chooses all.
type NumberFilter struct {
	Company  string
	Pool     bool   // those that no company has and any can buy
	State    string // a number.Standing, or NumberInactive
	Kind     string // number.Fixed or number.Mobile
	Query    string // digits within the number, as they are dialled at home or abroad
	From, To string // E.164, both included: numbers of the same length only
	Country  string // ISO 3166-1 alpha-2
	Cursor   string // next of the page before
	Limit    int    // 1 to 200; 0: 50
}

// Numbers lists numbers in their order, a page at a time; next is the cursor of
// the page behind, "" on the last. A limit or cursor that is none is an Invalid
// fault.
func (v *Views) Numbers(ctx context.Context, f NumberFilter) (items []NumberRow, next string, err error) {
	p, err := newPage(f.Cursor, f.Limit, "numbers")
	if err != nil {
		return nil, "", err
	}
	now := v.now()
	q := v.reading.NewSelect().Model(&items).OrderExpr("n.number ASC").Limit(p.fetch())
	q = f.narrow(q, now)
	if p.after != "" {
		q = q.Where("n.number > ?", p.after)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("list numbers: %w", err)
	}
	for i := range items {
		items[i].show(f, now)
	}
	items, next = cut(p, items, func(r NumberRow) string { return r.Number })
	return items, next, nil
}

// standing tells the state of an idle number by its dates.
const standing = `CASE WHEN n.state <> 'idle' THEN n.state WHEN n.rests_until > ? THEN 'resting'
	WHEN n.company = '' THEN 'pool' WHEN n.reserved AND (n.reserved_until IS NULL OR n.reserved_until > ?) THEN 'reserved' ELSE 'free' END`

func (f NumberFilter) narrow(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	switch {
	case f.Pool:
		q = q.Where("n.company = '' AND n.pool")
	case f.State == NumberInactive:
		q = q.Where("n.former_company <> '' AND n.former_company <> n.company")
		q = equals(q, "n.former_company", f.Company)
	default:
		q = q.Where("n.company <> ''")
		q = equals(q, "n.company", f.Company)
	}
	if f.State != "" && f.State != NumberInactive {
		q = q.Where("("+standing+") = ?", now, now, f.State)
	}
	if f.Kind != "" {
		q = q.Where("COALESCE(NULLIF(n.kind, ''), 'fixed') = ?", f.Kind)
	}
	q = equals(q, "n.country", f.Country)
	if f.Query != "" {
		q = q.Where("n.number LIKE ?", "%"+digitsOf(f.Query)+"%")
	}
	for _, end := range []struct{ n, compare string }{{f.From, "n.number >= ?"}, {f.To, "n.number <= ?"}} {
		if end.n != "" {
			q = q.Where("length(n.number) = ? AND "+end.compare, len(end.n), end.n)
		}
	}
	return q
}

// digitsOf keeps the digits of what was typed, without the zeros that stand for
// "out of town" or "abroad". What holds none fits no number.
func digitsOf(typed string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
	if digits == "" {
		return "none"
	}
	return strings.TrimLeft(digits, "0")
}

// show turns a row into what it is at a moment. Of a number that is no longer
// the company's nothing is told but that it was.
func (row *NumberRow) show(f NumberFilter, now time.Time) {
	if f.State == NumberInactive {
		*row = NumberRow{Number: row.Number, Company: row.FormerCompany, State: NumberInactive, Kind: row.Kind, Since: row.Since, Position: row.Position}
		return
	}
	for _, end := range []*time.Time{row.RestsUntil, row.ReservedUntil} {
		if row.State == idle && end != nil && !end.After(now) && end.After(row.Since) {
			row.Since = *end
		}
	}
	row.State = string(row.number().StandingAt(now))
}
