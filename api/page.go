package api

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"dialtone/api/assets"
	"dialtone/api/locales"
	"dialtone/api/pages"
	"dialtone/projections"
)

// pagePolicy is what browsers may load for a page: its own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// front answers people: it shows pages and takes their forms.
type front struct {
	*Server
	files *assets.Set
}

// routesPages registers everything people use.
func (s *Server) routesPages() error {
	files, err := assets.Embedded()
	if err != nil {
		return err
	}
	f := &front{Server: s, files: files}
	seen(s.engine, assets.Root+"*file", gin.WrapH(files))
	open := s.engine.Group("", pageHeaders)
	seen(open, "/activate/:token", f.showActivation)
	open.POST("/activate/:token", f.confirmActivation)
	open.POST("/activate/:token/link", f.renewActivation)
	seen(open, "/login", f.showLogin)
	open.POST("/login", f.login)
	open.POST("/logout", f.logout)
	f.routesStaff(open)
	seen(open, "/view", f.showView)
	open.POST("/view", f.takeView)
	f.routesMe(open)
	f.routesDesk(s.engine.Group("", pageHeaders, f.signedIn))
	return nil
}

// routesDesk registers what needs a session of the operator.
func (f *front) routesDesk(desk *gin.RouterGroup) {
	seen(desk, "/", f.showOverview)
	seen(desk, "/companies", f.showCompanies)
	desk.POST("/companies", f.orderCompany)
	seen(desk, "/companies/:id", f.showCompany)
	desk.POST("/companies/:id", f.orderUser)
	f.routesSetup(desk)
	f.routesGroups(desk)
	f.routesSIMs(desk)
	f.routesOrder(desk)
	f.routesNumberPages(desk)
	f.routesPhones(desk)
	seen(desk, "/users", f.showUsers)
	desk.GET("/users/:id/live", f.live)
	desk.POST("/users/:id/open", f.openUser)
	desk = desk.Group("", f.knowingly)
	seen(desk, "/users/:id", f.showUser)
	seen(desk, "/users/:id/history", f.showHistory)
	desk.POST("/users/:id/details", f.changeDetails)
	desk.POST("/users/:id/activation", f.act("start", f.Desk.StartActivation))
	desk.POST("/users/:id/activation/link", f.act("renew", f.Desk.RenewLink))
	desk.POST("/users/:id/activation/messages", f.resend)
	desk.POST("/users/:id/suspend", f.act("suspend", f.Desk.Suspend))
	desk.POST("/users/:id/resume", f.act("resume", f.Desk.Resume))
	desk.POST("/users/:id/device", f.issueLogin)
	desk.POST("/users/:id/delete", f.deleteUser)
	f.routesCalendar(desk)
	f.routesAccess(desk)
	f.routesUserSIMs(desk)
}

// seen registers a page for GET and HEAD.
func seen(routes gin.IRoutes, path string, handle gin.HandlerFunc) {
	routes.GET(path, handle)
	routes.HEAD(path, handle)
}

func pageHeaders(c *gin.Context) {
	c.Header("Content-Security-Policy", pagePolicy)
	c.Header("Cache-Control", "no-store")
}

// render answers with a page, whole or not at all.
func (f *front) render(c *gin.Context, status int, page templ.Component) {
	var body bytes.Buffer
	if err := page.Render(c.Request.Context(), &body); err != nil {
		f.refuse(c, err)
		return
	}
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
}

// languageCookie remembers a choice of language made in the back-office.
const languageCookie = "dialtone-language"

// frame gives what stands around a page of the back-office. Title and here are
// keys of the catalogue.
func (f *front) frame(c *gin.Context, title, here string) pages.Frame {
	chosen := c.Query("lang")
	remembered, _ := c.Cookie(languageCookie) // none is no wish
	voice := f.texts.Voice(chosen, remembered, c.GetHeader("Accept-Language"))
	if chosen == voice.Tag && chosen != remembered {
		http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure wherever the origin is https
			Name: languageCookie, Value: voice.Tag, Path: "/", MaxAge: 365 * 24 * 3600,
			Secure: strings.HasPrefix(f.cfg.PublicURL, "https://"), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	x := exchangeOf(c.Request.Context())
	frame := pages.Frame{
		Voice: voice, Assets: f.files, Tags: f.texts.Tags(), Here: here, Back: c.Request.URL.Path, Role: x.actor.Kind, Own: x.company,
	}
	frame.Title = frame.Say(title) + " · Dialtone"
	if row, ok := c.Value(actingKey).(projections.UserRow); ok {
		frame.Acting = pages.NameOf(frame, row)
	}
	if safe(c.Request.Method) {
		frame.Back = c.Request.URL.RequestURI()
		frame.Notice = noticeOf(voice, c.Query("done"))
	}
	return frame
}

// noticeOf words what a form has just done; the page it led to carries its name.
func noticeOf(voice locales.Voice, done string) string {
	switch done {
	case "start", "renew", "resend", "suspend", "resume", "delete", "credential", "unlock", "grant", "revoke":
		return voice.Say("action.done-" + done)
	case "plan", "cancel", "restore":
		return voice.Say("calendar.done-" + done)
	case "phone-added", "phone-given", "phone-taken", "phone-removed":
		return voice.Say("phones.done-" + strings.TrimPrefix(done, "phone-"))
	case "details":
		return voice.Say("change.done")
	case "group-made", "group-saved":
		return voice.Say("groups.done-" + strings.TrimPrefix(done, "group-"))
	case "sims-given", "sims-saved", "sims-stock":
		return voice.Say("sims.done-" + strings.TrimPrefix(done, "sims-"))
	case "setup":
		return voice.Say("setup.saved")
	case "number", "bought":
		return voice.Say("numbers.done-" + done)
	case "company":
		return voice.Say("companies.created")
	case "user":
		return voice.Say("order.created")
	}
	return ""
}

// fail shows an error as a page.
func (f *front) fail(c *gin.Context, err error) {
	p := f.problem(c.Request.Context(), err)
	frame := f.frame(c, "problem.title", "")
	frame.Title = frame.Say("problem.title")
	f.render(c, p.Status, pages.Problem(frame, wordedRefusal(frame.Voice, p)))
	c.Abort()
}
