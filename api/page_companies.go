package api

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

// shortList is how many rows a list has that is only a part of a page.
const shortList = 10

func (f *front) showOverview(c *gin.Context) {
	ctx := c.Request.Context()
	if own := exchangeOf(ctx).company; own != "" {
		c.Redirect(http.StatusSeeOther, "/companies/"+own)
		return
	}
	var view pages.Overview
	counts, err := f.cfg.Views.CountUsers(ctx)
	if err != nil {
		f.fail(c, err)
		return
	}
	for _, state := range []user.Lifecycle{user.Pending, user.Active, user.Failed, user.OnHold} {
		view.Counts = append(view.Counts, pages.StateCount{State: string(state), Users: counts[string(state)]})
	}
	if view.Companies, _, err = f.companies(ctx, "", shortList); err != nil {
		f.fail(c, err)
		return
	}
	view.Stuck.Rows, _, err = f.users(ctx, projections.UserFilter{State: string(user.Failed), Limit: shortList})
	if err == nil {
		view.Stuck.Companies, err = f.companyOptions(ctx)
	}
	if err == nil {
		err = f.nameSites(ctx, &view.Stuck)
	}
	if err == nil {
		view.Underway, err = f.underway(ctx, "")
	}
	if err == nil {
		view.Help, err = f.helpless(ctx, "", domain.ActorOperator)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.render(c, http.StatusOK, pages.OverviewPage(f.frame(c, "overview.title", "overview"), view))
}

// companyOptions lists companies by name, as far as a choice has room for them.
func (f *front) companyOptions(ctx context.Context) ([]pages.Option, error) {
	rows, _, err := f.companies(ctx, "", 200)
	options := make([]pages.Option, 0, len(rows))
	for _, row := range rows {
		options = append(options, pages.Option{Value: row.ID, Label: row.Name})
	}
	return options, err
}

func (f *front) showCompanies(c *gin.Context) {
	if own := exchangeOf(c.Request.Context()).company; own != "" {
		c.Redirect(http.StatusSeeOther, "/companies/"+own)
		return
	}
	f.answerCompanies(c, http.StatusOK, url.Values{"language": {company.Languages[0]}, "count": {"10"}}, nil)
}

// answerCompanies shows the list and the form with what was typed into it.
func (f *front) answerCompanies(c *gin.Context, status int, typed url.Values, refused *Problem) {
	rows, next, err := f.companies(c.Request.Context(), c.Query("cursor"), 0)
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "companies.title", "companies")
	view := pages.Companies{Rows: rows, Next: next, Command: f.cfg.NewID()}
	view.Fields = f.companyFields(frame, typed)
	f.refused(&frame, view.Fields, companyPointers, refused)
	f.render(c, status, pages.CompaniesPage(frame, view))
}

// refused puts what is wrong beside the fields, and above the page what is
// about no field.
func (f *front) refused(frame *pages.Frame, fields []pages.Field, pointers map[string][]string, p *Problem) {
	if p == nil {
		return
	}
	frame.Fault = wordedRefusal(frame.Voice, p)
	faults := wordedFaults(frame.Voice, p)
	for i := range fields {
		for _, pointer := range append(pointers[fields[i].Name], "/"+fields[i].Name) {
			fields[i].Errors = append(fields[i].Errors, faults.Of(pointer)...)
		}
	}
	pages.Focused(fields)
}

// companyPointers are the fields of the order that the form's fields stand for.
var companyPointers = map[string][]string{
	"from": {"/numbers/0/from", "/numbers/0", "/numbers"}, "to": {"/numbers/0/to"},
	"kind": {"/licences/0/kind"}, "count": {"/licences/0/count"},
	"mainFirstName": {"/mainUser/firstName", "/mainUser"}, "mainLastName": {"/mainUser/lastName"}, "mainEmail": {"/mainUser/email", "/email"},
	"mainMobile": {"/mainUser/mobile"}, "mainUserNumber": {"/mainUser/number", "/number"},
}

// mainUserNames are the fields of the order form that are about the main user.
var mainUserNames = []string{"mainFirstName", "mainLastName", "mainEmail", "mainMobile", "mainUserNumber"}

// mainUserFields ask for the main user. All of them empty order a company
// without one.
func mainUserFields(frame pages.Frame) []pages.Field {
	of := func(label string) string { return frame.Say("company.main-user") + ": " + frame.Say(label) }
	return []pages.Field{
		{Name: "mainFirstName", Label: of("order.first-name"), Kind: "text", Complete: "off"},
		{Name: "mainLastName", Label: of("order.last-name"), Kind: "text", Complete: "off"},
		{Name: "mainEmail", Label: of("order.email"), Kind: "email", Complete: "off"},
		{Name: "mainMobile", Label: of("order.mobile"), Kind: "tel", Hint: frame.Say("order.mobile-hint"), Complete: "off"},
		{Name: "mainUserNumber", Label: of("order.number"), Kind: "tel", Hint: frame.Say("order.number-hint"), Complete: "off"},
	}
}

// mainUserOf gives the order of the main user, nil where nothing was typed.
func mainUserOf(values url.Values) *MainUserForm {
	main := MainUserForm{
		FirstName: values.Get("mainFirstName"), LastName: values.Get("mainLastName"), Email: values.Get("mainEmail"),
		Mobile: values.Get("mainMobile"), Number: values.Get("mainUserNumber"),
	}
	if main == (MainUserForm{}) {
		return nil
	}
	return &main
}

func (f *front) companyFields(frame pages.Frame, typed url.Values) []pages.Field {
	var policies []pages.Option
	for _, name := range slices.Sorted(maps.Keys(f.cfg.Policies)) {
		policies = append(policies, pages.Option{Value: name, Label: f.cfg.Policies[name].Operator + " (" + name + ")"})
	}
	fields := []pages.Field{
		{Name: "name", Label: frame.Say("companies.name"), Kind: "text", Complete: "organization", Required: true},
		{Name: "policy", Label: frame.Say("companies.policy"), Kind: "select", Options: policies},
		firstSecret(frame, ""),
		{Name: "language", Label: frame.Say("companies.language"), Kind: "select", Options: languageOptions(frame)},
		{Name: "country", Label: frame.Say("companies.country"), Kind: "text", Hint: frame.Say("companies.country-hint"), Complete: "country", Required: true},
		{Name: "from", Label: frame.Say("companies.from"), Kind: "tel", Hint: frame.Say("companies.from-hint"), Complete: "off"},
		{Name: "to", Label: frame.Say("companies.to"), Kind: "tel", Hint: frame.Say("companies.to-hint"), Complete: "off"},
		{Name: "kind", Label: frame.Say("companies.licence"), Kind: "text", Hint: frame.Say("companies.licence-hint"), Complete: "off"},
		{Name: "count", Label: frame.Say("companies.count"), Kind: "text", Mode: "numeric", Complete: "off"},
	}
	return filledIn(append(fields, mainUserFields(frame)...), typed)
}

func filledIn(fields []pages.Field, typed url.Values) []pages.Field {
	for i := range fields {
		fields[i].Value = typed.Get(fields[i].Name)
	}
	return fields
}

func (f *front) orderCompany(c *gin.Context) {
	values, cause, err := f.commanded(c, append(mainUserNames, "name", "policy", "strict", "language", "country", "from", "to", "kind", "count")...)
	if err != nil {
		f.fail(c, err)
		return
	}
	order, err := companyOrderOf(values)
	var done Done
	if err == nil {
		done, err = f.Desk.CreateCompany(c.Request.Context(), cause, order)
	}
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerCompanies(c, p.Status, values, p)
		return
	}
	f.goOn(c, done.Position, "/companies/"+done.ID+"?done=company")
}

func companyOrderOf(values url.Values) (CompanyForm, error) {
	order := CompanyForm{
		Name: values.Get("name"), Policy: values.Get("policy"), Language: values.Get("language"), Country: values.Get("country"),
		Strict: values.Get("strict") == strictly, MainUser: mainUserOf(values),
	}
	if values.Get("from") != "" || values.Get("to") != "" {
		order.Numbers = []BlockForm{{From: values.Get("from"), To: values.Get("to")}}
	}
	if values.Get("kind") == "" {
		return order, nil
	}
	count, err := strconv.Atoi(values.Get("count"))
	if err != nil {
		return order, invalid("/licences/0/count", "number", "is a whole number")
	}
	order.Licences = []LicenceForm{{Kind: values.Get("kind"), Count: count}}
	return order, nil
}

// goOn leads to a page that shows what a command did.
func (f *front) goOn(c *gin.Context, position eventstore.Position, path string) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), catchUp)
	defer cancel()
	if err := f.cfg.Views.WaitFor(ctx, position); err != nil && domain.KindOf(err) != domain.Unavailable {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, path)
}
