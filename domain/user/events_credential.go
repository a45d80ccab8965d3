package user

import "time"

// UsernameSet says by which name the user logs in; the claim keeps it the
// user's alone.
type UsernameSet struct {
	Claim    string    `json:"claim"`
	Personal *Username `json:"personal,omitempty"`
}

// Username is a name to log in with.
type Username struct {
	Username string `json:"username"`
}

// CredentialIssued says that the user has a temporary password, which must be
// changed at the first login; whatever was there before no longer works. The
// password and the passcode themselves are nowhere: they are derived again from
// the server's key and the id, or the hash of what was chosen stands here (4.9).
type CredentialIssued struct {
	ID        string    `json:"id"` // id of this event
	Key       string    `json:"key"`
	Way       string    `json:"way"`                // mail, sms or hand
	Passcode  int       `json:"passcode,omitempty"` // its digits, 0: there is none
	ExpiresAt time.Time `json:"expiresAt"`

	Chosen   bool           `json:"chosen,omitempty"` // by who issued it: what is derived does not count
	Personal *CredentialSum `json:"personal,omitempty"`
}

// PasswordChanged says that the user has chosen a password.
type PasswordChanged struct {
	Age
	Reset    string         `json:"reset,omitempty"` // the reset link it came by
	Personal *CredentialSum `json:"personal,omitempty"`
}

// Age is how long a password lives; empty: for ever.
type Age struct {
	ExpiresAt *time.Time  `json:"expiresAt,omitempty"`
	RemindAt  []time.Time `json:"remindAt,omitempty"` // earliest first
}

// PINChanged says that the user has chosen a PIN.
type PINChanged struct {
	Personal *CredentialSum `json:"personal,omitempty"`
}

// PasswordReminded says that the user was reminded of the password's end.
type PasswordReminded struct {
	ExpiresAt time.Time `json:"expiresAt"`
}

// PasswordExpired says that the password's life is over: it lets in once more,
// to be changed.
type PasswordExpired struct{}

// ResetRequested says that a link by which the password can be reset was asked for.
type ResetRequested struct {
	ID        string    `json:"id"` // id of this event
	Key       string    `json:"key"`
	Hash      string    `json:"hash"` // hex SHA-256 of the token
	ExpiresAt time.Time `json:"expiresAt"`
}

// ResetMissed says that a reset was asked for and there is no address to mail
// it to: somebody else has to help.
type ResetMissed struct {
	Responsible string `json:"responsible"` // admin, or operator where the user is the admin
}

// LoggedIn says that the user has logged in.
type LoggedIn struct {
	Method string `json:"method"` // password, temporary or reset
}

// LoginLocked says that too many logins failed: nobody can log in as this user
// until an admin resets the account.
type LoginLocked struct {
	Failures int `json:"failures"`
}

// LoginUnlocked says that the user can log in again.
type LoginUnlocked struct{}

// AdminGranted says that the user administers the company.
type AdminGranted struct{}

// AdminRevoked says that the user no longer administers the company.
type AdminRevoked struct{}

// The purposes of messages about credentials.
const (
	PurposeUsername        = "credentials-username"
	PurposePassword        = "credentials-password"
	PurposeBoth            = "credentials-both"
	PurposeReset           = "password-reset"
	PurposeUsernameAsked   = "username-reminder"
	PurposePasswordChanged = "password-changed"
	PurposePINChanged      = "pin-changed"
	PurposeEmailChanged    = "email-changed"
	PurposeUsernameChanged = "username-changed"
	PurposeNumberChanged   = "number-changed"
	PurposeMobileChanged   = "mobile-changed"
	PurposeAdminGranted    = "admin-granted"
	PurposeAdminRevoked    = "admin-revoked"
	PurposeVerifyMobile    = "verify-mobile"
	PurposeLocked          = "login-locked"
	PurposeExpires         = "password-expires"
	PurposeExpired         = "password-expired"
)

// Type is the wire name.
func (UsernameSet) Type() string { return "user.username-set.v1" }

// Type is the wire name.
func (CredentialIssued) Type() string { return "user.credential-issued.v1" }

// Type is the wire name.
func (PasswordChanged) Type() string { return "user.password-changed.v1" }

// Type is the wire name.
func (PINChanged) Type() string { return "user.pin-changed.v1" }

// Type is the wire name.
func (PasswordReminded) Type() string { return "user.password-reminded.v1" }

// Type is the wire name.
func (PasswordExpired) Type() string { return "user.password-expired.v1" }

// Type is the wire name.
func (ResetRequested) Type() string { return "user.reset-requested.v1" }

// Type is the wire name.
func (ResetMissed) Type() string { return "user.reset-missed.v1" }

// Type is the wire name.
func (LoggedIn) Type() string { return "user.logged-in.v1" }

// Type is the wire name.
func (LoginLocked) Type() string { return "user.login-locked.v1" }

// Type is the wire name.
func (LoginUnlocked) Type() string { return "user.login-unlocked.v1" }

// Type is the wire name.
func (AdminGranted) Type() string { return "user.admin-granted.v1" }

// Type is the wire name.
func (AdminRevoked) Type() string { return "user.admin-revoked.v1" }
