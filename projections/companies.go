package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// CompanyRow is a company with how many users it has who are not deleted.
type CompanyRow struct {
	bun.BaseModel `bun:"table:companies,alias:c"`

	ID            string              `bun:"id,pk"`
	Name          string              `bun:"name"`
	Language      string              `bun:"language"`
	Country       string              `bun:"country"`
	PolicyName    string              `bun:"policy_name"`
	PolicyVersion int                 `bun:"policy_version"`
	CreatedAt     time.Time           `bun:"created_at"`
	UpdatedAt     time.Time           `bun:"updated_at"`
	Users         int                 `bun:"users,scanonly"`
	Revision      uint64              `bun:"revision"` // of the company's stream
	Position      eventstore.Position `bun:"position"` // of the last fact applied
	Born          eventstore.Position `bun:"born"`     // of the first fact: the order of lists
	State         company.State       `bun:"folded,type:json"`
}

// GetCompany finds a company; it is a Missing fault when there is none.
func (v *Views) GetCompany(ctx context.Context, id string) (CompanyRow, error) {
	var row CompanyRow
	err := v.selectCompanies(&row).Where("c.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return CompanyRow{}, domain.Faultf(domain.Missing, "no-company", "there is no such company")
	}
	if err != nil {
		return CompanyRow{}, fmt.Errorf("look for company %s: %w", id, err)
	}
	return row, nil
}

// Companies lists companies in the order in which they were ordered, a page at
// a time; next is the cursor of the page behind, "" on the last. A limit (1 to
// 200, 0 for 50) or cursor that is none is an Invalid fault.
func (v *Views) Companies(ctx context.Context, cursor string, limit int) (items []CompanyRow, next string, err error) {
	return inOrder(ctx, "companies", cursor, limit, func(rows *[]CompanyRow) *bun.SelectQuery { return v.selectCompanies(rows) },
		func(r CompanyRow) eventstore.Position { return r.Born })
}

// Countries lists the countries of all companies (ISO 3166-1), in order.
func (v *Views) Countries(ctx context.Context) ([]string, error) {
	var countries []string
	err := v.reading.NewSelect().Model((*CompanyRow)(nil)).Distinct().Column("country").Where("country <> ''").Order("country").Scan(ctx, &countries)
	if err != nil {
		return nil, fmt.Errorf("list the companies' countries: %w", err)
	}
	return countries, nil
}

func (v *Views) selectCompanies(into any) *bun.SelectQuery {
	return v.reading.NewSelect().Model(into).ColumnExpr("c.*").
		ColumnExpr("(SELECT count(*) FROM users AS u WHERE u.company = c.id AND u.state NOT IN ('', ?)) AS users", string(user.Gone)).
		Where("c.name <> ''")
}

var companies = projection{name: "companies", tables: []string{"companies"}, wants: []string{"company."}, apply: applyCompanies}

var companiesSheet = sheet{table: "companies", key: "id", prefix: "company-"}

func applyCompanies(ctx context.Context, w *writer, batch []record) error {
	changes, err := evolveRows[CompanyRow](ctx, w, companiesSheet, batch)
	if err != nil {
		return err
	}
	return putAll(ctx, w, companiesSheet, changes)
}

func (row *CompanyRow) at() (key string, revision uint64) { return row.ID, row.Revision }

func (row *CompanyRow) begin(id string, first record) {
	row.ID, row.CreatedAt, row.Born = id, first.fact.At.UTC(), first.Position
}

func (row *CompanyRow) evolve(r record) {
	s := company.Evolve(row.State, r.fact)
	row.State, row.Name, row.Language, row.Country = s, s.Name, s.Language, s.Country
	row.PolicyName, row.PolicyVersion = s.Policy.Name, s.Policy.Version
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
}
