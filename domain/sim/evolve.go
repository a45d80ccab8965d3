package sim

import (
	"slices"

	"dialtone/domain"
)

// Evolve applies one fact.
func Evolve(s State, f domain.Fact) State {
	before := s.ShownAt(f.At)
	switch e := f.Event.(type) {
	case Ordered:
		s = State{
			ID: e.ID, Company: e.Company, Kind: e.Kind, User: e.User, Automatic: e.Automatic, Stage: Wanted,
			Abandoned: s.Abandoned, CreatedAt: f.At,
		}
	case Registered:
		s = State{ID: e.ID, Company: e.Company, Kind: e.Kind, Claims: e.Claims, Stage: InHand, Abandoned: s.Abandoned, CreatedAt: f.At}
		s.Card = cardOf(e.Personal)
	case Assigned:
		s.User, s.Kind, s.Replaces, s.Named, s.ActivateAt = e.User, e.Kind, e.Replaces, false, nil
	case ActivationAsked:
		at := f.At
		if e.At != nil {
			at = *e.At
		}
		s = s.turn()
		s.ActivateAt = &at
	case Named:
		s.Named = true
	case Detached:
		s = s.detached()
	case Forgotten:
		s.Former = slices.DeleteFunc(slices.Clone(s.Former), func(user string) bool { return user == e.User })
	case Replaced:
		s = s.detached()
		s.Stage, s.ReplacedBy, s.Releasing = Ended, e.By, false
	case ClaimAbandoned:
		s.Abandoned = s.Abandoned.With(e.Claim, f.At)
	default:
		s = atVendor(s, f)
	}
	if s.ShownAt(f.At) != before || s.Since.IsZero() {
		s.Since = f.At
	}
	return s
}

// atVendor applies the facts about the vendor.
func atVendor(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case OrderAccepted:
		s = s.turn()
		s.Stage, s.CheckAt = Accepted, f.At.Add(firstCheck)
	case Dispatched:
		s = s.turn()
		s.Stage, s.Claims, s.Card, s.CancelAsked = InHand, e.Claims, cardOf(e.Personal), false
		if e.TooLate {
			s = s.detached()
		}
	case CancellationAsked:
		s = s.turn()
		s.CancelAsked, s.Instead = true, e.Instead
	case Cancelled:
		s = s.turn().detached()
		s.Stage, s.CancelAsked = CalledOff, false
	case Activated:
		s = s.turn()
		s.Stage, s.Claims, s.Card = Active, e.Claims, cardOf(e.Personal)
	case ProfileReady:
		s = s.turn()
		s.Stage, s.Claims = Active, e.Claims
		if e.Personal != nil {
			s.Profile, s.Card = *e.Personal, e.Personal.Card
		}
	case CodeShown:
		s.CodeShown = true
	case BlockAsked:
		s = s.turn()
		s.Blocking = true
	case Blocked:
		s = s.turn()
		s.Blocking, s.Blocked = false, true
	case UnblockAsked:
		s = s.turn()
		s.Unblocking = true
	case Unblocked:
		s = s.turn()
		s.Unblocking, s.Blocked = false, false
	case Released:
		s = s.turn()
		s.Releasing = false
	default:
		return troubles(s, f)
	}
	return s
}

// troubles applies the facts about what does not go through.
func troubles(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Delayed:
		s.Work = Work{Task: e.Task, Attempts: e.Attempt, Trouble: &e.Trouble}
	case Failed:
		s.Work = Work{Task: e.Task, Attempts: e.Attempt, Trouble: &e.Trouble}
	case Retried:
		s = s.turn()
	case Reported:
		s = s.turn()
		s.CheckAt = f.At
	}
	return s
}

// turn begins something else at the vendor.
func (s State) turn() State {
	s.Work, s.Round = Work{}, s.Round+1
	return s
}

// detached gives the SIM without its user, whose stream may name it still: also
// where nobody came to note here that it does.
func (s State) detached() State {
	if s.User != "" {
		s.Former = append(slices.Clone(s.Former), s.User)
	}
	if s.ActivateAt != nil || s.Stage == Active {
		s.Releasing = true
	}
	if s.Stage == Active {
		s.Stage = InHand
	}
	s = s.turn()
	s.User, s.Named, s.ActivateAt, s.Replaces = "", false, nil, ""
	return s
}

func cardOf(personal *Card) Card {
	if personal == nil {
		return Card{}
	}
	return *personal
}
