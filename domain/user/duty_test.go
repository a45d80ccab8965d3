package user_test

import (
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

type duty struct {
	name  string
	given []domain.Event
	hours float64 // behind noon
	want  user.Duty
}

func checkDuties(t *testing.T, duties []duty) {
	t.Helper()
	for _, c := range duties {
		t.Run(c.name, func(t *testing.T) {
			if got := user.Fold(facts(c.given...)).Duty(after(c.hours)); got != c.want {
				t.Errorf("the duty is %+v, want %+v", got, c.want)
			}
		})
	}
}

func rest() user.Duty { return user.Duty{Task: user.Rest} }

func wait(hours float64) user.Duty { return user.Duty{Task: user.Wait, Due: after(hours)} }

func runStep(step string, attempt int) user.Duty {
	return user.Duty{Task: user.RunStep, Subject: step, Attempt: attempt}
}

func deliver(purpose, channel string, attempt int) user.Duty {
	return user.Duty{Task: user.Deliver, Subject: request(purpose, channel, "link-1").ID, Purpose: purpose + " by " + channel, Attempt: attempt}
}

func TestTheDutiesOfAnActivationByLink(t *testing.T) {
	refused := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: later}, user.StepDelayed{Step: "link", Attempt: 1, Trouble: later})
	gaveUp := then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1}, user.StepDelayed{Step: "link", Attempt: 1})
	reminded := then(mailed, user.LinkReminded{Link: "link-1"}, request(user.PurposeReminder, user.Mail, "link-1"), request(user.PurposeReminder, user.SMS, "link-1"))
	half := then(reminded, user.MessageAccepted{ID: request(user.PurposeReminder, user.Mail, "link-1").ID, Attempt: 1})
	both := then(half, user.MessageAccepted{ID: request(user.PurposeReminder, user.SMS, "link-1").ID, Attempt: 1})
	expire := user.Duty{Task: user.EndLink, Subject: "link-1"}
	checkDuties(t, []duty{
		{"nobody needs nothing", nil, 0, rest()},
		{"an abandoned order needs nothing", []domain.Event{user.ClaimAbandoned{Claim: "x"}}, 0, rest()},
		{"an ordered user waits to be started", ordered, 0, rest()},
		{"a start asks for the line", started, 0, runStep("line", 1)},
		{"work that was begun is gone on with", running, 0, runStep("line", 1)},
		{"behind the line comes the link", lined, 0, user.Duty{Task: user.SendLink, Attempt: 1}},
		{"behind the link its mail", linked, 0, deliver(user.PurposeLink, user.Mail, 1)},
		{"a refused mail waits for its next try", refused, 0.5, wait(1)},
		{"and is tried again", refused, 1, deliver(user.PurposeLink, user.Mail, 2)},
		{"but not when the link is over", refused, 48, expire},
		{"a mail that was given up leaves the reminder", gaveUp, 1, wait(36)},
		{"a mail that was taken leaves the reminder", mailed, 1, wait(36)},
		{"the reminder comes in time", mailed, 36, user.Duty{Task: user.RemindOfLink, Subject: "link-1"}},
		{"it is mailed", reminded, 36, deliver(user.PurposeReminder, user.Mail, 1)},
		{"and sent by SMS", half, 36, deliver(user.PurposeReminder, user.SMS, 1)},
		{"behind it comes the end", both, 36, wait(48)},
		{"the end comes in time", both, 48, expire},
		{"a late worker does not remind of what is over", mailed, 60, expire},
		{"a late worker does not mail what is over", linked, 60, expire},
		{"an expired link waits for a person", expired, 49, rest()},
		{"a retry issues another link", then(expired, user.ActivationRetried{Step: "link"}), 49, user.Duty{Task: user.SendLink, Attempt: 1}},
		{"an active user needs nothing", confirmed, 1, rest()},
		{"also when the link's mail was never sent", then(linked, user.LinkUsed{Link: "link-1"}, user.StepDone{Step: "link"}, user.Activated{}), 1, rest()},
		{"also when a reminder was never sent", then(reminded, user.LinkUsed{Link: "link-1"}, user.StepDone{Step: "link"}, user.Activated{}), 37, rest()},
	})
}

func TestTheDutiesOfAnActivationByTheNetwork(t *testing.T) {
	delayed := then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: user.Trouble{Cause: "busy", NextTry: new(after(1))}})
	checkDuties(t, []duty{
		{"behind the line comes the network", netStarted, 0, runStep("network", 1)},
		{"work that was begun is gone on with", netRunning, 0, runStep("network", 1)},
		{"trouble waits for the next try", delayed, 0.5, wait(1)},
		{"and is tried again", delayed, 1, runStep("network", 2)},
		{"failure waits for a person", netFailed, 1, rest()},
		{"a retry goes on from the failed step", then(netFailed, user.ActivationRetried{Step: "network"}), 1, runStep("network", 2)},
		{"an active user needs nothing", netActive, 1, rest()},
	})
}

func TestTheDutiesBesideTheActivation(t *testing.T) {
	release := user.Duty{Task: user.ReleaseClaims}
	moved := then(mailed, user.NumberChanged{Number: "+4930120050", Previous: "+4930120049"})
	checkDuties(t, []duty{
		{"what was replaced is released first", moved, 1, release},
		{"then the activation goes on", then(moved, user.ClaimsReleased{Claims: []string{"number-+4930120049"}}), 1, wait(36)},
		{"a deleted user's claims are released", deleted, 1, release},
		{"then nothing is left to do", then(deleted, user.ClaimsReleased{Claims: claims().List()}, user.GroupsFound{Groups: []string{"g"}}, user.GroupsLeft{Groups: []string{"g"}}), 1, rest()},
		{"the groups are left", then(deleted, user.ClaimsReleased{Claims: claims().List()}), 1, user.Duty{Task: user.LeaveGroups}},
		{"a deleted user is not mailed", then(linked, user.Deleted{}, user.ClaimsReleased{Claims: claims().List()}, user.GroupsLeft{}), 1, rest()},
		{"a suspended active user needs nothing", onHold, 1, rest()},
		{"a suspended user's activation goes on", then(started, user.Suspended{}), 0, runStep("line", 1)},
		{"a suspended user's link expires", then(mailed, user.Suspended{}), 48, user.Duty{Task: user.EndLink, Subject: "link-1"}},
	})
}

// The whole story by the clock: what a workflow that only carries out duties
// does when nobody follows the link.
func TestTheClockOfALinkNobodyFollows(t *testing.T) {
	d := newDrive(1, "unifyoffice")
	d.must(t, order().Decide)
	d.must(t, user.StartActivation{Policy: d.rules}.Decide)
	d.luck = func(int) int { return 0 } // everything goes through
	type entry struct {
		task user.Task
		at   time.Duration
	}
	var diary []entry
	for range 40 {
		next := d.state().Duty(d.now)
		if next.Task == user.Rest {
			break
		}
		if next.Task == user.Wait {
			d.now = next.Due
			continue
		}
		diary = append(diary, entry{next.Task, d.now.Sub(noon)})
		d.perform(t, next)
	}
	want := []entry{
		{user.RunStep, 0},
		{user.SendLink, 0},
		{user.Deliver, 0},
		{user.RemindOfLink, 36 * time.Hour},
		{user.Deliver, 36 * time.Hour},
		{user.Deliver, 36 * time.Hour},
		{user.EndLink, 48 * time.Hour},
	}
	if len(diary) != len(want) {
		t.Fatalf("the diary is %v, want %v", diary, want)
	}
	for n := range want {
		if diary[n] != want[n] {
			t.Errorf("entry %d is %v, want %v", n, diary[n], want[n])
		}
	}
	if s := d.state(); s.Shown() != user.Failed {
		t.Errorf("it ends as %s", s.Shown())
	}
}
