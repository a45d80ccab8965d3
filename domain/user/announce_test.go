package user_test

import (
	"slices"
	"testing"

	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestAnOrderTellsWhatWillBeSent(t *testing.T) {
	link := user.Announcement{Purpose: user.PurposeLink, Channel: user.Mail, AtOnce: true}
	for name, c := range map[string]struct {
		rules string
		with  func(*user.Create)
		want  []user.Announcement
	}{
		"a link by mail, and reminders later": {"teleproffs", func(*user.Create) {}, []user.Announcement{
			link, {Purpose: user.PurposeReminder, Channel: user.Mail}, {Purpose: user.PurposeReminder, Channel: user.SMS},
		}},
		"without an address the password by SMS": {"teleproffs", func(in *user.Create) { in.Person.Email = "" }, []user.Announcement{
			{Purpose: user.PurposePassword, Channel: user.SMS, AtOnce: true},
		}},
		"without any way by hand": {"teleproffs", func(in *user.Create) { in.Person.Email, in.Person.Mobile = "", "" }, []user.Announcement{
			{Purpose: user.PurposePassword, Channel: policy.ByHand},
		}},
		"the free licence has a code at the end": {"teleproffs", func(in *user.Create) { in.Licence, in.Person.Email = "free", "" }, []user.Announcement{
			{Purpose: user.PurposePassword, Channel: user.SMS, AtOnce: true}, {Purpose: user.PurposeMobileCode, Channel: user.SMS},
		}},
		"name by mail, password by SMS": {"onepro", func(*user.Create) {}, []user.Announcement{
			{Purpose: user.PurposeUsername, Channel: user.Mail, AtOnce: true}, {Purpose: user.PurposePassword, Channel: user.SMS, AtOnce: true},
		}},
		"nothing at once where nothing begins": {"teleproffs", func(in *user.Create) { in.Activate, in.Person.Mobile = false, "" }, []user.Announcement{
			{Purpose: user.PurposeLink, Channel: user.Mail}, {Purpose: user.PurposeReminder, Channel: user.Mail},
		}},
		"nothing where the network activates": {"onenet", func(*user.Create) {}, nil},
		"a password behind the network for an admin": {"onenet", func(in *user.Create) { in.Admin = true }, []user.Announcement{
			{Purpose: user.PurposeBoth, Channel: user.Mail},
		}},
	} {
		in := order()
		in.Company, in.Activate = firm(c.rules), true
		c.with(&in)
		if got := in.Announces(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
