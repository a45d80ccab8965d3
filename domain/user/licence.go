package user

import (
	"time"

	"dialtone/domain"
)

// LicenceGivenUp says that the company was told to give the deleted user's
// licence back, or one like it (rule 2.22).
type LicenceGivenUp struct {
	Licence string `json:"licence"`
}

// Type is the wire name.
func (LicenceGivenUp) Type() string { return "user.licence-given-up.v1" }

// givesUp names the kind of licence that goes with the user, where that was asked
// for. Who has none has nothing to give back.
func (in Delete) givesUp(s State) (kind string, err error) {
	if !in.GiveUp {
		return "", nil
	}
	if s.Claims.Seat == "" {
		return "", domain.Faultf(domain.Refused, "no-licence", "the user has no licence that could be given back")
	}
	return s.Licence, nil
}

// NoteGivenUp is the command of the workflow that has told the company.
type NoteGivenUp struct{}

// Decide notes it where it was waiting for that.
func (NoteGivenUp) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.GivesUp == "" {
		return nil, nil
	}
	return []domain.Event{LicenceGivenUp{Licence: s.GivesUp}}, nil
}

// MoveSeat is the command of a company's workflow that lets a user sit on another
// licence of the same kind, which was claimed for the user at a moment.
type MoveSeat struct {
	From, To string // claims
	TakenAt  time.Time
}

// Decide moves a user who sits where it is thought.
func (in MoveSeat) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Claims.Seat != in.From {
		return nil, nil
	}
	if s.Abandoned.Since(in.To, in.TakenAt) {
		return nil, domain.Faultf(domain.Unavailable, "claims-expired", "it took too long, and what was claimed was given up; try again")
	}
	return []domain.Event{SeatMoved{From: in.From, To: in.To}}, nil
}

// SeatMoved says that the user sits on another licence of the same kind.
type SeatMoved struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Type is the wire name.
func (SeatMoved) Type() string { return "user.seat-moved.v1" }
