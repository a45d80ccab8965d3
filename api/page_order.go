package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/projections"
)

// The steps of an order in guide 2's order (2.14 to 2.20).
const (
	stepPerson  = "person"
	stepLicence = "licence"
	stepNumber  = "number"
	stepExtras  = "extras"
	stepReview  = "review"
)

var orderSteps = []string{stepPerson, stepLicence, stepNumber, stepExtras, stepReview}

// orderStepFields are the fields that each step asks for. The add-ons stand
// beside them, each with a field of its own.
var orderStepFields = map[string][]string{
	stepPerson:  {"firstName", "lastName", "email", "language", "site"},
	stepLicence: {"licence", "mobile"},
	stepNumber:  {"pick", "find", "extension"},
	stepExtras:  {"device", "mac", "activate"},
}

// orderPointers are the fields of the order that the form's fields stand for.
var orderPointers = map[string][]string{
	"device": {"/device/kind"}, "mac": {"/device/mac"}, "pick": {"/number", "/numberFrom"},
}

const (
	addOnField = "addon-" // what the field of an add-on begins with
	lookAgain  = "find"   // a button that only looks for numbers
	confirm    = "confirm"
)

// ordering is an order that somebody is led through: what was typed until now,
// where it stands, and the command that it is.
type ordering struct {
	firm   projections.CompanyRow
	values url.Values
	at     string
	cause  domain.Cause
}

func (f *front) routesOrder(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/order", f.showOrder)
	desk.POST("/companies/:id/order", f.takeOrder)
}

// showOrder begins an order.
func (f *front) showOrder(c *gin.Context) {
	firm, err := f.cfg.Views.GetCompany(c.Request.Context(), c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	values := url.Values{"command": {f.cfg.NewID()}}
	for _, field := range userFields(f.frame(c, "order.title", "companies"), firm.State, nil) {
		values.Set(field.Name, field.Value)
	}
	free, _, err := f.cfg.Views.Numbers(c.Request.Context(), projections.NumberFilter{Company: firm.ID, State: projections.NumberFree, Limit: 1})
	if err != nil {
		f.fail(c, err)
		return
	}
	if len(free) > 0 {
		values.Set("pick", fromCompany+":")
	}
	f.answerOrder(c, http.StatusOK, ordering{firm: firm, values: values, at: stepPerson}, nil)
}

// takeOrder goes on to another step, as far as what was typed in this one is
// right, or gives the order. All of it is one command, so that it is ordered once.
func (f *front) takeOrder(c *gin.Context) {
	firm, err := f.cfg.Views.GetCompany(c.Request.Context(), c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	values, cause, err := f.commanded(c, orderFormFields(firm.State)...)
	if err != nil {
		f.fail(c, err)
		return
	}
	o := ordering{firm: firm, values: values, at: values.Get("step"), cause: cause}
	if !slices.Contains(orderSteps, o.at) {
		o.at = stepPerson
	}
	to := values.Get("go")
	switch looks := o.at == stepNumber && values.Get("find") != values.Get("found"); {
	case to == confirm:
		f.confirmOrder(c, o)
	case to == lookAgain, looks && !o.before(to), !slices.Contains(orderSteps, to):
		f.answerOrder(c, http.StatusOK, o, nil)
	default:
		f.goToStep(c, o, to)
	}
}

// before tells whether a step comes before the one at which the order stands.
func (o ordering) before(step string) bool {
	to := slices.Index(orderSteps, step)
	return to >= 0 && to < slices.Index(orderSteps, o.at)
}

// goToStep leads back, or on unless something in this step is wrong. Whoever comes
// back from the review sees what is wrong with the step.
func (f *front) goToStep(c *gin.Context, o ordering, to string) {
	back, reviewed := o.before(to), o.at == stepReview
	if back {
		o.at = to
	}
	var wrong *Problem
	if !back || reviewed {
		review, err := f.review(c.Request.Context(), o.cause, o.firm.ID, o.order())
		if err != nil {
			f.fail(c, err)
			return
		}
		wrong = wrongIn(o.at, review)
	}
	if wrong != nil {
		f.answerOrder(c, wrong.Status, o, wrong)
		return
	}
	o.at = to
	f.answerOrder(c, http.StatusOK, o, nil)
}

// wrongIn tells what is wrong in one step as a refused command does, nil for nothing.
func wrongIn(step string, review Review) *Problem {
	wrong := slices.DeleteFunc(slices.Clone(review.Missing), func(p FieldProblem) bool { return orderStepOf(p.Pointer) != step })
	if len(wrong) == 0 {
		return nil
	}
	return invalidFields(wrong)
}

// invalidFields tells of fields as a refused command does.
func invalidFields(wrong []FieldProblem) *Problem {
	p := validation(http.StatusUnprocessableEntity, "", nil)
	p.Errors = wrong
	return p
}

// confirmOrder gives the order. What it is refused for stands at its field.
func (f *front) confirmOrder(c *gin.Context, o ordering) {
	done, err := f.Desk.CreateUser(c.Request.Context(), o.cause, o.firm.ID, o.order())
	if err == nil {
		f.ordered(c, o.cause, done)
		return
	}
	p := f.problem(c.Request.Context(), err)
	pointer := takenFields[p.Code]
	if len(p.Errors) > 0 {
		pointer = p.Errors[0].Pointer
	}
	o.at = orderStepOf(pointer)
	f.answerOrder(c, p.Status, o, p)
}

// orderStepOf gives the step that asks for a field of the order, the review for
// what none asks for.
func orderStepOf(pointer string) string {
	for _, step := range orderSteps {
		for _, field := range orderStepFields[step] {
			if pointer == "/"+field || slices.Contains(orderPointers[field], pointer) {
				return step
			}
		}
	}
	if pointer == "/options" {
		return stepExtras
	}
	return stepReview
}

// orderFormFields are all fields that the form of an order can hold.
func orderFormFields(firm company.State) []string {
	fields := []string{"step", "go", "found"}
	for _, step := range orderSteps {
		fields = append(fields, orderStepFields[step]...)
	}
	for _, addOn := range firm.Policy.AddOns {
		fields = append(fields, addOnField+addOn.Name)
	}
	return fields
}

// order is what was typed as the order of a user.
func (o ordering) order() UserForm {
	form := userOrderOf(o.values)
	form.NumberFrom, form.Number, _ = strings.Cut(o.values.Get("pick"), ":")
	for _, addOn := range o.firm.State.Policy.AddOns {
		if o.values.Get(addOnField+addOn.Name) != "" {
			form.Options = append(form.Options, addOn.Name)
		}
	}
	return form
}

// answerOrder shows the step at which an order stands, with all that was typed.
func (f *front) answerOrder(c *gin.Context, status int, o ordering, refused *Problem) {
	ctx, frame := c.Request.Context(), f.frame(c, "order.title", "companies")
	frame.Back = "/companies/" + url.PathEscape(o.firm.ID) + "/order"
	view := pages.Order{Company: o.firm.ID, CompanyName: o.firm.Name, Command: o.values.Get("command"), Step: o.at, Steps: orderSteps}
	var err error
	if o.at == stepReview {
		view.Review, err = f.orderReview(ctx, frame, &o)
	} else {
		view.Fields, err = f.stepFields(ctx, frame, o)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	if o.at == stepExtras {
		view.AddOns = o.addOns()
		if refused != nil {
			view.AddOnFaults = wordedFaults(frame.Voice, refused).Of("/options")
		}
	}
	f.refused(&frame, view.Fields, orderPointers, refused)
	view.Kept = o.kept()
	f.render(c, status, pages.OrderPage(frame, view))
}

// kept is what was typed in the other steps.
func (o ordering) kept() (kept []pages.Option) {
	for _, name := range orderFormFields(o.firm.State) {
		here := slices.Contains(orderStepFields[o.at], name) || o.at == stepExtras && strings.HasPrefix(name, addOnField)
		if value := o.values.Get(name); value != "" && !here && !slices.Contains([]string{"step", "go", "found"}, name) {
			kept = append(kept, pages.Option{Value: name, Label: value})
		}
	}
	if o.at == stepNumber {
		kept = append(kept, pages.Option{Value: "found", Label: o.values.Get("find")})
	}
	return kept
}

// orderReview words what the order would take, order and send. What it found by
// itself is what it will be given for.
func (f *front) orderReview(ctx context.Context, frame pages.Frame, o *ordering) (*pages.OrderReview, error) {
	cause := o.cause
	if cause.Command == "" {
		cause = f.asked(ctx)
	}
	told, err := f.review(ctx, cause, o.firm.ID, o.order())
	if err != nil {
		return nil, err
	}
	view := &pages.OrderReview{Name: strings.TrimSpace(o.values.Get("firstName") + " " + o.values.Get("lastName")), Email: o.values.Get("email"), Mobile: o.values.Get("mobile")}
	for _, taking := range told.Takes {
		if from, named, _ := strings.Cut(o.values.Get("pick"), ":"); taking.What == "number" && from != "" && named == "" {
			o.values.Set("pick", from+":"+taking.Value)
		}
		view.Takes = append(view.Takes, pages.Taken{What: taking.What, Value: taking.Value, Note: taking.Note, Left: taking.Left, Of: taking.Of})
	}
	for _, ordered := range told.Orders {
		view.Orders = append(view.Orders, pages.Option{Value: ordered.What, Label: ordered.Value})
	}
	for _, mail := range told.Mails {
		view.Mails = append(view.Mails, pages.Mailed{Purpose: mail.Purpose, Channel: mail.Channel, To: mail.To, AtOnce: mail.AtOnce})
	}
	for _, missing := range told.Missing {
		why := wordedFaults(frame.Voice, invalidFields([]FieldProblem{missing})).Of(missing.Pointer)
		view.Missing = append(view.Missing, pages.Missing{Step: orderStepOf(missing.Pointer), Why: why})
	}
	return view, nil
}
