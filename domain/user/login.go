package user

import (
	"slices"
	"time"

	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// LoginName gives what the user is told to log in with: the first of the
// policy's names that the user has, "" where there is none.
func (s State) LoginName(rules policy.Policy) string {
	for _, kind := range rules.Usual().Login.Names {
		if name := s.loginName(kind); name != "" {
			return name
		}
	}
	return ""
}

func (s State) loginName(kind string) string {
	switch kind {
	case policy.LoginEmail:
		return s.Person.Email
	case policy.LoginNumber:
		return string(s.Number)
	case policy.LoginUsername:
		return s.Credential.Username
	}
	return ""
}

// LogsInBy tells whether the policy lets the user log in by a kind of name.
func (s State) LogsInBy(kind string, rules policy.Policy) bool {
	return slices.Contains(rules.Usual().Login.Names, kind)
}

// NeedsUsername tells whether the user is to have a name to log in with and has none.
func (s State) NeedsUsername(rules policy.Policy) bool {
	return s.LogsInBy(policy.LoginUsername, rules) && s.Credential.Username == ""
}

// MustRename tells whether the first login changes the user name, too (0.3).
func (s State) MustRename(rules policy.Policy) bool {
	c := s.Credential
	return rules.Login.ChangeUsername && c.State == CredentialTemporary && c.SetAt.IsZero()
}

// Demand is what has to be done behind a login before anything else.
type Demand string

// The demands.
const (
	DemandNothing  Demand = ""
	DemandPassword Demand = "password" // temporary or expired: change it
	DemandEmail    Demand = "email"    // name an address for resets
	DemandMobile   Demand = "mobile"   // prove to hold the mobile
)

// Demands tells what a user who has logged in has to do first (4.6, 4.7).
func (s State) Demands(firm company.State, at time.Time) Demand {
	switch s.Credential.StateAt(at) {
	case CredentialTemporary, CredentialOver:
		return DemandPassword
	case CredentialNone, CredentialChosen, CredentialLocked:
	}
	if firm.Policy.Email == policy.EmailAtFirstLogin && s.Person.Email == "" {
		return DemandEmail
	}
	unproven := s.Lifecycle == Active && !s.Verification.Verified && mobileFor(s.Licence, firm.Policy)
	if unproven || s.standsAt(policy.StepMobile) {
		return DemandMobile
	}
	return DemandNothing
}
