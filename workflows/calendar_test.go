package workflows_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/domain"
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
