package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// onCompany executes a command on a company.
func (d *Desk) onCompany(ctx context.Context, cause domain.Cause, id string, decide domain.Decide, options ...eventstore.Option) (Done, error) {
	firm, err := d.firm(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, company.Stream(id), cause, decide, options...)
	return done(id, result), err
}

// ConnectNumbers makes further blocks of numbers a company's. Every number is
// claimed first. Where the order is refused behind that, another one of the same
// company may have named the same numbers by then: to give them back is left to
// the sweep, which asks the company.
func (d *Desk) ConnectNumbers(ctx context.Context, cause domain.Cause, id string, form NumbersForm, options ...eventstore.Option) (Done, error) {
	firm, err := d.firm(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	order := company.ConnectNumbers{Blocks: blocksOf(form.Numbers, firm.Country), At: cause.At}
	seen, err := d.look(ctx, company.Stream(id), cause, func(history []domain.Fact) error {
		_, err := order.Decide(history)
		return err
	}, options...)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	var c domain.Check
	if bounded(&c, order.Blocks); c.Err() != nil {
		return Done{}, c.Err()
	}
	fresh := slices.DeleteFunc(slices.Clone(order.Blocks), func(b company.Block) bool { return slices.Contains(firm.Blocks, b) })
	if _, err := d.connect(ctx, cause, id, number.Kind(form.Kind), fresh); err != nil {
		return Done{}, err
	}
	return d.onCompany(ctx, cause, id, order.Decide, options...)
}

// OrderLicences orders licences in addition.
func (d *Desk) OrderLicences(ctx context.Context, cause domain.Cause, id string, form LicencesForm, options ...eventstore.Option) (Done, error) {
	return d.onCompany(ctx, cause, id, company.OrderLicences{Licences: licencesOf(form.Licences)}.Decide, options...)
}

// AdoptPolicy has a company's users treated by the values that a policy has now.
func (d *Desk) AdoptPolicy(ctx context.Context, cause domain.Cause, id string, form PolicyForm, options ...eventstore.Option) (Done, error) {
	var c domain.Check
	rules := d.policyNamed(&c, strings.TrimSpace(form.Policy), form.Strict)
	if err := c.Err(); err != nil {
		return Done{}, err
	}
	return d.onCompany(ctx, cause, id, company.AdoptPolicy{Policy: rules}.Decide, options...)
}

// ChangeCompany changes what was sent of a company. A new main user is made an
// administrator behind it; where the process ends in between, the same command
// makes up for it.
func (d *Desk) ChangeCompany(ctx context.Context, cause domain.Cause, id string, form CompanyChangeForm, options ...eventstore.Option) (Done, error) {
	firm, err := d.firm(ctx, id)
	if err != nil {
		return Done{}, err
	}
	change := company.Change{
		Name: form.Name.trimmed(), MainUser: form.MainUser.trimmed(),
		MainNumber: form.MainNumber.number(firm), MainFax: form.MainFax.number(firm),
	}
	if u := change.MainUser; u != nil && *u != firm.MainUser {
		if err := d.colleague(ctx, id, *u, "/mainUser"); err != nil {
			return Done{}, err
		}
	}
	done, err := d.onCompany(ctx, cause, id, change.Decide, options...)
	if err != nil || change.MainUser == nil {
		return done, err
	}
	if _, err := d.GrantAdmin(ctx, cause.For("main-user"), *change.MainUser); err != nil {
		return Done{}, err
	}
	return done, nil
}

// number gives a number that was sent in the form of E.164.
func (t Text) number(firm company.State) *domain.E164 {
	typed := t.as(national(firm))
	if typed == nil {
		return nil
	}
	n := domain.E164(*typed)
	return &n
}

// colleague refuses who is not one of the company's users.
func (d *Desk) colleague(ctx context.Context, companyID, id, pointer string) error {
	h, err := d.journal.Load(ctx, user.Stream(id))
	if err != nil {
		return err
	}
	if state := user.Fold(h.Facts); !state.Exists() || state.Company != companyID {
		return domain.Faultf(domain.Invalid, "unknown-user", "is no user of the company").At(pointer)
	}
	return nil
}

// SetAttendant says who is rung for the company, "" for nobody.
func (d *Desk) SetAttendant(ctx context.Context, cause domain.Cause, id, attendant string, options ...eventstore.Option) (Done, error) {
	if attendant != "" {
		if err := d.colleague(ctx, id, attendant, "/user"); err != nil {
			return Done{}, err
		}
	}
	return d.onCompany(ctx, cause, id, company.SetAttendant{User: attendant}.Decide, options...)
}

// SetRegion says in which language and time zone a company is at home.
func (d *Desk) SetRegion(ctx context.Context, cause domain.Cause, id string, form RegionForm, options ...eventstore.Option) (Done, error) {
	trimmed(&form.Language, &form.TimeZone)
	if _, err := time.LoadLocation(form.TimeZone); err != nil || form.TimeZone == "" || form.TimeZone == "Local" {
		return Done{}, domain.Faultf(domain.Invalid, "unknown-zone", "is an IANA name such as Europe/Berlin, not %q", form.TimeZone).At("/timeZone")
	}
	return d.onCompany(ctx, cause, id, company.SetRegion(form).Decide, options...)
}

// MarkSetup says of a step of the set-up that it is done, skipped or open again.
// Who is done with the attendant has one of the company's users as such, the main
// user where nobody was chosen.
func (d *Desk) MarkSetup(ctx context.Context, cause domain.Cause, id, step, state string, options ...eventstore.Option) (Done, error) {
	if step == policy.SetupAttendant && company.SetupState(state) == company.SetupDone {
		firm, err := d.firm(ctx, id)
		if err != nil {
			return Done{}, err
		}
		if chosen := cmp.Or(firm.Attendant, firm.MainUser); chosen != "" {
			if err := d.colleague(ctx, id, chosen, "/user"); err != nil {
				return Done{}, domain.Faultf(domain.Refused, "no-attendant", "whoever was to be rung for the company is none of its users any more; choose somebody")
			}
		}
	}
	return d.onCompany(ctx, cause, id, company.MarkStep{Step: step, As: company.SetupState(state)}.Decide, options...)
}

// RetryConnections has the network try again what is not in service.
func (d *Desk) RetryConnections(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onCompany(ctx, cause, id, company.RetryConnections{}.Decide, options...)
}
