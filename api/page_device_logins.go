package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/projections"
)

// chosenUser begins the names of the boxes by which users are chosen.
const chosenUser = "user-"

func (f *front) showLogins(c *gin.Context) { f.answerLogins(c, http.StatusOK, nil, nil) }

// answerLogins shows a company's users to choose from, with a refusal above.
func (f *front) answerLogins(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.LoginChoice{Company: id, CompanyName: firm.Name, Command: f.cfg.NewID(), Chosen: map[string]bool{}}
	if view.Rows, view.Next, err = f.users(ctx, projections.UserFilter{Company: id, Cursor: c.Query("cursor"), Limit: mostChoices}); err != nil {
		f.fail(c, err)
		return
	}
	for _, user := range usersIn(typed) {
		view.Chosen[user] = true
	}
	frame := f.frame(c, "phones.logins", "companies")
	if firm.State.Policy.ChoosesDevicePasswords() {
		view.Fields = []pages.Field{{
			Name: "password", Label: frame.Say("phones.password"), Kind: "password", Hint: frame.Say("phones.password-hint"), Complete: "off",
		}}
	}
	f.refused(&frame, view.Fields, nil, refused)
	f.render(c, status, pages.LoginsPage(frame, view))
}

// issueLogins gives the chosen users' desk phones new logins and shows them, once,
// as a page or as a table. The same form sent again finds the same logins.
func (f *front) issueLogins(c *gin.Context) {
	values, cause, err := f.commandedOf(c, func(name string) bool {
		return slices.Contains([]string{"command", "password", "as"}, name) || strings.HasPrefix(name, chosenUser)
	})
	if err != nil {
		f.fail(c, err)
		return
	}
	ctx, form := c.Request.Context(), LoginsForm{Users: usersIn(values), Password: values.Get("password")}
	var issued []IssuedLogin
	if len(form.Users) == 0 {
		err = domain.Faultf(domain.Invalid, "nobody-chosen", "nothing was done: choose the users first")
	} else {
		issued, err = f.Desk.IssueDeviceLogins(ctx, cause, c.Param("id"), form)
	}
	if err != nil {
		p := f.problem(ctx, err)
		f.answerLogins(c, p.Status, values, p)
		return
	}
	rows := f.loginRows(ctx, issued)
	if values.Get("as") == "table" {
		c.Header("Content-Disposition", `attachment; filename="device-logins.csv"`)
		c.Data(http.StatusOK, loginsTable, tableOfLogins(rows))
		return
	}
	frame := f.frame(c, "phones.logins", "companies")
	view := pages.Logins{Company: c.Param("id"), Again: values}
	for _, row := range rows {
		shown := pages.PhoneLogin{User: row.User, Name: row.Name, Number: row.Number, Extension: row.Extension, Username: row.Username, Password: row.Password}
		if view.Domain == "" {
			view.Domain, view.Transport = row.Domain, row.Transport
		}
		if row.Code != "" {
			shown.Fault = wordedRefusal(frame.Voice, &Problem{Code: row.Code, Detail: row.Detail})
		}
		view.Rows = append(view.Rows, shown)
	}
	f.render(c, http.StatusOK, pages.IssuedPage(frame, view))
}

// usersIn gives the users whose boxes are ticked, in the order of their ids.
func usersIn(values url.Values) (ids []string) {
	for name := range values {
		if id, ok := strings.CutPrefix(name, chosenUser); ok && values.Get(name) != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
