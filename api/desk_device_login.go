package api

import (
	"cmp"
	"context"
	"crypto/hmac"
	"regexp"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// DeviceLogin is what a desk phone logs in with. The password is told this once.
type DeviceLogin struct {
	Done
	Username, Password, Domain, Transport string
}

// IssueDeviceLogin gives a desk phone a new login, with another name; the one
// before no longer works.
func (d *Desk) IssueDeviceLogin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (DeviceLogin, error) {
	return d.issueLogin(ctx, cause, id, "", policy.Policy{}, options...)
}

// issueLogin issues a login with a chosen password, "" for a drawn one.
func (d *Desk) issueLogin(ctx context.Context, cause domain.Cause, id, chosen string, rules policy.Policy, options ...eventstore.Option) (DeviceLogin, error) {
	stream := user.Stream(id)
	issued := domain.EventID(stream, cause.Command, 0)
	login := DeviceLogin{
		Username: user.DeviceUsername(d.cfg.DeviceKey, id, issued),
		Password: cmp.Or(chosen, user.DevicePassword(d.cfg.DeviceKey, issued)),
		Domain:   d.cfg.SIPDomain, Transport: d.cfg.SIPTransport,
	}
	issue := user.IssueDeviceLogin{
		Username: login.Username, Realm: login.Domain, Chosen: chosen != "", Policy: rules,
		HA1: user.HA1(login.Username, login.Domain, login.Password),
	}
	result, err := d.journal.Execute(ctx, stream, cause, issue.Decide, options...)
	if err != nil {
		return DeviceLogin{}, err
	}
	login.Done = done(id, result)
	return login, nil
}

// purposeBehind is what a login is issued for that takes the place of one which a
// phone knows that is no longer the user's (1.16).
const purposeBehind = "login behind another phone"

// behindPhone replaces the login of a user whose phone was changed by a command, so
// that the phone before no longer registers with it.
func (d *Desk) behindPhone(ctx context.Context, cause domain.Cause, changed Done) (Done, error) {
	if state := user.Fold(changed.Facts); !state.LoginElsewhere || !state.Exists() || !state.HasLine() {
		return changed, nil
	}
	login, err := d.IssueDeviceLogin(ctx, cause.For(purposeBehind), changed.ID)
	return login.Done, err
}

// loginBehind gives the login that a command has issued behind another phone; false
// where it has issued none, or another one stands by now.
func (d *Desk) loginBehind(cause domain.Cause, changed Done) (DeviceLogin, bool) {
	state := user.Fold(changed.Facts)
	issued := domain.EventID(user.Stream(changed.ID), cause.For(purposeBehind).Command, 0)
	return DeviceLogin{
		Done: changed, Username: state.Login.Username, Password: d.derived(state), Domain: state.Login.Realm, Transport: d.cfg.SIPTransport,
	}, state.LoginID == issued
}

// LoginsForm asks for new logins of several users' desk phones (1.17, 1.18).
type LoginsForm struct {
	Users    []string `json:"users" minItems:"1" maxItems:"200" doc:"Ids; one that is named twice counts once"`
	Password string   `json:"password,omitempty" maxLength:"100" writeOnly:"true" doc:"Chosen for all of them, where the operator's policy allows it; without it each is drawn"`
}

// IssuedLogin is what became of one user's login: the login, or Err.
type IssuedLogin struct {
	DeviceLogin
	User user.State // with the id that was asked for only, where there is no such user
	Err  error
}

// IssueDeviceLogins gives the desk phones of several users new logins, each by a
// command of its own: what one is refused does not concern the others. The same
// command again finds the same logins.
func (d *Desk) IssueDeviceLogins(ctx context.Context, cause domain.Cause, companyID string, form LoginsForm) ([]IssuedLogin, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return nil, err
	}
	cause.Policy = firm.Policy.Stamp()
	rows, err := d.loginRows(ctx, firm, form.Users)
	if err != nil {
		return nil, err
	}
	if form.Password != "" {
		if err := weighDevicePassword(firm, form.Password, rows); err != nil {
			return nil, err
		}
	}
	for n := range rows {
		if row := &rows[n]; row.Err == nil {
			row.DeviceLogin, row.Err = d.issueLogin(ctx, cause.For("login of "+row.User.ID), row.User.ID, form.Password, firm.Policy)
			row.judge()
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// loginRows finds the users, each once. Another company's user is not there.
func (d *Desk) loginRows(ctx context.Context, firm company.State, ids []string) ([]IssuedLogin, error) {
	var rows []IssuedLogin
	for _, id := range ids {
		id = strings.TrimSpace(id)
		if slices.ContainsFunc(rows, func(row IssuedLogin) bool { return row.User.ID == id }) {
			continue
		}
		h, err := d.journal.Load(ctx, user.Stream(id))
		if err != nil {
			return nil, err
		}
		row := IssuedLogin{User: user.Fold(h.Facts)}
		if row.User.ID == "" || row.User.Company != firm.ID {
			row.User, row.Err = user.State{ID: id}, noUser()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// judge looks at what a command has done, perhaps when it was given before: only
// a login that still stands, and with this password, is told.
func (row *IssuedLogin) judge() {
	if row.Err != nil {
		return
	}
	state := user.Fold(row.Facts)
	const algorithm = "SHA-256"
	right := user.HA1(row.Username, row.Domain, row.Password)[algorithm]
	switch stands := state.Login.Personal; {
	case state.Login.Username != row.Username || stands == nil:
		row.Err = domain.Faultf(domain.Conflict, "login-replaced", "a newer login has taken the place of this one")
	case !hmac.Equal([]byte(right), []byte(stands.HA1[algorithm])):
		row.Err = domain.Faultf(domain.Conflict, "other-password", "the login was issued with another password before")
	default:
		row.User = state
		return
	}
	row.DeviceLogin = DeviceLogin{}
}

// devicePassword is what can be typed into any phone, and opened in any
// spreadsheet as it is.
var devicePassword = regexp.MustCompile(`^[0-9A-Za-z][!-~]*$`)

// weighDevicePassword judges a password that an admin has chosen by the rules for
// the users' own, and as one that none of them is to be guessed by.
func weighDevicePassword(firm company.State, password string, rows []IssuedLogin) error {
	if !firm.Policy.ChoosesDevicePasswords() {
		return domain.Faultf(domain.Refused, "generated-only", "passwords of desk phones are drawn by this operator's policy; none can be chosen")
	}
	var c domain.Check
	c.Need(devicePassword.MatchString(password), "/password", "device-password", "begins with a letter or digit and has no spaces and no letters beyond a to z")
	wrong := c.Err()
	for _, row := range rows {
		if err := checkPassword(row.User, firm, password, password); err != nil {
			return merged(wrong, err)
		}
	}
	return wrong
}
