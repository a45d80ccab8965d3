package api

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// sent is a form of a company's page that was refused.
type sent struct {
	form    string // the end of its path
	typed   url.Values
	refused *Problem
}

// changeForms are the forms by which the operator changes a company.
func (f *front) changeForms(ctx context.Context, frame *pages.Frame, firm company.State, s sent) ([]pages.DeskForm, error) {
	if frame.Role != domain.ActorOperator {
		return nil, nil
	}
	people, err := f.colleagues(ctx, *frame, firm.ID, firm.MainUser)
	if err != nil {
		return nil, err
	}
	form := func(path, title, submit string, fields ...pages.Field) pages.DeskForm {
		shown := make([]pages.Changed, 0, len(fields))
		for _, field := range fields {
			shown = append(shown, is(field))
		}
		made := pages.DeskForm{
			Path: "/companies/" + url.PathEscape(firm.ID) + "/" + path, Title: frame.Say(title), Submit: frame.Say(submit), Command: f.cfg.NewID(), Fields: shown,
		}
		if made.Open = s.form == path && s.refused != nil; made.Open {
			f.refusedIn(frame, made.Fields, companyPointers, s.typed, s.refused)
		}
		return made
	}
	var policies []pages.Option
	for _, name := range slices.Sorted(maps.Keys(f.cfg.Policies)) {
		rules := f.cfg.Policies[name]
		policies = append(policies, pages.Option{Value: name, Label: rules.Operator + " (" + rules.Stamp() + ")"})
	}
	adopt := form("policy", "company.adopt", "company.adopt",
		pages.Field{Name: "policy", Label: frame.Say("companies.policy"), Kind: "select", Options: policies, Value: firm.Policy.Name},
		firstSecret(*frame, strictness(firm.Policy)))
	adopt.Hint = frame.Say("company.adopt-hint")
	return []pages.DeskForm{
		form("numbers", "company.connect", "company.connect",
			pages.Field{Name: "from", Label: frame.Say("companies.from"), Kind: "tel", Hint: frame.Say("companies.from-hint"), Complete: "off", Required: true},
			pages.Field{Name: "to", Label: frame.Say("companies.to"), Kind: "tel", Hint: frame.Say("companies.to-hint"), Complete: "off", Required: true}),
		form("licences", "company.order-licences", "company.order-licences",
			pages.Field{Name: "kind", Label: frame.Say("companies.licence"), Kind: "text", Complete: "off", Required: true},
			pages.Field{Name: "count", Label: frame.Say("companies.count"), Kind: "text", Mode: "numeric", Complete: "off", Required: true},
			pages.Field{Name: "boundUntil", Label: frame.Say("licence.until"), Kind: "date", Hint: frame.Say("licence.until-hint")}),
		form("change", "company.change", "company.change-submit",
			pages.Field{Name: "name", Label: frame.Say("companies.name"), Kind: "text", Complete: "off", Required: true, Value: firm.Name},
			pages.Field{Name: "mainNumber", Label: frame.Say("company.main-number"), Kind: "tel", Complete: "off", Value: string(firm.MainNumber)},
			pages.Field{Name: "mainFax", Label: frame.Say("company.main-fax"), Kind: "tel", Complete: "off", Value: string(firm.MainFax)},
			pages.Field{
				Name: "mainUser", Label: frame.Say("company.main-user"), Kind: "select", Value: firm.MainUser,
				Options: people,
			}),
		adopt,
	}, nil
}

// strictly is the choice of the strictest way to a first secret (X3).
const strictly = "strict"

func strictness(rules policy.Policy) string {
	if rules.Strict {
		return strictly
	}
	return ""
}

// firstSecret is the field that says how the users come to their first secret.
func firstSecret(frame pages.Frame, value string) pages.Field {
	return pages.Field{
		Name: "strict", Label: frame.Say("companies.first-secret"), Kind: "select", Value: value,
		Options: []pages.Option{{Label: frame.Say("companies.as-policy")}, {Value: strictly, Label: frame.Say("companies.strict")}},
	}
}

// changing reads a form of a company's page, gives its command and leads back,
// or shows the page with what was typed and what is wrong with it.
func (f *front) changing(c *gin.Context, form string, fields []string, command func(context.Context, domain.Cause, string, url.Values) (Done, error)) {
	for _, name := range slices.Clone(fields) {
		fields = append(fields, wasBefore+name)
	}
	values, cause, err := f.commanded(c, fields...)
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := command(c.Request.Context(), cause, c.Param("id"), values)
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerCompany(c, p.Status, nil, nil, sent{form, values, p})
		return
	}
	f.goOn(c, done.Position, "/companies/"+url.PathEscape(c.Param("id"))+"?done=setup")
}

func (f *front) connectNumbers(c *gin.Context) {
	f.changing(c, "numbers", []string{"from", "to"}, func(ctx context.Context, cause domain.Cause, id string, values url.Values) (Done, error) {
		return f.Desk.ConnectNumbers(ctx, cause, id, NumbersForm{Numbers: []BlockForm{{From: values.Get("from"), To: values.Get("to")}}})
	})
}

func (f *front) orderLicences(c *gin.Context) {
	f.changing(c, "licences", []string{"kind", "count", "boundUntil"}, func(ctx context.Context, cause domain.Cause, id string, values url.Values) (Done, error) {
		count, err := strconv.Atoi(values.Get("count"))
		if err != nil {
			return Done{}, invalid("/licences/0/count", "number", "is a whole number")
		}
		ordered := LicenceForm{Kind: values.Get("kind"), Count: count}
		if typed := values.Get("boundUntil"); typed != "" {
			until, err := time.Parse(time.DateOnly, typed)
			if err != nil {
				return Done{}, invalid("/licences/0/boundUntil", "date", "is a day such as 2027-03-31")
			}
			ordered.BoundUntil = &until
		}
		return f.Desk.OrderLicences(ctx, cause, id, LicencesForm{Licences: []LicenceForm{ordered}})
	})
}

func (f *front) adoptPolicy(c *gin.Context) {
	f.changing(c, "policy", []string{"policy", "strict"}, func(ctx context.Context, cause domain.Cause, id string, values url.Values) (Done, error) {
		return f.Desk.AdoptPolicy(ctx, cause, id, PolicyForm{Policy: values.Get("policy"), Strict: values.Get("strict") == strictly})
	})
}

func (f *front) changeCompany(c *gin.Context) {
	fields := []string{"name", "mainNumber", "mainFax", "mainUser"}
	f.changing(c, "change", fields, func(ctx context.Context, cause domain.Cause, id string, values url.Values) (Done, error) {
		return f.Desk.ChangeCompany(ctx, cause, id, CompanyChangeForm{
			Name: anew(values, "name"), MainNumber: anew(values, "mainNumber"), MainFax: anew(values, "mainFax"), MainUser: anew(values, "mainUser"),
		})
	})
}
