package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/user"
)

// onPhone carries a command on a desk phone out and leads back to its page.
func (f *front) onPhone(c *gin.Context, name string, command func(context.Context) (Done, error)) {
	done, err := command(c.Request.Context())
	if err != nil {
		f.refusePhone(c, err)
		return
	}
	f.goOn(c, done.Position, phonePage(done.ID)+"?done=phone-"+name)
}

// refusePhone shows the phone's page with a refusal above.
func (f *front) refusePhone(c *gin.Context, err error) {
	p := f.problem(c.Request.Context(), err)
	if p.Status == http.StatusNotFound {
		f.fail(c, err)
		return
	}
	f.answerPhone(c, p.Status, p)
}

// givePhone gives the phone to a user, or with no user to nobody.
func (f *front) givePhone(c *gin.Context) {
	values, cause, err := f.commanded(c, "user")
	if err != nil {
		f.fail(c, err)
		return
	}
	name := "given"
	if values.Get("user") == "" {
		name = "taken"
	}
	f.onPhone(c, name, func(ctx context.Context) (Done, error) {
		return f.Desk.GiveDevice(ctx, cause, c.Param("id"), values.Get("user"))
	})
}

// issuePhoneAddress shows the new address of a phone's configuration. The same form
// sent again shows the same address.
func (f *front) issuePhoneAddress(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	address, err := f.Desk.IssueAddress(c.Request.Context(), cause, c.Param("id"))
	if err != nil {
		f.refusePhone(c, err)
		return
	}
	frame := f.frame(c, "phones.address", "companies")
	frame.Back = phonePage(address.ID)
	f.render(c, http.StatusOK, pages.PhoneAddressPage(frame, address.ID, address.Folder, address.File))
}

// issuePhoneLogin shows a new login for the phone of whoever has it.
func (f *front) issuePhoneLogin(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	ctx := c.Request.Context()
	phone, _, err := f.Desk.phone(ctx, c.Param("id"))
	if err == nil && phone.User == "" {
		err = domain.Faultf(domain.Refused, "no-user-yet", "nobody has the phone; give it to a user first")
	}
	var login DeviceLogin
	if err == nil {
		login, err = f.Desk.IssueDeviceLogin(ctx, cause, phone.User)
	}
	if err != nil {
		f.refusePhone(c, err)
		return
	}
	f.showDeviceLogin(c, login)
}

// showDeviceLogin shows a desk phone's login, once.
func (f *front) showDeviceLogin(c *gin.Context, login DeviceLogin) {
	frame := f.frame(c, "phone.title", "users")
	frame.Back = userPage(login.ID)
	f.render(c, http.StatusOK, pages.PhoneLoginPage(frame, login.ID, login.Username, login.Password, login.Domain, login.Transport))
}

// purposeOrdered is what the first login of an ordered user's desk phone is issued for.
const purposeOrdered = "login of the phone"

// ordered leads to a user who was ordered. Where the user has a desk phone its login
// is shown on the way, to be noted (1.12); what cannot be issued now is issued on
// the user's page.
func (f *front) ordered(c *gin.Context, cause domain.Cause, done Done) {
	if state := user.Fold(done.Facts); state.HasDeskPhone() && state.HasLine() {
		login, err := f.Desk.IssueDeviceLogin(c.Request.Context(), cause.For(purposeOrdered), done.ID)
		if err == nil && user.Fold(login.Facts).Login.Username == login.Username {
			f.showDeviceLogin(c, login)
			return
		}
	}
	f.goOn(c, done.Position, userPage(done.ID)+"?done=user")
}

func (f *front) endPhone(c *gin.Context) {
	values, cause, err := f.commanded(c, "confirm")
	if err == nil && values.Get("confirm") != "yes" {
		err = domain.Faultf(domain.Invalid, "unconfirmed", "nothing was deleted: tick the box to confirm")
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.onPhone(c, "removed", func(ctx context.Context) (Done, error) { return f.Desk.RemoveDevice(ctx, cause, c.Param("id")) })
}
