package number

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
)

// Pool is the operator's command that offers a number to all companies.
type Pool struct {
	Number  domain.E164
	Kind    Kind
	Country string
}

// Decide puts the number into the pool, unless it is a company's.
func (in Pool) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case s.Company != "":
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is a company's", in.Number)
	case s.Pool && s.Kind == in.Kind && s.Country == in.Country:
		return nil, nil
	}
	return []domain.Event{Pooled{Kind: in.Kind, Country: in.Country}}, nil
}

// Connect makes the number a company's at a moment, until its stream names the
// number. What an earlier order has left behind overdue is not the company's to
// take before it is given back, and what rests is another company's not yet.
type Connect struct {
	Number  domain.E164
	Company string
	At      time.Time
	Kind    Kind // "" where nothing is said
}

// Decide connects what is nobody's.
func (in Connect) Decide(history []domain.Fact) ([]domain.Event, error) {
	switch s := Fold(history); {
	case s.Company == in.Company && in.At.Before(s.Deadline) && s.Buying == "":
		return nil, nil
	case s.Company == in.Company:
		return nil, claim.Underway()
	case s.Company != "":
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is already connected to another company", in.Number)
	case s.RestsAt(in.At) && s.FormerCompany != in.Company:
		return nil, resting(in.Number, s.Rests)
	}
	return []domain.Event{Connected{Company: in.Company, Deadline: in.At.Add(claim.Window), Kind: in.Kind}}, nil
}

// Buy makes a number of the operator's pool a company's: At is now, By the
// command it is bought for. It stands once the company's stream names it.
type Buy struct {
	Number  domain.E164
	Company string
	By      string
	At      time.Time
}

// Decide sells what is in the pool. Whatever cannot be had is a Conflict, so that
// who wants any number goes on to the next.
func (in Buy) Decide(history []domain.Fact) ([]domain.Event, error) {
	switch s := Fold(history); {
	case s.Company == in.Company && s.Buying == in.By && in.At.Before(s.Deadline):
		return nil, nil
	case s.Company != "":
		return nil, domain.Faultf(domain.Conflict, "number-taken", "number %s is already a company's", in.Number).At("/number")
	case !s.Pool:
		return nil, domain.Faultf(domain.Conflict, "number-not-offered", "number %s is not in the operator's pool", in.Number).At("/number")
	case s.RestsAt(in.At) && s.FormerCompany != in.Company:
		return nil, resting(in.Number, s.Rests).At("/number")
	}
	return []domain.Event{Connected{Company: in.Company, Deadline: in.At.Add(claim.Window), Taking: in.By}}, nil
}

// GiveUp undoes a purchase whose command was refused; what was bought for
// another command is left alone.
func GiveUp(company, by, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Company != company || company == "" || s.User != "" || s.Buying != by {
			return nil, nil
		}
		return []domain.Event{Disconnected{Company: company, Reason: reason}}, nil
	}
}

// Disconnect takes the number back from a company that has not given it to a user.
func Disconnect(company, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		s := Fold(history)
		if s.Company != company {
			return nil, nil
		}
		if s.User != "" {
			return nil, domain.Faultf(domain.Refused, "number-assigned", "the number is assigned to a user")
		}
		return []domain.Event{Disconnected{Company: company, Reason: reason}}, nil
	}
}

// Return is the command of a company that gives a number which is no user's to
// the operator's pool.
type Return struct {
	Company, Reason string
	Rests, At       time.Time // Rests zero: any company can buy it at once
}

// Decide begins it; another company's number is left alone.
func (in Return) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := s.ownerless(in.Company); err != nil || s.Leaving != nil {
		return nil, err
	}
	begun := ReturnBegun{Company: in.Company, Reason: in.Reason, Deadline: in.At.Add(claim.Window)}
	if !in.Rests.IsZero() {
		begun.Rests = &in.Rests
	}
	return []domain.Event{begun}, nil
}

// FinishReturn is the end of a return: the company's stream names the number no
// longer.
func FinishReturn(history []domain.Fact) ([]domain.Event, error) {
	leaving := Fold(history).Leaving
	if leaving == nil {
		return nil, nil
	}
	return []domain.Event{Disconnected{Company: leaving.Company, Reason: leaving.Reason, Pool: true, Rests: leaving.Rests}}, nil
}

// ExpireConnection is Disconnect for whoever knows a connection by its deadline
// only: one that was due by then is undone, a later one and a user's number are
// left alone.
func ExpireConnection(company string, deadline time.Time, reason string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if s := Fold(history); s.Company != company || company == "" || s.User != "" || s.Deadline.After(deadline) {
			return nil, nil
		}
		return []domain.Event{Disconnected{Company: company, Reason: reason}}, nil
	}
}
