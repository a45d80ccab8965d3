package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/group"
	"dialtone/projections"
)

// routesGroups registers the pages of groups.
func (f *front) routesGroups(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/groups", f.showGroups)
	desk.POST("/companies/:id/groups", f.makeGroup)
	seen(desk, "/groups/:id", f.showGroup)
	seen(desk, "/groups/:id/history", f.showGroupHistory)
	desk.POST("/groups/:id", f.saveGroup)
	desk.POST("/groups/:id/delete", f.endGroup)
	desk.POST("/groups/:id/members", f.addMember)
	desk.POST("/groups/:id/members/:user/:do", f.changeMember)
}

func (f *front) showGroups(c *gin.Context) { f.answerGroups(c, http.StatusOK, nil, nil) }

// answerGroups shows a company's groups and the form with what was typed into it.
func (f *front) answerGroups(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.Groups{Company: id, CompanyName: firm.Name, Command: f.cfg.NewID()}
	if view.Rows, view.Next, err = f.cfg.Views.Groups(ctx, projections.GroupFilter{Company: id, Cursor: c.Query("cursor")}); err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "groups.title", "companies")
	kinds := pages.Field{Name: "kind", Label: frame.Say("groups.kind"), Kind: "select"}
	for _, kind := range group.Kinds {
		kinds.Options = append(kinds.Options, pages.Option{Value: string(kind), Label: frame.Say("groups.kinds." + string(kind))})
	}
	usual := pages.Option{Label: frame.Say("groups.strategy-usual")}
	fields := append([]pages.Field{kinds}, groupFields(frame, firm.State, append([]pages.Option{usual}, strategyOptions(frame, group.Hunt)...))...)
	view.Fields = filledIn(fields, typed)
	f.refused(&frame, view.Fields, nil, refused)
	f.render(c, status, pages.GroupsPage(frame, view))
}

// groupFields are the fields of a group that can be changed later, too.
func groupFields(frame pages.Frame, firm company.State, strategies []pages.Option) []pages.Field {
	fields := []pages.Field{
		{Name: "name", Label: frame.Say("groups.name"), Kind: "text", Complete: "off", Required: true},
		{Name: "extension", Label: frame.Say("groups.extension"), Kind: "text", Mode: "numeric", Complete: "off", Hint: frame.Say("groups.extension-hint")},
	}
	if len(strategies) > 0 {
		fields = append(fields, pages.Field{
			Name: "strategy", Label: frame.Say("groups.strategy"), Kind: "select", Options: strategies, Hint: frame.Say("groups.strategy-hint"),
		})
	}
	if len(firm.Sites) == 0 {
		return fields
	}
	sites := []pages.Option{{Label: frame.Say("groups.site-none")}}
	for _, site := range firm.Sites {
		sites = append(sites, pages.Option{Value: site.ID, Label: site.Name})
	}
	return append(fields, pages.Field{Name: "site", Label: frame.Say("groups.site"), Kind: "select", Options: sites})
}

func strategyOptions(frame pages.Frame, kind group.Kind) (options []pages.Option) {
	for _, strategy := range kind.Strategies() {
		options = append(options, pages.Option{Value: strategy, Label: frame.Say("groups.strategies." + strategy)})
	}
	return options
}

func (f *front) makeGroup(c *gin.Context) {
	values, cause, err := f.commanded(c, "kind", "name", "extension", "strategy", "site")
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := f.Desk.CreateGroup(c.Request.Context(), cause, GroupForm{
		Company: c.Param("id"), Kind: values.Get("kind"), Name: values.Get("name"), Extension: values.Get("extension"),
		Strategy: values.Get("strategy"), Site: values.Get("site"),
	})
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerGroups(c, p.Status, values, p)
		return
	}
	f.goOn(c, done.Position, "/groups/"+done.ID+"?done=group-made")
}

func (f *front) showGroup(c *gin.Context) { f.answerGroup(c, http.StatusOK, nil) }

// answerGroup shows a group, with a refusal above.
func (f *front) answerGroup(c *gin.Context, status int, refused *Problem) {
	ctx := c.Request.Context()
	frame := f.frame(c, "groups.title", "companies")
	view, firm, err := f.groupView(ctx, c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame.Title, frame.Back = view.Name+" · Dialtone", "/groups/"+url.PathEscape(view.ID)
	view.Change = filledIn(groupFields(frame, firm, strategyOptions(frame, group.Kind(view.Kind))), url.Values{
		"name": {view.Name}, "extension": {view.Extension}, "strategy": {view.Strategy}, "site": {view.Site},
	})
	if view.Join, err = f.joinFields(ctx, frame, view); err != nil {
		f.fail(c, err)
		return
	}
	f.refused(&frame, view.Change, nil, refused)
	f.render(c, status, pages.GroupPage(frame, view))
}

// groupView gathers what is shown of a group.
func (f *front) groupView(ctx context.Context, id string) (view pages.GroupView, of company.State, err error) {
	row, _, err := f.cfg.Views.GetGroup(ctx, id)
	if err != nil {
		return view, of, err
	}
	members, err := f.cfg.Views.GroupMembers(ctx, id)
	if err != nil {
		return view, of, err
	}
	firm, err := f.cfg.Views.GetCompany(ctx, row.Company)
	if err != nil && domain.KindOf(err) != domain.Missing { // the company's stream may be parked
		return view, of, err
	}
	view = pages.GroupView{GroupRow: row, CompanyName: firm.Name}
	for _, m := range members {
		view.Members = append(view.Members, pages.Seated{GroupMember: m, Log: f.cfg.NewID(), Up: f.cfg.NewID(), Remove: f.cfg.NewID()})
	}
	if site, ok := firm.State.Site(row.Site); ok {
		view.SiteName = site.Name
	}
	view.Commands.Change, view.Commands.Join, view.Commands.Delete = f.cfg.NewID(), f.cfg.NewID(), f.cfg.NewID()
	view.Stale, err = f.cfg.Views.Stale(ctx, group.Stream(id))
	return view, firm.State, err
}

// mostChoices is how many users are offered as new members.
const mostChoices = 200

// joinFields offer the company's users who are no members yet.
func (f *front) joinFields(ctx context.Context, frame pages.Frame, view pages.GroupView) ([]pages.Field, error) {
	rows, _, err := f.users(ctx, projections.UserFilter{Company: view.Company, Limit: mostChoices})
	if err != nil {
		return nil, err
	}
	members := map[string]bool{}
	for _, m := range view.Members {
		members[m.User] = true
	}
	choice := pages.Field{Name: "user", Label: frame.Say("groups.user"), Kind: "select", Hint: frame.Say("groups.add-hint")}
	for _, row := range rows {
		if !members[row.ID] {
			choice.Options = append(choice.Options, pages.Option{Value: row.ID, Label: pages.NameOf(frame, row) + " " + row.Extension})
		}
	}
	return []pages.Field{choice}, nil
}

func (f *front) showGroupHistory(c *gin.Context) {
	row, _, err := f.cfg.Views.GetGroup(c.Request.Context(), c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "groups.history", "companies")
	timeline, err := f.timeline(c.Request.Context(), frame, "/groups/"+row.ID, projections.HistoryFilter{User: row.ID, Cursor: c.Query("cursor")})
	if err != nil {
		f.fail(c, err)
		return
	}
	timeline.After = "" // nothing is streamed
	f.render(c, http.StatusOK, pages.HistoryPage(frame, row.Name, timeline))
}
