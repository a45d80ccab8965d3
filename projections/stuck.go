package projections

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/user"
)

// StuckRow is an activation that is not at its end, with the step it stands at.
type StuckRow struct {
	StepRow
	Company   string `bun:"company"`
	FirstName string `bun:"first_name"`
	LastName  string `bun:"last_name"`
	Number    string `bun:"number"`
	Lifecycle string `bun:"lifecycle"` // pending or failed, suspended
}

// StuckFilter chooses activations; what is empty chooses all.
type StuckFilter struct {
	Company, Step, State, Cause, Responsible string

	Before time.Time // the step stands so since before; zero: for however short
	Cursor string    // next of the page before
	Limit  int       // 1 to 200; 0: 50
}

// Stuck lists activations that are under way or have failed, over all companies,
// the one that has stood still longest first; next is the cursor of the page
// behind, "" on the last. A limit or cursor that is none is an Invalid fault.
func (v *Views) Stuck(ctx context.Context, f StuckFilter) (items []StuckRow, next string, err error) {
	p, err := newPage(f.Cursor, f.Limit, "stuck")
	if err != nil {
		return nil, "", err
	}
	q := v.reading.NewSelect().TableExpr("activation_steps AS s").ColumnExpr("s.*").
		ColumnExpr("u.company, u.first_name, u.last_name, u.number, u.state AS lifecycle").
		Join("JOIN users AS u ON u.id = s.user_id").
		Where("s.state <> ?", string(user.Done)).
		Where("u.state IN (?)", bun.List([]string{string(user.Pending), string(user.Failed), string(user.OnHold)})).
		Where("NOT EXISTS (SELECT 1 FROM activation_steps AS e WHERE e.user_id = s.user_id AND e.ord < s.ord AND e.state <> ?)", string(user.Done)).
		OrderExpr("s.since ASC, s.user_id ASC").Limit(p.fetch())
	for column, value := range map[string]string{
		"u.company": f.Company, "s.name": f.Step, "s.state": f.State, "s.cause": f.Cause, "s.responsible": f.Responsible,
	} {
		q = equals(q, column, value)
	}
	if !f.Before.IsZero() {
		q = q.Where("s.since <= ?", f.Before.UnixMicro())
	}
	if p.after != "" {
		since, id, ok := stuckKey(p.after)
		var c domain.Check
		c.Need(ok, "/cursor", "form", "is next of an earlier page of the same list")
		if err := c.Err(); err != nil {
			return nil, "", err
		}
		q = q.Where("(s.since > ? OR s.since = ? AND s.user_id > ?)", since, since, id)
	}
	if err := q.Scan(ctx, &items); err != nil {
		return nil, "", fmt.Errorf("list activations: %w", err)
	}
	items, next = cut(p, items, func(r StuckRow) string { return strconv.FormatInt(r.SinceMicro, 10) + " " + r.User })
	return items, next, nil
}

func stuckKey(key string) (since int64, id string, ok bool) {
	text, id, ok := strings.Cut(key, " ")
	since, err := strconv.ParseInt(text, 10, 64)
	return since, id, ok && err == nil
}
