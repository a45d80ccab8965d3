package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
)

func (f *front) showMobile(c *gin.Context) { f.askMobile(c, http.StatusOK, nil) }

// askMobile shows where the verification of the mobile stands: the number, a
// button that sends a code, and the field for it.
func (f *front) askMobile(c *gin.Context, status int, err error) {
	visitor := visitorOf(c)
	v := visitor.User.Verification
	frame := f.sheet(c, "mobile.title", visitor)
	sheet := pages.Mobile{
		Operator: visitor.Company.Policy.Operator, Number: visitor.User.Person.Mobile, Command: f.cfg.NewID(),
		Sent: v.Code.ID != "" && v.Missed < v.Code.Guesses && f.cfg.Journal.Now().Before(v.Code.ExpiresAt), Verified: v.Verified,
	}
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		sheet.Faults = wordedFaults(frame.Voice, p)
		if _, ofCode := sheet.Faults["/code"]; len(sheet.Faults) == 0 || ofCode && !sheet.Sent { // its field is gone
			frame.Fault = wordedRefusal(frame.Voice, p)
		}
	}
	f.render(c, status, pages.MobilePage(frame, sheet))
}

// sendCode sends a code to the mobile, which can be named with it where there is none.
func (f *front) sendCode(c *gin.Context) {
	values, cause, err := f.commanded(c, "mobile")
	if err != nil {
		f.fail(c, err)
		return
	}
	visitor := visitorOf(c)
	_, err = f.Desk.RequestMobileCode(c.Request.Context(), cause, visitor.User.ID, values.Get("mobile"))
	switch status := statusOf(err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/me/mobile?done=code")
	case status < http.StatusInternalServerError:
		f.askMobile(c, status, err)
	default:
		f.fail(c, err)
	}
}

func (f *front) takeMobile(c *gin.Context) {
	values, cause, err := f.commanded(c, "code")
	if err != nil {
		f.fail(c, err)
		return
	}
	cause.Command = f.cfg.NewID() // each guess counts, also those made by the same form at the same time
	id := visitorOf(c).User.ID
	if _, err = f.Desk.VerifyMobile(c.Request.Context(), cause, id, values.Get("code")); err != nil {
		if !domain.Final(err) {
			f.fail(c, err)
			return
		}
		f.refresh(c, id)
		f.askMobile(c, http.StatusUnprocessableEntity, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/me?done=mobile")
}

// refresh looks at the visitor again after a command that was refused.
func (f *front) refresh(c *gin.Context, id string) {
	if state, firm, err := f.Desk.subject(c.Request.Context(), id); err == nil {
		c.Set(visitorKey, Visitor{User: state, Company: firm})
	}
}
