package projections

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/user"
)

var users = projection{name: "users", tables: []string{"users", "activation_steps"}, wants: []string{"user."}, apply: applyUser}

// applyUser lets the domain say what a fact does to the user, and writes what
// is searched for beside the state.
func applyUser(ctx context.Context, tx bun.IDB, t tables, r record) error {
	row := userRecord{UserRow: UserRow{ID: strings.TrimPrefix(r.Stream, "user-")}, Born: r.Position}
	found, err := load(ctx, tx.NewSelect().Model(&row).ModelTableExpr("? AS u", t.of("users")).Where("u.id = ?", row.ID))
	if err != nil {
		return err
	}
	if due, err := follows(found, row.Revision, r.Revision); !due {
		return err
	}
	before := row.Folded.Steps
	row.take(shed(user.Evolve(row.Folded, r.fact)))
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
	if err := store(ctx, tx.NewInsert().Model(&row).ModelTableExpr("? AS u", t.of("users")).On("CONFLICT (id) DO UPDATE")); err != nil {
		return err
	}
	if reflect.DeepEqual(before, row.Folded.Steps) {
		return nil
	}
	return putSteps(ctx, tx, t, row.ID, row.Folded.Steps)
}

// shed takes away what a read model must not hold: secrets, their hashes, and
// the person who is forgotten.
func shed(s user.State) user.State {
	s.Link.Hash, s.Link.Older = "", nil
	s.Credential.Sum = user.CredentialSum{}
	s.Login.Personal = nil
	if s.Erased {
		s.Person = user.Person{}
	}
	return s
}

// take fills the columns from a state.
func (row *userRecord) take(s user.State) {
	p := s.Person
	row.Folded, row.Search = s, searchable(s)
	row.Company, row.Site, row.State, row.Suspended, row.Erased = s.Company, s.Site, string(s.Shown()), s.Suspended, s.Erased
	row.FirstName, row.LastName, row.DirectoryFirstName, row.DirectoryLastName = p.FirstName, p.LastName, p.DirectoryFirstName, p.DirectoryLastName
	row.Email, row.Mobile, row.MobileNumber = p.Email, p.Mobile, p.MobileNumber
	row.ContractNumber, row.MAC = p.ContractNumber, p.MAC
	row.Number, row.Extension = string(s.Number), s.Extension
	row.Licence, row.Device, row.Language = s.Licence, s.Device, s.Language
	row.LinkState, row.LinkExpiresAt = string(s.Link.State), moment(s.Link.ExpiresAt)
	row.CredentialState, row.LoginUsername = s.Credential.State, s.Login.Username
	row.CreatedAt = s.CreatedAt.UTC()
}

// searchable gives the words a user is found by, folded, one a line.
func searchable(s user.State) string {
	p := s.Person
	words := []string{
		p.FirstName, p.LastName, p.DirectoryFirstName, p.DirectoryLastName, p.Email, string(s.Number), s.Extension,
	}
	return fold(strings.Join(words, "\n"))
}

// moment gives nil for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	utc := t.UTC()
	return &utc
}
