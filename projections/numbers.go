package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/number"
	"dialtone/eventstore"
)

// The states of a number: free to be given, reserved for a user whose order is
// under way, assigned to a user.
const (
	NumberFree     = "free"
	NumberReserved = "reserved"
	NumberAssigned = "assigned"
)

// NumberRow is a company's number and whose it is; User is "" while it is free.
type NumberRow struct {
	bun.BaseModel `bun:"table:numbers,alias:n"`

	Number   string              `bun:"number,pk"` // E.164
	Company  string              `bun:"company"`
	User     string              `bun:"user_id"`
	State    string              `bun:"state"`
	Since    time.Time           `bun:"since"` // when it got this state
	Revision uint64              `bun:"revision"`
	Position eventstore.Position `bun:"position"`
}

// NumberFilter chooses numbers; what is empty chooses all.
type NumberFilter struct {
	Company, State string
	Cursor         string // next of the page before
	Limit          int    // 1 to 200; 0: 50
}

// Numbers lists numbers in their order, a page at a time; next is the cursor of
// the page behind, "" on the last. A limit or cursor that is none is an Invalid
// fault.
func (v *Views) Numbers(ctx context.Context, f NumberFilter) (items []NumberRow, next string, err error) {
	p, err := newPage(f.Cursor, f.Limit, "numbers")
	if err != nil {
		return nil, "", err
	}
	q := v.reading.NewSelect().Model(&items).Where("n.company <> ''").OrderExpr("n.number ASC").Limit(p.fetch())
	q = equals(q, "n.company", f.Company)
	q = equals(q, "n.state", f.State)
	if p.after != "" {
		q = q.Where("n.number > ?", p.after)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("list numbers: %w", err)
	}
	items, next = cut(p, items, func(r NumberRow) string { return r.Number })
	return items, next, nil
}

var numbers = projection{name: "numbers", tables: []string{"numbers"}, wants: []string{"number."}, apply: applyNumbers}

var numbersSheet = sheet{table: "numbers", key: "number", prefix: "number-"}

// applyNumbers keeps the row of a number that is nobody's, without a company:
// its revision tells what has been applied.
func applyNumbers(ctx context.Context, w *writer, batch []record) error {
	changes, err := evolveRows[NumberRow](ctx, w, numbersSheet, batch)
	if err != nil {
		return err
	}
	return putAll(ctx, w, numbersSheet, changes)
}

func (row *NumberRow) at() (key string, revision uint64) { return row.Number, row.Revision }

func (row *NumberRow) begin(number string, _ record) { row.Number = number }

func (row *NumberRow) evolve(r record) {
	before := number.State{Company: row.Company, User: row.User, Confirmed: row.State == NumberAssigned}
	s := number.Evolve(before, r.fact)
	state := numberState(s)
	if state != row.State || s.User != row.User || s.Company != row.Company {
		row.Since = r.fact.At.UTC()
	}
	row.Company, row.User, row.State, row.Revision, row.Position = s.Company, s.User, state, r.Revision, r.Position
}

func numberState(s number.State) string {
	switch {
	case s.Company == "":
		return ""
	case s.User == "":
		return NumberFree
	case s.Confirmed:
		return NumberAssigned
	}
	return NumberReserved
}
