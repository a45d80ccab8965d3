package api

import (
	"context"
	"net/url"
	"slices"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/projections"
)

// furnish gives the steps that an admin is led through their forms.
func (f *front) furnish(ctx context.Context, frame pages.Frame, row projections.CompanyRow, steps []pages.SetupStep) (err error) {
	firm := row.State
	for i := range steps {
		step := &steps[i]
		switch step.Name {
		case policy.SetupUsers:
			step.Note = frame.Say("setup.users-so-far", "Users", row.Users)
			step.Link, step.LinkLabel = "/companies/"+url.PathEscape(row.ID), frame.Say("order.title")
		case policy.SetupAttendant:
			step.Fields, err = f.attendantFields(ctx, frame, firm)
		case policy.SetupContact:
			err = f.contact(ctx, frame, firm, step)
		case policy.SetupRegion:
			step.Fields = []pages.Changed{
				is(pages.Field{Name: "language", Label: frame.Say("order.language"), Kind: "select", Options: languageOptions(frame), Value: firm.Language}),
				is(pages.Field{
					Name: "timeZone", Label: frame.Say("setup.time-zone"), Kind: "text", Complete: "off", Required: true,
					Hint: frame.Say("setup.time-zone-hint", "Zone", firm.ZoneAt("")), Value: firm.ZoneAt(""),
				}),
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// is gives a field that shows what there is.
func is(field pages.Field) pages.Changed { return pages.Changed{Field: field, Was: field.Value} }

// attendantFields offer the company's users, with the main user chosen where
// nobody else is.
func (f *front) attendantFields(ctx context.Context, frame pages.Frame, firm company.State) ([]pages.Changed, error) {
	chosen := firm.Attendant
	if chosen == "" {
		chosen = firm.MainUser
	}
	options, err := f.colleagues(ctx, frame, firm.ID, chosen)
	field := pages.Field{Name: "user", Label: frame.Say("setup.attendant-user"), Kind: "select", Options: options, Value: chosen}
	return []pages.Changed{{Field: field}}, err
}

// colleagues lists a company's users as far as a choice has room for them, with
// whoever is chosen, and nobody.
func (f *front) colleagues(ctx context.Context, frame pages.Frame, id, chosen string) ([]pages.Option, error) {
	rows, _, err := f.cfg.Views.Users(ctx, projections.UserFilter{Company: id, Limit: 200})
	if err != nil {
		return nil, err
	}
	if chosen != "" && !slices.ContainsFunc(rows, func(row projections.UserRow) bool { return row.ID == chosen }) {
		row, state, err := f.cfg.Views.GetUser(ctx, chosen)
		if err != nil && domain.KindOf(err) != domain.Missing {
			return nil, err
		}
		if err == nil && state.Exists() {
			rows = append(rows, row)
		}
	}
	options := []pages.Option{{Label: frame.Say("order.choose-none")}}
	for _, row := range rows {
		label := pages.NameOf(frame, row)
		if row.Extension != "" {
			label += " (" + row.Extension + ")"
		}
		options = append(options, pages.Option{Value: row.ID, Label: label})
	}
	return options, nil
}

// contact gives the step the main user's own data, for the main user and the
// operator to change; others are led to the main user's page.
func (f *front) contact(ctx context.Context, frame pages.Frame, firm company.State, step *pages.SetupStep) error {
	_, state, err := f.cfg.Views.GetUser(ctx, firm.MainUser)
	switch {
	case firm.MainUser == "" || domain.KindOf(err) == domain.Missing || err == nil && !state.Exists():
		step.Note = frame.Say("setup.no-main-user")
		return nil
	case err != nil:
		return err
	case !ownContact(ctx, firm):
		step.Link, step.LinkLabel = "/users/"+url.PathEscape(firm.MainUser), frame.Say("company.main-user")
		return nil
	}
	p := state.Person
	step.Person = firm.MainUser
	step.Fields = []pages.Changed{
		is(pages.Field{Name: "firstName", Label: frame.Say("order.first-name"), Kind: "text", Complete: "given-name", Value: p.FirstName}),
		is(pages.Field{Name: "lastName", Label: frame.Say("order.last-name"), Kind: "text", Complete: "family-name", Value: p.LastName}),
		is(pages.Field{Name: "email", Label: frame.Say("order.email"), Kind: "email", Complete: "email", Value: p.Email}),
		is(pages.Field{Name: "mobile", Label: frame.Say("order.mobile"), Kind: "tel", Complete: "tel", Value: p.Mobile}),
	}
	return nil
}

// ownContact tells whether whoever asks may change the main user's data here: an
// admin works on somebody else's account on its own page, knowingly (4.11).
func ownContact(ctx context.Context, firm company.State) bool {
	actor := exchangeOf(ctx).actor
	return actor.Kind == domain.ActorOperator || actor.Kind == domain.ActorAdmin && actor.ID == firm.MainUser
}

func languageOptions(frame pages.Frame) (options []pages.Option) {
	for _, tag := range company.Languages {
		options = append(options, pages.Option{Value: tag, Label: frame.Say("language." + tag)})
	}
	return options
}
