package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/device"
	"dialtone/eventstore"
)

// DeviceRow is a desk phone of a company as lists show it.
type DeviceRow struct {
	ID           string     `bun:"id,pk"`
	Company      string     `bun:"company"`
	Manufacturer string     `bun:"manufacturer"` // a short name of the list
	Model        string     `bun:"model"`
	MAC          string     `bun:"mac"` // 12 lower-case hex digits, "" where it is not known
	Serial       string     `bun:"serial"`
	User         string     `bun:"user_id"`    // "" when it is no user's
	FetchedAt    *time.Time `bun:"fetched_at"` // when it last picked up its configuration
	Agent        string     `bun:"agent"`      // what it called itself then
	Generation   int        `bun:"generation"` // of the address of its configuration, 0 for none
	Gone         bool       `bun:"gone"`       // removed
	CreatedAt    time.Time  `bun:"created_at"`
	UpdatedAt    time.Time  `bun:"updated_at"`

	Revision uint64              `bun:"revision"` // of the phone's stream
	Position eventstore.Position `bun:"position"` // of the last fact applied
}

// deviceRecord is the row with what only this file uses.
type deviceRecord struct {
	bun.BaseModel `bun:"table:devices,alias:d"`
	DeviceRow
	Born   eventstore.Position `bun:"born"` // of the first fact: the order of lists
	Folded device.State        `bun:"folded,type:json"`
}

// DeviceFilter chooses phones; what is empty chooses all. Phones that were removed
// are not listed.
type DeviceFilter struct {
	Company, User string
	Free          bool   // those that no user has
	Cursor        string // next of the page before
	Limit         int    // 1 to 200; 0: 50
}

var devices = projection{name: "devices", tables: []string{"devices"}, wants: []string{"device."}, apply: applyDevices}

// devicesSheet leaves out what is filled anew from the folded state.
var devicesSheet = sheet{table: "devices", key: "id", prefix: "device-", columns: []string{"id", "revision", "born", "folded"}}

// applyDevices lets the domain say what facts do to phones.
func applyDevices(ctx context.Context, w *writer, batch []record) error {
	changes, err := evolveRows[deviceRecord](ctx, w, devicesSheet, batch)
	if err != nil {
		return err
	}
	for _, c := range changes {
		c.row.take(c.row.Folded)
	}
	return putAll(ctx, w, devicesSheet, changes)
}

func (row *deviceRecord) at() (key string, revision uint64) { return row.ID, row.Revision }

func (row *deviceRecord) begin(id string, first record) { row.ID, row.Born = id, first.Position }

func (row *deviceRecord) evolve(r record) {
	row.Folded = device.Evolve(row.Folded, r.fact)
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
}

// take fills the columns from a state.
func (row *deviceRecord) take(s device.State) {
	row.Company, row.Manufacturer, row.Model, row.User = s.Company, s.Manufacturer, s.Model, s.User
	row.MAC, row.Serial, row.Agent, row.Generation, row.Gone = s.Marks.MAC, s.Marks.Serial, s.Fetched.Agent, s.Generation, s.Gone
	row.CreatedAt, row.FetchedAt = s.AddedAt.UTC(), moment(s.FetchedAt)
}

// GetDevice finds a phone, removed ones too; it is a Missing fault when there is
// no such phone.
func (v *Views) GetDevice(ctx context.Context, id string) (DeviceRow, device.State, error) {
	var row deviceRecord
	err := v.reading.NewSelect().Model(&row).Where("d.id = ?", id).Where("d.company <> ''").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return DeviceRow{}, device.State{}, domain.Faultf(domain.Missing, "no-device", "there is no such phone")
	case err != nil:
		return DeviceRow{}, device.State{}, fmt.Errorf("look for phone %s: %w", id, err)
	}
	return row.DeviceRow, row.Folded, nil
}

// Devices lists phones in the order in which they were added, a page at a time;
// next is the cursor of the page behind, "" on the last. A limit or cursor that is
// none is an Invalid fault.
func (v *Views) Devices(ctx context.Context, f DeviceFilter) (items []DeviceRow, next string, err error) {
	choose := func(rows *[]deviceRecord) *bun.SelectQuery {
		q := v.reading.NewSelect().Model(rows).ExcludeColumn("folded").Where("d.company <> ''").Where("NOT d.gone")
		if f.Free {
			q = q.Where("d.user_id = ''")
		}
		return equals(equals(q, "d.company", f.Company), "d.user_id", f.User)
	}
	rows, next, err := inOrder(ctx, "devices", f.Cursor, f.Limit, choose, func(r deviceRecord) eventstore.Position { return r.Born })
	for _, row := range rows {
		items = append(items, row.DeviceRow)
	}
	return items, next, err
}
