package api

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// CreateUser orders a user of a company. Everything that is to be the user's
// alone is claimed first; what is refused gives it back.
func (d *Desk) CreateUser(ctx context.Context, cause domain.Cause, companyID string, form UserForm) (Done, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	return d.place(ctx, cause, form.order(firm, domain.DeriveID("user", cause.Command)), form.NumberFrom)
}

// place judges an order, claims what it needs and writes it; from says where its
// number comes from. What an order of the same command has bought before it was
// cut off is not bought again.
func (d *Desk) place(ctx context.Context, cause domain.Cause, order user.Create, from string) (Done, error) {
	order.At = cause.At
	if from == fromPool {
		bought, err := d.alreadyBought(ctx, cause, order)
		if err != nil {
			return Done{}, err
		}
		if bought != "" {
			order.Number, from = bought, fromCompany
		}
	}
	seen, err := d.look(ctx, user.Stream(order.ID), cause, func([]domain.Fact) error { return asIfBought(order, from).Check() })
	if err != nil || seen.Repeated {
		return done(order.ID, seen), err
	}
	held, err := d.hold(ctx, cause, &order, from)
	if err != nil {
		held.settleInTurn(ctx, err)
		return Done{}, err
	}
	result, err := d.journal.Execute(ctx, user.Stream(order.ID), cause, order.Decide)
	held.settleInTurn(ctx, err)
	return done(order.ID, result), err
}

// noPhone is the kind of phone of a user who has none (1.2).
const noPhone = "none"

// order turns a form into the command.
func (f UserForm) order(firm company.State, id string) user.Create {
	trimmed(&f.FirstName, &f.LastName, &f.DirectoryFirstName, &f.DirectoryLastName, &f.Email, &f.ContractNumber,
		&f.Extension, &f.Site, &f.Licence, &f.Language)
	order := user.Create{
		ID: id, Company: firm, Site: f.Site, Language: f.Language, Licence: f.Licence,
		Number: domain.E164(phone(f.Number, firm.Country)), Extension: f.Extension,
		Person: user.Person{
			FirstName: f.FirstName, LastName: f.LastName,
			DirectoryFirstName: f.DirectoryFirstName, DirectoryLastName: f.DirectoryLastName,
			Email: f.Email, Mobile: phone(f.Mobile, firm.Country),
			MobileNumber: phone(f.MobileNumber, firm.Country), ContractNumber: f.ContractNumber,
		},
		Activate: firm.Policy.ActivateAtOnce,
	}
	if len(f.Options) > 0 {
		order.Options = services(f.Options)
	}
	if f.Device != nil {
		order.Device, order.Person.MAC = strings.ToLower(strings.TrimSpace(f.Device.Kind)), mac(f.Device.MAC)
		if order.Device == noPhone {
			order.Person.MAC = ""
		}
	}
	if f.Activate != nil {
		order.Activate = *f.Activate
	}
	return order
}
