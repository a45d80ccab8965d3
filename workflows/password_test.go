package workflows_test

import (
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

// choosePassword lets the user choose a password.
func (s *stage) choosePassword() {
	s.executeAs(domain.ActorUser, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.ChangePassword{At: c.At, Policy: s.rules, Sum: "hash"}.Decide
	})
	s.signal()
}

// asked counts the messages of a purpose that were asked for.
func (s *stage) asked(purpose string) int {
	found := 0
	for _, f := range s.history() {
		if m, ok := f.Event.(user.MessageRequested); ok && m.Purpose == purpose {
			found++
		}
	}
	return found
}

// Rules 4.10 to 4.12: a year, three reminders, and a password that must be changed.
func TestFiveYearsOfPasswordsThatAreForgotten(t *testing.T) {
	s := newStage(t, "officesmart")
	start := s.env.Now()
	s.order(true)
	s.run() // until the temporary password is handed over
	for year := 1; year <= 5; year++ {
		s = s.again()
		s.choosePassword()
		for before, reminders := range map[time.Duration]int{31 * day: 0, 29 * day: 1, 6 * day: 2, 12 * time.Hour: 3} {
			want := reminders + 3*(year-1)
			s.after(365*day-before, func() {
				if got := s.asked(user.PurposeExpires); got != want {
					t.Errorf("year %d, %s before the end: %d reminders, want %d", year, before, got, want)
				}
			})
		}
		s.run()
		if c := s.state().Credential; c.State != user.CredentialOver {
			t.Fatalf("year %d ends with a password that is %s", year, c.State)
		}
		if got := s.asked(user.PurposeExpired); got != year {
			t.Errorf("year %d: %d notices of the end", year, got)
		}
	}
	if lived := s.env.Now().Sub(start); lived < 5*365*day || lived > 5*365*day+time.Hour*24 {
		t.Errorf("five years took %s", lived)
	}
	if got, mails := s.asked(user.PurposeExpires), len(s.mail.mails); got != 15 || mails < 20 {
		t.Errorf("%d reminders and %d mails in all", got, mails)
	}
}

func TestFiveYearsOfPasswordsThatAreChangedInTime(t *testing.T) {
	s := newStage(t, "officesmart")
	s.order(true)
	for year := range 6 {
		s.after(time.Hour+time.Duration(year)*364*day+time.Duration(year)*12*time.Hour, s.choosePassword)
	}
	s.plan(user.ToDelete, 5*366*day)
	s.run()
	if got, over := s.asked(user.PurposeExpires), s.asked(user.PurposeExpired); got != 15 || over != 0 {
		t.Errorf("%d reminders and %d expired passwords, want 15 and none", got, over)
	}
	if got := s.state().Shown(); got != user.Gone {
		t.Errorf("the user is %s", got)
	}
}
