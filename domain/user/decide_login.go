package user

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// LogIn is the command of a user whose password was right.
type LogIn struct {
	Method string // password, temporary or reset
}

// Decide notes the login.
func (in LogIn) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := s.mayLogIn(); err != nil {
		return nil, err
	}
	return []domain.Event{LoggedIn(in)}, nil
}

// mayLogIn tells why nobody can log in as this user, nil if the user can.
func (s State) mayLogIn() error {
	switch {
	case !s.Exists():
		return gone()
	case s.Suspended:
		return domain.Faultf(domain.Denied, "suspended", "the account is suspended; ask your administrator")
	case s.Credential.Locked:
		return domain.Faultf(domain.Denied, "login-locked", "too many logins failed; ask your administrator to reset the account")
	}
	return nil
}

// ChangePassword is the command of a user who has chosen a password, of which
// only the hash arrives here; with a new user name where the policy wants that.
type ChangePassword struct {
	At              time.Time
	Policy          policy.Policy
	Sum             string // argon2id in PHC form
	Username, Claim string
	Reset           string // the hash of the reset link's token it came by, "" at a login
}

// Decide changes the password and tells the user.
func (in ChangePassword) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	reset := ""
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, domain.Faultf(domain.Refused, "suspended", "the account is suspended; ask your administrator")
	case in.Reset != "":
		if err := s.ResetUsable(in.Reset, in.At); err != nil {
			return nil, err
		}
		reset = s.Credential.Reset.ID
	case s.Credential.Locked:
		return nil, domain.Faultf(domain.Denied, "login-locked", "too many logins failed; ask your administrator to reset the account")
	}
	changed := PasswordChanged{Age: ageOf(in.Policy.Credentials, in.At), Reset: reset, Personal: &CredentialSum{Password: in.Sum}}
	events := []domain.Event{changed}
	if in.Claim != "" && in.Claim != s.Claims.Username {
		events = append(events, UsernameSet{Claim: in.Claim, Personal: &Username{Username: in.Username}})
	}
	if s.standsAt(policy.StepCredentials) {
		events = append(events, s.stepDone(policy.StepCredentials)...)
	}
	return append(events, s.notice(PurposePasswordChanged, history)...), nil
}

// ChangePIN is the command of a user who has chosen another PIN.
type ChangePIN struct {
	Sum string // argon2id in PHC form
}

// Decide changes the PIN and tells the user, which guide 4 leaves out (4.17).
func (in ChangePIN) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := s.mayLogIn(); err != nil {
		return nil, err
	}
	return append([]domain.Event{PINChanged{Personal: &CredentialSum{PIN: in.Sum}}}, s.notice(PurposePINChanged, history)...), nil
}

// LockLogin is the command that ends guessing.
type LockLogin struct{ Failures int }

// Decide locks the login and tells the user.
func (in LockLogin) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Credential.Locked {
		return nil, nil
	}
	return append([]domain.Event{LoginLocked(in)}, s.notice(PurposeLocked, history)...), nil
}

// UnlockLogin is the command of an admin or the back-office that lets a user
// log in again with the password there is.
type UnlockLogin struct{}

// Decide unlocks the login.
func (UnlockLogin) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case !s.Credential.Locked:
		return nil, nil
	}
	return []domain.Event{LoginUnlocked{}}, nil
}

// SetAdmin is the command that makes a user an admin of the company, or no
// longer one (3.9).
type SetAdmin struct {
	Admin  bool
	Actor  domain.Actor
	Policy policy.Policy
}

// Decide grants or revokes (rules 1.7, X9), and tells the user.
func (in SetAdmin) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Credential.Admin == in.Admin:
		return nil, nil
	}
	if err := mayTouch(s, in.Actor, in.Policy); err != nil {
		return nil, err
	}
	if in.Admin {
		return append([]domain.Event{AdminGranted{}}, s.toldOfAdmin(PurposeAdminGranted, history)...), nil
	}
	return append([]domain.Event{AdminRevoked{}}, s.toldOfAdmin(PurposeAdminRevoked, history)...), nil
}
