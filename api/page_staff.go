package api

import (
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
)

// routesStaff registers the login of staff where there is a provider for it.
func (f *front) routesStaff(open *gin.RouterGroup) {
	if f.staff == nil {
		return
	}
	open.GET(pathStaff, f.leaveForStaff)
	open.GET(pathCallback, f.arriveFromStaff)
}

// leaveForStaff sends a browser to the provider. Its cookie holds what only it
// knows of this login, and where it wanted to go.
func (f *front) leaveForStaff(c *gin.Context) {
	flow := f.staff.derived("flow", f.cfg.NewID())
	to, err := f.staff.leave(c.Request.Context(), flow)
	if err != nil {
		f.staffRefused(c, err)
		return
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(localPath(c.Query("next"))))
	http.SetCookie(c.Writer, f.flowCookie(flow+"."+next, int(staffFlow.Seconds())))
	c.Redirect(http.StatusSeeOther, to)
}

// arriveFromStaff takes who comes back from the provider in.
func (f *front) arriveFromStaff(c *gin.Context) {
	cookie, _ := c.Cookie(f.flowCookie("", 0).Name) // none: nobody has left from here
	flow, encoded, _ := strings.Cut(cookie, ".")
	next, _ := base64.RawURLEncoding.DecodeString(encoded) // what is none leads to the first page
	actor, err := f.staff.arrive(c.Request.Context(), flow, c.Query("state"), c.Query("code"))
	if err == nil {
		err = f.sessions.Renew(c.Request.Context(), c.Writer, c.Request, actor)
	}
	http.SetCookie(c.Writer, f.flowCookie("", -1))
	if err != nil {
		f.staffRefused(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, localPath(string(next)))
}

// staffRefused shows the login with why the provider's did not do.
func (f *front) staffRefused(c *gin.Context, err error) {
	ctx := c.Request.Context()
	key := "login.sso-failed"
	p := f.problem(ctx, err)
	if p.Code == errStaffRefused.Code {
		key = "login.refused"
	}
	if p.Status < http.StatusInternalServerError {
		f.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "a login of staff was refused", slog.String("trace", traceOf(ctx)), slog.String("why", err.Error()))
	}
	frame := f.frame(c, "login.title", "")
	frame.Back, frame.Fault = "/login", frame.Say(key)
	f.showSheet(c, p.Status, frame, pages.Login{Next: "/"})
}

// showSheet shows the login.
func (f *front) showSheet(c *gin.Context, status int, frame pages.Frame, sheet pages.Login) {
	sheet.Staff = f.staff != nil
	f.render(c, status, pages.LoginPage(frame, sheet))
}

func (f *front) flowCookie(value string, age int) *http.Cookie {
	cookie := f.sessions.cookie(value, age) //nolint:gosec // as strict as a session's
	cookie.Name += "-staff"
	return cookie
}
