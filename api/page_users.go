package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

func (f *front) showUsers(c *gin.Context) {
	ctx := c.Request.Context()
	view := pages.Users{
		State: c.Query("state"), Company: c.Query("company"), Site: c.Query("site"), Query: strings.TrimSpace(c.Query("q")), First: c.Query("cursor") == "",
	}
	var err error
	if err = f.placed(ctx, &view); err == nil {
		view.Rows, view.Next, err = f.users(ctx, projections.UserFilter{
			State: view.State, Company: view.Company, Site: view.Site, Query: view.Query, Cursor: c.Query("cursor"),
		})
	}
	if err == nil {
		err = f.nameSites(ctx, &view)
	}
	if err == nil {
		view.Companies, err = f.companyOptions(ctx)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.render(c, http.StatusOK, pages.UsersPage(f.frame(c, "users.title", "users"), view))
}

func (f *front) showUser(c *gin.Context) {
	f.answerUser(c, http.StatusOK, nil)
}

// answerUser shows a user, with a refusal above.
func (f *front) answerUser(c *gin.Context, status int, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	frame := f.frame(c, "user.title", "users")
	frame.Back = "/users/" + url.PathEscape(id)
	account, state, firm, err := f.account(ctx, id)
	if err == nil {
		err = f.endings(ctx, frame, &account, state, firm)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	timeline, err := f.timeline(ctx, frame, userPage(id), projections.HistoryFilter{User: id, Limit: shortList})
	if err != nil {
		f.fail(c, err)
		return
	}
	account.Plan = f.planFields(frame, account.Zone, c.Request.PostForm)
	f.refused(&frame, account.Plan, nil, refused)
	account.Details, account.Choose = detailFields(frame, firm, state, c.Request.PostForm), chosenFields(frame)
	f.refused(&frame, account.Choose, nil, refused)
	f.refusedIn(&frame, account.Details, userPointers, nil, refused)
	f.render(c, status, pages.UserPage(frame, account, timeline))
}

// account gathers what the back-office shows of a user.
func (f *front) account(ctx context.Context, id string) (account pages.Account, state user.State, of company.State, err error) {
	row, state, err := f.cfg.Views.GetUser(ctx, id)
	if err != nil {
		return account, state, of, err
	}
	now := f.cfg.Journal.Now()
	account = pages.Account{UserRow: row, Options: state.Options, Started: state.Started, Tried: state.Credential.SelfReset.Until(now), Messages: state.Messages, Link: state.Link, Credential: state.Credential, Commands: pages.Commands{
		Plan: f.cfg.NewID(), Restoration: f.cfg.NewID(), Credential: f.cfg.NewID(), Unlock: f.cfg.NewID(), Admin: f.cfg.NewID(),
		Activation: f.cfg.NewID(), Link: f.cfg.NewID(), Mail: f.cfg.NewID(), SMS: f.cfg.NewID(), Suspension: f.cfg.NewID(), Login: f.cfg.NewID(), Deletion: f.cfg.NewID(),
		Details: f.cfg.NewID(),
	}}
	if account.Steps, err = f.cfg.Views.Steps(ctx, id); err != nil {
		return account, state, of, err
	}
	if account.Groups, err = f.cfg.Views.Memberships(ctx, id); err != nil {
		return account, state, of, err
	}
	phones, _, err := f.cfg.Views.Devices(ctx, projections.DeviceFilter{User: id})
	if err != nil {
		return account, state, of, err
	}
	for _, phone := range phones {
		account.Phones = append(account.Phones, pages.Phone{DeviceRow: phone})
	}
	if account.Stale, err = f.cfg.Views.Stale(ctx, user.Stream(id)); err != nil {
		return account, state, of, err
	}
	firm, err := f.cfg.Views.GetCompany(ctx, state.Company)
	if err != nil && domain.KindOf(err) != domain.Missing { // the company's stream may be parked
		return account, state, of, err
	}
	account.CompanyName, account.Zone, account.Secrets = firm.Name, firm.State.ZoneAt(""), firm.State.Policy.Secrets
	for _, entry := range state.Calendar(now) {
		account.Calendar = append(account.Calendar, pages.Date{Entry: entry, Command: f.cfg.NewID()})
	}
	if site, ok := firm.State.Site(row.Site); ok {
		account.SiteName = site.Name
	}
	if f.cfg.TemporalUI != "" && exchangeOf(ctx).company == "" {
		account.TemporalURL = strings.TrimSuffix(f.cfg.TemporalUI, "/") + "/namespaces/default/workflows/" + url.PathEscape("user/"+id)
	}
	return account, state, firm.State, nil
}

// timeline words a page of the history of whoever has the page at a path, newest
// first.
func (f *front) timeline(ctx context.Context, frame pages.Frame, path string, filter projections.HistoryFilter) (pages.Timeline, error) {
	filter.Descending = true
	view := pages.Timeline{Path: path, First: filter.Cursor == ""}
	if view.First { // asked before the list: what comes between is told twice rather than never
		after, err := f.latest(ctx, filter.User)
		if err != nil {
			return view, err
		}
		view.After = after
	}
	rows, older, err := f.cfg.Views.History(ctx, filter)
	view.Older = older
	for _, row := range rows {
		view.Lines = append(view.Lines, pages.NewLine(frame, row))
	}
	return view, err
}

// latest gives the position of the newest fact about a user that is shown.
func (f *front) latest(ctx context.Context, id string) (string, error) {
	rows, _, err := f.cfg.Views.History(ctx, projections.HistoryFilter{User: id, Limit: 1, Descending: true})
	if err != nil || len(rows) == 0 {
		return "0", err
	}
	return strconv.FormatUint(uint64(rows[0].Position), 10), nil
}

func (f *front) showHistory(c *gin.Context) {
	ctx, id, kind := c.Request.Context(), c.Param("id"), c.Query("kind")
	row, _, err := f.cfg.Views.GetUser(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "timeline.title", "users")
	filter := projections.HistoryFilter{User: id, Types: pages.TypesOf(kind), Cursor: c.Query("cursor")}
	timeline, err := f.timeline(ctx, frame, userPage(id), filter)
	if err != nil {
		f.fail(c, err)
		return
	}
	if timeline.Kinds = true; len(filter.Types) > 0 {
		timeline.Kind = kind
	}
	f.render(c, http.StatusOK, pages.HistoryPage(frame, pages.NameOf(frame, row), timeline))
}

// act is a form that gives a command to a user and leads back to the user's page.
func (f *front) act(name string, command func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		_, cause, err := f.commanded(c)
		if err != nil {
			f.fail(c, err)
			return
		}
		f.carryOut(c, name, cause, command)
	}
}

func (f *front) carryOut(c *gin.Context, name string, cause domain.Cause, command func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error)) {
	done, err := command(c.Request.Context(), cause, c.Param("id"))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerUser(c, p.Status, p)
		return
	}
	f.goOn(c, done.Position, "/users/"+done.ID+"?done="+name)
}

// issueLogin shows a desk phone's new login. The same form sent again shows the
// same login.
func (f *front) issueLogin(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	login, err := f.Desk.IssueDeviceLogin(c.Request.Context(), cause, c.Param("id"))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerUser(c, p.Status, p)
		return
	}
	f.showDeviceLogin(c, login)
}

func userPage(id string) string { return "/users/" + url.PathEscape(id) }
