package user_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// rungAt is the notice of another mobile to one of the two.
func rungAt(given []domain.Event, mobile string) user.MessageRequested {
	return user.MessageRequested{
		ID: domain.DeriveID("message", adaID, user.PurposeMobileChanged, mobile, strconv.Itoa(len(given))), Purpose: user.PurposeMobileChanged,
		Channel: user.SMS, Personal: &user.Address{To: mobile},
	}
}

func TestWhoseMobileChangesIsToldAtBoth(t *testing.T) {
	to := func(mobile string) domain.Decide {
		return user.Change{Company: swedish(), Actor: admin, At: noon, Person: user.PersonChanges{Mobile: &mobile}}.Decide
	}
	changed := func(mobile string) user.DetailsChanged {
		return user.DetailsChanged{Personal: &user.PersonChanges{Mobile: &mobile}}
	}
	byMail := func(given []domain.Event) user.MessageRequested {
		return notice(user.PurposeMobileChanged, user.Mail, given)
	}
	other, unmailed := "+46701234567", without(confirmed, true, false)
	play(t, []scenario{
		{"and by mail", confirmed, to(other), []domain.Event{changed(other), byMail(confirmed), rungAt(confirmed, ada.Mobile), rungAt(confirmed, other)}, ""},
		{"at both alone where there is no address", unmailed, to(other), []domain.Event{changed(other), rungAt(unmailed, ada.Mobile), rungAt(unmailed, other)}, ""},
		{"at the one before where it is taken away", confirmed, to(""), []domain.Event{changed(""), byMail(confirmed), rungAt(confirmed, ada.Mobile)}, ""},
		{"a first mobile by mail only", without(confirmed, false, true), to(other), []domain.Event{changed(other), byMail(confirmed)}, ""},
		{"not before there is a password", netActive, to(other), []domain.Event{changed(other)}, ""},
	})
}

// Whoever has an admin's session cannot fill a telephone with SMS, nor send them
// at the operator's cost without end.
func TestHelpIsGivenSixTimesAnHour(t *testing.T) {
	onepro := firm("onepro")
	for name, c := range map[string]struct {
		given []domain.Event
		help  func(n int, cause domain.Cause) domain.Decide
		free  func(cause domain.Cause) domain.Decide // what is never refused
	}{
		"temporary passwords by SMS": {
			confirmed,
			func(_ int, cause domain.Cause) domain.Decide {
				return user.IssueCredential{Cause: cause, Company: onepro, Way: policy.BySMS}.Decide
			},
			func(cause domain.Cause) domain.Decide {
				return user.IssueCredential{Cause: cause, Company: onepro, Way: policy.ByHand}.Decide
			},
		},
		"links that are renewed": {
			mailed,
			func(_ int, cause domain.Cause) domain.Decide {
				return user.RenewLink{Cause: cause, Policy: presets["unifyoffice"], Mint: mint}.Decide
			},
			nil,
		},
		"links that are sent again": {
			mailed,
			func(_ int, cause domain.Cause) domain.Decide {
				return user.ResendLink{Cause: cause, Channel: user.Mail}.Decide
			},
			nil,
		},
		"mobiles that change": {
			confirmed,
			func(n int, cause domain.Cause) domain.Decide {
				mobile := fmt.Sprintf("+4670123456%d", n)
				return user.Change{Company: swedish(), Actor: admin, At: cause.At, Person: user.PersonChanges{Mobile: &mobile}}.Decide
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDrive(1, "unifyoffice")
			d.history = facts(c.given...)
			d.now = after(1)
			began := d.now
			for n := range 6 {
				d.must(t, c.help(n, d.cause(admin)))
				d.now = d.now.Add(time.Minute)
			}
			for _, actor := range []domain.Actor{admin, operator} {
				var fault *domain.Fault
				events, err := d.do(c.help(6, d.cause(actor)))
				if !errors.As(err, &fault) || fault.Code != "too-soon" || fault.Wait != 54*time.Minute || len(events) > 0 {
					t.Fatalf("the seventh wrote %s, %v", told(events), err)
				}
			}
			if c.free != nil {
				d.must(t, c.free(d.cause(admin)))
			}
			d.now = began.Add(time.Hour)
			d.must(t, c.help(7, d.cause(admin)))
			if _, err := d.do(c.help(8, d.cause(admin))); domain.KindOf(err) != domain.Unavailable || err == nil {
				t.Errorf("the next one comes at once: %v", err)
			}
		})
	}
}

func TestAUserRenewsAnExpiredLinkHoweverOftenAnAdminDid(t *testing.T) {
	d := newDrive(1, "unifyoffice")
	d.history = facts(mailed...)
	d.rules.Link.Valid = policy.Duration(10 * time.Minute)
	for range 6 {
		d.must(t, user.RenewLink{Cause: d.cause(admin), Policy: d.rules, Mint: mint}.Decide)
	}
	d.now = d.now.Add(11 * time.Minute)
	d.must(t, user.ExpireLink{Link: d.state().Link.ID, At: d.now}.Decide)
	if _, err := d.do(user.RenewLink{Cause: d.cause(admin), Policy: d.rules, Mint: mint}.Decide); code(err) != "too-soon" {
		t.Errorf("an admin is answered %v", err)
	}
	d.must(t, user.RenewLink{Cause: d.cause(self), Policy: d.rules, Mint: mint}.Decide)
}
