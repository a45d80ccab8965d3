// Package routing is the read model of the SIP worker: who has which number,
// extension and login, and who may call whom. It lives in memory as an
// immutable table that is folded from facts and swapped as a whole.
package routing

import (
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// User is what routing knows about a telephone user. It holds no personal data
// but the number; HA1 values are secrets and must not be logged.
type User struct {
	ID, Company string
	Number      domain.E164
	Extension   string
	Lifecycle   user.Lifecycle // never suspended: that stands in Suspended
	Suspended   bool
	LineStep    bool // the activation has a line step
	LineDone    bool // and it is done
	Login       string
	Realm       string
	HA1         map[string]string   // by algorithm, "MD5" and "SHA-256"; hex
	Since       time.Time           // when the present lifecycle began
	Held        time.Time           // when the suspension began
	Position    eventstore.Position // of the last fact about the user
	Stale       bool                // a fact about the user could not be read
}

// HasLine tells whether the user has a number or an extension.
func (u *User) HasLine() bool { return u.state().HasLine() }

// Company is what routing knows about a company.
type Company struct {
	ID, Country string // ISO 3166-1 alpha-2
	MainNumber  domain.E164
	Blocks      []company.Block
}

// Table says who can be reached under what. It never changes: Apply gives
// another one, which shares with this one what is the same. The zero Table is
// empty.
type Table struct {
	position   eventstore.Position
	lastEvent  string
	users      index[*User]
	companies  index[*Company]
	numbers    index[string] // user ids by E.164
	extensions index[string] // user ids by company and extension
	logins     index[string] // user ids by login name
	blocks     []company.Block
	stale      int
}

// Position is how far the facts are in the table.
func (t *Table) Position() eventstore.Position { return t.position }

// Len is how many users the table knows, deleted ones included.
func (t *Table) Len() int { return t.users.size }

// Stale is how many users have facts that could not be read.
func (t *Table) Stale() int { return t.stale }

// User finds a user by id; nil where there is none.
func (t *Table) User(id string) *User {
	u, _ := t.users.get(id)
	return u
}

// Company finds a company by id; nil where there is none.
func (t *Table) Company(id string) *Company {
	c, _ := t.companies.get(id)
	return c
}

// ByNumber finds who has a number; nil where nobody has it.
func (t *Table) ByNumber(number domain.E164) *User { return t.by(t.numbers, string(number)) }

// ByExtension finds who has an extension in a company; nil where nobody has it.
func (t *Table) ByExtension(company, extension string) *User {
	return t.by(t.extensions, extensionKey(company, extension))
}

// ByLogin finds who logs in under a name; nil where nobody does.
func (t *Table) ByLogin(username string) *User { return t.by(t.logins, username) }

func (t *Table) by(x index[string], key string) *User {
	id, found := x.get(key)
	if !found {
		return nil
	}
	return t.User(id)
}

// Ours tells whether a number lies in a block of one of the companies or is
// held by a user, so that it must not be looked for behind the trunk.
func (t *Table) Ours(number domain.E164) bool {
	if _, held := t.numbers.get(string(number)); held {
		return true
	}
	at, exact := slices.BinarySearchFunc(t.blocks, number, func(b company.Block, n domain.E164) int {
		return compareNumbers(b.From, n)
	})
	return exact || at > 0 && t.blocks[at-1].Contains(number)
}

// compareNumbers orders by length first, as the numbers of a block are equally long.
func compareNumbers(a, b domain.E164) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(string(a), string(b))
}

func extensionKey(company, extension string) string { return company + "/" + extension }
