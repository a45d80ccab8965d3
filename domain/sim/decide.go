package sim

import (
	"time"

	"dialtone/domain"
)

// PlaceOrder is the command that orders a SIM from the vendor.
type PlaceOrder struct {
	ID, Company, Kind, User string
	Automatic               bool
}

// Decide orders it once.
func (in PlaceOrder) Decide(history []domain.Fact) ([]domain.Event, error) {
	if Fold(history).Exists() {
		return nil, nil
	}
	return []domain.Event{Ordered(in)}, nil
}

// Give is the command that gives a SIM to a user and has it activated: a card
// that is not known yet, one that the company holds, or one that was ordered for
// the same user and has come.
type Give struct {
	ID, Company, User, Kind string
	Card                    Card     // of a card that is not known yet
	Claims                  []string // what was taken for it
	Replaces                string   // the SIM that ends when this one is active
	On                      *time.Time
	At                      time.Time // the moment the command was given, before anything was claimed for it
}

// Decide gives it. Whoever is second is refused.
func (in Give) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	var c domain.Check
	c.Need(in.On == nil || !in.On.Before(in.At.Add(-24*time.Hour)), "/activateOn", "past", "is not in the past")
	c.Need(in.On == nil || in.On.Before(in.At.AddDate(2, 0, 0)), "/activateOn", "too-late", "lies within two years")
	if err := c.Err(); err != nil {
		return nil, err
	}
	asked := ActivationAsked{At: in.On}
	if !s.Exists() {
		for _, claim := range in.Claims {
			if s.Abandoned.Since(claim, in.At) {
				return nil, domain.Faultf(domain.Conflict, "claims-expired", "the order took too long and what it had claimed was given up; try again")
			}
		}
		card := in.Card
		return []domain.Event{
			Registered{ID: in.ID, Company: in.Company, Kind: in.Kind, Claims: in.Claims, Personal: &card},
			Assigned{User: in.User, Kind: in.Kind, Replaces: in.Replaces},
			asked,
		}, nil
	}
	if err := s.givable(in); err != nil {
		return nil, err
	}
	if s.User == in.User {
		switch {
		case in.Replaces != "" && s.Stage == Active:
			return nil, domain.Faultf(domain.Refused, "sim-active", "the SIM card is active for this user already; remove the other one instead")
		case in.Replaces != "" && s.Replaces != in.Replaces:
			return []domain.Event{Assigned{User: in.User, Kind: in.Kind, Replaces: in.Replaces}, asked}, nil
		}
		if s.Stage == Active || s.ActivateAt != nil && in.On != nil && s.ActivateAt.Equal(*in.On) {
			return nil, nil
		}
		return []domain.Event{asked}, nil
	}
	return []domain.Event{Assigned{User: in.User, Kind: in.Kind, Replaces: in.Replaces}, asked}, nil
}

// givable tells why a SIM cannot be given to a user.
func (s State) givable(in Give) error {
	switch {
	case s.Company != in.Company:
		return Taken()
	case s.Stage == Ended || s.Stage == CalledOff:
		return domain.Faultf(domain.Refused, "sim-ended", "the SIM card is not in use any more and cannot be activated")
	case s.User != "" && s.User != in.User:
		return Taken()
	case s.Blocked || s.Blocking:
		return domain.Faultf(domain.Refused, "sim-blocked", "the SIM card is blocked; only the operator can lift that")
	case s.Kind == ESIM:
		return domain.Faultf(domain.Refused, "sim-esim", "an eSIM is downloaded by its user and cannot be given to somebody")
	case s.Undispatched():
		return domain.Faultf(domain.Refused, "sim-not-there", "the vendor has not sent the SIM card yet")
	}
	return nil
}

// Swappable tells why no other SIM can come in a SIM's place.
func (s State) Swappable() error {
	switch {
	case !s.Exists():
		return missing()
	case s.User == "":
		return domain.Faultf(domain.Refused, "sim-nobodys", "the SIM card is no user's; give the other one to the user instead")
	case s.Undispatched():
		return domain.Faultf(domain.Refused, "sim-not-there", "the vendor has not sent the SIM card yet; another one that is given spares its dispatch")
	}
	return nil
}

// Taken is the fault of wanting a card that another user, or another company, has.
func Taken() *domain.Fault {
	return domain.Faultf(domain.Conflict, "sim-taken", "the SIM card belongs to somebody else").At("/imsi")
}

// Detach is the command that takes a SIM from its user, for another one to have
// (2.7, 2.10). User, where it is named, must be the one who has it. ByHand it is
// somebody's wish, and no consequence of what became of the user.
type Detach struct {
	User, Reason string
	ByHand       bool
}

// Decide detaches it; what was not sent yet is cancelled. A SIM that was ordered by
// itself stands in its user's stream first: who is just about to write it there
// would not see that it is gone.
func (in Detach) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case s.User == "" || in.User != "" && in.User != s.User:
		return nil, nil
	case in.ByHand && s.Automatic && !s.Named:
		return nil, domain.Faultf(domain.Unavailable, "sim-being-given", "the SIM card is just being given to its user; try again in a moment")
	}
	events := []domain.Event{Detached{User: s.User, Reason: in.Reason}}
	if s.Undispatched() && !s.CancelAsked {
		events = append(events, CancellationAsked{})
	}
	return events, nil
}

// AskBlock is the command that blocks a SIM that was lost or stolen.
type AskBlock struct{}

// Decide asks for the block; a SIM that never left the vendor needs none.
func (in AskBlock) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case s.Undispatched() || s.Stage == CalledOff || s.Stage == Ended:
		return nil, domain.Faultf(domain.Refused, "sim-not-there", "there is no SIM card to be blocked: it was not sent, or is not in use any more")
	case s.Blocking || s.Blocked && !s.Unblocking:
		return nil, nil
	}
	return []domain.Event{BlockAsked{}}, nil
}

// AskUnblock is the command that lifts a block (2.8).
type AskUnblock struct{ Actor domain.Actor }

// Decide lifts it for the operator, and for nobody else.
func (in AskUnblock) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case in.Actor.Kind != domain.ActorOperator:
		return nil, domain.Faultf(domain.Denied, "unblock-operator", "only the operator lifts the block of a SIM card; ask its support")
	case !s.Blocked && !s.Blocking || s.Unblocking:
		return nil, nil
	}
	return []domain.Event{UnblockAsked{}}, nil
}

// Retry is the command that has the vendor asked again: at once where the next
// try is waited for, anew where it has refused.
type Retry struct{}

// Decide begins again with what did not go through.
func (Retry) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch task, _ := s.job(); {
	case !s.Exists():
		return nil, missing()
	case task == "" || s.Work.Task != task || s.Work.Trouble == nil:
		return nil, nil
	}
	return []domain.Event{Retried{}}, nil
}

// ShowCode is the command that shows the code of an eSIM to its user, once.
type ShowCode struct{ User string }

// Decide lets the code be seen by its user, whoever else asks.
func (in ShowCode) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists() || s.Kind != ESIM || s.User != in.User:
		return nil, missing()
	case s.Stage != Active || s.Profile.MatchingID == "":
		return nil, domain.Faultf(domain.Unavailable, "esim-not-ready", "the eSIM is not ready yet; try again in a moment")
	case s.CodeShown:
		return nil, CodeSeen()
	}
	return []domain.Event{CodeShown{}}, nil
}

// CodeSeen is the fault of wanting to see the code of an eSIM again.
func CodeSeen() *domain.Fault {
	return domain.Faultf(domain.Refused, "esim-shown", "the code of this eSIM was shown already; order another eSIM if it was not used")
}

// Code is what a telephone reads to download the eSIM (SGP.22 §4.1).
func (p Profile) Code() string { return "LPA:1$" + p.SMDP + "$" + p.MatchingID }

func missing() error { return domain.Faultf(domain.Missing, "no-sim", "there is no such SIM card") }
