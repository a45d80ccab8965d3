package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/device"
	"dialtone/projections"
)

// routesPhones registers the pages of desk phones.
func (f *front) routesPhones(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/devices", f.showPhones)
	desk.POST("/companies/:id/devices", f.addPhone)
	seen(desk, "/companies/:id/logins", f.showLogins)
	desk.POST("/companies/:id/logins", f.issueLogins)
	seen(desk, "/devices/:id", f.showPhone)
	seen(desk, "/devices/:id/history", f.showPhoneHistory)
	desk.POST("/devices/:id/user", f.givePhone)
	desk.POST("/devices/:id/address", f.issuePhoneAddress)
	desk.POST("/devices/:id/login", f.issuePhoneLogin)
	desk.POST("/devices/:id/delete", f.endPhone)
}

func (f *front) showPhones(c *gin.Context) { f.answerPhones(c, http.StatusOK, nil, nil) }

// answerPhones shows a company's desk phones and the form for another one with what
// was typed into it.
func (f *front) answerPhones(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.Phones{Company: id, CompanyName: firm.Name, Free: c.Query("free") == "yes", Command: f.cfg.NewID()}
	rows, next, err := f.cfg.Views.Devices(ctx, projections.DeviceFilter{Company: id, Free: view.Free, Cursor: c.Query("cursor")})
	frame := f.frame(c, "phones.title", "companies")
	for n := 0; n < len(rows) && err == nil; n++ {
		var user pages.Option
		user, err = f.named(ctx, frame, rows[n].User)
		view.Rows = append(view.Rows, pages.Phone{DeviceRow: rows[n], Of: user})
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	view.Next = next
	view.Fields = filledIn(phoneFields(frame), typed)
	f.refused(&frame, view.Fields, nil, refused)
	f.render(c, status, pages.PhonesPage(frame, view))
}

// phoneFields are the fields of a new desk phone (3.18).
func phoneFields(frame pages.Frame) []pages.Field {
	maker := pages.Field{Name: "manufacturer", Label: frame.Say("phones.manufacturer"), Kind: "select"}
	for _, m := range device.Manufacturers {
		option := pages.Option{Value: m.Name, Label: m.Title}
		if m.Name == device.Other {
			option.Label = frame.Say("phones.other-maker")
		}
		maker.Options = append(maker.Options, option)
	}
	return []pages.Field{
		maker,
		{Name: "model", Label: frame.Say("phones.model"), Kind: "text", Hint: frame.Say("phones.model-hint"), Complete: "off", Required: true},
		{Name: "mac", Label: frame.Say("phones.mac"), Kind: "text", Hint: frame.Say("phones.mac-hint"), Complete: "off"},
		{Name: "serial", Label: frame.Say("phones.serial"), Kind: "text", Complete: "off"},
	}
}

func (f *front) addPhone(c *gin.Context) {
	values, cause, err := f.commanded(c, "manufacturer", "model", "mac", "serial")
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := f.Desk.AddDevice(c.Request.Context(), cause, DevicePhoneForm{
		Company: c.Param("id"), Manufacturer: values.Get("manufacturer"), Model: values.Get("model"), MAC: values.Get("mac"), Serial: values.Get("serial"),
	})
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerPhones(c, p.Status, values, p)
		return
	}
	f.goOn(c, done.Position, phonePage(done.ID)+"?done=phone-added")
}

func (f *front) showPhone(c *gin.Context) { f.answerPhone(c, http.StatusOK, nil) }

// answerPhone shows a desk phone, with a refusal above.
func (f *front) answerPhone(c *gin.Context, status int, refused *Problem) {
	frame := f.frame(c, "phones.title", "companies")
	view, err := f.phoneView(c.Request.Context(), frame, c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame.Title, frame.Back = view.Title()+" · Dialtone", phonePage(view.ID)
	f.refused(&frame, view.Give, nil, refused)
	f.render(c, status, pages.PhonePage(frame, view))
}

// phoneView gathers what is shown of a desk phone.
func (f *front) phoneView(ctx context.Context, frame pages.Frame, id string) (view pages.PhoneView, err error) {
	row, _, err := f.cfg.Views.GetDevice(ctx, id)
	if err != nil {
		return view, err
	}
	firm, err := f.cfg.Views.GetCompany(ctx, row.Company)
	if err != nil && domain.KindOf(err) != domain.Missing { // the company's stream may be parked
		return view, err
	}
	view = pages.PhoneView{CompanyName: firm.Name, Fetches: device.Format(row.Manufacturer) != "" && row.MAC != ""}
	view.DeviceRow = row
	if view.Of, err = f.named(ctx, frame, row.User); err != nil {
		return view, err
	}
	if view.Stale, err = f.cfg.Views.Stale(ctx, device.Stream(id)); err != nil {
		return view, err
	}
	users, _, err := f.users(ctx, projections.UserFilter{Company: row.Company, Limit: mostChoices})
	choice := pages.Field{Name: "user", Label: frame.Say("phones.user"), Kind: "select", Hint: frame.Say("phones.give-hint")}
	for _, user := range users {
		if user.ID != row.User {
			choice.Options = append(choice.Options, pages.Option{Value: user.ID, Label: pages.NameOf(frame, user) + " " + user.Extension})
		}
	}
	view.Give = []pages.Field{choice}
	view.Commands.Give, view.Commands.Take, view.Commands.Address = f.cfg.NewID(), f.cfg.NewID(), f.cfg.NewID()
	view.Commands.Login, view.Commands.Delete = f.cfg.NewID(), f.cfg.NewID()
	return view, err
}

func (f *front) showPhoneHistory(c *gin.Context) {
	row, _, err := f.cfg.Views.GetDevice(c.Request.Context(), c.Param("id"))
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "phones.history", "companies")
	timeline, err := f.timeline(c.Request.Context(), frame, phonePage(row.ID), projections.HistoryFilter{
		User: row.ID, Stream: device.Stream(row.ID), Cursor: c.Query("cursor"),
	})
	if err != nil {
		f.fail(c, err)
		return
	}
	timeline.After = "" // nothing is streamed
	f.render(c, http.StatusOK, pages.HistoryPage(frame, pages.Phone{DeviceRow: row}.Title(), timeline))
}

func phonePage(id string) string { return "/devices/" + url.PathEscape(id) }
