package projections

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/eventstore"
)

// The states of a number that a row keeps or shows beside those of the domain.
const (
	NumberFree     = string(number.Free)
	NumberHeld     = string(number.Held)
	NumberAssigned = string(number.OfTheUser)
	NumberInactive = "inactive" // it was the company's, and is no longer

	idle = "idle" // nobody has it: whether it rests or is kept for later follows from the dates
)

// NumberRow is a number and whose it is; User is "" while it is free.
type NumberRow struct {
	bun.BaseModel `bun:"table:numbers,alias:n"`

	Number        string              `bun:"number,pk"` // E.164
	Company       string              `bun:"company"`   // "" while it is in the operator's pool, or nobody's
	User          string              `bun:"user_id"`
	State         string              `bun:"state"` // as it is shown: a number.Standing
	Since         time.Time           `bun:"since"` // when it got this state
	Kind          string              `bun:"kind"`
	Country       string              `bun:"country"` // ISO 3166-1 alpha-2, "" where that is not known
	Pool          bool                `bun:"pool"`
	Reserved      bool                `bun:"reserved"`
	Reason        string              `bun:"reason"` // why it is kept for later
	ReservedUntil *time.Time          `bun:"reserved_until"`
	RestsUntil    *time.Time          `bun:"rests_until"`
	Forward       string              `bun:"forward"` // where calls go while it is no user's
	FormerUser    string              `bun:"former_user"`
	FormerCompany string              `bun:"former_company"`
	Revision      uint64              `bun:"revision"`
	Position      eventstore.Position `bun:"position"`
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
	before := row.number()
	s := number.Evolve(before, r.fact)
	if s.StandingAt(r.fact.At) != before.StandingAt(r.fact.At) || s.User != row.User || s.Company != row.Company {
		row.Since = r.fact.At.UTC()
	}
	row.Company, row.User, row.State, row.Revision, row.Position = s.Company, s.User, kept(s), r.Revision, r.Position
	row.Kind, row.Country, row.Pool, row.Forward = string(s.Kind), s.Country, s.Pool, string(s.Forward)
	row.FormerUser, row.FormerCompany = s.FormerUser, s.FormerCompany
	row.Reserved, row.Reason, row.ReservedUntil, row.RestsUntil = false, "", nil, nil
	if s.Reserved != nil {
		row.Reserved, row.Reason = true, s.Reserved.Reason
		row.ReservedUntil = inUTC(s.Reserved.Until)
	}
	if !s.Rests.IsZero() {
		row.RestsUntil = inUTC(&s.Rests)
	}
}

func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	utc := at.UTC()
	return &utc
}

// kept is the state as the table has it, which no date changes.
func kept(s number.State) string {
	switch standing := s.StandingAt(time.Time{}); standing {
	case number.Resting, number.Free, number.Kept, number.InPool:
		return idle
	case number.Nobodys, number.Diverted, number.Held, number.OfTheUser:
		return string(standing)
	}
	return ""
}

// number is the row in the domain's own terms.
func (row *NumberRow) number() number.State {
	s := number.State{
		Kind: number.Kind(row.Kind), Country: row.Country, Pool: row.Pool, Company: row.Company, User: row.User,
		Confirmed: row.State == NumberAssigned, FormerUser: row.FormerUser, FormerCompany: row.FormerCompany, Forward: domain.E164(row.Forward),
	}
	if row.Reserved {
		s.Reserved = &number.Reserved{Reason: row.Reason, Until: row.ReservedUntil}
	}
	if row.RestsUntil != nil {
		s.Rests = *row.RestsUntil
	}
	return s
}
