package user

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// CredentialState is where a user's password stands.
type CredentialState string

// The states of a password.
const (
	CredentialNone      CredentialState = "none"
	CredentialTemporary CredentialState = "temporary" // must be changed at the login
	CredentialChosen    CredentialState = "set"
	CredentialOver      CredentialState = "expired" // must be changed at the login
	CredentialLocked    CredentialState = "locked"  // as it is shown, whatever else is
)

// handOver is the cause of a step that waits for a hand.
const handOver = "hand-over"

// Credential is what the user logs in with.
type Credential struct {
	Age
	State     CredentialState
	SetAt     time.Time
	Question  string
	Sum       CredentialSum
	Username  string
	Temporary CredentialIssued // the last one
	Reset     ResetRequested   // the last one; ID "" once it is used or void
	ResetUsed string           // hash of the token of the reset link by which the password was set
	SelfReset SelfReset
	Reminded  int // how many reminders of RemindAt have been sent
	Locked    bool
	HelpFrom  string // who was asked for help since a reset could not be mailed
	HelpSince time.Time
	LoggedIn  time.Time
	Since     time.Time // of the last change: sessions that began before it are over
	Admin     bool
}

// Shown is the state as it is shown to people and programs.
func (c Credential) Shown() CredentialState {
	switch {
	case c.Locked:
		return CredentialLocked
	case c.State == "":
		return CredentialNone
	}
	return c.State
}

// StateAt tells where the password stands at a moment, whether or not its end
// has been noted yet.
func (c Credential) StateAt(at time.Time) CredentialState {
	if c.State == CredentialChosen && c.ExpiresAt != nil && !at.Before(*c.ExpiresAt) {
		return CredentialOver
	}
	return c.State
}

// credentials applies the facts of logins and passwords.
func credentials(s State, f domain.Fact) State {
	s = s.turned(f)
	c := &s.Credential
	switch e := f.Event.(type) {
	case UsernameSet:
		s.loosen(s.Claims.Username)
		s.Claims.Username = e.Claim
		if e.Personal != nil {
			c.Username = e.Personal.Username
		}
	case CredentialIssued:
		s = s.hushCredential(e.ID)
		c = &s.Credential
		c.issue(e)
		s = s.credentialsWait()
	case CredentialSet:
		s = s.hushCredential("")
		c = &s.Credential
		c.choose(f.At, e.Age)
		c.Question, c.ResetUsed = e.Question, ""
		if e.Personal != nil {
			c.Sum = *e.Personal
		}
	case PasswordChanged:
		s = s.hushCredential("")
		c = &s.Credential
		c.ResetUsed = ""
		if e.Reset != "" && e.Reset == c.Reset.ID {
			c.ResetUsed, c.SelfReset.Outcome = c.Reset.Hash, ResetUsed
		}
		c.choose(f.At, e.Age)
		if e.Personal != nil {
			c.Sum.Password = e.Personal.Password
		}
	case PINChanged:
		if e.Personal != nil {
			c.Sum.PIN = e.Personal.PIN
		}
	case PasswordReminded:
		c.Reminded++
	case PasswordExpired:
		c.State = CredentialOver
	case ResetRequested:
		s = s.hushCredential(c.Temporary.ID)
		s.Credential.Reset, s.Credential.SelfReset = e, SelfReset{ID: e.ID, At: f.At, Outcome: ResetAsked}
	case ResetMissed:
		c.HelpFrom, c.HelpSince, c.SelfReset = e.Responsible, f.At, SelfReset{At: f.At, Outcome: ResetUnreached}
	case LoggedIn:
		c.LoggedIn = f.At
	case LoginLocked:
		c.Locked = true
	case LoginUnlocked:
		c.Locked = false
	case AdminGranted:
		c.Admin = true
	case AdminRevoked:
		c.Admin = false
	default:
		return verifications(s, f)
	}
	return s
}

// turned applies what facts of passwords have in common: sessions from before are
// over, reminders of the password before are void, and what is sent counts as help.
func (s State) turned(f domain.Fact) State {
	switch e := f.Event.(type) {
	case CredentialIssued:
		if e.Way != policy.ByHand {
			s = s.helped(f.At)
		}
		s.Credential.Since = f.At
	case CredentialSet, PasswordChanged:
		s.Credential.Since = f.At
	case LoginLocked:
		s.Credential.Since = f.At
		return s
	case PasswordReminded, PasswordExpired:
	default:
		return s
	}
	return s.hushReminders()
}

// issue makes the password a temporary one.
func (c *Credential) issue(e CredentialIssued) {
	c.State, c.Temporary, c.Age, c.Reminded = CredentialTemporary, e, Age{ExpiresAt: &e.ExpiresAt}, 0
	c.Locked, c.Reset, c.HelpFrom, c.HelpSince = false, ResetRequested{}, "", time.Time{}
	c.Sum.Password = ""
	if e.Personal != nil {
		c.Sum.Password = e.Personal.Password
	}
	c.Temporary.Personal = nil
}

// choose makes the password one that the user has chosen.
func (c *Credential) choose(at time.Time, age Age) {
	c.State, c.SetAt, c.Age, c.Reminded = CredentialChosen, at, age, 0
	c.Locked, c.Reset, c.HelpFrom, c.HelpSince = false, ResetRequested{}, "", time.Time{}
}

// to gives the address a message was requested for, "" for the user's own.
func (e MessageRequested) to() string {
	if e.Personal == nil {
		return ""
	}
	return e.Personal.To
}

// hushCredential lets the messages about other temporary passwords and resets
// than this one not be sent any more.
func (s State) hushCredential(id string) State {
	return s.withdraw(func(m *Message) bool {
		return m.Credential != "" && m.Credential != id && m.Purpose != PurposeMobileCode
	})
}

// hushReminders lets what was told of the end of the password before not be sent
// any more: it would count the days to another end.
func (s State) hushReminders() State {
	return s.withdraw(func(m *Message) bool { return m.remindsOfEnd() })
}

// remindsOfEnd tells whether the message is about the end of a password.
func (m Message) remindsOfEnd() bool {
	return m.Purpose == PurposeExpires || m.Purpose == PurposeExpired
}

// credentialsWait makes the credentials' step wait for the messages that carry
// them, or for the hand that gives them.
func (s State) credentialsWait() State {
	issued := s.Credential.Temporary
	if s.current().Name != policy.StepCredentials || s.current().State != Waiting {
		return s
	}
	return s.withStep(policy.StepCredentials, func(step *Step) {
		*step = Step{Name: step.Name, State: Waiting, Cause: "message-queued", Responsible: issued.Way, Attempts: step.Attempts + 1, Deadline: &issued.ExpiresAt}
	})
}

// reachable lets the credentials' step be tried again once there is another
// address or mobile.
func (s State) reachable(e DetailsChanged) State {
	if e.Personal == nil || e.Personal.Email == nil && e.Personal.Mobile == nil || s.current().Cause != handOver {
		return s
	}
	return s.withStep(policy.StepCredentials, func(step *Step) {
		if step.State == Waiting {
			*step = Step{Name: step.Name, State: Waiting, Attempts: step.Attempts}
		}
	})
}

// ageOf gives the life of a password that is set at a moment.
func ageOf(rules policy.Credentials, at time.Time) Age {
	if rules.MaxAge == 0 {
		return Age{}
	}
	end := at.Add(rules.MaxAge.Std())
	age := Age{ExpiresAt: &end}
	for _, before := range rules.RemindBefore {
		if remind := end.Add(-before.Std()); remind.After(at) {
			age.RemindAt = append(age.RemindAt, remind)
		}
	}
	return age
}
