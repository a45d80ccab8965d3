package number

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Assign gives the number to a user of its company: At is now, By the command
// it is assigned for. What holds for claims (claim.Take) holds here.
type Assign struct {
	Number        domain.E164
	Company, User string
	By            string
	At            time.Time
	Auto          bool // nobody asked for just this one: what is kept for later is left alone
}

// Decide assigns a free number of the company. One that rests is for whom had it
// before only.
func (in Assign) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case s.Company != in.Company:
		return nil, domain.Faultf(domain.Refused, "number-foreign", "number %s is not one of the company's numbers", in.Number)
	case s.Leaving != nil:
		return nil, domain.Faultf(domain.Conflict, "number-returned", "number %s is being returned to the operator", in.Number).At("/number")
	case s.User == "" && s.RestsAt(in.At) && s.FormerUser != in.User:
		return nil, resting(in.Number, s.Rests).At("/number")
	case s.User == "" && in.Auto && s.ReservedAt(in.At):
		return nil, domain.Faultf(domain.Conflict, "number-reserved", "number %s is kept for later", in.Number).At("/number")
	case s.User == "":
		return []domain.Event{Assigned{Company: in.Company, User: in.User, Taking: in.By, Deadline: in.At.Add(claim.Window)}}, nil
	case s.User != in.User:
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is already assigned to another user", in.Number).At("/number")
	case s.Swap != nil:
		return nil, claim.Underway()
	case s.Confirmed || s.Taking == in.By && in.At.Before(s.Deadline):
		return nil, nil
	}
	return nil, claim.Underway()
}

func resting(n domain.E164, until time.Time) *domain.Fault {
	return domain.Faultf(domain.Conflict, "number-resting", "number %s was given back and rests until %s; until then only who had it before can have it", n, until.UTC().Format(time.RFC3339))
}

// GiveBack undoes an assignment; what has been confirmed or assigned again is
// left alone.
func GiveBack(user, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Taking != by {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Expire is GiveBack for whoever knows an assignment by its deadline only: what
// is not confirmed and was due by then is released, what was assigned anew later
// is left alone.
func Expire(user string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Confirm makes the user's number stand for good.
func Confirm(user string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.User != user {
			return nil, domain.Faultf(domain.Refused, "claim-lost", "the number is not the user's")
		}
		if s.Confirmed {
			return nil, nil
		}
		return []domain.Event{Confirmed{User: user}}, nil
	}
}

// Release is the command that gives a user's number back to the company. What
// the user has had for good rests until a moment.
type Release struct {
	User, Reason string
	Rests        time.Time // zero: it can be given again at once (rule 1.13)
}

// Decide gives it back; another user's is left alone. One that is changing places
// is no longer only this user's to give.
func (in Release) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case s.User != in.User || in.User == "":
		return nil, nil
	case s.Swap != nil:
		return nil, claim.Underway()
	}
	released := Released{User: in.User, Reason: in.Reason}
	if s.Confirmed && !in.Rests.IsZero() {
		released.Rests = &in.Rests
	}
	return []domain.Event{released}, nil
}
