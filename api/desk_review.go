package api

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Review judges the order of a user as CreateUser would, and takes nothing: it
// gives the order with what it would be granted, and what it would be refused for.
// A number that is to be bought first is judged as the purchase would.
func (d *Desk) Review(ctx context.Context, cause domain.Cause, companyID string, form UserForm, buy bool) (user.Create, []FieldProblem, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return user.Create{}, nil, err
	}
	wanted := domain.E164(phone(form.Number, firm.Country))
	if buy {
		firm = company.Evolve(firm, domain.Fact{Event: company.NumbersBought{From: wanted, To: wanted}})
	}
	order := form.order(firm, domain.DeriveID("user", cause.Command))
	order.At = cause.At
	missing, err := faultsOf(order.Check(), []FieldProblem{})
	if err != nil {
		return order, nil, err
	}
	streams := map[string]string{}
	for _, wish := range d.wishes(ctx, cause, soundPart(order, missing)) {
		if buy && wish.Name == wishNumber {
			bought, err := d.purchases(ctx, cause, firm, BuyForm{Number: string(wanted)})
			if err != nil {
				return order, nil, err
			}
			wish.Candidates = bought[0].Candidates
		}
		stream, err := d.grants(ctx, wish)
		if stream != "" {
			streams[wish.Name] = stream
		}
		if missing, err = faultsOf(err, missing); err != nil {
			return order, nil, err
		}
	}
	granted(&order, streams)
	return order, missing, nil
}

// soundPart leaves out of an order what is to be claimed by a value that is wrong.
func soundPart(order user.Create, missing []FieldProblem) user.Create {
	for _, fault := range missing {
		switch fault.Pointer {
		case "/number":
			order.Number = ""
		case "/extension":
			order.Extension = ""
		case "/email":
			order.Person.Email = ""
		case "/licence":
			order.Company.Licences = nil
		}
	}
	return order
}

// grants gives the stream that a wish would be granted now.
func (d *Desk) grants(ctx context.Context, wish eventstore.Wish) (string, error) {
	var first error
	for candidate := range wish.Candidates {
		h, err := d.journal.Load(ctx, candidate.Stream)
		if err != nil {
			return "", err
		}
		_, err = candidate.Take(h.Facts)
		if err == nil {
			return candidate.Stream, nil
		}
		if domain.KindOf(err) != domain.Conflict {
			return "", err
		}
		first = cmp.Or(first, err)
	}
	if wish.None != nil {
		return "", wish.None
	}
	return "", first
}

// faultsOf adds what an error says of fields; what is no refusal stays an error.
func faultsOf(err error, found []FieldProblem) ([]FieldProblem, error) {
	fault, is := errors.AsType[*domain.Fault](err)
	switch {
	case err == nil:
		return found, nil
	case !is || fault.Kind == domain.Unavailable:
		return found, err
	case len(fault.Fields) == 0:
		return append(found, FieldProblem{Pointer: takenFields[fault.Code], Code: fault.Code, Detail: fault.Detail}), nil
	}
	found = slices.Clone(found)
	for _, field := range fault.Fields {
		found = append(found, FieldProblem{Pointer: field.Pointer, Code: field.Code, Detail: field.Detail})
	}
	return found, nil
}
