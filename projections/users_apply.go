package projections

import (
	"context"
	"slices"
	"strings"
	"time"

	"dialtone/domain/user"
)

var users = projection{name: "users", tables: []string{"users", "activation_steps"}, wants: []string{"user."}, apply: applyUsers}

// usersSheet leaves out what is filled anew from the folded state.
var usersSheet = sheet{table: "users", key: "id", prefix: "user-", columns: []string{"id", "revision", "born", "folded"}}

// applyUsers lets the domain say what facts do to users, and writes what is
// searched for beside the state.
func applyUsers(ctx context.Context, w *writer, batch []record) error {
	batch = slices.DeleteFunc(slices.Clone(batch), func(r record) bool { return !strings.HasPrefix(r.Stream, usersSheet.prefix) }) // looks
	changes, err := evolveRows[userRecord](ctx, w, usersSheet, batch)
	if err != nil {
		return err
	}
	for _, c := range changes {
		c.row.take(c.row.Folded)
		if err := putSteps(ctx, w, c.row.ID, c.before.Folded.ShownSteps(), c.row.Folded.ShownSteps()); err != nil {
			return err
		}
	}
	return putAll(ctx, w, usersSheet, changes)
}

func (row *userRecord) at() (key string, revision uint64) { return row.ID, row.Revision }

func (row *userRecord) begin(id string, first record) { row.ID, row.Born = id, first.Position }

func (row *userRecord) evolve(r record) {
	row.Folded = shed(user.Evolve(row.Folded, r.fact))
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
}

// shed takes away what a read model must not hold: secrets, their hashes, and
// the person who is forgotten.
func shed(s user.State) user.State {
	s.Link.Hash, s.Link.Older = "", nil
	s.Credential.Sum, s.Credential.Reset.Hash = user.CredentialSum{}, ""
	s.Login.Personal = nil
	if s.Erased {
		s.Person, s.Credential.Username = user.Person{}, ""
		s.Scheduled = slices.Clone(s.Scheduled)
		for i := range s.Scheduled {
			s.Scheduled[i].Reason = ""
		}
		s.Messages = slices.Clone(s.Messages)
		for i := range s.Messages {
			s.Messages[i].To = ""
		}
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
	row.CredentialState, row.LoginUsername = string(s.Credential.Shown()), s.Login.Username
	row.HelpFrom, row.HelpSince = s.Credential.HelpFrom, moment(s.Credential.HelpSince)
	row.Admin, row.CreatedAt = s.Credential.Admin, s.CreatedAt.UTC()
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
