package sim_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/sim"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// story is a SIM's stream with a clock.
type story struct {
	t     *testing.T
	facts []domain.Fact
	now   time.Time
}

func newStory(t *testing.T) *story { return &story{t: t, now: noon} }

func (s *story) state() sim.State { return sim.Fold(s.facts) }

// try gives a command and tells what it wrote.
func (s *story) try(decide domain.Decide) (types []string, err error) {
	events, err := decide(s.facts)
	for _, event := range events {
		s.facts = append(s.facts, domain.Fact{Event: event, At: s.now})
		types = append(types, event.Type())
	}
	return types, err
}

func (s *story) must(decide domain.Decide) *story {
	s.t.Helper()
	if _, err := s.try(decide); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// works lets the workflow work until nothing is to be done now; refuse says how
// the vendor answers.
func (s *story) works(answer func(sim.Task) (sim.Answer, *domain.Trouble)) {
	s.t.Helper()
	for range 50 {
		duty := s.state().Duty(s.now)
		switch duty.Task {
		case sim.Rest, sim.Wait:
			return
		case sim.Name:
			s.must(sim.Stand{User: duty.Subject}.Decide)
		case sim.Forget:
			s.must(sim.Leave{User: duty.Subject}.Decide)
		default:
			a, trouble := answer(duty.Task)
			s.must(sim.Finish{Task: duty.Task, Attempt: duty.Attempt, Answer: a, Trouble: trouble, At: s.now}.Decide)
		}
		if after := s.state().Duty(s.now); reflect.DeepEqual(duty, after) {
			s.t.Fatalf("%+v changes nothing", duty)
		}
	}
	s.t.Fatal("there is no end to what is to be done")
}

func (s *story) shows(want sim.Shown) {
	s.t.Helper()
	if got := s.state().ShownAt(s.now); got != want {
		s.t.Errorf("the SIM is %s, not %s", got, want)
	}
}

func fine(sim.Task) (sim.Answer, *domain.Trouble) { return sim.Answer{Sent: true}, nil }

func kept(sim.Task) (sim.Answer, *domain.Trouble) { return sim.Answer{}, nil }

func (s *story) give(user string, on *time.Time) domain.Decide {
	return sim.Give{ID: "a", Company: "acme", User: user, Kind: sim.Voice, Card: sim.Card{IMSI: imsi}, Claims: []string{"imsi-a"}, On: on, At: s.now}.Decide
}

func code(err error) string {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		return fault.Code
	}
	return fmt.Sprint(err)
}

func TestACardIsGivenActivatedDetachedAndUsedAgain(t *testing.T) {
	s := newStory(t)
	s.must(s.give("ada", nil)).shows(sim.ShownActivating)
	s.works(fine)
	s.shows(sim.ShownActive)
	if _, err := s.try(s.give("bob", nil)); code(err) != "sim-taken" {
		t.Errorf("a card in use is given away: %v", err)
	}
	s.must(sim.Detach{}.Decide).shows(sim.ShownFree)
	s.works(fine)
	s.must(s.give("bob", nil))
	s.works(fine)
	s.shows(sim.ShownActive)
	if got := s.state(); got.User != "bob" || len(got.Former) > 0 || got.Releasing {
		t.Errorf("the SIM is %+v", got)
	}
	if _, err := s.try(sim.Give{Company: "other", User: "eve", Kind: sim.Voice, At: s.now}.Decide); code(err) != "sim-taken" {
		t.Errorf("another company gets the card: %v", err)
	}
}

func TestAnActivationWaitsForItsDate(t *testing.T) {
	s := newStory(t)
	on := noon.AddDate(0, 0, 90)
	s.must(s.give("ada", &on))
	s.works(fine)
	s.shows(sim.ShownPlanned)
	if duty := s.state().Duty(s.now); duty.Task != sim.Wait || !duty.Due.Equal(on) {
		t.Errorf("the duty is %+v", duty)
	}
	s.now = on
	s.works(fine)
	s.shows(sim.ShownActive)
	past := noon.AddDate(0, 0, -3)
	if _, err := newStory(t).try(s.give("ada", &past)); code(err) != "invalid-input" {
		t.Errorf("a date in the past is taken: %v", err)
	}
}

func TestTheRaceOfDispatchAndCancellationHasOneOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		vendor func(sim.Task) (sim.Answer, *domain.Trouble)
		want   sim.Shown
		fact   domain.Event
	}{
		"cancelled before the dispatch": {kept, sim.ShownCancelled, sim.Cancelled{Instead: "other"}},
		"dispatched before":             {fine, sim.ShownFree, sim.Dispatched{TooLate: true, Personal: &sim.Card{}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			s.must(sim.PlaceOrder{ID: "a", Company: "acme", Kind: sim.Voice, User: "ada", Automatic: true}.Decide)
			s.works(kept)
			s.shows(sim.ShownOrdered)
			s.must(sim.CallOff{Instead: "other"}.Decide)
			s.works(c.vendor)
			s.shows(c.want)
			outcomes := 0
			for _, fact := range s.facts {
				if reflect.DeepEqual(fact.Event, c.fact) {
					outcomes++
				}
			}
			if outcomes != 1 || s.state().User != "" {
				t.Errorf("%d facts say so; the SIM is %+v", outcomes, s.state())
			}
			if wrote, err := s.try(sim.CallOff{Instead: "other"}.Decide); len(wrote) > 0 || err != nil {
				t.Errorf("it is cancelled again: %v, %v", wrote, err)
			}
		})
	}
}

func TestWhatIsJustBeingGivenIsNotTakenAwayByHand(t *testing.T) {
	s := newStory(t)
	s.must(sim.PlaceOrder{ID: "a", Company: "acme", Kind: sim.Voice, User: "ada", Automatic: true}.Decide)
	byHand := sim.Detach{ByHand: true}.Decide
	if _, err := s.try(byHand); code(err) != "sim-being-given" || domain.KindOf(err) != domain.Unavailable {
		t.Errorf("before the user names it: %v", err)
	}
	s.works(fine)
	s.must(byHand)
}

func TestOnlyTheOperatorLiftsABlock(t *testing.T) {
	s := newStory(t)
	s.must(s.give("ada", nil))
	s.works(fine)
	s.must(sim.AskBlock{}.Decide).shows(sim.ShownBlocked)
	s.works(fine)
	if _, err := s.try(sim.AskUnblock{Actor: domain.Actor{Kind: domain.ActorAdmin}}.Decide); code(err) != "unblock-operator" || domain.KindOf(err) != domain.Denied {
		t.Errorf("an admin lifts the block: %v", err)
	}
	s.must(sim.Detach{}.Decide)
	s.works(fine)
	if _, err := s.try(s.give("bob", nil)); code(err) != "sim-blocked" {
		t.Errorf("a blocked card is given away: %v", err)
	}
	s.must(sim.AskUnblock{Actor: domain.Actor{Kind: domain.ActorOperator}}.Decide)
	s.works(fine)
	s.shows(sim.ShownFree)
}

func TestAnESIMsCodeIsShownOnce(t *testing.T) {
	s := newStory(t)
	s.must(sim.PlaceOrder{ID: "a", Company: "acme", Kind: sim.ESIM, User: "ada"}.Decide)
	if _, err := s.try(sim.ShowCode{User: "ada"}.Decide); code(err) != "esim-not-ready" {
		t.Errorf("a code is shown before there is one: %v", err)
	}
	s.works(func(sim.Task) (sim.Answer, *domain.Trouble) {
		return sim.Answer{Profile: sim.Profile{Card: sim.Card{IMSI: imsi}, SMDP: "smdp.example", MatchingID: "ABC-1"}}, nil
	})
	s.shows(sim.ShownActive)
	if got := s.state().Profile.Code(); got != "LPA:1$smdp.example$ABC-1" {
		t.Errorf("the code is %s", got)
	}
	if _, err := s.try(sim.ShowCode{User: "bob"}.Decide); domain.KindOf(err) != domain.Missing {
		t.Errorf("somebody else is shown the code: %v", err)
	}
	s.must(sim.ShowCode{User: "ada"}.Decide)
	if _, err := s.try(sim.ShowCode{User: "ada"}.Decide); code(err) != "esim-shown" {
		t.Errorf("the code is shown again: %v", err)
	}
	s.must(sim.Detach{User: "ada"}.Decide)
	s.works(fine)
	s.shows(sim.ShownEnded)
}

func TestARefusalRestsUntilSomebodyHasItTriedAgain(t *testing.T) {
	s := newStory(t)
	s.must(s.give("ada", nil))
	s.works(func(sim.Task) (sim.Answer, *domain.Trouble) {
		return sim.Answer{}, &domain.Trouble{Cause: "card-in-use", Responsible: "operator"}
	})
	s.shows(sim.ShownFailed)
	s.must(sim.Retry{}.Decide)
	next := s.now.Add(time.Minute)
	s.works(func(sim.Task) (sim.Answer, *domain.Trouble) {
		return sim.Answer{}, &domain.Trouble{Cause: "vendor-busy", Responsible: "sim-vendor", NextTry: &next}
	})
	if duty := s.state().Duty(s.now); duty.Task != sim.Wait || !duty.Due.Equal(next) {
		t.Errorf("the duty is %+v", duty)
	}
	s.must(sim.Retry{}.Decide)
	s.works(fine)
	s.shows(sim.ShownActive)
}

// Whatever happens in whatever order: a SIM has one owner at most, comes to rest,
// and what the vendor reports twice or late changes nothing.
func TestNoSIMGetsStuck(t *testing.T) {
	for seed := range uint64(400) {
		luck := rand.New(rand.NewPCG(seed, 7))
		s := newStory(t)
		if seed%2 == 0 {
			s.must(sim.PlaceOrder{ID: "a", Company: "acme", Kind: sim.Voice, User: []string{"", "ada"}[luck.IntN(2)], Automatic: true}.Decide)
		} else {
			s.must(s.give("ada", nil))
		}
		answer := func(sim.Task) (sim.Answer, *domain.Trouble) {
			next := s.now.Add(time.Hour)
			switch luck.IntN(6) {
			case 0:
				return sim.Answer{}, &domain.Trouble{Cause: "vendor-busy", NextTry: &next}
			case 1:
				return sim.Answer{}, &domain.Trouble{Cause: "vendor-refused"}
			}
			return sim.Answer{Sent: luck.IntN(2) == 0}, nil
		}
		for range 40 {
			on := s.now.Add(time.Duration(luck.IntN(100)) * time.Hour)
			decide := []domain.Decide{
				s.give([]string{"ada", "bob"}[luck.IntN(2)], &on), sim.Detach{}.Decide, sim.AskBlock{}.Decide,
				sim.AskUnblock{Actor: domain.Actor{Kind: domain.ActorOperator}}.Decide, sim.CallOff{Instead: "b"}.Decide,
				sim.Report{Event: "order.dispatched"}.Decide, sim.Retry{}.Decide, sim.Replace{User: "ada", By: "b"}.Decide,
			}[luck.IntN(8)]
			before := s.state()
			_, _ = s.try(decide)
			if after := s.state(); before.User != "" && after.User != "" && before.User != after.User {
				t.Fatalf("seed %d: the SIM went from %s to %s at once", seed, before.User, after.User)
			}
			s.works(answer)
			s.now = s.now.Add(time.Duration(luck.IntN(50)) * time.Hour)
		}
		for range 4 {
			s.must(sim.Retry{}.Decide)
			s.works(fine)
			s.now = s.now.AddDate(0, 1, 0)
		}
		if duty := s.state().Duty(s.now); duty.Task != sim.Rest || s.state().ShownAt(s.now) == sim.ShownFailed {
			t.Fatalf("seed %d: the duty is %+v, the SIM %+v", seed, duty, s.state())
		}
	}
}

func TestWhoMayNameASIMIsAskedToForgetItAlsoIfNobodyNotedThatItIsNamed(t *testing.T) {
	s := newStory(t)
	s.must(sim.PlaceOrder{ID: "a", Company: "acme", Kind: sim.Voice, User: "ada", Automatic: true}.Decide)
	s.must(sim.Detach{User: "ada", Reason: "user-gone"}.Decide)
	if duty := s.state().Duty(s.now); duty.Task != sim.Forget || duty.Subject != "ada" {
		t.Fatalf("ada's stream may name the SIM, and the workflow is to %+v", duty)
	}
	s.must(sim.Leave{User: "ada"}.Decide)
	if duty := s.state().Duty(s.now); duty.Task == sim.Forget {
		t.Fatalf("what was forgotten is to be forgotten again: %+v", duty)
	}
}
