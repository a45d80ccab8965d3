package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// statusesOfStandings are the HTTP statuses of the activation page.
var statusesOfStandings = map[pages.Standing]int{
	pages.Valid: http.StatusOK, pages.Activated: http.StatusOK, pages.Used: http.StatusOK, pages.Renewed: http.StatusOK,
	pages.Expired: http.StatusGone, pages.Superseded: http.StatusGone, pages.OnHold: http.StatusForbidden,
	pages.Unknown: http.StatusNotFound, pages.Later: http.StatusServiceUnavailable,
}

// sentAgainWithin is how long the same form is told again what the first one did.
const sentAgainWithin = 10 * time.Minute

// showActivation shows where a link stands. It changes nothing about the link:
// mail scanners follow links too. That the page was opened is noted, once.
func (f *front) showActivation(c *gin.Context) {
	view, holder := f.standing(c)
	f.noteOpened(c, holder)
	f.answerActivation(c, view, holder.User.Language)
}

// confirmActivation takes the secrets the user has chosen. Where the link
// stands is judged before them.
func (f *front) confirmActivation(c *gin.Context) {
	view, holder := f.standing(c)
	if view.Standing != pages.Valid && view.Standing != pages.Used {
		f.answerActivation(c, view, holder.User.Language)
		return
	}
	values, err := form(c, "password", "passwordAgain", "pin", "pinAgain", "question", "answer", "code")
	if err != nil {
		f.fail(c, err)
		return
	}
	if view.Standing == pages.Used {
		f.answerActivation(c, f.sentAgain(c.Request.Context(), view, holder, values.Get("password")), holder.User.Language)
		return
	}
	// Each form is a command of its own: were those of one link the same, two at
	// the same time would both be told that theirs counts, and guesses at the
	// code would be one guess.
	cause := f.cause(domain.Actor{Kind: domain.ActorUser, ID: holder.User.ID}, domain.ChannelPage, "")
	done, err := f.Desk.Confirm(c.Request.Context(), cause, c.Param("token"), policy.Chosen{
		Code:     values.Get("code"),
		Password: values.Get("password"), PasswordAgain: values.Get("passwordAgain"),
		PIN: values.Get("pin"), PINAgain: values.Get("pinAgain"),
		Question: values.Get("question"), Answer: values.Get("answer"),
	})
	switch {
	case err == nil && !done.Repeated:
		view = activated(view, holder)
	case err != nil && domain.KindOf(err) == domain.Invalid:
		f.mendActivation(c, view, holder, values.Get("question"), err)
		return
	case err != nil && !domain.Final(err):
		_ = f.problem(c.Request.Context(), err) // logs it
		view.Standing = pages.Later
	default: // somebody was faster: say where the link stands by now
		view, holder = f.standing(c)
		view = f.sentAgain(c.Request.Context(), view, holder, values.Get("password"))
	}
	f.answerActivation(c, view, holder.User.Language)
}

// sentAgain answers a form that has done its work already like the first time,
// if it comes soon and holds the password that was set. Anybody else who has a
// used link learns nothing from it, and nobody can try passwords on it for long.
func (f *front) sentAgain(ctx context.Context, view pages.Activation, holder TokenHolder, password string) pages.Activation {
	set := holder.User.Credential
	soon := f.cfg.Journal.Now().Sub(set.SetAt) <= sentAgainWithin
	if view.Standing != pages.Used || !soon || set.Sum.Password == "" || f.cfg.Verify == nil {
		return view
	}
	same, err := f.cfg.Verify(password, set.Sum.Password)
	if err != nil {
		f.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "a password could not be compared", slog.String("trace", traceOf(ctx)), slog.String("error", err.Error()))
	}
	if err != nil || !same {
		return view
	}
	return activated(view, holder)
}

// mendActivation shows the form again with what is wrong beside each field.
// Nothing of what was typed is shown but the question.
func (f *front) mendActivation(c *gin.Context, view pages.Activation, holder TokenHolder, question string, err error) {
	frame := f.activationFrame(c, view, holder.User.Language)
	view.Question = question
	if again, _ := f.standing(c); again.Standing != pages.Valid { // that was the last guess
		f.answerActivation(c, again, holder.User.Language)
		return
	}
	view.Faults = wordedFaults(frame.Voice, f.problem(c.Request.Context(), err))
	f.render(c, http.StatusUnprocessableEntity, pages.ActivationPage(frame, view))
}

// renewActivation sends a new link in the place of an expired one. Whatever the
// link was, the answer is the same.
func (f *front) renewActivation(c *gin.Context) {
	view, holder := f.standing(c)
	if _, err := form(c); err != nil {
		f.fail(c, err)
		return
	}
	answer := pages.Activation{Standing: pages.Renewed}
	switch view.Standing {
	case pages.Expired:
		cause := f.cause(domain.Actor{Kind: domain.ActorUser, ID: holder.User.ID}, domain.ChannelPage, "renew "+holder.Hash)
		_, err := f.Desk.RenewLink(c.Request.Context(), cause, holder.User.ID)
		if err != nil && !domain.Final(err) {
			_ = f.problem(c.Request.Context(), err) // logs it
			answer.Standing = pages.Later
		}
	case pages.Later:
		answer.Standing = pages.Later
	default: // there is nothing to renew
	}
	f.answerActivation(c, answer, "")
}

func activated(view pages.Activation, holder TokenHolder) pages.Activation {
	view.Standing = pages.Activated
	view.Number, view.Extension = string(holder.User.Number), holder.User.Extension
	return view
}

// standing finds out where the link stands. For an unknown one nothing else is
// known, so that all of them look the same.
func (f *front) standing(c *gin.Context) (pages.Activation, TokenHolder) {
	holder, err := f.Desk.Token(c.Request.Context(), c.Param("token"))
	switch {
	case err != nil && domain.KindOf(err) == domain.Missing:
		return pages.Activation{Standing: pages.Unknown}, TokenHolder{}
	case err != nil:
		_ = f.problem(c.Request.Context(), err) // logs it
		return pages.Activation{Standing: pages.Later}, TokenHolder{}
	}
	u, firm := holder.User, holder.Company
	view := pages.Activation{
		Operator: firm.Policy.Operator, Brand: firm.Policy.Brand, Company: firm.Name, At: u.Link.ExpiresAt, Zone: zoneOf(holder),
		Standing: pages.Valid, Secrets: firm.Policy.Secrets,
	}
	switch u.StateAt(holder.Hash, f.cfg.Journal.Now()) {
	case user.LinkOver:
		view.Standing, view.RenewAt = pages.Expired, c.Request.URL.EscapedPath()+"/link"
	case user.LinkDone:
		view.Standing = pages.Used
	case user.LinkSuperseded:
		view.Standing, view.At = pages.Superseded, u.Link.IssuedAt
		switch {
		case u.Lifecycle == user.Active:
			view.Standing = pages.Used
		case view.At.IsZero(): // the newer one is still to be made
			view.Standing = pages.Renewed
		}
	case user.LinkOpen, user.LinkNone:
		view.Code = u.Link.Password
		view.Name, view.Number, view.Extension = u.Person.FirstName, string(u.Number), u.Extension
	}
	if u.Suspended && view.Standing != pages.Used {
		view = pages.Activation{Standing: pages.OnHold, Operator: view.Operator, Brand: view.Brand, Company: view.Company}
	}
	return view, holder
}

// zoneOf gives the time zone of the user's place, as the mail names it.
func zoneOf(holder TokenHolder) *time.Location {
	zone, err := siteZone(holder.Company, holder.User)
	if err != nil {
		return time.UTC
	}
	return zone
}

// activationFrame speaks the language that was asked for, else the user's, else
// the browser's. Links to other languages do not hold the token.
func (f *front) activationFrame(c *gin.Context, view pages.Activation, language string) pages.Frame {
	frame := pages.Frame{
		Voice:  f.texts.Voice(c.Query("lang"), language, c.GetHeader("Accept-Language")),
		Assets: f.files, Tags: f.texts.Tags(), Theme: f.files.Theme(view.Brand),
	}
	key := "activate." + string(view.Standing) + "-page"
	if view.Standing == pages.Valid {
		key = "activate.page"
	}
	frame.Title = frame.Say(key)
	return frame
}

func (f *front) answerActivation(c *gin.Context, view pages.Activation, language string) {
	frame := f.activationFrame(c, view, language)
	if view.RenewAt != "" {
		view.RenewAt += "?" + url.Values{"lang": {frame.Tag}}.Encode()
	}
	f.render(c, statusesOfStandings[view.Standing], pages.ActivationPage(frame, view))
}
