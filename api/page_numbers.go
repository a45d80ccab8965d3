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
	"dialtone/domain/number"
	"dialtone/projections"
)

// routesNumberPages registers the pages of a company's numbers.
func (f *front) routesNumberPages(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/numbers", f.showNumbers)
	desk.POST("/companies/:id/purchases", f.buyNumbersByForm)
	seen(desk, "/numbers/:id", f.showNumber)
	desk.POST("/numbers/:id/reserve", f.onNumber("reserve", []string{"reason", "until"}, func(ctx context.Context, cause domain.Cause, n domain.E164, values url.Values) (Done, error) {
		form, err := keptUntil(values)
		if err != nil {
			return Done{}, err
		}
		return f.Desk.Reserve(ctx, cause, n, form)
	}))
	desk.POST("/numbers/:id/unreserve", f.onNumber("unreserve", nil, func(ctx context.Context, cause domain.Cause, n domain.E164, _ url.Values) (Done, error) {
		return f.Desk.Unreserve(ctx, cause, n)
	}))
	desk.POST("/numbers/:id/forward", f.onNumber("forward", []string{"to"}, func(ctx context.Context, cause domain.Cause, n domain.E164, values url.Values) (Done, error) {
		to := strings.TrimSpace(values.Get("to"))
		if to == "" {
			return Done{}, invalid("/to", "missing", "is needed")
		}
		return f.Desk.Forward(ctx, cause, n, to)
	}))
	desk.POST("/numbers/:id/unforward", f.onNumber("unforward", nil, func(ctx context.Context, cause domain.Cause, n domain.E164, _ url.Values) (Done, error) {
		return f.Desk.Forward(ctx, cause, n, "")
	}))
	desk.POST("/numbers/:id/release", f.onNumber("release", []string{"to"}, func(ctx context.Context, cause domain.Cause, n domain.E164, values url.Values) (Done, error) {
		return f.Desk.Release(ctx, cause, n, ReleaseForm{To: values.Get("to")})
	}))
}

func (f *front) showNumbers(c *gin.Context) { f.answerNumbers(c, http.StatusOK, nil, nil) }

// answerNumbers lists a company's numbers as they are filtered, with the form that
// buys some and what was typed into it.
func (f *front) answerNumbers(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.Numbers{
		Company: id, CompanyName: firm.Name, Command: f.cfg.NewID(), First: c.Query("cursor") == "",
		State: c.Query("state"), Kind: c.Query("kind"), Query: strings.TrimSpace(c.Query("q")),
	}
	rows, next, err := f.cfg.Views.Numbers(ctx, projections.NumberFilter{
		Company: id, State: view.State, Kind: view.Kind, Query: view.Query, Cursor: c.Query("cursor"),
	})
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "numbers.title", "companies")
	frame.Back = withoutNotice(c)
	view.Next = next
	for _, row := range rows {
		owner, err := f.named(ctx, frame, row.User)
		if err != nil {
			f.fail(c, err)
			return
		}
		view.Rows = append(view.Rows, pages.NumberLine{NumberRow: row, Owner: owner})
	}
	view.Fields = filledIn([]pages.Field{
		{Name: "number", Label: frame.Say("order.number"), Kind: "tel", Complete: "off", Hint: frame.Say("numbers.buy-hint")},
		{Name: "kind", Label: frame.Say("numbers.kind"), Kind: "select", Options: numberKinds(frame)},
		{Name: "count", Label: frame.Say("numbers.how-many"), Kind: "text", Mode: "numeric", Complete: "off"},
	}, typed)
	f.refused(&frame, view.Fields, nil, refused)
	f.render(c, status, pages.NumbersPage(frame, view))
}

// withoutNotice is the address of a page that was asked for, or of the list that a
// form belongs to.
func withoutNotice(c *gin.Context) string {
	if safe(c.Request.Method) {
		return c.Request.URL.RequestURI()
	}
	return "/companies/" + url.PathEscape(c.Param("id")) + "/numbers"
}

func numberKinds(frame pages.Frame) (options []pages.Option) {
	for _, kind := range []number.Kind{number.Fixed, number.Mobile} {
		options = append(options, pages.Option{Value: string(kind), Label: frame.Say("numbers.kinds." + string(kind))})
	}
	return options
}

func (f *front) buyNumbersByForm(c *gin.Context) {
	values, cause, err := f.commanded(c, "number", "kind", "count")
	if err != nil {
		f.fail(c, err)
		return
	}
	form := BuyForm{Number: strings.TrimSpace(values.Get("number")), Kind: values.Get("kind")}
	if typed := strings.TrimSpace(values.Get("count")); typed != "" {
		if form.Count, err = strconv.Atoi(typed); err != nil || form.Count < 1 || form.Count > 100 {
			err = invalid("/count", "number", "is a whole number from 1 to 100")
		}
	}
	var bought Bought
	if err == nil {
		bought, err = f.Desk.Buy(c.Request.Context(), cause, c.Param("id"), form)
	}
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerNumbers(c, p.Status, values, p)
		return
	}
	f.goOn(c, bought.Position, "/companies/"+url.PathEscape(c.Param("id"))+"/numbers?done=bought")
}
