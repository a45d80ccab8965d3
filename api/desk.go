package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Desk takes orders: every command there is, used by the JSON API and the pages
// alike. Its methods are safe for concurrent use. A Cause needs Command and At;
// the same Cause handed in twice is the same order.
type Desk struct {
	cfg      Config
	journal  *eventstore.Journal
	failures *failures
}

func newDesk(cfg Config) *Desk {
	return &Desk{cfg: cfg, journal: cfg.Journal, failures: &failures{
		write: cfg.Views.DB(), read: cfg.Views.ReadDB(), key: cfg.SessionKey, now: cfg.Journal.Now,
	}}
}

// Done is what a command did: the id of what it was about, with its stream as
// it is afterwards.
type Done struct {
	ID string
	eventstore.Result
	MainUser string // the main user's id, where a company came with one
}

func done(id string, result eventstore.Result) Done { return Done{ID: id, Result: result} }

// firm loads a company; it is a Missing fault when there is none.
func (d *Desk) firm(ctx context.Context, id string) (company.State, error) {
	h, err := d.journal.Load(ctx, company.Stream(id))
	if err != nil {
		return company.State{}, err
	}
	firm := company.Fold(h.Facts)
	if !firm.Exists() {
		return firm, noCompany()
	}
	return firm, nil
}

// subject loads a user who was ordered, deleted or not, with the company.
func (d *Desk) subject(ctx context.Context, id string) (user.State, company.State, error) {
	h, err := d.journal.Load(ctx, user.Stream(id))
	if err != nil {
		return user.State{}, company.State{}, err
	}
	state := user.Fold(h.Facts)
	if state.ID == "" {
		return state, company.State{}, noUser()
	}
	firm, err := d.firm(ctx, state.Company)
	return state, firm, err
}

func noUser() error { return domain.Faultf(domain.Missing, "no-user", "there is no such user") }

// look judges a command on a stream without writing: whether it was executed
// before (Repeated), whether its conditions hold, and what check says of the facts.
func (d *Desk) look(ctx context.Context, stream string, cause domain.Cause, check func([]domain.Fact) error, options ...eventstore.Option) (eventstore.Result, error) {
	return d.journal.Execute(ctx, stream, cause, func(history []domain.Fact) ([]domain.Event, error) {
		return nil, check(history)
	}, options...)
}

// onUser executes a command on a user whose company's rules it needs.
func (d *Desk) onUser(ctx context.Context, cause domain.Cause, id string, decide func(domain.Cause, policy.Policy) domain.Decide, options ...eventstore.Option) (Done, error) {
	_, firm, err := d.subject(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, decide(cause, firm.Policy), options...)
	return done(id, result), err
}
