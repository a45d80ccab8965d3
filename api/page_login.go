package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
)

// signedIn lets the operator through and shows everybody else the way in.
func (f *front) signedIn(c *gin.Context) {
	actor, ok := f.actor(c.Request)
	if !ok || actor.Kind != domain.ActorOperator {
		next := "/"
		if safe(c.Request.Method) {
			next = c.Request.URL.RequestURI()
		}
		c.Redirect(http.StatusSeeOther, "/login?"+url.Values{"next": {localPath(next)}}.Encode())
		c.Abort()
		return
	}
	exchangeOf(c.Request.Context()).actor = actor
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
	if actor, ok := f.actor(c.Request); ok && actor.Kind == domain.ActorOperator {
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
	f.render(c, http.StatusOK, pages.LoginPage(frame, pages.Login{Next: next}))
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
		f.render(c, http.StatusUnauthorized, pages.LoginPage(f.frame(c, "login.title", ""), pages.Login{Next: next, WrongToken: true}))
		return
	}
	operator := domain.Actor{Kind: domain.ActorOperator, ID: "token"}
	if err := f.sessions.Start(c.Request.Context(), c.Writer, operator); err != nil {
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
		f.render(c, p.Status, pages.LoginPage(frame, sheet))
		return
	}
	if err := f.sessions.Start(ctx, c.Writer, domain.Actor{Kind: domain.ActorUser, ID: visitor.User.ID}); err != nil {
		f.fail(c, err)
		return
	}
	if !strings.HasPrefix(next, "/me") {
		next = "/me"
	}
	c.Redirect(http.StatusSeeOther, next)
}

func (f *front) logout(c *gin.Context) {
	if err := f.sessions.End(c.Request.Context(), c.Writer, c.Request); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/login?done=out")
}
