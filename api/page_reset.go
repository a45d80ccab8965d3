package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/user"
)

func (f *front) showReset(c *gin.Context) {
	f.render(c, http.StatusOK, pages.ResetPage(f.frame(c, "reset.title", ""), false))
}

// askReset takes the name of somebody who has forgotten the password, or the
// address of somebody who has forgotten the name. The answer is the same
// whoever it is.
func (f *front) askReset(c *gin.Context) {
	values, err := form(c, "name", "email")
	if err != nil {
		f.fail(c, err)
		return
	}
	cause := f.cause(domain.Actor{Kind: domain.ActorSystem, ID: "login"}, domain.ChannelPage, "")
	if values.Has("email") {
		err = f.Desk.RemindUsername(c.Request.Context(), cause, values.Get("email"))
	} else {
		err = f.Desk.RequestReset(c.Request.Context(), cause, values.Get("name"))
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.render(c, http.StatusOK, pages.ResetPage(f.frame(c, "reset.title", ""), true))
}

// showNewPassword shows where a reset link stands. It changes nothing.
func (f *front) showNewPassword(c *gin.Context) { f.askNewPassword(c, http.StatusOK, nil) }

func (f *front) askNewPassword(c *gin.Context, status int, wrong error) {
	visitor, err := f.Desk.ResetHolder(c.Request.Context(), c.Param("token"))
	frame := f.sheet(c, "reset.choose", visitor)
	operator := visitor.Company.Policy.Operator
	if operator == "" {
		operator = "Dialtone"
		frame.Title = frame.Say("reset.choose")
	}
	switch {
	case err != nil && !domain.Final(err):
		f.fail(c, err)
		return
	case err != nil:
		f.render(c, http.StatusGone, pages.ResetEnd(frame, operator, false))
		return
	}
	sheet := pages.Password{Operator: operator, Title: "reset.choose", Why: "password.own", Secrets: visitor.Company.Policy.Secrets}
	if wrong != nil {
		sheet.Faults = wordedFaults(frame.Voice, f.problem(c.Request.Context(), wrong))
	}
	f.render(c, status, pages.PasswordPage(frame, sheet))
}

// takeNewPassword uses a reset link up. Nobody is signed in by it.
func (f *front) takeNewPassword(c *gin.Context) {
	values, err := form(c, "password", "passwordAgain")
	if err != nil {
		f.fail(c, err)
		return
	}
	ctx, token := c.Request.Context(), c.Param("token")
	visitor, err := f.Desk.ResetHolder(ctx, token)
	if err == nil {
		id := visitor.User.ID
		cause := f.cause(domain.Actor{Kind: domain.ActorUser, ID: id}, domain.ChannelPage, "")
		_, err = f.Desk.ChangePassword(ctx, cause, id, NewPassword{Password: values.Get("password"), Again: values.Get("passwordAgain"), Token: token})
	}
	if err != nil && domain.Final(err) && f.resetAgain(ctx, token, values.Get("password")) {
		err = nil
	}
	switch kind := domain.KindOf(err); {
	case err == nil:
		f.render(c, http.StatusOK, pages.ResetEnd(f.sheet(c, "reset.done-title", visitor), visitor.Company.Policy.Operator, true))
	case kind == domain.Invalid:
		f.askNewPassword(c, http.StatusUnprocessableEntity, err)
	case domain.Final(err):
		f.askNewPassword(c, http.StatusGone, nil)
	default:
		f.fail(c, err)
	}
}

// resetAgain tells whether a form has done its work already: it comes soon, by
// the link that set the password, and holds that password.
func (f *front) resetAgain(ctx context.Context, token, password string) bool {
	visitor, _ := f.Desk.ResetHolder(ctx, token) // a used link is an error, and still tells whose it was
	set := visitor.User.Credential
	if set.ResetUsed == "" || set.ResetUsed != user.TokenHash(token) || f.cfg.Journal.Now().Sub(set.SetAt) > sentAgainWithin {
		return false
	}
	same, err := f.cfg.Verify(password, set.Sum.Password)
	return err == nil && same
}
