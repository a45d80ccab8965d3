package activities

import (
	"strings"
	"time"

	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// withSecrets puts into a message what it tells of passwords and logins. What is
// secret is derived here, and is nowhere else.
func (u *Users) withSecrets(s subject, m user.Message, data TextData) TextData {
	state, rules := s.state, s.firm.Policy
	c, origin := state.Credential, strings.TrimRight(u.PublicURL, "/")
	data.Username, data.LoginURL, data.At = state.LoginName(rules), origin+"/login", m.RequestedAt
	switch {
	case m.Purpose == user.PurposeUsernameChanged:
		data.Username = c.Username
	case m.Purpose == user.PurposeLinkPassword:
		data.Password = user.LinkPassword(u.LinkKey, state.ID, m.Link)
	case m.Purpose == user.PurposeReset && m.Credential == c.Reset.ID:
		data.Link = origin + "/reset/" + user.ResetToken(u.LinkKey, state.ID, c.Reset.ID)
		data.ExpiresAt, data.Minutes = c.Reset.ExpiresAt, int(user.ResetValid.Minutes())
	case m.Credential != "" && m.Credential == c.Temporary.ID:
		data.ExpiresAt, data.ByHand = c.Temporary.ExpiresAt, c.Temporary.Way == policy.ByHand
		if m.Purpose != user.PurposeUsername {
			data.Password = user.TemporaryPassword(u.LinkKey, state.ID, c.Temporary.ID)
			if c.Temporary.Passcode > 0 {
				data.Passcode = user.TemporaryPasscode(u.LinkKey, state.ID, c.Temporary.ID, c.Temporary.Passcode)
			}
		}
		if m.Purpose == user.PurposeBoth && m.Channel == user.SMS && data.Brand.InfoURL == "" {
			data.Brand.InfoURL = data.LoginURL // where both come in one SMS, it says where to go with them
		}
	case m.Purpose == user.PurposeMobileCode && m.Credential == state.Verification.Code.ID:
		code := state.Verification.Code
		data.Code = user.MobileCode(u.LinkKey, state.ID, code)
		data.Minutes = int(code.ExpiresAt.Sub(m.RequestedAt).Round(time.Minute).Minutes())
	case m.Purpose == user.PurposeExpires && c.ExpiresAt != nil:
		data.ExpiresAt = *c.ExpiresAt
		data.Days = int((c.ExpiresAt.Sub(u.Journal.Now()) + 12*time.Hour) / (24 * time.Hour))
	}
	return data
}
