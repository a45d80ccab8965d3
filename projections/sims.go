package projections

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/sim"
	"dialtone/eventstore"
)

// SIMRow is a SIM of a company as lists show it.
type SIMRow struct {
	ID         string     `bun:"id,pk"`
	Company    string     `bun:"company"`
	User       string     `bun:"user_id"` // "" when it is no user's
	Kind       string     `bun:"kind"`    // voice, data or esim
	State      string     `bun:"state"`   // a sim.Shown
	IMSI       string     `bun:"imsi"`
	ICCID      string     `bun:"iccid"`
	ActivateAt *time.Time `bun:"activate_at"`
	Since      time.Time  `bun:"since"` // when it became what it is shown as
	CreatedAt  time.Time  `bun:"created_at"`
	UpdatedAt  time.Time  `bun:"updated_at"`

	Revision uint64              `bun:"revision"` // of the SIM's stream
	Position eventstore.Position `bun:"position"` // of the last fact applied
}

// simRecord is the row with what only this file uses.
type simRecord struct {
	bun.BaseModel `bun:"table:sims,alias:s"`
	SIMRow
	Born   eventstore.Position `bun:"born"` // of the first fact: the order of lists
	Folded sim.State           `bun:"folded,type:json"`
}

// SIMFilter chooses SIMs; what is empty chooses all.
type SIMFilter struct {
	Company, User string
	State         string // a sim.Shown
	Query         string // digits within one of a card's numbers
	Cursor        string // next of the page before
	Limit         int    // 1 to 200; 0: 50
}

var sims = projection{name: "sims", tables: []string{"sims"}, wants: []string{"sim."}, apply: applySIMs}

// simsSheet leaves out what is filled anew from the folded state.
var simsSheet = sheet{table: "sims", key: "id", prefix: "sim-", columns: []string{"id", "revision", "born", "folded"}}

// applySIMs lets the domain say what facts do to SIMs.
func applySIMs(ctx context.Context, w *writer, batch []record) error {
	changes, err := evolveRows[simRecord](ctx, w, simsSheet, batch)
	if err != nil {
		return err
	}
	for _, c := range changes {
		c.row.take(c.row.Folded)
	}
	return putAll(ctx, w, simsSheet, changes)
}

func (row *simRecord) at() (key string, revision uint64) { return row.ID, row.Revision }

func (row *simRecord) begin(id string, first record) { row.ID, row.Born = id, first.Position }

func (row *simRecord) evolve(r record) {
	row.Folded = sim.Evolve(row.Folded, r.fact)
	row.Folded.Profile = sim.Profile{} // the code of an eSIM is for its user's eyes alone
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
}

// take fills the columns from a state, as it is before all dates.
func (row *simRecord) take(s sim.State) {
	row.Company, row.User, row.Kind, row.State = s.Company, s.User, s.Kind, string(s.ShownAt(time.Time{}))
	row.IMSI, row.ICCID, row.Since, row.CreatedAt, row.ActivateAt = s.Card.IMSI, s.Card.ICCID, s.Since.UTC(), s.CreatedAt.UTC(), nil
	if s.ActivateAt != nil {
		at := s.ActivateAt.UTC()
		row.ActivateAt = &at
	}
}

// SIMs lists SIMs in the order in which they became known, a page at a time; next
// is the cursor of the page behind, "" on the last. A limit or cursor that is none
// is an Invalid fault.
func (v *Views) SIMs(ctx context.Context, f SIMFilter) (items []SIMRow, next string, err error) {
	now := v.now()
	choose := func(rows *[]simRecord) *bun.SelectQuery {
		return f.narrow(v.reading.NewSelect().Model(rows).ExcludeColumn("folded").Where("s.company <> ''"), now)
	}
	rows, next, err := inOrder(ctx, "sims", f.Cursor, f.Limit, choose, func(r simRecord) eventstore.Position { return r.Born })
	for _, row := range rows {
		if row.due(now) {
			row.State, row.Since = string(sim.ShownActivating), *row.ActivateAt
		}
		items = append(items, row.SIMRow)
	}
	return items, next, err
}

// due tells whether the date has come for which the activation was planned.
func (row *SIMRow) due(now time.Time) bool {
	return row.State == string(sim.ShownPlanned) && !row.ActivateAt.After(now)
}

func (f SIMFilter) narrow(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	q = equals(q, "s.company", f.Company)
	q = equals(q, "s.user_id", f.User)
	switch f.State {
	case "":
	case string(sim.ShownActivating):
		q = q.Where("s.state = ? AND s.activate_at <= ?", string(sim.ShownPlanned), now)
	case string(sim.ShownPlanned):
		q = q.Where("s.state = ? AND s.activate_at > ?", f.State, now)
	default:
		q = q.Where("s.state = ?", f.State)
	}
	if f.Query != "" {
		digits := "%" + digitsOf(f.Query) + "%"
		q = q.Where("(s.imsi LIKE ? OR s.iccid LIKE ?)", digits, digits)
	}
	return q
}
