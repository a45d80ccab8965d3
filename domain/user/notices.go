package user

import (
	"strconv"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// notice asks for a message that tells the user what has changed: by mail, or
// by SMS where there is no address. Its id follows from how many facts there were.
func (s State) notice(purpose string, history []domain.Fact) []domain.Event {
	channel := Mail
	switch {
	case s.Person.Email != "":
	case s.Person.Mobile != "":
		channel = SMS
	default:
		return nil
	}
	id := domain.DeriveID("message", s.ID, purpose, channel, strconv.Itoa(len(history)))
	return []domain.Event{MessageRequested{ID: id, Purpose: purpose, Channel: channel}}
}

// moved tells a user who has a password at both addresses that the address by
// which it is reset is another one now. Before there is a password, the address
// before was likely a mistake, and somebody else's.
func (s State) moved(details DetailsChanged, history []domain.Fact) []domain.Event {
	change := details.Personal
	if change == nil || change.Email == nil || s.Person.Email == "" || s.Credential.SetAt.IsZero() {
		return nil
	}
	var events []domain.Event
	for _, address := range []string{s.Person.Email, *change.Email} {
		if address != "" {
			id := domain.DeriveID("message", s.ID, PurposeEmailChanged, address, strconv.Itoa(len(history)))
			events = append(events, MessageRequested{ID: id, Purpose: PurposeEmailChanged, Channel: Mail, Personal: &Address{To: address}})
		}
	}
	return events
}

// accountTold tells the user of another name to log in with, of another mobile
// and of one that is to be verified. Who has nothing to log in with yet is told
// with that.
func (s State) accountTold(after State, events []domain.Event, history []domain.Fact, rules policy.Policy) (told []domain.Event) {
	if s.Credential.Shown() == CredentialNone {
		return nil
	}
	for _, event := range events {
		switch e := event.(type) {
		case UsernameSet:
			told = append(told, after.notice(PurposeUsernameChanged, history)...)
		case NumberChanged:
			if s.LogsInBy(policy.LoginNumber, rules) {
				told = append(told, after.notice(PurposeNumberChanged, history)...)
			}
		case DetailsChanged:
			if e.movesMobile(s) {
				told = append(told, s.mobileTold(after, history)...)
			}
		case LicenceChanged:
			if e.Verify {
				told = append(told, after.notice(PurposeVerifyMobile, history)...)
			}
		}
	}
	return told
}

// movesMobile tells whether the change is of the mobile of a user who has chosen
// a password, by which the account can be had then.
func (e DetailsChanged) movesMobile(s State) bool {
	return e.Personal != nil && e.Personal.Mobile != nil && !s.Credential.SetAt.IsZero()
}

// mobileTold tells of another mobile by mail, and at the mobile before and the
// new one. Where there was none before, the new one gets no SMS: nobody has shown
// yet that it is the user's.
func (s State) mobileTold(after State, history []domain.Fact) []domain.Event {
	var events []domain.Event
	if after.Person.Email != "" {
		events = after.notice(PurposeMobileChanged, history)
	}
	if s.Person.Mobile == "" {
		return events
	}
	for _, mobile := range []string{s.Person.Mobile, after.Person.Mobile} {
		if mobile != "" {
			id := domain.DeriveID("message", s.ID, PurposeMobileChanged, mobile, strconv.Itoa(len(history)))
			events = append(events, MessageRequested{ID: id, Purpose: PurposeMobileChanged, Channel: SMS, Personal: &Address{To: mobile}})
		}
	}
	return events
}

// toldOfAdmin tells a user who can log in what can be done there from now on.
func (s State) toldOfAdmin(purpose string, history []domain.Fact) []domain.Event {
	if s.Credential.Shown() == CredentialNone {
		return nil
	}
	return s.notice(purpose, history)
}
