package sim

import (
	"slices"
	"time"

	"dialtone/domain"
)

// Stand is the workflow's command: the user's stream names the SIM.
type Stand struct{ User string }

// Decide notes it, unless the SIM has gone on to somebody else.
func (in Stand) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); s.User != in.User || s.Named {
		return nil, nil
	}
	return []domain.Event{Named(in)}, nil
}

// Leave is the workflow's command: the former user's stream names it no more.
type Leave struct{ User string }

// Decide notes it.
func (in Leave) Decide(history []domain.Fact) ([]domain.Event, error) {
	if !slices.Contains(Fold(history).Former, in.User) {
		return nil, nil
	}
	return []domain.Event{Forgotten(in)}, nil
}

// CallOff is the command that spares the dispatch of a card which was ordered for
// a user who has another SIM by now (2.13).
type CallOff struct{ Instead string }

// Decide asks for the cancellation while the card may still be with the vendor.
func (in CallOff) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); !s.Exists() || !s.Undispatched() || s.CancelAsked {
		return nil, nil
	}
	return []domain.Event{CancellationAsked(in)}, nil
}

// Replace is the workflow's command: another SIM is active in place of this one.
type Replace struct{ User, By string }

// Decide ends the SIM, unless it has gone on to somebody else.
func (in Replace) Decide(history []domain.Fact) ([]domain.Event, error) {
	if s := Fold(history); s.User != in.User || s.Stage == Ended {
		return nil, nil
	}
	return []domain.Event{Replaced{By: in.By}}, nil
}

// Answer is what the vendor says about a task that went through.
type Answer struct {
	Sent    bool // of an order: the card is on its way
	Profile Profile
}

// Finish is the workflow's command that tells how an attempt at the vendor
// ended: Trouble is nil where it went through, and without a next try where the
// vendor refuses it for good. Claims names what was taken for the card.
type Finish struct {
	Task    Task
	Attempt int
	Answer  Answer
	Claims  []string
	Trouble *Trouble
	At      time.Time
}

// Decide writes how the attempt ended, unless something else is to be done by now.
func (in Finish) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	task, _ := s.job()
	if task != in.Task || s.Work.Task == task && in.Attempt <= s.Work.Attempts {
		return nil, nil
	}
	for _, claim := range in.Claims {
		if s.Abandoned.Since(claim, in.At) {
			return nil, domain.Faultf(domain.Unavailable, "claims-expired", "it took too long and what it had claimed was given up; try again")
		}
	}
	switch {
	case in.Trouble == nil:
		return []domain.Event{in.done(s)}, nil
	case in.Trouble.NextTry == nil:
		return []domain.Event{Failed{Task: in.Task, Attempt: in.Attempt, Trouble: *in.Trouble}}, nil
	}
	return []domain.Event{Delayed{Task: in.Task, Attempt: in.Attempt, Trouble: *in.Trouble}}, nil
}

// done is the fact of what went through.
func (in Finish) done(s State) domain.Event {
	card := s.Card.Completed(in.Answer.Profile.Card)
	switch in.Task {
	case Order:
		return OrderAccepted{Attempt: in.Attempt}
	case Check:
		return Dispatched{Claims: in.Claims, Personal: &card}
	case Cancel:
		if in.Answer.Sent {
			return Dispatched{TooLate: true, Claims: in.Claims, Personal: &card}
		}
		return Cancelled{Instead: s.Instead}
	case Prepare:
		profile := in.Answer.Profile
		return ProfileReady{Attempt: in.Attempt, Claims: in.Claims, Personal: &profile}
	case Activate:
		return Activated{Attempt: in.Attempt, Claims: in.Claims, Personal: &card}
	case Block:
		return Blocked{Attempt: in.Attempt}
	case Unblock:
		return Unblocked{Attempt: in.Attempt}
	case Release, Rest, Wait, Name, Forget:
	}
	return Released{Attempt: in.Attempt}
}

// News is what the vendor reports about a SIM: ID tells the report from others.
type News struct{ ID, Event, SIM string }

// Report is the command of the vendor's webhook: there is news about an order.
type Report struct{ Event string }

// Decide has the vendor asked, where its answer is waited for.
func (in Report) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, missing()
	case s.Stage != Accepted || s.CancelAsked:
		return nil, nil
	}
	return []domain.Event{Reported(in)}, nil
}

// AbandonClaim is the sweep's command: it gives a claim up for a SIM whose facts
// do not name it.
type AbandonClaim struct {
	Claim    string
	Deadline time.Time // of the taking that is given up
}

// Decide writes the note unless the SIM names the claim.
func (in AbandonClaim) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.Holds(in.Claim) {
		return nil, domain.Faultf(domain.Refused, "claim-held", "the SIM names the claim")
	}
	if s.Abandoned.Since(in.Claim, in.Deadline) {
		return nil, nil
	}
	return []domain.Event{ClaimAbandoned{Claim: in.Claim}}, nil
}
