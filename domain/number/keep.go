package number

import (
	"strings"
	"time"

	"dialtone/domain"
)

// Reserve is the command of a company that keeps one of its numbers for later.
type Reserve struct {
	Company string
	Reason  string // 1 to 200 characters
	Until   *time.Time
	At      time.Time
}

// Decide keeps a number that is no user's.
func (in Reserve) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := s.ownerless(in.Company); err != nil {
		return nil, err
	}
	var c domain.Check
	length := len([]rune(strings.TrimSpace(in.Reason)))
	c.Need(length >= 1 && length <= 200, "/reason", "length", "needs 1 to 200 characters")
	c.Need(in.Until == nil || in.Until.After(in.At), "/until", "past", "lies in the future")
	if err := c.Err(); err != nil {
		return nil, err
	}
	if is := s.Reserved; is != nil && is.Reason == in.Reason && moment(is.Until).Equal(moment(in.Until)) {
		return nil, nil
	}
	return []domain.Event{Reserved{Reason: in.Reason, Until: in.Until}}, nil
}

// Unreserve gives the command that lets a number go which was kept for later.
func Unreserve(company string) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		switch s := Fold(history); {
		case s.Company != company:
			return nil, foreign()
		case s.Reserved == nil:
			return nil, nil
		}
		return []domain.Event{Unreserved{}}, nil
	}
}

// SetForward is the command of a company that has calls to a fixed number which
// is no user's go elsewhere (rules 2.23, 2.24, 2.52).
type SetForward struct {
	Number  domain.E164
	Company string
	To      domain.E164 // "" ends it
}

// Decide sets the target. A mobile number has no service of its own without a
// user, so nothing could forward its calls.
func (in SetForward) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if in.To == "" {
		switch {
		case s.Company != in.Company:
			return nil, foreign()
		case s.Forward == "":
			return nil, nil
		}
		return []domain.Event{ForwardingEnded{}}, nil
	}
	if err := s.ownerless(in.Company); err != nil {
		return nil, err
	}
	if s.Mobile() {
		return nil, domain.Faultf(domain.Refused, "mobile-not-forwarded", "a mobile number cannot be forwarded by itself: give it to a user with an active mobile service and an active SIM, and set a direct forwarding there")
	}
	var c domain.Check
	c.Need(in.To.Valid(), "/to", "e164", "is an E.164 number such as +4930123450, not %q", string(in.To))
	c.Need(in.To != in.Number, "/to", "itself", "is another number")
	if err := c.Err(); err != nil || s.Forward == in.To {
		return nil, err
	}
	return []domain.Event{Forwarded{To: in.To}}, nil
}

// EndRest is the operator's command that lets a number which rests be given at once.
func EndRest(at time.Time) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if !Fold(history).RestsAt(at) {
			return nil, nil
		}
		return []domain.Event{RestEnded{}}, nil
	}
}

// ownerless refuses what is another company's number, or a user's.
func (s State) ownerless(company string) error {
	switch {
	case s.Company != company || company == "":
		return foreign()
	case s.User != "":
		return domain.Faultf(domain.Refused, "number-assigned", "the number is assigned to a user")
	}
	return nil
}

func foreign() error {
	return domain.Faultf(domain.Missing, "no-number", "there is no such number of the company")
}
