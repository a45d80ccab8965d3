package user

import (
	"strconv"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// ResetValid is how long a link lives by which a password is reset.
const ResetValid = time.Hour

// RequestReset is the command of somebody who says to be the user and to have
// forgotten the password.
type RequestReset struct {
	Cause domain.Cause
	Mint  Mint
}

// Decide asks for the mail with the link. Without an address the admin has to
// help (4.13), and the operator where the user is the admin (4.14). Asking again
// before the link is over is nothing, so that nobody's mailbox is filled.
func (in RequestReset) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	at := in.Cause.At
	switch {
	case !s.Exists(), s.Suspended, s.Credential.Shown() == CredentialNone:
		return nil, nil
	case s.Person.Email == "":
		responsible := "admin"
		if s.Credential.Admin {
			responsible = "operator"
		}
		if s.Credential.HelpFrom == responsible {
			return nil, nil
		}
		return []domain.Event{ResetMissed{Responsible: responsible}}, nil
	case s.Credential.Reset.ID != "" && at.Before(s.Credential.Reset.ExpiresAt.Add(time.Minute-ResetValid)):
		return nil, nil
	}
	reset := ResetRequested{ID: domain.EventID(Stream(s.ID), in.Cause.Command, 0), ExpiresAt: at.Add(ResetValid)}
	reset.Key, reset.Hash = in.Mint(reset.ID)
	id := domain.DeriveID("message", reset.ID, PurposeReset, Mail)
	return []domain.Event{reset, MessageRequested{ID: id, Purpose: PurposeReset, Channel: Mail, Credential: reset.ID}}, nil
}

// ResetUsable tells why a reset link cannot be used at a moment, nil if it can.
func (s State) ResetUsable(hash string, at time.Time) error {
	reset := s.Credential.Reset
	switch {
	case hash == "" || reset.ID == "" || reset.Hash != hash || !s.Exists():
		return domain.Faultf(domain.Missing, "no-link", "there is no such link, or it was used already")
	case !at.Before(reset.ExpiresAt):
		return domain.Faultf(domain.Refused, "link-expired", "the link was valid until %s; ask for a new one", reset.ExpiresAt.Format(time.RFC3339))
	case s.Suspended:
		return domain.Faultf(domain.Refused, "suspended", "the account is suspended; ask your administrator")
	}
	return nil
}

// RemindUsername is the command of somebody who has forgotten the user name.
type RemindUsername struct {
	At     time.Time
	Policy policy.Policy
}

// Decide asks for the mail that tells it, where there is one; one a minute at most.
func (in RemindUsername) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Suspended || s.Person.Email == "" || s.LoginName(in.Policy) == "" {
		return nil, nil
	}
	for _, m := range s.Messages {
		if m.Purpose == PurposeUsernameAsked && in.At.Sub(m.RequestedAt) < time.Minute {
			return nil, nil
		}
	}
	id := domain.DeriveID("message", s.ID, PurposeUsernameAsked, strconv.Itoa(len(history)))
	return []domain.Event{MessageRequested{ID: id, Purpose: PurposeUsernameAsked, Channel: Mail}}, nil
}

// RemindOfPasswordEnd is the workflow's command: the reminder of a password's end.
type RemindOfPasswordEnd struct{ At time.Time }

// Decide asks for the reminder that is due; those that were missed together are
// one.
func (in RemindOfPasswordEnd) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	c := s.Credential
	if !s.Exists() || c.State != CredentialChosen || c.ExpiresAt == nil || !in.At.Before(*c.ExpiresAt) {
		return nil, nil
	}
	var events []domain.Event
	for n := c.Reminded; n < len(c.RemindAt) && !in.At.Before(c.RemindAt[n]); n++ {
		events = append(events, PasswordReminded{ExpiresAt: *c.ExpiresAt})
	}
	if len(events) == 0 {
		return nil, nil
	}
	return append(events, s.notice(PurposeExpires, history)...), nil
}

// ExpirePassword is the workflow's command at the end of a password's life.
type ExpirePassword struct{ At time.Time }

// Decide lets the password expire if its end is there.
func (in ExpirePassword) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Credential.State != CredentialChosen || s.Credential.StateAt(in.At) != CredentialOver {
		return nil, nil
	}
	return append([]domain.Event{PasswordExpired{}}, s.notice(PurposeExpired, history)...), nil
}
