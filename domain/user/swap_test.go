package user_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

func TestASwapIsDecidedByOneFact(t *testing.T) {
	d := newDrive(1, "unifyoffice")
	d.must(t, order().Decide)
	before := d.state()
	in := user.SwapNumber{Swap: "s", With: "grace", Number: "+4930129999", Previous: before.Number, Actor: operator, Policy: d.rules, At: d.now}
	for name, c := range map[string]struct {
		change func(*user.SwapNumber)
		code   string
	}{
		"the number has moved": {func(in *user.SwapNumber) { in.Previous = "+4930121111" }, "number-moved"},
		"an admin waits for the activation": {func(in *user.SwapNumber) {
			in.Actor, in.Policy.AdminsChange = admin, false
		}, "not-active"},
	} {
		wrong := in
		c.change(&wrong)
		var fault *domain.Fault
		if _, err := wrong.Decide(d.history); !errors.As(err, &fault) || fault.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.must(t, in.Decide)
	s := d.state()
	if s.Number != "+4930129999" || s.Claims.Number != number.Stream("+4930129999") || s.Extension != before.Extension {
		t.Errorf("after the swap: number %s, claims %+v, extension %s", s.Number, s.Claims, s.Extension)
	}
	if slices.Contains(s.Loose, number.Stream(before.Number)) {
		t.Error("the number before is given back to the company")
	}
	if duty := s.Duty(d.now); duty.Task != user.FinishSwap || duty.Subject != "s" {
		t.Errorf("the duty is %+v", duty)
	}
	if events, err := in.Decide(d.history); len(events) > 0 || err != nil {
		t.Errorf("twice: %v, %v", events, err)
	}
	another := in
	another.Swap, another.Previous = "t", s.Number
	if _, err := another.Decide(d.history); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("another swap before the end of this one: %v", err)
	}
	d.must(t, user.Delete{Actor: operator, Policy: d.rules}.Decide)
	if duty := d.state().Duty(d.now); duty.Task != user.FinishSwap {
		t.Errorf("a deleted user's duty is %+v, before what was swapped can be given back", duty)
	}
	d.must(t, user.NoteSwapped{Swap: "s"}.Decide)
	if duty := d.state().Duty(d.now); duty.Task != user.ReleaseClaims {
		t.Errorf("behind it the duty is %+v", duty)
	}
}

func TestTheOtherUserOfASwapFollows(t *testing.T) {
	d := newDrive(2, "unifyoffice")
	d.must(t, order().Decide)
	had := d.state().Number
	in := user.SwapNumber{Swap: "s", With: "grace", Number: "+4930129999", Previous: had, Policy: d.rules, At: d.now}
	d.must(t, in.Follow)
	if s := d.state(); s.Number != "+4930129999" || s.Swap.ID != "" || len(s.Loose) > 0 {
		t.Errorf("it has %s, to finish %q, to give back %v", s.Number, s.Swap.ID, s.Loose)
	}
	for _, given := range []struct {
		n    domain.E164
		want domain.Event
	}{
		{"+4930129999", number.Swapped{Swap: "s", From: "grace", To: "ada"}},
		{had, number.SwapDropped{Swap: "s", Reason: "the other user wanted it no longer"}},
	} {
		prepared := domain.Fact{Event: number.SwapPrepared{Swap: "s", From: "grace", To: "ada"}}
		events, err := d.state().Moving("s", given.n)([]domain.Fact{prepared})
		if err != nil || events[0] != given.want {
			t.Errorf("%s: %v, %v", given.n, events, err)
		}
	}
	if events, err := in.Follow(d.history); len(events) > 0 || err != nil {
		t.Errorf("twice: %v, %v", events, err)
	}
	if events, err := in.Follow(nil); len(events) > 0 || err != nil {
		t.Errorf("nobody follows: %v, %v", events, err)
	}
}

func TestASwapThatNobodyDecidedIsGivenUpFirst(t *testing.T) {
	d := newDrive(3, "unifyoffice")
	d.must(t, order().Decide)
	in := user.SwapNumber{Swap: "s", With: "grace", Number: "+4930129999", Previous: d.state().Number, Actor: operator, Policy: d.rules, At: d.now}
	d.now = d.now.Add(2 * time.Minute)
	d.must(t, user.AbandonSwap{Swap: "s", Deadline: d.now.Add(-time.Minute)}.Decide)
	var fault *domain.Fault
	if _, err := in.Decide(d.history); !errors.As(err, &fault) || fault.Code != "claims-expired" {
		t.Errorf("a slow command decided: %v", err)
	}
	in.Swap = "t"
	d.must(t, in.Decide)
	if _, err := (user.AbandonSwap{Swap: "t", Deadline: d.now}).Decide(d.history); !errors.As(err, &fault) || fault.Code != "claim-held" {
		t.Errorf("what was decided is given up: %v", err)
	}
}
