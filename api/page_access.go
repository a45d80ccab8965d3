package api

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/policy"
)

// routesAccess registers what the back-office and admins do with a user's login
// and rights.
func (f *front) routesAccess(desk *gin.RouterGroup) {
	desk.POST("/users/:id/credential", f.issueCredential)
	desk.POST("/users/:id/unlock", f.act("unlock", f.Desk.UnlockLogin))
	desk.POST("/users/:id/admin", f.act("grant", f.Desk.GrantAdmin))
	desk.POST("/users/:id/admin/revoke", f.act("revoke", f.Desk.RevokeAdmin))
}

// issueCredential gives a user a temporary password. One that goes by hand is
// shown, once: the same form sent again does not tell it.
func (f *front) issueCredential(c *gin.Context) {
	values, cause, err := f.commanded(c, "way", "password", "passwordAgain")
	if err != nil {
		f.fail(c, err)
		return
	}
	var secret Secret
	if err = typedTwice(values); err == nil {
		secret, err = f.Desk.IssueCredential(c.Request.Context(), cause, c.Param("id"), SecretForm{Way: values.Get("way"), Password: values.Get("password")})
	}
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerUser(c, p.Status, p)
		return
	}
	if secret.Way != policy.ByHand {
		f.goOn(c, secret.Position, "/users/"+secret.ID+"?done=credential")
		return
	}
	frame := f.frame(c, "secret.title", "users")
	frame.Back = "/users/" + secret.ID
	f.render(c, http.StatusOK, pages.SecretPage(frame, pages.Secret{
		User: secret.ID, LoginName: secret.LoginName, Password: secret.Password, Passcode: secret.Passcode, Chosen: secret.Chosen,
	}))
}

// typedTwice judges the fields of a password that is chosen: an empty one would
// be drawn.
func typedTwice(values url.Values) error {
	if !values.Has("password") {
		return nil
	}
	var c domain.Check
	c.Need(values.Get("password") != "", "/password", "missing", "is needed")
	c.Need(values.Get("passwordAgain") == values.Get("password"), "/passwordAgain", "differs", "is not the same password")
	return c.Err()
}
