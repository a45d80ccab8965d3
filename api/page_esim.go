package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/projections"
)

// routesESIM registers what users do with an eSIM of their own (2.9).
func (f *front) routesESIM(me *gin.RouterGroup) {
	seen(me, "/esim", f.showESIM)
	me.POST("/esim", f.orderESIM)
	me.POST("/esim/:sim", f.showESIMCode)
}

// offersESIM tells whether a user's licence brings a SIM, by the policy's words.
func offersESIM(u user.State, firm company.State) bool {
	return len(firm.Policy.SIMs.Licences) > 0 && firm.Policy.SIMs.For(u.Licence)
}

func (f *front) showESIM(c *gin.Context) { f.answerESIM(c, http.StatusOK, nil) }

// answerESIM shows where the user's own eSIM stands, with a refusal above.
func (f *front) answerESIM(c *gin.Context, status int, refused *Problem) {
	ctx, visitor := c.Request.Context(), visitorOf(c)
	frame := f.sheet(c, "esim.title", visitor)
	frame.Back = "/me/esim"
	view := pages.ESIM{Operator: visitor.Company.Policy.Operator, Command: f.cfg.NewID()}
	rows, _, err := f.cfg.Views.SIMs(ctx, projections.SIMFilter{User: visitor.User.ID, Limit: mostOfUser})
	if err != nil {
		f.fail(c, err)
		return
	}
	for _, row := range rows {
		if row.Kind != sim.ESIM {
			continue
		}
		s, _, err := f.Desk.card(ctx, row.ID)
		if err != nil {
			f.fail(c, err)
			return
		}
		if s.User != visitor.User.ID || view.ID != "" && s.CodeShown {
			continue
		}
		view.ID, view.Ready, view.Shown, view.Cause = s.ID, s.Stage == sim.Active, s.CodeShown, ""
		if s.Work.Trouble != nil {
			view.Cause = s.Work.Trouble.Cause
		}
	}
	if err := visitor.User.MayHaveSIM(sim.ESIM, visitor.Company.Policy); err != nil {
		view.Why = wordedRefusal(frame.Voice, f.problem(ctx, err))
	}
	if refused != nil {
		frame.Fault = wordedRefusal(frame.Voice, refused)
	}
	f.render(c, status, pages.ESIMPage(frame, view))
}

func (f *front) orderESIM(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	me := visitorOf(c).User.ID
	cause.Actor = domain.Actor{Kind: domain.ActorUser, ID: me}
	done, err := f.Desk.OrderOwnESIM(c.Request.Context(), cause, me)
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerESIM(c, p.Status, p)
		return
	}
	f.goOn(c, done.Position, "/me/esim?done=esim")
}

// showESIMCode shows the code in the answer to the command itself: it stands at
// no address that could be opened again.
func (f *front) showESIMCode(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	visitor := visitorOf(c)
	cause.Actor = domain.Actor{Kind: domain.ActorUser, ID: visitor.User.ID}
	text, err := f.Desk.ShowESIM(c.Request.Context(), cause, visitor.User.ID, c.Param("sim"))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerESIM(c, p.Status, p)
		return
	}
	code, err := pages.NewCode(visitor.Company.Policy.Operator, text)
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.sheet(c, "esim.title", visitor)
	frame.Back = "/me/esim"
	f.render(c, http.StatusOK, pages.ESIMCodePage(frame, code))
}
