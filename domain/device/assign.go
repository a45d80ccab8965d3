package device

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Assign gives the phone to a user of its company: At is now, By the command it is
// assigned for. What was assigned is the user's for good once it is confirmed.
type Assign struct {
	Company, User, By string
	At                time.Time
}

// Decide assigns a phone that no user has. What the user has for good, or what was
// taken for the same command, is already so.
func (in Assign) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists() || s.Company != in.Company:
		return nil, missing()
	case s.User == "":
		return []domain.Event{Assigned{User: in.User, Taking: in.By, Deadline: in.At.Add(claim.Window)}}, nil
	case s.User != in.User:
		return nil, Taken()
	case s.Confirmed || s.Taking == in.By && in.At.Before(s.Deadline):
		return nil, nil
	}
	return nil, claim.Underway()
}

// Taken is the fault of wanting a phone that somebody has. It does not tell whose
// it is, nor of which company.
func Taken() *domain.Fault {
	return domain.Faultf(domain.Conflict, "device-taken", "the phone is in use already").At("/device/mac")
}

// Confirm makes the user's phone stand for good.
func Confirm(user string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.User != user {
			return nil, domain.Faultf(domain.Refused, "claim-lost", "the phone is not the user's")
		}
		if s.Confirmed {
			return nil, nil
		}
		return []domain.Event{Confirmed{User: user}}, nil
	}
}

// GiveBack undoes an assignment; what has been confirmed or taken again is left alone.
func GiveBack(user, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Taking != by {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Expire is GiveBack for whoever knows an assignment by its deadline only.
func Expire(user string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.User != user || user == "" || s.Confirmed || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}

// Release takes the phone from its user; another user's is left alone.
func Release(user, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if Fold(history).User != user || user == "" {
			return nil, nil
		}
		return []domain.Event{Released{User: user, Reason: reason}}, nil
	}
}
