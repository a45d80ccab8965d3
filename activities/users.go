package activities

import (
	"context"
	"fmt"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Courier hands over mails.
type Courier interface {
	Send(ctx context.Context, letter Mail) Outcome
}

// Messenger hands over SMS and finds those that were handed over before.
type Messenger interface {
	Send(ctx context.Context, text SMS) Outcome
	Lookup(ctx context.Context, text SMS, since time.Time, others []string) (Outcome, bool)
}

// Network is the operator's network: it puts a user's number, or a block of a
// company's numbers, into service. The same order again is nothing. Errors that
// trying again can cure are Unavailable.
type Network interface {
	Activate(ctx context.Context, order string, number domain.E164) error
	Connect(ctx context.Context, order string, block company.Block) error
}

// Leaders lists who administers a company, those from whom it was taken too.
type Leaders interface {
	Admins(ctx context.Context, company string) ([]string, error)
}

// Keys keep what opens the personal part of facts.
type Keys interface {
	// Destroy makes everything sealed under a subject's key unreadable for good.
	Destroy(ctx context.Context, subject string, at time.Time) error
}

// Readers hold personal data beside the facts.
type Readers interface {
	// Forget removes everything personal about a subject.
	Forget(ctx context.Context, subject string) error
}

// Users performs the duties of users' workflows.
type Users struct {
	Journal     *eventstore.Journal
	Mail        Courier
	SMS         Messenger
	Network     Network
	Leaders     Leaders
	Memberships Memberships
	Keys        Keys
	Readers     Readers
	Texts       *Texts
	LinkKey     []byte // link tokens and temporary passwords are derived with it
	ClaimKey    []byte // claims on login names are named with it
	PublicURL   string // origin of mailed links
}

// Errand is what a workflow asks for: a user's id and the duty to be done. It
// holds ids only.
type Errand struct {
	User string    `json:"user"`
	Duty user.Duty `json:"duty"`
}

// Look tells what a user's facts ask for now.
func (u *Users) Look(ctx context.Context, in Errand) (user.Duty, error) {
	h, err := u.Journal.Load(ctx, user.Stream(in.User))
	if err != nil {
		return user.Duty{}, fmt.Errorf("look at user %s: %w", in.User, err)
	}
	return u.next(h.Facts), nil
}

func (u *Users) next(facts []domain.Fact) user.Duty { return user.Fold(facts).Duty(u.Journal.Now()) }

// subject is a user and its company as an activity finds them.
type subject struct {
	state   user.State
	firm    company.State
	history []domain.Fact
}

func (u *Users) load(ctx context.Context, id string) (subject, error) {
	h, err := u.Journal.Load(ctx, user.Stream(id))
	if err != nil {
		return subject{}, err
	}
	s := subject{state: user.Fold(h.Facts), history: h.Facts}
	firm, err := u.Journal.Load(ctx, company.Stream(s.state.Company))
	if err != nil {
		return subject{}, err
	}
	s.firm = company.Fold(firm.Facts)
	return s, nil
}

// cause makes the cause of a command that the workflow gives for a purpose. The
// command's id follows from the user and the purpose, so an activity that runs
// again gives the same command.
func (u *Users) cause(s subject, purpose ...string) domain.Cause {
	rules := s.firm.Policy
	cause := domain.Cause{
		Command: domain.DeriveID(append([]string{"workflow", s.state.ID}, purpose...)...),
		Actor:   domain.Actor{Kind: domain.ActorSystem, ID: "workflow"},
		Channel: domain.ChannelWorkflow,
		Policy:  rules.Stamp(),
		At:      u.Journal.Now(),
	}
	return following(cause, s.history)
}

// following lets a command follow from the last fact of a history, in the chain
// of the last command that no workflow gave.
func following(cause domain.Cause, history []domain.Fact) domain.Cause {
	for _, fact := range history {
		cause.Causation = fact.ID
		if fact.Channel != domain.ChannelWorkflow {
			cause.Correlation = fact.Command
		}
	}
	return cause
}

// execute gives a command to the user's stream and tells the next duty.
func (u *Users) execute(ctx context.Context, s subject, cause domain.Cause, decide domain.Decide) (user.Duty, error) {
	result, err := u.Journal.Execute(ctx, user.Stream(s.state.ID), cause, decide)
	if err != nil {
		return user.Duty{}, err
	}
	return u.next(result.Facts), nil
}
