package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/user"
)

// callerKey is where a request's caller stands.
const callerKey = "caller"

// landing gives the page behind a user's login: the own account, or for an
// admin the choice of a view (4.1).
func (v Visitor) landing(next string) string {
	switch {
	case v.User.Credential.Admin:
		return "/view?" + url.Values{"next": {next}}.Encode()
	case next == "/me" || strings.HasPrefix(next, "/me/") || strings.HasPrefix(next, "/me?"):
		return next
	}
	return "/me"
}

// choosing finds the admin who chooses a view; others are led on, and ok is
// false.
func (f *front) choosing(c *gin.Context) (who caller, ok bool) {
	who, over, err := f.caller(c.Request)
	switch {
	case err != nil && domain.KindOf(err) == domain.Unavailable:
		f.fail(c, err)
	case err != nil:
		f.toLogin(c, "/", over)
	case who.Kind != domain.ActorUser && who.Kind != domain.ActorAdmin:
		c.Redirect(http.StatusSeeOther, "/")
	case who.demand != user.DemandNothing, !who.visitor.User.Credential.Admin:
		c.Redirect(http.StatusSeeOther, "/me")
	default:
		return who, true
	}
	return who, false
}

// showView asks an admin: as what do you want to sign in?
func (f *front) showView(c *gin.Context) {
	who, ok := f.choosing(c)
	if !ok {
		return
	}
	f.render(c, http.StatusOK, pages.ViewPage(f.sheet(c, "view.title", who.visitor), who.visitor.Company.Policy.Operator, localPath(c.Query("next"))))
}

// takeView gives an admin a session of the view that was chosen.
func (f *front) takeView(c *gin.Context) {
	values, err := form(c, "view", "next")
	if err != nil {
		f.fail(c, err)
		return
	}
	who, ok := f.choosing(c)
	if !ok {
		return
	}
	actor, next := domain.Actor{Kind: domain.ActorUser, ID: who.ID}, localPath(values.Get("next"))
	own := next == "/me" || strings.HasPrefix(next, "/me/")
	switch view := values.Get("view"); {
	case view == "admin":
		actor.Kind = domain.ActorAdmin
		if own || next == "/view" || strings.HasPrefix(next, "/view?") {
			next = "/"
		}
	case view != "user":
		f.fail(c, domain.Faultf(domain.Invalid, "unknown-view", "there is a view for admins and one for users"))
		return
	case !own:
		next = "/me"
	}
	if err := f.sessions.Renew(c.Request.Context(), c.Writer, c.Request, actor); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, next)
}

// actingKey is where the row of the user stands for whom an admin acts.
const actingKey = "acting"

// knowingly lets an admin work on somebody else's account once it was opened
// knowingly (4.11). Before, every page is the warning and no form does anything.
func (f *front) knowingly(c *gin.Context) {
	who, _ := c.MustGet(callerKey).(caller)
	id := c.Param("id")
	if who.Kind != domain.ActorAdmin || id == who.ID {
		return
	}
	row, _, err := f.cfg.Views.GetUser(c.Request.Context(), id)
	switch {
	case err != nil:
		f.fail(c, err)
		return
	case id == who.session.Acting:
		c.Set(actingKey, row)
		return
	}
	status, undone := http.StatusOK, !safe(c.Request.Method)
	if undone {
		status = http.StatusConflict
	}
	frame := f.frame(c, "acting.title", "users")
	if undone {
		frame.Back = "/users/" + url.PathEscape(id)
	}
	f.render(c, status, pages.ActingPage(frame, id, pages.NameOf(frame, row), undone))
	c.Abort()
}

// openUser notes that an admin knows whose account it is.
func (f *front) openUser(c *gin.Context) {
	if _, err := form(c); err != nil {
		f.fail(c, err)
		return
	}
	who, _ := c.MustGet(callerKey).(caller)
	if who.Kind == domain.ActorAdmin {
		if err := f.sessions.Act(c.Request, who.session, c.Param("id")); err != nil {
			f.fail(c, err)
			return
		}
	}
	c.Redirect(http.StatusSeeOther, "/users/"+url.PathEscape(c.Param("id")))
}
