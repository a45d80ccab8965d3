package user

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// AdminsStream is the name of the claim that is held while somebody stops being
// an admin of a company: one at a time, so that each sees who is left.
func AdminsStream(company string) string { return "admins-" + company }

// Administers tells whether the user can act as an admin of the company.
func (s State) Administers() bool { return s.Exists() && s.Credential.Admin && !s.Suspended }

// ErrAdministers is the fault of a command that would end an administration
// without holding the claim on the company's admins.
var ErrAdministers = domain.Faultf(domain.Unavailable, "administers", "the user administers the company; see first who is left")

// LastAdmin is the fault of leaving a company without an admin.
func LastAdmin() *domain.Fault {
	return domain.Faultf(domain.Refused, "last-admin", "this is the company's last administrator; make somebody else one first")
}

// Unattended is the reason that is written where the operator does so all the same.
const Unattended = "the company has no administrator from here on"

// Leave is the right to end an administration, for one command: its claim on the
// company's admins was taken at a moment and held since. The zero Leave is none.
type Leave struct{ TakenAt time.Time }

// Guard lets a decision through unless it ends an administration without leave,
// or with one that a sweep has given up meanwhile.
func (l Leave) Guard(decide domain.Decide) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		events, err := decide(history)
		if err != nil {
			return nil, err
		}
		s := Fold(history)
		after := s
		for _, event := range events {
			after = Evolve(after, domain.Fact{Event: event})
		}
		if !s.Administers() || after.Administers() {
			return events, nil
		}
		if l.TakenAt.IsZero() {
			return nil, ErrAdministers
		}
		if s.Abandoned.Since(AdminsStream(s.Company), l.TakenAt) {
			return nil, domain.Faultf(domain.Unavailable, "claims-expired", "it took too long to see who is left; try again")
		}
		return events, nil
	}
}

// ClaimLeave makes the claim on a company's admins for a command about a user.
func ClaimLeave(s State, cause domain.Cause) NameClaim {
	stream := AdminsStream(s.Company)
	taking := cause.For(stream)
	return NameClaim{
		Stream: stream,
		Take:   claim.Take{Owner: Stream(s.ID), By: taking.Command, At: taking.At, Taken: claim.Underway()}.Decide,
		Undo:   claim.GiveBack(Stream(s.ID), taking.Command, "everybody may go again"),
	}
}
