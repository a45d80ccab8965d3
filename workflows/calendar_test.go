package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

const day = 24 * time.Hour

// plan plans something for a moment from now on and gives its id.
func (s *stage) plan(what user.Action, in time.Duration) string {
	s.t.Helper()
	id := ""
	s.executeAs(domain.ActorOperator, user.Stream(userID), func(c domain.Cause) domain.Decide {
		id = domain.EventID(user.Stream(userID), c.Command, 0)
		return user.Schedule{Cause: c, Policy: s.rules, What: what, At: c.At.Add(in)}.Decide
	})
	s.signal()
	return id
}

func (s *stage) cancel(action string) {
	s.t.Helper()
	s.executeAs(domain.ActorOperator, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.CancelAction{Action: action, Actor: c.Actor, Policy: s.rules}.Decide
	})
	s.signal()
}

// shownAt holds what the user must be shown as at moments of the workflow's time.
func (s *stage) shownAt(want map[time.Duration]user.Lifecycle) {
	for at, lifecycle := range want {
		s.after(at, func() {
			if got := s.state().Shown(); got != lifecycle {
				s.t.Errorf("after %s the user is %s, want %s", at, got, lifecycle)
			}
		})
	}
}

// active orders a user who has followed the link an hour later.
func (s *stage) active() {
	s.order(true)
	s.after(time.Hour, s.confirm)
}

func TestASuspensionIn30DaysEndsIn60(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	s.plan(user.ToResume, 60*day)
	suspension := s.plan(user.ToSuspend, 30*day)
	s.shownAt(map[time.Duration]user.Lifecycle{
		30*day - time.Minute: user.Active, 30*day + time.Minute: user.OnHold, 60*day - time.Minute: user.OnHold, 60*day + time.Minute: user.Active,
	})
	s.run()
	facts := s.facts()
	want := []string{"suspended", "action-carried-out", "resumed", "action-carried-out"}
	if got := facts[len(facts)-4:]; !slices.Equal(got, want) {
		t.Errorf("the last facts are %v, want %v", got, want)
	}
	history := s.history()
	for _, f := range history {
		if _, ok := f.Event.(user.Suspended); ok && (f.Causation != suspension || f.Channel != domain.ChannelWorkflow) {
			t.Errorf("the suspension was caused by %q through %s", f.Causation, f.Channel)
		}
	}
}

func TestADeletionInAYearGivesEverythingBack(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	s.plan(user.ToDelete, 365*day)
	s.shownAt(map[time.Duration]user.Lifecycle{364 * day: user.Active, 366 * day: user.Gone})
	s.after(366*day, func() {})
	s.run()
	h, err := s.journal.Load(t.Context(), number.Stream(line))
	if err != nil || number.Fold(h.Facts).User != "" {
		t.Errorf("the number is still the user's (%v)", err)
	}
	if state := s.state(); len(state.Loose) > 0 || len(state.Scheduled) > 0 {
		t.Errorf("left over: %v and %v", state.Loose, state.Scheduled)
	}
}

func TestWhatIsCancelledBeforeDoesNotHappen(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	deletion := s.plan(user.ToDelete, 30*day)
	s.after(29*day, func() { s.cancel(deletion) })
	s.run()
	if got := s.state().Shown(); got != user.Active {
		t.Errorf("the user is %s", got)
	}
	if lived := s.lived(); lived >= 30*day {
		t.Errorf("the workflow waited %s for nothing", lived)
	}
}

func TestWhatIsRefusedOnTheDayIsTold(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(false)
	s.plan(user.ToActivate, 2*day)
	s.plan(user.ToSuspend, day)
	s.run()
	facts := s.facts()
	if last := facts[len(facts)-1]; last != "action-failed" || s.state().Started {
		t.Errorf("the facts are %v", facts)
	}
}

func TestAnActivationOnADateRunsToItsEnd(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(false)
	s.plan(user.ToActivate, 90*day)
	s.shownAt(map[time.Duration]user.Lifecycle{90*day - time.Minute: user.Pending})
	s.after(90*day-time.Minute, func() {
		if len(s.mail.mails) > 0 {
			t.Error("a link was mailed too early")
		}
	})
	s.after(91*day, s.confirm)
	s.run()
	if got := s.state().Shown(); got != user.Active {
		t.Errorf("the user is %s", got)
	}
}

// Nothing but facts is needed to go on: every process may end while a plan waits.
func TestAPlanSurvivesTheEndOfEveryProcess(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(false)
	s.plan(user.ToSuspend, 30*day)
	s.env.SetCurrentHistoryLength(5000) // the run ends before it waits
	if !s.continued() {
		t.Fatal("the run did not go on as new")
	}
	next := s.again()
	next.run()
	if got := next.state().Shown(); got != user.OnHold {
		t.Errorf("the user is %s", got)
	}
}

func (s *stage) history() []domain.Fact {
	s.t.Helper()
	return s.loaded(user.Stream(userID)).Facts
}

func (s *stage) loaded(stream string) eventstore.History {
	s.t.Helper()
	h, err := s.journal.Load(s.t.Context(), stream)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

func (s *stage) lived() time.Duration { return s.env.Now().Sub(s.began) }

// chiefs lists the admins of the company for the activities.
type chiefs []string

func (c chiefs) Admins(context.Context, string) ([]string, error) { return c, nil }

const colleagueID = "1d7f3c52-59aa-5bb1-8d0e-1f0f0d6f3a07"

// colleague makes somebody else an admin of the company.
func (s *stage) colleague() {
	s.execute(user.Stream(colleagueID), user.Create{
		ID: colleagueID, Company: company.State{ID: companyID, Language: "en", Policy: s.rules}, Admin: true,
		Person: user.Person{FirstName: "Bea", LastName: "Sommer", Email: "bea@example.com", Mobile: "+491711234568"},
	}.Decide)
}

// planAs plans something by the rights of an admin or the operator.
func (s *stage) planAs(actor string, what user.Action, in time.Duration) {
	s.executeAs(actor, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.Schedule{Cause: c, Policy: s.rules, What: what, At: c.At.Add(in)}.Decide
	})
	s.signal()
}

func TestTheLastAdminsPlannedEndIsHeldUntilThereIsAnother(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	s.execute(user.Stream(userID), user.SetAdmin{Admin: true}.Decide)
	s.plan(user.ToResume, 90*day) // nothing, and something to wait for
	s.after(2*time.Hour, func() { s.planAs(domain.ActorAdmin, user.ToDelete, 30*day) })
	s.after(31*day, func() {
		calendar := s.state().Calendar(s.env.Now())
		if len(calendar) == 0 || calendar[0].Kind != user.EntryKind(user.ToDelete) || calendar[0].Cause != "last-admin" || !calendar[0].At.After(s.env.Now()) {
			t.Errorf("a day later the calendar is %+v", calendar)
		}
	})
	s.after(33*day, s.colleague)
	s.shownAt(map[time.Duration]user.Lifecycle{33 * day: user.Active, 35 * day: user.Gone})
	s.after(35*day, func() {})
	s.run()
	if held := slices.Contains(s.facts(), "action-held"); !held {
		t.Errorf("the facts are %v", s.facts())
	}
}

func TestAHeldEndIsGivenUpAfterAMonth(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	s.execute(user.Stream(userID), user.SetAdmin{Admin: true}.Decide)
	s.planAs(domain.ActorAdmin, user.ToSuspend, 30*day)
	s.shownAt(map[time.Duration]user.Lifecycle{70 * day: user.Active})
	s.run()
	facts := s.facts()
	if last := facts[len(facts)-1]; last != "action-failed" || len(facts) > 60 {
		t.Errorf("%d facts, the last is %s", len(facts), last)
	}
}

func TestTheOperatorsPlanTakesTheLastAdminAndSaysSo(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.active()
	s.execute(user.Stream(userID), user.SetAdmin{Admin: true}.Decide)
	s.plan(user.ToSuspend, 30*day)
	s.shownAt(map[time.Duration]user.Lifecycle{31 * day: user.OnHold})
	s.after(31*day, func() {})
	s.run()
	for _, f := range s.history() {
		if _, is := f.Event.(user.Suspended); is && f.Reason != user.Unattended {
			t.Errorf("the reason is %q", f.Reason)
		}
	}
}
