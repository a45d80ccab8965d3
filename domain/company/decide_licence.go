package company

import (
	"time"

	"dialtone/domain"
)

// ReturnLicence is the command that gives a licence of a kind back to the
// operator: one that is not bound any more (rule 2.22). Which one is for the
// company's workflow to find. User is whose deletion asks for it, "" for nobody's.
type ReturnLicence struct {
	ID, Kind, User string
	At             time.Time
}

// Check tells what speaks against it before anything is done.
func (in ReturnLicence) Check(s State) error {
	if !s.Exists() {
		return missing()
	}
	bound, unbound := s.Seats(in.Kind, in.At)
	switch {
	case len(bound)+len(unbound) == 0:
		return domain.Faultf(domain.Missing, "no-licence", "the company has no licence of kind %q", in.Kind)
	case len(unbound) > s.Returning(in.Kind):
		return nil
	case len(unbound) > 0:
		return domain.Faultf(domain.Refused, "licence-returning", "every licence of kind %s that is not bound is being given back already", in.Kind)
	}
	return domain.Faultf(domain.Refused, "licence-bound", "all licences of kind %s are bound, the first until %s", in.Kind, s.firstFree(bound).UTC().Format(time.DateOnly))
}

// firstFree gives the first day on which one of some bound seats is bound no more.
func (s State) firstFree(bound []Seat) (first time.Time) {
	for _, seat := range bound {
		if until := s.BoundUntil(seat); first.IsZero() || until.Before(first) {
			first = *until
		}
	}
	return first
}

// Decide orders the return. What a deletion asks for is not refused behind it:
// that the licence stays is then told by a fact.
func (in ReturnLicence) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	ordered := LicenceReturnOrdered{ID: in.ID, Kind: in.Kind, User: in.User}
	err := in.Check(s)
	switch {
	case err == nil:
		return []domain.Event{ordered}, nil
	case in.User == "" || domain.KindOf(err) == domain.Missing:
		return nil, err
	}
	return []domain.Event{ordered, LicenceReturnFailed{
		ID: in.ID, Kind: in.Kind, Trouble: domain.Trouble{Cause: "licence-bound", Responsible: "operator", Text: err.Error()},
	}}, nil
}

// FinishReturn is the command of the workflow that tells which seat went back,
// or why none could.
type FinishReturn struct {
	ID      string
	Seat    int
	Moved   string // who sits on a bound licence since
	Trouble *domain.Trouble
	TakenAt time.Time // when the seat was claimed for good
}

// Decide writes the end of a return that is open.
func (in FinishReturn) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	r, open := s.Return(in.ID)
	if !open {
		return nil, nil
	}
	if in.Trouble != nil {
		return []domain.Event{LicenceReturnFailed{ID: r.ID, Kind: r.Kind, Trouble: *in.Trouble}}, nil
	}
	if s.Abandoned.Since(SeatStream(s.ID, Seat{r.Kind, in.Seat}), in.TakenAt) {
		return nil, tooSlow()
	}
	return []domain.Event{LicenceReturned{ID: r.ID, Kind: r.Kind, Seat: in.Seat, Moved: in.Moved}}, nil
}
