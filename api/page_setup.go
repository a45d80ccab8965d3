package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"

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
	desk.POST("/companies/:id/licences/returns", f.returnLicence)
	desk.POST("/companies/:id/policy", f.adoptPolicy)
}

func (f *front) showSetup(c *gin.Context) { f.answerSetup(c, http.StatusOK, "", nil, nil) }

// answerSetup shows the checklist, with what was typed into a step's form and
// what is wrong with it.
func (f *front) answerSetup(c *gin.Context, status int, name string, typed url.Values, refused *Problem) {
	ctx := c.Request.Context()
	row, err := f.cfg.Views.GetCompany(ctx, c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "setup.title", "companies")
	frame.Title = row.Name + " · Dialtone"
	view, err := f.checklist(ctx, row)
	if err == nil {
		err = f.furnish(ctx, frame, row, view.Steps)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	if refused != nil {
		frame.Fault = wordedRefusal(frame.Voice, refused)
	}
	for i := range view.Steps {
		if view.Steps[i].Name == name {
			f.refusedIn(&frame, view.Steps[i].Fields, nil, typed, refused)
		}
	}
	f.render(c, status, pages.SetupPage(frame, view))
}

// refusedIn fills what was typed (nil: it is there already) into the fields of a
// form that was refused, and puts what is wrong beside them.
func (f *front) refusedIn(frame *pages.Frame, shown []pages.Changed, pointers map[string][]string, typed url.Values, refused *Problem) {
	if refused == nil {
		return
	}
	fields := make([]pages.Field, len(shown))
	for n := range shown {
		fields[n] = shown[n].Field
		if typed.Has(fields[n].Name) {
			fields[n].Value, shown[n].Was = typed.Get(fields[n].Name), typed.Get(wasBefore+fields[n].Name)
		}
	}
	f.refused(frame, fields, pointers, refused)
	for n := range shown {
		shown[n].Field = fields[n]
	}
}

// checklist gives the steps of a company's set-up as they stand.
func (f *front) checklist(ctx context.Context, row projections.CompanyRow) (pages.Setup, error) {
	view := pages.Setup{CompanyRow: row, Command: f.cfg.NewID()}
	steps, err := f.stepsOf(ctx, row.State)
	if err != nil {
		return view, err
	}
	view.Finished = company.SetupFinished(steps)
	for _, s := range steps {
		view.Steps = append(view.Steps, pages.SetupStep{
			Name: s.Name, State: string(s.State), Cause: s.Cause, Responsible: s.Responsible, Attempts: s.Attempts, NextTry: s.NextTry,
			Admins: slices.Contains(row.State.Policy.Setup, s.Name),
		})
	}
	return view, nil
}

// markSetupStep does, skips or comes back to a step.
func (f *front) markSetupStep(c *gin.Context) {
	fields := []string{"state", "person"}
	for _, name := range []string{"user", "language", "timeZone", "firstName", "lastName", "email", "mobile"} {
		fields = append(fields, name, wasBefore+name)
	}
	values, cause, err := f.commanded(c, fields...)
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
	case step == policy.SetupContact && values.Has("person"):
		if err := f.changeContact(ctx, cause.For("main user"), id, values); err != nil {
			return Done{}, err
		}
	}
	return f.Desk.MarkSetup(ctx, cause, id, step, string(company.SetupDone))
}

// changeContact changes of the main user what was typed anew, if it is still the
// one whose data were shown.
func (f *front) changeContact(ctx context.Context, cause domain.Cause, id string, values url.Values) error {
	row, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		return err
	}
	if !ownContact(ctx, row.State) {
		return domain.Faultf(domain.Denied, "not-allowed", "your role does not allow this")
	}
	if values.Get("person") != row.State.MainUser {
		return domain.Faultf(domain.Conflict, "stale", "it has been changed since it was read")
	}
	_, err = f.Desk.ChangeUser(ctx, cause, row.State.MainUser, ChangeForm{
		FirstName: anew(values, "firstName"), LastName: anew(values, "lastName"), Email: anew(values, "email"), Mobile: anew(values, "mobile"),
	})
	return err
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
