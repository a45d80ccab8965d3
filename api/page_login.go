package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/user"
)

// signedIn lets those through who may use the back-office's page, and shows
// everybody else the way in.
func (f *front) signedIn(c *gin.Context) {
	who, over, err := f.caller(c.Request)
	switch {
	case domain.KindOf(err) == domain.Unavailable && err != nil:
		f.fail(c, err)
		return
	case err != nil || who.Kind == domain.ActorUser:
		f.toLogin(c, "/", over)
		return
	}
	who.known(c)
	c.Set(callerKey, who)
	if who.demand != user.DemandNothing {
		c.Redirect(http.StatusSeeOther, "/login")
		c.Abort()
		return
	}
	if err := f.allowed(c); err != nil {
		f.fail(c, err)
	}
}

// toLogin leads to the login, which leads back afterwards: to the page that was
// asked for, or to a fallback where a form was sent. A session that no longer
// counts is ended.
func (f *front) toLogin(c *gin.Context, fallback string, over bool) {
	query := url.Values{"next": {fallback}}
	if safe(c.Request.Method) {
		query.Set("next", localPath(c.Request.URL.RequestURI()))
	}
	if over {
		query.Set("done", "over")
		if err := f.sessions.End(c.Request.Context(), c.Writer, c.Request); err != nil {
			f.fail(c, err)
			return
		}
	}
	c.Redirect(http.StatusSeeOther, "/login?"+query.Encode())
	c.Abort()
}

// localPath gives a path of this server to go on to, "/" for everything that
// could lead elsewhere or back to the login.
func localPath(next string) string {
	odd := func(r rune) bool { return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) }
	parsed, err := url.Parse(next)
	switch {
	case err != nil || parsed.IsAbs() || parsed.Host != "" || parsed.User != nil:
		return "/"
	case !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, odd):
		return "/"
	case strings.ContainsFunc(parsed.Path, odd) || strings.HasPrefix(parsed.Path, "//") || parsed.Path == "/login" || parsed.Path == "/logout":
		return "/"
	}
	return next
}

func (f *front) showLogin(c *gin.Context) {
	next := localPath(c.Query("next"))
	if who, _, err := f.caller(c.Request); err == nil && who.Kind != domain.ActorUser && who.demand == user.DemandNothing {
		c.Redirect(http.StatusSeeOther, next)
		return
	}
	frame := f.frame(c, "login.title", "")
	if c.Query("done") == "out" {
		frame.Notice = frame.Say("login.out")
	}
	if c.Query("done") == "over" {
		frame.Notice = frame.Say("login.over")
	}
	f.showSheet(c, http.StatusOK, frame, pages.Login{Next: next})
}

// login exchanges the operator's token, or a user's name and password, for a
// session.
func (f *front) login(c *gin.Context) {
	values, err := form(c, "token", "name", "password", "next")
	if err != nil {
		f.fail(c, err)
		return
	}
	next := localPath(values.Get("next"))
	if !values.Has("token") {
		f.loginUser(c, values.Get("name"), values.Get("password"), next)
		return
	}
	if !f.tokenIs(strings.TrimSpace(values.Get("token"))) {
		f.showSheet(c, http.StatusUnauthorized, f.frame(c, "login.title", ""), pages.Login{Next: next, WrongToken: true})
		return
	}
	if err := f.sessions.Start(c.Request.Context(), c.Writer, tokensOwner); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, next)
}

// loginUser lets a user in, or says that it did not work and nothing more.
func (f *front) loginUser(c *gin.Context, name, password, next string) {
	ctx := c.Request.Context()
	visitor, err := f.Desk.LogIn(ctx, f.cause(domain.Actor{Kind: domain.ActorSystem, ID: "login"}, domain.ChannelPage, ""), name, password)
	if err != nil {
		frame, p := f.frame(c, "login.title", ""), f.problem(ctx, err)
		sheet := pages.Login{Next: next, Name: name, Fault: wordedRefusal(frame.Voice, p)}
		switch p.Code {
		case codeLogin:
			sheet.Fault = frame.Say("login.failed")
		case codeTooSoon:
			sheet.Fault = frame.Say("login.slow")
			c.Header("Retry-After", p.header.Get("Retry-After"))
		}
		f.showSheet(c, p.Status, frame, sheet)
		return
	}
	if err := f.sessions.Start(ctx, c.Writer, domain.Actor{Kind: domain.ActorUser, ID: visitor.User.ID}); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, visitor.landing(next))
}

func (f *front) logout(c *gin.Context) {
	if err := f.sessions.End(c.Request.Context(), c.Writer, c.Request); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/login?done=out")
}
