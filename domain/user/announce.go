package user

import (
	"dialtone/domain/policy"
)

// Announcement is a message that an order will lead to.
type Announcement struct {
	Purpose string // of the message, such as PurposeLink
	Channel string // Mail or SMS; policy.ByHand where somebody hands a password over
	AtOnce  bool   // goes with the order, as soon as there is a line; others wait for people, the network or a date
}

// Announces tells what an order will have mailed and sent, by the company's
// rules, in the order in which it comes.
func (in Create) Announces() (coming []Announcement) {
	s := State{ID: in.ID, Number: in.Number, Extension: in.Extension, Licence: in.Licence, Person: in.Person, Credential: Credential{Admin: in.Admin}}
	atOnce := in.Activate
	for _, step := range stepsFor(s, in.Company.Policy) {
		switch step {
		case policy.StepLine:
			continue
		case policy.StepLink:
			coming = append(coming, in.linkAnnounced(atOnce)...)
		case policy.StepCredentials:
			coming = append(coming, in.secretAnnounced(s, atOnce)...)
		case policy.StepMobile:
			coming = append(coming, Announcement{PurposeMobileCode, SMS, false})
		}
		atOnce = false
	}
	return coming
}

// linkAnnounced is the link with the SMS it needs, and its reminders.
func (in Create) linkAnnounced(atOnce bool) []Announcement {
	link := in.Company.Policy.Link
	coming := []Announcement{{PurposeLink, Mail, atOnce}}
	if link.SMSPassword {
		coming = append(coming, Announcement{PurposeLinkPassword, SMS, atOnce})
	}
	if link.RemindAfter == 0 {
		return coming
	}
	coming = append(coming, Announcement{PurposeReminder, Mail, false})
	if in.Company.Policy.ReminderBySMS && in.Person.Mobile != "" {
		coming = append(coming, Announcement{PurposeReminder, SMS, false})
	}
	return coming
}

// secretAnnounced is what carries the temporary password.
func (in Create) secretAnnounced(s State, atOnce bool) (coming []Announcement) {
	way, err := s.wayOf("", in.Company.Policy.Usual().Credentials.Password)
	if err != nil || way == policy.ByHand {
		return []Announcement{{PurposePassword, policy.ByHand, false}}
	}
	for _, m := range credentialMessages(CredentialIssued{Way: way}, s.nameWay(in.Company, way)) {
		coming = append(coming, Announcement{m.Purpose, m.Channel, atOnce})
	}
	return coming
}
