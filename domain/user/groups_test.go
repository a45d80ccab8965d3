package user_test

import (
	"reflect"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestWhyCallsDoNotComeToAUser(t *testing.T) {
	made := user.Created{ID: adaID, Company: "acme", Extension: "49", Personal: &ada}
	started := []domain.Event{made, user.ActivationStarted{Steps: []string{"line", "link"}}}
	linked := then(started, user.StepStarted{Step: "line", Attempt: 1}, user.StepDone{Step: "line"})
	refused := user.Trouble{Cause: "mailbox-unknown", Responsible: "admin"}
	active := then(linked, user.StepDone{Step: "link"}, user.Activated{})
	bare := made
	bare.Extension = ""
	for name, c := range map[string]struct {
		given  []domain.Event
		silent bool
		want   user.Silence
	}{
		"ordered":                     {[]domain.Event{made}, true, user.Silence{State: user.Pending, Cause: user.SilentNotStarted, Responsible: "admin"}},
		"ordered as a number":         {[]domain.Event{user.Created{ID: adaID, Extension: "49"}}, true, user.Silence{State: user.Pending, Step: "details", Cause: "details-missing", Responsible: "admin"}},
		"begun":                       {started, true, user.Silence{State: user.Pending, Step: "line"}},
		"at the link":                 {linked, true, user.Silence{State: user.Pending, Step: "link"}},
		"failed":                      {then(linked, user.StepFailed{Step: "link", Trouble: refused}, user.ActivationFailed{Step: "link"}), true, user.Silence{State: user.Failed, Step: "link", Cause: "mailbox-unknown", Responsible: "admin"}},
		"active":                      {active, false, user.Silence{}},
		"suspended":                   {then(active, user.Suspended{}), true, user.Silence{State: user.OnHold}},
		"resumed":                     {then(active, user.Suspended{}, user.Resumed{}), false, user.Silence{}},
		"active without any line":     {[]domain.Event{bare, user.ActivationStarted{}, user.Activated{}}, true, user.Silence{State: user.Active, Cause: user.SilentNoLine, Responsible: "admin"}},
		"deleted":                     {then(active, user.Deleted{}), true, user.Silence{State: user.Gone}},
		"suspended while it is begun": {then(started, user.Suspended{}), true, user.Silence{State: user.OnHold}},
	} {
		history := facts(c.given...)
		for n := range history {
			history[n].At = after(float64(n))
		}
		got, silent := user.Fold(history).Silence()
		if silent && got.Since.IsZero() {
			t.Errorf("%s: nobody knows since when", name)
		}
		if name == "suspended while it is begun" && !got.Since.Equal(after(2)) {
			t.Errorf("suspended since %s", got.Since)
		}
		got.Since = c.want.Since
		if silent != c.silent || got != c.want {
			t.Errorf("%s: %t %+v, want %+v", name, silent, got, c.want)
		}
	}
}

func TestWhoIsDeletedLeavesTheGroupsOnce(t *testing.T) {
	deleted := []domain.Event{user.Created{ID: adaID, Company: "acme", Personal: &ada}, user.Deleted{}}
	found, left := user.GroupsFound{Groups: []string{"sales"}}, user.GroupsLeft{Groups: []string{"sales"}}
	for name, c := range map[string]struct {
		given       []domain.Event
		task        user.Task
		finds, ends domain.Event
	}{
		"deleted":                    {deleted, user.LeaveGroups, found, nil},
		"the groups are found":       {then(deleted, found), user.LeaveGroups, nil, left},
		"and left":                   {then(deleted, found, left), user.Rest, nil, nil},
		"brought back before":        {then(deleted, user.Restored{As: user.Active}), user.Rest, nil, nil},
		"brought back in the middle": {then(deleted, found, user.Restored{As: user.Active}), user.RejoinGroups, nil, nil},
		"deleted once more":          {then(deleted, found, left, user.Restored{As: user.Active}, user.Deleted{}), user.LeaveGroups, found, nil},
	} {
		if got := user.Fold(facts(c.given...)).Duty(noon); got.Task != c.task {
			t.Errorf("%s: %+v, want %s", name, got, c.task)
		}
		for n, want := range []domain.Event{c.finds, c.ends} {
			decide := []domain.Decide{user.FindGroups{Groups: []string{"sales"}}.Decide, user.NoteGroupsLeft{}.Decide}[n]
			events, err := decide(facts(c.given...))
			if err != nil || want == nil && len(events) > 0 || want != nil && (len(events) != 1 || !reflect.DeepEqual(events[0], want)) {
				t.Errorf("%s: wrote %s, %v", name, told(events), err)
			}
		}
	}
	if events, err := (user.FindGroups{}).Decide(facts(deleted...)); err != nil || len(events) != 1 || events[0].Type() != left.Type() {
		t.Errorf("who was in no group: %s, %v", told(events), err)
	}
	if _, is := user.Deletion(facts(then(deleted, user.Restored{As: user.Active})...)); is {
		t.Error("who was brought back is still deleted")
	}
	if fact, is := user.Deletion(facts(then(deleted, left)...)); !is || fact.Revision != 1 {
		t.Errorf("the deletion is %+v", fact)
	}
}

func TestOneLetterTellsThatAColleagueLeft(t *testing.T) {
	made := user.Created{ID: adaID, Company: "acme", Personal: &ada}
	tell := user.TellGroupLeft{Deletion: "d1", Left: user.Departure{User: "ben", Groups: []string{"sales"}}}
	events, err := tell.Decide(facts(made))
	if err != nil || len(events) != 1 {
		t.Fatalf("wrote %s, %v", told(events), err)
	}
	letter, _ := events[0].(user.MessageRequested)
	if letter.Channel != user.Mail || letter.Purpose != user.PurposeGroupLeft || letter.Left.User != "ben" || letter.Personal != nil {
		t.Errorf("the letter is %+v", letter)
	}
	state := user.Fold(facts(made, letter))
	if duty := state.Duty(noon); duty.Task != user.Deliver || duty.Subject != letter.ID {
		t.Errorf("the next duty is %+v", duty)
	}
	if m, _ := state.Message(letter.ID); m.Left == nil || m.Left.Groups[0] != "sales" {
		t.Errorf("the message is %+v", m)
	}
	nameless := made
	nameless.Personal = &user.Person{FirstName: "Ada", Mobile: "+491711234567"}
	for name, given := range map[string][]domain.Event{
		"told already": {made, letter}, "deleted": {made, user.Deleted{}}, "without an address": {nameless}, "nobody": nil,
	} {
		if events, err := tell.Decide(facts(given...)); err != nil || len(events) > 0 {
			t.Errorf("%s: wrote %s, %v", name, told(events), err)
		}
	}
}
