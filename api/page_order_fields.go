package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"dialtone/api/pages"
	"dialtone/domain/number"
	"dialtone/projections"
)

// mostNumbers is how many numbers of a kind are offered; a search finds others.
const mostNumbers = 25

// stepFields are the fields of one step: those of the form of a user, with the
// choices that a company's licences and numbers give.
func (f *front) stepFields(ctx context.Context, frame pages.Frame, o ordering) ([]pages.Field, error) {
	all := userFields(frame, o.firm.State, o.values)
	var fields []pages.Field
	for _, name := range orderStepFields[o.at] {
		at := slices.IndexFunc(all, func(field pages.Field) bool { return field.Name == name })
		switch {
		case name == "pick":
			choices, err := f.numberChoices(ctx, frame, o)
			if err != nil {
				return nil, err
			}
			fields = append(fields, pages.Field{
				Name: name, Label: frame.Say("order.number"), Kind: "select", Options: choices, Value: o.values.Get(name), Hint: frame.Say("order.pick-hint"),
			})
		case name == "find":
			fields = append(fields, pages.Field{
				Name: name, Label: frame.Say("order.find"), Kind: "search", Mode: "tel", Complete: "off", Value: o.values.Get(name), Hint: frame.Say("order.find-hint"),
			})
		case at >= 0:
			fields = append(fields, all[at])
		}
	}
	if o.at == stepLicence {
		return fields, f.tellLicences(ctx, frame, o, fields)
	}
	return fields, nil
}

// tellLicences says of each licence how many are free, and of the mobile which of
// them have it verified.
func (f *front) tellLicences(ctx context.Context, frame pages.Frame, o ordering, fields []pages.Field) error {
	kinds, err := f.licences(ctx, o.firm.ID)
	if err != nil {
		return err
	}
	verified := o.firm.State.Policy.Verification.Licences
	for i, field := range fields {
		switch field.Name {
		case "licence":
			for n, option := range field.Options {
				for _, kind := range kinds {
					if kind.Kind == option.Value {
						fields[i].Options[n].Label = frame.Say("order.licence-left", "Licence", kind.Kind, "Left", strconv.Itoa(kind.Free), "All", strconv.Itoa(kind.Count))
					}
				}
			}
		case "mobile":
			if len(verified) > 0 {
				fields[i].Hint += " " + frame.Say("order.mobile-verified", "Licences", strings.Join(verified, ", "))
			}
		}
	}
	return nil
}

// numberChoices are the numbers that an order can have: the next free one, those
// that the company keeps or has free, those of the operator's pool, and those that
// were the company's and can be bought back.
func (f *front) numberChoices(ctx context.Context, frame pages.Frame, o ordering) ([]pages.Option, error) {
	options, query := []pages.Option{{Label: frame.Say("order.number-none")}}, strings.TrimSpace(o.values.Get("find"))
	offered := map[string]bool{}
	offer := func(from string, filter projections.NumberFilter) error {
		filter.Query, filter.Limit = query, mostNumbers
		rows, _, err := f.cfg.Views.Numbers(ctx, filter)
		if err != nil {
			return err
		}
		if len(rows) > 0 && (filter.State == projections.NumberFree || filter.State == string(number.InPool)) && query == "" {
			options = append(options, pages.Option{Value: from + ":", Label: frame.Say("order.any-"+from, "Number", rows[0].Number)})
		}
		for _, row := range rows {
			if !offered[row.Number] {
				options = append(options, pages.Option{Value: from + ":" + row.Number, Label: pages.NumberChoice(frame, row)})
			}
			offered[row.Number] = true
		}
		return nil
	}
	for _, state := range []string{projections.NumberFree, string(number.Kept), string(number.Diverted)} {
		if err := offer(fromCompany, projections.NumberFilter{Company: o.firm.ID, State: state}); err != nil {
			return nil, err
		}
	}
	if err := offer(fromPool, projections.NumberFilter{Pool: true, State: string(number.InPool), Country: o.firm.Country}); err != nil {
		return nil, err
	}
	if err := offer(fromPool, projections.NumberFilter{Company: o.firm.ID, State: projections.NumberInactive}); err != nil {
		return nil, err
	}
	picked := o.values.Get("pick")
	known := slices.ContainsFunc(options, func(option pages.Option) bool { return option.Value == picked })
	if from, n, _ := strings.Cut(picked, ":"); !known {
		label := n
		if n == "" {
			label = frame.Say("order.any-"+from, "Number", "…")
		}
		options = append(options, pages.Option{Value: picked, Label: label})
	}
	return options, nil
}

// addOns are the add-ons of the operator with what each one needs.
func (o ordering) addOns() (choices []pages.AddOn) {
	for _, addOn := range o.firm.State.Policy.AddOns {
		choices = append(choices, pages.AddOn{
			Field: addOnField + addOn.Name, Name: addOn.Name, Chosen: o.values.Get(addOnField+addOn.Name) != "",
			Licences: strings.Join(addOn.Licences, ", "), Needs: strings.Join(addOn.Needs, ", "),
		})
	}
	return choices
}
