package api

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Review judges the order of a user as CreateUser would, and takes nothing: it
// gives the order with what it would be granted, and what it would be refused for.
// A number that is to be bought first is judged as the purchase would, and where
// none is named the one that would be taken is found.
func (d *Desk) Review(ctx context.Context, cause domain.Cause, companyID string, form UserForm) (user.Create, []FieldProblem, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return user.Create{}, nil, err
	}
	order := form.order(firm, domain.DeriveID("user", cause.Command))
	order.At = cause.At
	missing, err := faultsOf(asIfBought(order, form.NumberFrom).Check(), []FieldProblem{})
	if err != nil {
		return order, nil, err
	}
	streams, sound := map[string]string{}, soundPart(order, missing)
	judge := func(wishes []eventstore.Wish) error {
		for _, wish := range wishes {
			stream, err := d.grants(ctx, wish)
			if stream != "" {
				streams[wish.Name] = stream
			}
			if missing, err = faultsOf(err, missing); err != nil {
				return err
			}
		}
		return nil
	}
	if sound.Number == order.Number { // otherwise it is wrong, and the next one is not what was asked for
		line, err := d.lineWishes(ctx, cause, sound, form.NumberFrom)
		if missing, err = faultsOf(err, missing); err != nil {
			return order, nil, err
		}
		if err := judge(line); err != nil {
			return order, nil, err
		}
		numbered(&order, streams)
		numbered(&sound, streams)
	}
	phone, err := d.orderPhone(ctx, cause, &sound)
	if err != nil {
		return order, nil, err
	}
	if err := judge(append(d.wishes(ctx, cause, sound), phone...)); err != nil {
		return order, nil, err
	}
	if bought := streams[wishPurchase]; bought != "" {
		streams[wishNumber] = bought
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
		case "/device/mac", "/device/kind":
			order.Person.MAC = ""
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
