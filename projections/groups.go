package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/eventstore"
)

// GroupRow is a group of a company as lists show it.
type GroupRow struct {
	ID        string    `bun:"id,pk"`
	Company   string    `bun:"company"`
	Kind      string    `bun:"kind"` // hunt, pickup, park, queue
	Name      string    `bun:"name"`
	Site      string    `bun:"site"`
	Extension string    `bun:"extension"`
	Strategy  string    `bun:"strategy"` // "" where calls do not ring the members
	Members   int       `bun:"members"`
	Gone      bool      `bun:"gone"` // deleted
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`

	Revision uint64              `bun:"revision"` // of the group's stream
	Position eventstore.Position `bun:"position"` // of the last fact applied
}

// groupRecord is the row with what only this file uses.
type groupRecord struct {
	bun.BaseModel `bun:"table:call_groups,alias:g"`
	GroupRow
	Born   eventstore.Position `bun:"born"` // of the first fact: the order of lists
	Folded group.State         `bun:"folded,type:json"`
}

// GroupFilter chooses groups; what is empty chooses all. Deleted groups are not listed.
type GroupFilter struct {
	Company, Kind string
	Cursor        string // next of the page before
	Limit         int    // 1 to 200; 0: 50
}

// GetGroup finds a group, deleted ones too; it is a Missing fault when there is
// no such group.
func (v *Views) GetGroup(ctx context.Context, id string) (GroupRow, group.State, error) {
	var row groupRecord
	err := v.reading.NewSelect().Model(&row).Where("g.id = ?", id).Where("g.company <> ''").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return GroupRow{}, group.State{}, domain.Faultf(domain.Missing, "no-group", "there is no such group")
	case err != nil:
		return GroupRow{}, group.State{}, fmt.Errorf("look for group %s: %w", id, err)
	}
	return row.GroupRow, row.Folded, nil
}

// Groups lists groups in the order in which they were made, a page at a time;
// next is the cursor of the page behind, "" on the last. A limit or cursor that
// is none is an Invalid fault.
func (v *Views) Groups(ctx context.Context, f GroupFilter) (items []GroupRow, next string, err error) {
	choose := func(rows *[]groupRecord) *bun.SelectQuery {
		q := v.reading.NewSelect().Model(rows).ExcludeColumn("folded").Where("g.company <> ''").Where("NOT g.gone")
		return equals(equals(q, "g.company", f.Company), "g.kind", f.Kind)
	}
	rows, next, err := inOrder(ctx, "groups", f.Cursor, f.Limit, choose, func(r groupRecord) eventstore.Position { return r.Born })
	for _, row := range rows {
		items = append(items, row.GroupRow)
	}
	return items, next, err
}

// CountGroups counts a company's groups.
func (v *Views) CountGroups(ctx context.Context, company string) (int, error) {
	n, err := v.reading.NewSelect().Model((*groupRecord)(nil)).Where("g.company = ?", company).Where("NOT g.gone").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the groups of company %s: %w", company, err)
	}
	return int(n), nil
}
