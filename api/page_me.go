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

// visitorKey is where a request's visitor stands.
const visitorKey = "visitor"

// routesMe registers what users do with their own account.
func (f *front) routesMe(open *gin.RouterGroup) {
	seen(open, "/reset", f.showReset)
	open.POST("/reset", f.askReset)
	seen(open, "/reset/:token", f.showNewPassword)
	open.POST("/reset/:token", f.takeNewPassword)
	me := open.Group("/me", f.visiting)
	seen(me, "", f.showMe)
	me.POST("/groups/:group", f.logMyself)
	seen(me, "/password", f.showPassword)
	me.POST("/password", f.takePassword)
	seen(me, "/pin", f.showPIN)
	me.POST("/pin", f.takePIN)
	seen(me, "/email", f.showEmail)
	me.POST("/email", f.takeEmail)
	seen(me, "/mobile", f.showMobile)
	me.POST("/mobile", f.takeMobile)
	me.POST("/mobile/code", f.sendCode)
	f.routesESIM(me)
}

// visiting lets a user through whose session still counts. What has to be done
// first is asked for first.
func (f *front) visiting(c *gin.Context) {
	who, over, err := f.caller(c.Request)
	switch {
	case domain.KindOf(err) == domain.Unavailable && err != nil:
		f.fail(c, err)
		return
	case err != nil || who.Kind != domain.ActorUser:
		f.toLogin(c, "/me", over)
		return
	}
	who.known(c)
	c.Set(visitorKey, who.visitor)
	if who.demand != user.DemandNothing && !strings.HasPrefix(c.FullPath(), "/me/"+string(who.demand)) {
		c.Redirect(http.StatusSeeOther, "/me/"+string(who.demand))
		c.Abort()
	}
}

func visitorOf(c *gin.Context) Visitor {
	visitor, _ := c.MustGet(visitorKey).(Visitor)
	return visitor
}

// sheet gives what stands around a page of a visitor, in the language that was
// chosen or else the user's.
func (f *front) sheet(c *gin.Context, title string, visitor Visitor) pages.Frame {
	remembered, _ := c.Cookie(languageCookie) // none is no wish
	frame := pages.Frame{
		Voice:  f.texts.Voice(c.Query("lang"), remembered, visitor.User.Language, c.GetHeader("Accept-Language")),
		Assets: f.files, Tags: f.texts.Tags(), Theme: f.files.Theme(visitor.Company.Policy.Brand), Back: c.Request.URL.Path,
	}
	frame.Title = frame.Say(title) + " · " + visitor.Company.Policy.Operator
	switch done := c.Query("done"); done {
	case "password", "pin", "email", "mobile", "code", "group", "esim":
		frame.Notice = frame.Say("me.done-" + done)
	}
	return frame
}

func (f *front) showMe(c *gin.Context) {
	visitor := visitorOf(c)
	u, firm := visitor.User, visitor.Company
	groups, err := f.belongings(c.Request.Context(), u.ID)
	if err != nil {
		f.fail(c, err)
		return
	}
	f.render(c, http.StatusOK, pages.MePage(f.sheet(c, "me.page", visitor), pages.Me{
		Operator: firm.Policy.Operator, Company: firm.Name, Name: u.Person.FirstName, Number: string(u.Number), Extension: u.Extension,
		State: string(u.Shown()), Username: u.Credential.Username, Email: u.Person.Email, Mobile: u.Person.Mobile,
		ExpiresAt: u.Credential.ExpiresAt, PIN: firm.Policy.Secrets.PIN.Max > 0, Admin: u.Credential.Admin, Verified: u.Verification.Verified,
		Groups: groups, ESIM: offersESIM(u, firm),
	}))
}

func (f *front) showPassword(c *gin.Context) { f.askPassword(c, http.StatusOK, "", nil) }

// askPassword shows the form for a new password, with what was wrong.
func (f *front) askPassword(c *gin.Context, status int, typed string, err error) {
	visitor := visitorOf(c)
	u, firm := visitor.User, visitor.Company
	sheet := pages.Password{
		Operator: firm.Policy.Operator, Title: "password.title", Why: "password.own", Command: f.cfg.NewID(), Old: true,
		Username: u.MustRename(firm.Policy), Typed: typed, Secrets: firm.Policy.Secrets,
	}
	switch u.Credential.StateAt(f.cfg.Journal.Now()) {
	case user.CredentialTemporary:
		sheet.Why = "password.temporary"
	case user.CredentialOver:
		sheet.Why = "password.over"
	case user.CredentialNone, user.CredentialChosen, user.CredentialLocked:
	}
	frame := f.sheet(c, sheet.Title, visitor)
	if err != nil {
		sheet.Faults = wordedFaults(frame.Voice, f.problem(c.Request.Context(), err))
	}
	f.render(c, status, pages.PasswordPage(frame, sheet))
}

func (f *front) takePassword(c *gin.Context) {
	values, cause, err := f.commanded(c, "old", "password", "passwordAgain", "username")
	if err != nil {
		f.fail(c, err)
		return
	}
	id := visitorOf(c).User.ID
	_, err = f.Desk.ChangePassword(c.Request.Context(), cause, id, NewPassword{
		Old: values.Get("old"), Password: values.Get("password"), Again: values.Get("passwordAgain"), Username: user.FoldEmail(values.Get("username")),
	})
	if err != nil {
		f.mend(c, err, func() { f.askPassword(c, http.StatusUnprocessableEntity, values.Get("username"), err) })
		return
	}
	f.signedAnew(c, id, "password")
}

// mend shows a form again whose fields break a rule, and any other error as a page.
func (f *front) mend(c *gin.Context, err error, again func()) {
	if kind := domain.KindOf(err); kind == domain.Invalid || kind == domain.Conflict {
		again()
		return
	}
	f.fail(c, err)
}

// signedAnew ends the session there was, begins another and shows the account.
func (f *front) signedAnew(c *gin.Context, id, done string) {
	if err := f.sessions.Renew(c.Request.Context(), c.Writer, c.Request, domain.Actor{Kind: domain.ActorUser, ID: id}); err != nil {
		f.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/me?"+url.Values{"done": {done}}.Encode())
}

func (f *front) showPIN(c *gin.Context) { f.askPIN(c, http.StatusOK, nil) }

func (f *front) askPIN(c *gin.Context, status int, err error) {
	visitor := visitorOf(c)
	frame := f.sheet(c, "pin.title", visitor)
	sheet := pages.Password{Operator: visitor.Company.Policy.Operator, Command: f.cfg.NewID(), Secrets: visitor.Company.Policy.Secrets}
	if err != nil {
		sheet.Faults = wordedFaults(frame.Voice, f.problem(c.Request.Context(), err))
	}
	f.render(c, status, pages.PINPage(frame, sheet))
}

func (f *front) takePIN(c *gin.Context) {
	values, cause, err := f.commanded(c, "old", "pin", "pinAgain")
	if err != nil {
		f.fail(c, err)
		return
	}
	_, err = f.Desk.ChangePIN(c.Request.Context(), cause, visitorOf(c).User.ID, values.Get("old"), values.Get("pin"), values.Get("pinAgain"))
	if err != nil {
		f.mend(c, err, func() { f.askPIN(c, http.StatusUnprocessableEntity, err) })
		return
	}
	c.Redirect(http.StatusSeeOther, "/me?done=pin")
}

func (f *front) showEmail(c *gin.Context) { f.askEmail(c, http.StatusOK, "", nil) }

func (f *front) askEmail(c *gin.Context, status int, typed string, err error) {
	visitor := visitorOf(c)
	frame := f.sheet(c, "email.title", visitor)
	sheet := pages.Password{Operator: visitor.Company.Policy.Operator, Command: f.cfg.NewID(), Typed: typed, Old: visitor.User.Person.Email != ""}
	if err != nil {
		sheet.Faults = wordedFaults(frame.Voice, f.problem(c.Request.Context(), err))
	}
	f.render(c, status, pages.EmailPage(frame, sheet))
}

func (f *front) takeEmail(c *gin.Context) {
	values, cause, err := f.commanded(c, "old", "email")
	if err != nil {
		f.fail(c, err)
		return
	}
	address := values.Get("email")
	if _, err = f.Desk.ChangeEmail(c.Request.Context(), cause, visitorOf(c).User.ID, values.Get("old"), address); err != nil {
		f.mend(c, err, func() { f.askEmail(c, http.StatusUnprocessableEntity, address, err) })
		return
	}
	c.Redirect(http.StatusSeeOther, "/me?done=email")
}
