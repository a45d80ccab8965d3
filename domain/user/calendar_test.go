package user_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

const day = 24 // hours

// plan is the command that plans something some hours behind noon, and the fact
// it makes.
func plan(what user.Action, hours float64) user.Schedule {
	return user.Schedule{
		Cause:  domain.Cause{Command: fmt.Sprint(what, hours), Actor: operator, At: noon},
		Policy: presets["unifyoffice"], What: what, At: after(hours),
	}
}

func scheduled(what user.Action, hours float64) user.ActionScheduled {
	command := plan(what, hours).Cause.Command
	return user.ActionScheduled{ID: domain.EventID(user.Stream(adaID), command, 0), What: what, At: after(hours)}
}

func cancels(what user.Action, hours float64) user.ActionCancelled {
	return user.ActionCancelled{ID: scheduled(what, hours).ID}
}

func done(what user.Action, hours float64) user.ActionCarriedOut {
	return user.ActionCarriedOut{ID: scheduled(what, hours).ID}
}

func TestPlans(t *testing.T) {
	byAdmin := plan(user.ToDelete, day)
	byAdmin.Cause.Actor, byAdmin.Policy = admin, presets["onenet"]
	reasoned := plan(user.ToSuspend, day)
	reasoned.Reason = " leave "
	noted := scheduled(user.ToSuspend, day)
	noted.Personal = &user.ActionNote{Reason: "leave"}
	wordy := plan(user.ToSuspend, day)
	wordy.Reason = strings.Repeat("x", 201)
	elsewhere := plan(user.ToSuspend, day)
	elsewhere.At = elsewhere.At.In(time.FixedZone("Athens", 2*3600))
	leaving := then(confirmed, scheduled(user.ToDelete, 9*day))
	play(t, []scenario{
		{"a suspension is planned", confirmed, plan(user.ToSuspend, day).Decide, []domain.Event{scheduled(user.ToSuspend, day)}, ""},
		{"with a reason", confirmed, reasoned.Decide, []domain.Event{noted}, ""},
		{"a moment is kept in UTC", confirmed, elsewhere.Decide, []domain.Event{scheduled(user.ToSuspend, day)}, ""},
		{"an activation is planned for who is not active yet", ordered, plan(user.ToActivate, day).Decide, []domain.Event{scheduled(user.ToActivate, day)}, ""},
		{"not for who is", confirmed, plan(user.ToActivate, day).Decide, nil, "already-activated"},
		{"the past cannot be planned", confirmed, plan(user.ToSuspend, -1).Decide, nil, "invalid-input, /at past"},
		{"nor this very moment", confirmed, plan(user.ToSuspend, 0).Decide, nil, "invalid-input, /at past"},
		{"nor what lies beyond all plans", confirmed, plan(user.ToSuspend, 11*366*day).Decide, nil, "invalid-input, /at too-far"},
		{"nor what nobody can do", confirmed, plan("promote", day).Decide, nil, "invalid-input, /what unknown"},
		{"a reason has an end", confirmed, wordy.Decide, nil, "invalid-input, /reason too-long"},
		{"nothing is planned for nobody", nil, plan(user.ToSuspend, day).Decide, nil, "no-user"},
		{"nor for who is deleted", deleted, plan(user.ToSuspend, day).Decide, nil, "no-user"},
		{"the same cannot be planned twice for a moment", then(confirmed, scheduled(user.ToSuspend, day)), plan(user.ToSuspend, day).Decide, nil, "already-planned, /at already-planned"},
		{"nor something else for the same moment", then(confirmed, scheduled(user.ToResume, day)), plan(user.ToSuspend, day).Decide, nil, "moment-taken, /at moment-taken"},
		{"but the same for another one", then(confirmed, scheduled(user.ToSuspend, day)), plan(user.ToSuspend, 2*day).Decide, []domain.Event{scheduled(user.ToSuspend, 2*day)}, ""},
		{"nothing comes behind a deletion", leaving, plan(user.ToSuspend, 10*day).Decide, nil, "behind-deletion, /at behind-deletion"},
		{"not even another one", leaving, plan(user.ToDelete, 10*day).Decide, nil, "behind-deletion, /at behind-deletion"},
		{"something comes before it", leaving, plan(user.ToSuspend, 8*day).Decide, []domain.Event{scheduled(user.ToSuspend, 8*day)}, ""},
		{
			"a deletion takes the place of what is planned behind it", then(leaving, scheduled(user.ToSuspend, 3*day), scheduled(user.ToResume, 8*day)), plan(user.ToDelete, 5*day).Decide,
			[]domain.Event{scheduled(user.ToDelete, 5*day), cancels(user.ToResume, 8*day), cancels(user.ToDelete, 9*day)},
			"",
		},
		{"who may not delete now may not plan it", mailed, byAdmin.Decide, nil, "not-active"},
		{"who may, may", confirmed, byAdmin.Decide, []domain.Event{scheduled(user.ToDelete, day)}, ""},
	})
}

func TestACalendarHasAnEnd(t *testing.T) {
	full := then(confirmed)
	for n := range 50 {
		full = append(full, scheduled(user.ToSuspend, float64(n+1)))
	}
	play(t, []scenario{{"fifty are enough", full, plan(user.ToResume, 99).Decide, nil, "calendar-full"}})
}

func TestPlansAreCancelled(t *testing.T) {
	cancel := func(what user.Action, hours float64) domain.Decide {
		return user.CancelAction{Action: scheduled(what, hours).ID, Actor: operator, Policy: presets["unifyoffice"]}.Decide
	}
	planned := then(confirmed, scheduled(user.ToSuspend, day))
	byAdmin := user.CancelAction{Action: scheduled(user.ToDelete, day).ID, Actor: admin, Policy: presets["onenet"]}.Decide
	play(t, []scenario{
		{"a plan is cancelled", planned, cancel(user.ToSuspend, day), []domain.Event{cancels(user.ToSuspend, day)}, ""},
		{"twice is nothing", then(planned, cancels(user.ToSuspend, day)), cancel(user.ToSuspend, day), nil, ""},
		{"what was done cannot be cancelled", then(planned, user.Suspended{}, done(user.ToSuspend, day)), cancel(user.ToSuspend, day), nil, "action-done"},
		{"nor what was tried", then(planned, user.ActionFailed{ID: scheduled(user.ToSuspend, day).ID, Cause: "x"}), cancel(user.ToSuspend, day), nil, "action-done"},
		{"what was never planned is missing", planned, cancel(user.ToResume, day), nil, "no-action"},
		{"so is what is planned for nobody", nil, cancel(user.ToResume, day), nil, "no-user"},
		{"who may not delete may not keep from it", then(mailed, scheduled(user.ToDelete, day)), byAdmin, nil, "not-active"},
		{"a deletion by hand cancels what is planned", then(planned, scheduled(user.ToResume, 2*day)), user.Delete{Actor: operator}.Decide, []domain.Event{user.Deleted{Goes: goes(scheduled(user.ToSuspend, day).ID, scheduled(user.ToResume, 2*day).ID)}, cancels(user.ToSuspend, day), cancels(user.ToResume, 2*day)}, ""},
	})
}

func TestPlansAreCarriedOut(t *testing.T) {
	carry := func(what user.Action, hours, now float64) domain.Decide {
		return user.CarryOut{Action: scheduled(what, hours).ID, At: after(now), Policy: presets["unifyoffice"]}.Decide
	}
	failed := func(what user.Action, cause string) []domain.Event {
		return []domain.Event{user.ActionFailed{ID: scheduled(what, day).ID, Cause: cause}}
	}
	with := func(given []domain.Event, what user.Action) []domain.Event { return then(given, scheduled(what, day)) }
	play(t, []scenario{
		{"a suspension", with(confirmed, user.ToSuspend), carry(user.ToSuspend, day, day), []domain.Event{user.Suspended{}, done(user.ToSuspend, day)}, ""},
		{"its end", with(onHold, user.ToResume), carry(user.ToResume, day, day), []domain.Event{user.Resumed{}, done(user.ToResume, day)}, ""},
		{"an activation", with(ordered, user.ToActivate), carry(user.ToActivate, day, day), []domain.Event{user.ActivationStarted{Steps: []string{"line", "link"}}, done(user.ToActivate, day)}, ""},
		{"a deletion, with what is planned behind it", then(with(confirmed, user.ToDelete), scheduled(user.ToResume, 99)), carry(user.ToDelete, day, day), []domain.Event{user.Deleted{Goes: goes(scheduled(user.ToDelete, day).ID, scheduled(user.ToResume, 99).ID)}, cancels(user.ToResume, 99), done(user.ToDelete, day)}, ""},
		{"what is so already is done", with(onHold, user.ToSuspend), carry(user.ToSuspend, day, day), []domain.Event{done(user.ToSuspend, day)}, ""},
		{"what is refused is told", then(with(ordered, user.ToActivate), user.Suspended{}), carry(user.ToActivate, day, day), failed(user.ToActivate, "suspended"), ""},
		{"nothing is done too early", with(confirmed, user.ToSuspend), carry(user.ToSuspend, day, day-0.001), nil, ""},
		{"late is better than never", with(confirmed, user.ToSuspend), carry(user.ToSuspend, day, 99*day), []domain.Event{user.Suspended{}, done(user.ToSuspend, day)}, ""},
		{"nothing is done twice", then(with(confirmed, user.ToSuspend), user.Suspended{}, done(user.ToSuspend, day)), carry(user.ToSuspend, day, day), nil, ""},
		{"what was cancelled is not done", then(with(confirmed, user.ToSuspend), cancels(user.ToSuspend, day)), carry(user.ToSuspend, day, day), nil, ""},
		{"what nobody knows fails", then(confirmed, user.ActionScheduled{ID: scheduled("x", day).ID, What: "x", At: after(day)}), carry("x", day, day), failed("x", "unknown-action"), ""},
	})
}

func TestAPlanIsJudgedByTheRightsOfWhoMadeIt(t *testing.T) {
	for what, does := range map[user.Action]domain.Event{user.ToDelete: user.Deleted{Goes: goes(scheduled(user.ToDelete, day).ID)}, user.ToSuspend: user.Suspended{}} {
		history := facts(then(confirmed, scheduled(what, day), user.ActivationFailed{Step: "link", Cause: "x"})...)
		history[len(history)-2].Actor = admin
		for rules, want := range map[string]domain.Event{
			"onenet":      user.ActionFailed{ID: scheduled(what, day).ID, Cause: "not-active"},
			"officesmart": does,
		} {
			events, err := user.CarryOut{Action: scheduled(what, day).ID, At: after(day), Policy: presets[rules]}.Decide(history)
			if err != nil || len(events) == 0 || !reflect.DeepEqual(events[0], want) {
				t.Errorf("%s by %s: %s, %v", what, rules, told(events), err)
			}
		}
	}
}

func TestTheDutiesOfACalendar(t *testing.T) {
	act := func(what user.Action, hours float64) user.Duty {
		return user.Duty{Task: user.ActOnDate, Subject: scheduled(what, hours).ID, Purpose: string(what)}
	}
	both := then(confirmed, scheduled(user.ToResume, 60*day), scheduled(user.ToSuspend, 30*day))
	suspended := then(both, user.Suspended{}, done(user.ToSuspend, 30*day))
	checkDuties(t, []duty{
		{"the soonest is waited for, whatever was planned first", both, 0, wait(30 * day)},
		{"and done", both, 30 * day, act(user.ToSuspend, 30*day)},
		{"the next is waited for", suspended, 30 * day, wait(60 * day)},
		{"and done", suspended, 60 * day, act(user.ToResume, 60*day)},
		{"behind the last nothing is left", then(suspended, user.Resumed{}, done(user.ToResume, 60*day)), 60 * day, rest()},
		{"what failed is over", then(both, user.ActionFailed{ID: scheduled(user.ToSuspend, 30*day).ID}), 30 * day, wait(60 * day)},
		{"what was cancelled is not waited for", then(both, cancels(user.ToSuspend, 30*day)), 0, wait(60 * day)},
		{"a user who was never started is looked after", then(ordered, scheduled(user.ToActivate, day)), 0, wait(day)},
		{"mails go out while a plan waits", then(linked, scheduled(user.ToSuspend, day)), 0, deliver(user.PurposeLink, user.Mail, 1)},
		{"what is due goes before mails", then(linked, scheduled(user.ToDelete, day)), day, act(user.ToDelete, day)},
		{"the reminder comes before a later plan", then(mailed, scheduled(user.ToSuspend, 40)), 1, wait(36)},
		{"nobody who is deleted waits", then(both, user.Deleted{}, user.ClaimsReleased{Claims: claims().List()}, user.GroupsLeft{}), 0, rest()},
	})
}

func TestWhoIsForgottenIsStillDeletedInTime(t *testing.T) {
	history := facts(then(linked, scheduled(user.ToDelete, day))...)
	history[0].Erased = true
	if got := user.Fold(history).Duty(noon); got != wait(day) {
		t.Errorf("the duty is %+v", got)
	}
}

func TestOneListOfEverythingThatWillHappen(t *testing.T) {
	year := float64(365 * day)
	age := user.Age{ExpiresAt: new(after(year)), RemindAt: []time.Time{after(year - 30*day), after(year - 7*day), after(year - day)}}
	chosen := then(confirmed, user.PasswordChanged{Age: age})
	later := after(1)
	waiting := user.Trouble{Cause: "busy", Responsible: "network", NextTry: &later}
	temporary := user.CredentialIssued{ID: "t1", Way: policy.ByMail, ExpiresAt: after(7 * day)}
	for _, c := range []struct {
		name  string
		given []domain.Event
		now   float64
		want  string
	}{
		{"nobody", nil, 0, ""},
		{"an ordered user", ordered, 0, ""},
		{"a mailed link", mailed, 1, "36 link-reminder link-1, 48 link-expiry link-1"},
		{"a mail still to be sent", linked, 1, "0 message-try " + linkMail.ID + ", 36 link-reminder link-1, 48 link-expiry link-1"},
		{"a mail to be sent again", then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: waiting}), 0.5, "1 message-try " + linkMail.ID + ", 36 link-reminder link-1, 48 link-expiry link-1"},
		{"a reminded user", then(mailed, user.LinkReminded{Link: "link-1"}), 37, "48 link-expiry link-1"},
		{"a link that is over, noted or not", mailed, 48, ""},
		{"a step that waits", then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: waiting}), 0, "1 step-try network"},
		{"a password", chosen, 0, "8040 password-reminder password, 8592 password-reminder password, 8736 password-reminder password, 8760 password-expiry password"},
		{"a password that was reminded of", then(chosen, user.PasswordReminded{}, user.PasswordReminded{}), 8600, "8736 password-reminder password, 8760 password-expiry password"},
		{"an expired password", chosen, 8760, ""},
		{"a temporary password", then(confirmed, temporary), 0, "168 temporary-password-expiry t1"},
		{"a reset", then(confirmed, user.ResetRequested{ID: "r1", ExpiresAt: after(1)}), 0, "1 reset-expiry r1"},
		{"plans", then(mailed, scheduled(user.ToResume, 60), scheduled(user.ToSuspend, 40)), 1, "36 link-reminder link-1, 40 suspend " + scheduled(user.ToSuspend, 40).ID + " can be cancelled, 48 link-expiry link-1, 60 resume " + scheduled(user.ToResume, 60).ID + " can be cancelled"},
		{"nothing happens behind a deletion", then(mailed, scheduled(user.ToDelete, 40)), 1, "36 link-reminder link-1, 40 delete " + scheduled(user.ToDelete, 40).ID + " can be cancelled"},
		{"a plan that is late", then(confirmed, scheduled(user.ToSuspend, 40)), 50, "40 suspend " + scheduled(user.ToSuspend, 40).ID + " can be cancelled"},
		{"a deleted user", then(chosen, user.Deleted{}), 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var entries []string
			for _, e := range user.Fold(facts(c.given...)).Calendar(after(c.now)) {
				line := fmt.Sprint(e.At.Sub(noon).Hours(), " ", e.Kind, " ", e.Subject)
				if e.Cancellable {
					line += " can be cancelled"
				}
				entries = append(entries, line)
			}
			if got := strings.Join(entries, ", "); got != c.want {
				t.Errorf("listed\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// planAhead plans something or cancels it, or brings back who is deleted.
func (d *drive) planAhead(actor domain.Actor) {
	s := d.state()
	if s.Lifecycle == user.Gone {
		restore := user.Restore{Actor: operator, Policy: d.rules, At: d.now, DeletedAt: s.DeletedAt, Claims: claims()}
		_, _ = d.do(restore.Decide)
		return
	}
	if len(s.Scheduled) > 0 && d.luck(3) == 0 {
		_, _ = d.do(user.CancelAction{Action: s.Scheduled[0].ID, Actor: actor, Policy: d.rules}.Decide)
		return
	}
	what := []user.Action{user.ToSuspend, user.ToResume, user.ToResume, user.ToActivate, user.ToSuspend, user.ToDelete}[d.luck(6)]
	at := d.now.Add(time.Duration(1+d.luck(90)) * time.Hour)
	_, _ = d.do(user.Schedule{Cause: d.cause(actor), Policy: d.rules, What: what, At: at}.Decide)
}

// unplan cancels everything that is planned.
func (d *drive) unplan(t *testing.T) {
	t.Helper()
	for _, action := range d.state().Scheduled {
		d.must(t, user.CancelAction{Action: action.ID, Actor: operator, Policy: d.rules}.Decide)
	}
}
