package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// UserRow is a user as lists show it. Times are UTC; what is missing is empty.
type UserRow struct {
	ID                 string     `bun:"id,pk"`
	Company            string     `bun:"company"`
	Site               string     `bun:"site"`
	State              string     `bun:"state"` // pending, activated, failed, suspended, deleted
	FirstName          string     `bun:"first_name"`
	LastName           string     `bun:"last_name"`
	DirectoryFirstName string     `bun:"directory_first_name"`
	DirectoryLastName  string     `bun:"directory_last_name"`
	Email              string     `bun:"email"`
	Mobile             string     `bun:"mobile"`        // E.164, where SMS go
	MobileNumber       string     `bun:"mobile_number"` // E.164, a line of the operator
	ContractNumber     string     `bun:"contract_number"`
	MAC                string     `bun:"mac"`
	Number             string     `bun:"number"` // E.164
	Extension          string     `bun:"extension"`
	Licence            string     `bun:"licence"`
	Device             string     `bun:"device"`
	Language           string     `bun:"language"`
	LinkState          string     `bun:"link_state"` // none, open, used, expired
	LinkExpiresAt      *time.Time `bun:"link_expires_at"`
	CredentialState    string     `bun:"credential_state"` // none, set
	LoginUsername      string     `bun:"login_username"`   // of the desk phone
	HelpFrom           string     `bun:"help_from"`        // whose help the user waits for to log in: admin, operator, ""
	HelpSince          *time.Time `bun:"help_since"`
	Suspended          bool       `bun:"suspended"`
	Erased             bool       `bun:"erased"` // the person is forgotten
	CreatedAt          time.Time  `bun:"created_at"`
	UpdatedAt          time.Time  `bun:"updated_at"`

	Revision uint64              `bun:"revision"` // of the user's stream
	Position eventstore.Position `bun:"position"` // of the last fact applied
}

// UserFilter chooses users; what is empty chooses all. Query holds words that
// each must occur in a name, the e-mail address, the number or the extension;
// case does not matter. Help is admin or operator: whose help is waited for. Deleted users are found by State "deleted" only.
type UserFilter struct {
	Company, Site, State, Query string
	Help                        string
	Cursor                      string // next of the page before
	Limit                       int    // 1 to 200; 0: 50
}

// CountUsers counts users by their state, deleted ones too; a state that nobody
// is in is missing.
func (v *Views) CountUsers(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string
		Users int
	}
	err := v.reading.NewSelect().TableExpr("users").ColumnExpr("state, count(*) AS users").
		Where("state <> ''").GroupExpr("state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count users: %w", err)
	}
	counts := map[string]int{}
	for _, row := range rows {
		counts[row.State] = row.Users
	}
	return counts, nil
}

// userRecord is the row with what only this file uses.
type userRecord struct {
	bun.BaseModel `bun:"table:users,alias:u"`
	UserRow
	Admin  bool                `bun:"admin"`  // of the company
	Born   eventstore.Position `bun:"born"`   // of the first fact: the order of lists
	Search string              `bun:"search"` // folded words
	Folded user.State          `bun:"folded,type:json"`
}

// GetUser finds a user, deleted ones too. The state holds no secrets and no
// hashes of secrets; it is a Missing fault when there is no such user.
func (v *Views) GetUser(ctx context.Context, id string) (UserRow, user.State, error) {
	var row userRecord
	err := v.reading.NewSelect().Model(&row).Where("u.id = ?", id).Where("u.state <> ''").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return UserRow{}, user.State{}, domain.Faultf(domain.Missing, "no-user", "there is no such user")
	case err != nil:
		return UserRow{}, user.State{}, fmt.Errorf("look for user %s: %w", id, err)
	}
	return row.UserRow, row.Folded, nil
}

// Users lists users in the order in which they were ordered, a page at a time;
// next is the cursor of the page behind, "" on the last. A limit or cursor that
// is none is an Invalid fault.
func (v *Views) Users(ctx context.Context, f UserFilter) (items []UserRow, next string, err error) {
	rows, next, err := inOrder(ctx, "users", f.Cursor, f.Limit, func(rows *[]userRecord) *bun.SelectQuery { return v.selectUsers(rows, f) },
		func(r userRecord) eventstore.Position { return r.Born })
	for _, row := range rows {
		items = append(items, row.UserRow)
	}
	return items, next, err
}

// selectUsers chooses users. What it chooses by stands before the order of lists
// in an index, so that a page reads no more than it gives. Words are looked for
// user by user, but in the index, which is read thirty times as fast as the rows.
func (v *Views) selectUsers(rows *[]userRecord, f UserFilter) *bun.SelectQuery {
	q := v.reading.NewSelect().Model(rows).ExcludeColumn("folded", "search")
	q = equals(q, "u.company", f.Company)
	q = equals(q, "u.site", f.Site)
	if q = equals(q, "u.help_from", f.Help); f.Help != "" {
		q = q.Where("u.help_from <> ''") // as the index has it
	}
	if f.State != "" {
		q = q.Where("u.state = ?", f.State)
	} else {
		q = q.Where("u.state NOT IN ('', ?)", string(user.Gone))
	}
	for word := range strings.FieldsSeq(fold(f.Query)) {
		q = q.Where(`u.search LIKE ? ESCAPE '\'`, "%"+escapeLike(word)+"%")
	}
	return q
}

// Admins lists the ids of a company's users who administer it and are not deleted.
func (v *Views) Admins(ctx context.Context, company string) ([]string, error) {
	var ids []string
	if err := v.selectAdmins(company).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("list the admins of company %s: %w", company, err)
	}
	return ids, nil
}

func (v *Views) selectAdmins(company string) *bun.SelectQuery {
	return v.reading.NewSelect().Model((*userRecord)(nil)).Column("id").Where("u.company = ?", company).Where("u.admin").
		Where("u.state NOT IN ('', ?)", string(user.Gone)).OrderExpr("u.born ASC")
}

// adminPatience is how long AdminsNow waits for what has just happened.
const adminPatience = 500 * time.Millisecond

// AdminsNow is Admins once everything is known that a store holds now, as far as
// that is known within half a second.
func (v *Views) AdminsNow(ctx context.Context, store eventstore.Store, company string) ([]string, error) {
	waiting, stop := context.WithTimeout(ctx, adminPatience)
	defer stop()
	if head, err := store.Head(waiting); err == nil {
		_ = v.WaitFor(waiting, head) // an older list names fewer, and that is judged strictly
	}
	return v.Admins(ctx, company)
}
