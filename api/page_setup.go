package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/projections"
)

// routesSetup registers the pages on which a company is set up and changed.
func (f *front) routesSetup(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/setup", f.showSetup)
	seen(desk, "/companies/:id/history", f.showCompanyHistory)
	desk.POST("/companies/:id/setup/:step", f.markSetupStep)
	desk.POST("/companies/:id/connection", f.retryConnections)
	desk.POST("/companies/:id/change", f.changeCompany)
	desk.POST("/companies/:id/numbers", f.connectNumbers)
	desk.POST("/companies/:id/licences", f.orderLicences)
	desk.POST("/companies/:id/policy", f.adoptPolicy)
}

func (f *front) showSetup(c *gin.Context) { f.answerSetup(c, http.StatusOK, "", nil, nil) }

// answerSetup shows the checklist, with what was typed into a step's form and
// what is wrong with it.
func (f *front) answerSetup(c *gin.Context, status int, step string, typed url.Values, refused *Problem) {
	ctx := c.Request.Context()
	row, err := f.cfg.Views.GetCompany(ctx, c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "setup.title", "companies")
	frame.Title = row.Name + " · Dialtone"
	view, err := f.setupView(ctx, frame, row)
	if err != nil {
		f.fail(c, err)
		return
	}
	for i := range view.Steps {
		if view.Steps[i].Name == step && refused != nil {
			view.Steps[i].Fields = filledIn(view.Steps[i].Fields, typed)
			f.refused(&frame, view.Steps[i].Fields, nil, refused)
		}
	}
	f.render(c, status, pages.SetupPage(frame, view))
}

// setupView puts the checklist together with the forms of its steps.
func (f *front) setupView(ctx context.Context, frame pages.Frame, row projections.CompanyRow) (pages.Setup, error) {
	view := pages.Setup{CompanyRow: row, Command: f.cfg.NewID()}
	people, err := f.peopleOf(ctx, row.State)
	if err != nil {
		return view, err
	}
	steps := row.State.Checklist(people)
	view.Finished = company.SetupFinished(steps)
	for _, s := range steps {
		step := pages.SetupStep{
			Name: s.Name, State: string(s.State), Cause: s.Cause, Responsible: s.Responsible, Attempts: s.Attempts, NextTry: s.NextTry,
			Admins: s.Name != company.SetupNumbers && s.Name != company.SetupMainNumber && s.Name != company.SetupMainUser,
		}
		if step.Admins {
			if err := f.furnish(ctx, frame, row, &step); err != nil {
				return view, err
			}
		}
		view.Steps = append(view.Steps, step)
	}
	return view, nil
}

// furnish gives a step its form.
func (f *front) furnish(ctx context.Context, frame pages.Frame, row projections.CompanyRow, step *pages.SetupStep) (err error) {
	firm := row.State
	switch step.Name {
	case policy.SetupUsers:
		step.Note, step.Link = frame.Say("setup.users-so-far", "Users", row.Users), "/companies/"+url.PathEscape(row.ID)
	case policy.SetupAttendant:
		step.Fields, err = f.attendantFields(ctx, frame, firm)
	case policy.SetupContact:
		step.Fields, err = f.contactFields(ctx, frame, firm)
		if step.Fields == nil {
			step.Note = frame.Say("setup.no-main-user")
		}
	case policy.SetupRegion:
		step.Fields = []pages.Field{
			{Name: "language", Label: frame.Say("order.language"), Kind: "select", Options: languageOptions(frame), Value: firm.Language},
			{
				Name: "timeZone", Label: frame.Say("setup.time-zone"), Kind: "text", Complete: "off", Required: true,
				Hint: frame.Say("setup.time-zone-hint", "Zone", firm.ZoneAt("")), Value: firm.ZoneAt(""),
			},
		}
	}
	return err
}

// attendantFields offer the company's users, the main user first of all.
func (f *front) attendantFields(ctx context.Context, frame pages.Frame, firm company.State) ([]pages.Field, error) {
	options, err := f.colleagues(ctx, frame, firm.ID)
	chosen := firm.Attendant
	if chosen == "" {
		chosen = firm.MainUser
	}
	return []pages.Field{{Name: "user", Label: frame.Say("setup.attendant-user"), Kind: "select", Options: options, Value: chosen}}, err
}

// colleagues lists a company's users, as far as a choice has room for them.
func (f *front) colleagues(ctx context.Context, frame pages.Frame, id string) ([]pages.Option, error) {
	rows, _, err := f.cfg.Views.Users(ctx, projections.UserFilter{Company: id, Limit: 200})
	options := make([]pages.Option, 0, len(rows))
	for _, row := range rows {
		label := pages.NameOf(frame, row)
		if row.Extension != "" {
			label += " (" + row.Extension + ")"
		}
		options = append(options, pages.Option{Value: row.ID, Label: label})
	}
	return options, err
}

// contactFields are the main user's own data; none where there is no main user.
func (f *front) contactFields(ctx context.Context, frame pages.Frame, firm company.State) ([]pages.Field, error) {
	if firm.MainUser == "" {
		return nil, nil
	}
	_, state, err := f.cfg.Views.GetUser(ctx, firm.MainUser)
	if err != nil || !state.Exists() {
		if domain.KindOf(err) == domain.Missing {
			err = nil
		}
		return nil, err
	}
	p := state.Person
	return []pages.Field{
		{Name: "firstName", Label: frame.Say("order.first-name"), Kind: "text", Complete: "given-name", Value: p.FirstName},
		{Name: "lastName", Label: frame.Say("order.last-name"), Kind: "text", Complete: "family-name", Value: p.LastName},
		{Name: "email", Label: frame.Say("order.email"), Kind: "email", Complete: "email", Value: p.Email},
		{Name: "mobile", Label: frame.Say("order.mobile"), Kind: "tel", Complete: "tel", Value: p.Mobile},
	}, nil
}

func languageOptions(frame pages.Frame) (options []pages.Option) {
	for _, tag := range company.Languages {
		options = append(options, pages.Option{Value: tag, Label: frame.Say("language." + tag)})
	}
	return options
}

// markSetupStep does, skips or comes back to a step.
func (f *front) markSetupStep(c *gin.Context) {
	values, cause, err := f.commanded(c, "state", "user", "language", "timeZone", "firstName", "lastName", "email", "mobile")
	if err != nil {
		f.fail(c, err)
		return
	}
	id, step := c.Param("id"), c.Param("step")
	cause = cause.For(step + " " + values.Get("state")) // the page's forms share a command
	done, err := f.doStep(c.Request.Context(), cause, id, step, values)
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerSetup(c, p.Status, step, values, p)
		return
	}
	f.goOn(c, done.Position, "/companies/"+url.PathEscape(id)+"/setup?done=setup#"+url.PathEscape(step))
}

// doStep carries out what the form of a step says.
func (f *front) doStep(ctx context.Context, cause domain.Cause, id, step string, values url.Values) (Done, error) {
	state := values.Get("state")
	if state != "save" {
		return f.Desk.MarkSetup(ctx, cause, id, step, state)
	}
	switch {
	case step == policy.SetupAttendant && values.Get("user") != "":
		return f.Desk.SetAttendant(ctx, cause, id, values.Get("user"))
	case step == policy.SetupRegion:
		return f.Desk.SetRegion(ctx, cause, id, RegionForm{Language: values.Get("language"), TimeZone: values.Get("timeZone")})
	case step == policy.SetupContact && values.Has("firstName"):
		row, err := f.cfg.Views.GetCompany(ctx, id)
		if err != nil {
			return Done{}, err
		}
		change := ChangeForm{
			FirstName: Put(values.Get("firstName")), LastName: Put(values.Get("lastName")),
			Email: Put(values.Get("email")), Mobile: Put(values.Get("mobile")),
		}
		if _, err := f.Desk.ChangeUser(ctx, cause.For("main user"), row.State.MainUser, change); err != nil {
			return Done{}, err
		}
	}
	return f.Desk.MarkSetup(ctx, cause, id, step, string(company.SetupDone))
}

func (f *front) retryConnections(c *gin.Context) {
	_, cause, err := f.commanded(c)
	var done Done
	if err == nil {
		done, err = f.Desk.RetryConnections(c.Request.Context(), cause, c.Param("id"))
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.goOn(c, done.Position, "/companies/"+url.PathEscape(c.Param("id"))+"/setup?done=setup")
}

func (f *front) showCompanyHistory(c *gin.Context) {
	row, err := f.cfg.Views.GetCompany(c.Request.Context(), c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "company.history", "companies")
	timeline, err := f.timeline(c.Request.Context(), frame, "/companies/"+row.ID, projections.HistoryFilter{User: row.ID, Cursor: c.Query("cursor")})
	if err != nil {
		f.fail(c, err)
		return
	}
	timeline.After = "" // a company's facts are few: nothing is streamed
	f.render(c, http.StatusOK, pages.HistoryPage(frame, row.Name, timeline))
}
