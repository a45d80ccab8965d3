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

func (f *front) showCompany(c *gin.Context) { f.answerCompany(c, http.StatusOK, nil, nil, sent{}) }

// answerCompany shows a company, the form for a new user with what was typed
// into it (nil for an empty form), and the operator's forms, of which one may
// have been sent and refused.
func (f *front) answerCompany(c *gin.Context, status int, typed url.Values, refused *Problem, s sent) {
	ctx, id := c.Request.Context(), c.Param("id")
	row, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.Company{CompanyRow: row, Command: f.cfg.NewID()}
	if view.Licences, err = f.licenceKinds(ctx, id); err != nil {
		f.fail(c, err)
		return
	}
	if view.Stale, err = f.cfg.Views.Stale(ctx, company.Stream(id)); err != nil {
		f.fail(c, err)
		return
	}
	view.Users.Companies = []pages.Option{{Value: id, Label: row.Name}}
	if view.Users.Rows, _, err = f.users(ctx, projections.UserFilter{Company: id, Limit: shortList}); err != nil {
		f.fail(c, err)
		return
	}
	if err = f.nameSites(ctx, &view.Users); err != nil {
		f.fail(c, err)
		return
	}
	if view.Help, err = f.helpless(ctx, id, domain.ActorAdmin); err != nil {
		f.fail(c, err)
		return
	}
	if view.Underway, err = f.underway(ctx, id); err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "company.title", "companies")
	frame.Title = row.Name + " · Dialtone"
	view.Fields = userFields(frame, row.State, typed)
	f.refused(&frame, view.Fields, userPointers, refused)
	if view.Changes, err = f.changeForms(ctx, &frame, row.State, s); err != nil {
		f.fail(c, err)
		return
	}
	if view.MainUser, err = f.named(ctx, frame, row.State.MainUser); err != nil {
		f.fail(c, err)
		return
	}
	if view.Attendant, err = f.named(ctx, frame, row.State.Attendant); err != nil {
		f.fail(c, err)
		return
	}
	if view.Setup, err = f.checklist(ctx, row); err != nil {
		f.fail(c, err)
		return
	}
	f.render(c, status, pages.CompanyPage(frame, view))
}

// named gives a user's id with the name, nothing for nobody.
func (f *front) named(ctx context.Context, frame pages.Frame, id string) (pages.Option, error) {
	if id == "" {
		return pages.Option{}, nil
	}
	row, _, err := f.cfg.Views.GetUser(ctx, id)
	if domain.KindOf(err) == domain.Missing {
		return pages.Option{}, nil
	}
	return pages.Option{Value: id, Label: pages.NameOf(frame, row)}, err
}

// userPointers are the fields of the order that the form's fields stand for.
var userPointers = map[string][]string{"device": {"/device/kind"}, "mac": {"/device/mac"}}

// userFields are the fields of a new user under a company's rules.
func userFields(frame pages.Frame, firm company.State, typed url.Values) []pages.Field {
	rules := firm.Policy
	if typed == nil {
		typed = url.Values{"language": {firm.Language}, "activate": {"no"}}
		if rules.ActivateAtOnce || rules.Has(policy.StepLink) {
			typed.Set("activate", "yes")
		}
	}
	emailHint := "order.email-hint-optional"
	if rules.Email == policy.EmailRequired {
		emailHint = "order.email-hint-required"
	}
	fields := []pages.Field{
		{Name: "firstName", Label: frame.Say("order.first-name"), Kind: "text", Hint: frame.Say("order.name-hint", "Max", rules.FirstNameLength), Complete: "off"},
		{Name: "lastName", Label: frame.Say("order.last-name"), Kind: "text", Hint: frame.Say("order.name-hint", "Max", rules.LastNameLength), Complete: "off"},
		{Name: "email", Label: frame.Say("order.email"), Kind: "email", Hint: frame.Say(emailHint), Complete: "off"},
		{Name: "mobile", Label: frame.Say("order.mobile"), Kind: "tel", Hint: frame.Say("order.mobile-hint"), Complete: "off"},
		{Name: "number", Label: frame.Say("order.number"), Kind: "tel", Hint: frame.Say("order.number-hint"), Complete: "off"},
		{Name: "extension", Label: frame.Say("order.extension"), Kind: "text", Mode: "numeric", Complete: "off", Hint: frame.Say("order.extension-hint",
			"Min", rules.Extension.Min, "Max", rules.Extension.Max, "Last", rules.Extension.LastDigits)},
	}
	fields = append(fields, choices(frame, firm)...)
	fields = append(fields,
		pages.Field{Name: "device", Label: frame.Say("order.device"), Kind: "text", Hint: frame.Say("order.device-hint"), Complete: "off"},
		pages.Field{Name: "mac", Label: frame.Say("order.mac"), Kind: "text", Hint: frame.Say("order.mac-hint"), Complete: "off"},
		pages.Field{Name: "activate", Label: frame.Say("order.activate"), Kind: "select", Options: []pages.Option{
			{Value: "yes", Label: frame.Say("order.activate-yes")}, {Value: "no", Label: frame.Say("order.activate-no")},
		}},
	)
	return filledIn(fields, typed)
}

// choices are the fields whose values the company gives.
func choices(frame pages.Frame, firm company.State) []pages.Field {
	none := pages.Option{Label: frame.Say("order.choose-none")}
	sites, licences := []pages.Option{none}, []pages.Option{none}
	for _, site := range firm.Sites {
		sites = append(sites, pages.Option{Value: site.ID, Label: site.Name})
	}
	for _, kind := range firm.LicenceKinds() {
		licences = append(licences, pages.Option{Value: kind, Label: kind})
	}
	fields := []pages.Field{{Name: "language", Label: frame.Say("order.language"), Kind: "select", Options: languageOptions(frame)}}
	if len(sites) > 1 {
		fields = append(fields, pages.Field{Name: "site", Label: frame.Say("order.site"), Kind: "select", Options: sites})
	}
	if len(licences) > 1 {
		fields = append(fields, pages.Field{Name: "licence", Label: frame.Say("order.licence"), Kind: "select", Options: licences})
	}
	return fields
}

func (f *front) orderUser(c *gin.Context) {
	values, cause, err := f.commanded(c, "firstName", "lastName", "email", "mobile", "number", "extension",
		"language", "site", "licence", "device", "mac", "activate")
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := f.Desk.CreateUser(c.Request.Context(), cause, c.Param("id"), userOrderOf(values))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerCompany(c, p.Status, values, p, sent{})
		return
	}
	f.ordered(c, cause, done)
}

func userOrderOf(values url.Values) UserForm {
	activate := values.Get("activate") == "yes"
	order := UserForm{
		FirstName: values.Get("firstName"), LastName: values.Get("lastName"), Email: values.Get("email"), Mobile: values.Get("mobile"),
		Number: values.Get("number"), Extension: values.Get("extension"), Language: values.Get("language"),
		Site: values.Get("site"), Licence: values.Get("licence"), Activate: &activate,
	}
	if values.Get("device") != "" || values.Get("mac") != "" {
		order.Device = &DeviceForm{Kind: values.Get("device"), MAC: values.Get("mac")}
	}
	return order
}
