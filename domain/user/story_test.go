package user_test

import (
	"fmt"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

const stories = 150 // of each policy

// Whatever people do and whatever goes wrong: somebody always knows what comes
// next, and in the end everybody who is not deleted can be activated.
func TestNoStoryGetsStuck(t *testing.T) {
	ends := map[user.Lifecycle]int{}
	for _, rules := range []string{"unifyoffice", "onenet", "onepro", "officesmart", "teleproffs"} {
		for seed := range uint64(stories) {
			t.Run(fmt.Sprint(rules, " ", seed), func(t *testing.T) {
				d := newDrive(seed, rules)
				in := order()
				in.Company, in.Activate = d.firm, seed%2 == 0
				in.Extension = in.Number.Last(d.rules.Extension.LastDigits)
				in.Claims.Extension = user.ExtensionStream("acme", in.Extension)
				if rules == "teleproffs" && seed%3 == 0 {
					d.firm.Licences = map[string]int{"free": 1, "office": 1}
					in.Company, in.Licence = d.firm, "free"
				}
				if d.rules.Email != policy.EmailRequired && seed%4 == 1 {
					in.Person.Email, in.Claims.Email = "", ""
				}
				if d.rules.Mobile != policy.MobileRequired && seed%8 == 1 {
					in.Person.Mobile = ""
				}
				if seed%5 == 0 {
					in.Person, in.Claims.Email = user.Person{}, "" // it is said later who that is
				}
				if seed%3 == 1 {
					d.rules.Retention = policy.Duration(30 * time.Hour)
				}
				d.must(t, in.Decide)
				for range 60 {
					d.move(t)
					d.check(t)
				}
				ends[d.state().Shown()]++
				d.finish(t)
			})
		}
	}
	for _, end := range []user.Lifecycle{user.Pending, user.Failed, user.Active, user.OnHold, user.Gone} {
		if ends[end] == 0 {
			t.Errorf("no story was ever %s: %v", end, ends)
		}
	}
}

// move lets the workflow work, the time pass, or somebody meddle.
func (d *drive) move(t *testing.T) {
	t.Helper()
	next := d.state().Duty(d.now)
	switch d.luck(5) {
	case 0:
		d.meddle(t)
	case 1:
		d.now = d.now.Add(time.Duration(d.luck(20)) * time.Hour)
	default:
		switch next.Task {
		case user.Rest:
			d.now = d.now.Add(time.Hour)
		case user.Wait:
			d.now = next.Due
		default:
			d.perform(t, next)
		}
	}
}

// check asks what must hold at every moment.
func (d *drive) check(t *testing.T) {
	t.Helper()
	s := d.state()
	next := s.Duty(d.now)
	broken, open := 0, 0
	for _, step := range s.Steps {
		if step.State == user.StepBroken {
			broken++
			if step.Cause == "" || step.Responsible == "" {
				t.Fatalf("nobody knows why or who: %+v", step)
			}
		}
		if step.State != user.Done {
			open++
		}
	}
	switch {
	case next.Task == user.Wait && !next.Due.After(d.now):
		t.Fatalf("waits for the past: %+v at %s", next, d.now)
	case s.Lifecycle == user.Pending && s.Started && (next.Task == user.Rest && !d.waitsForSomebody() || open == 0 || broken > 0):
		t.Fatalf("a pending activation has nothing before it: %+v", s.Steps)
	case s.Lifecycle == user.Failed && broken != 1:
		t.Fatalf("failed without a failed step: %+v", s.Steps)
	case s.Lifecycle == user.Active && (!s.Started || open > 0):
		t.Fatalf("active with open steps: %+v", s.Steps)
	case s.Lifecycle == user.Gone && next.Task != user.ReleaseClaims && next.Task != user.LeaveGroups && next.Task != user.LetSIMGo && next.Task != user.GiveUpLicence && next.Task != user.EraseUser && next.Task != user.Wait && next.Task != user.Rest:
		t.Fatalf("a deleted user still has the duty %+v", next)
	}
	for _, claim := range s.Loose {
		if s.Claims.Holds(claim) {
			t.Fatalf("%s is held and to be released at once", claim)
		}
	}
}

// finish brings the story to its good end by what people can do.
func (d *drive) finish(t *testing.T) {
	t.Helper()
	d.luck = func(int) int { return 0 }
	d.unplan(t)
	if d.state().Lifecycle == user.Gone {
		d.work(t)
		if s := d.state(); s.Duty(d.now).Task != user.Rest || len(s.Loose) > 0 || s.Forgotten != !s.EraseAt.IsZero() {
			next := s.Duty(d.now)
			t.Fatalf("a deleted user does not come to rest: %+v", next)
		}
		return
	}
	if _, err := d.do(user.Resume{}.Decide); err != nil {
		t.Fatal(err)
	}
	d.work(t)
	if _, err := d.do(user.StartActivation{Policy: d.rules}.Decide); err != nil {
		t.Fatal(err)
	}
	if d.nameless() {
		d.must(t, d.named(operator))
	}
	d.work(t)
	d.handOver(t)
	if s := d.state(); s.Lifecycle == user.Pending && s.Link.OpenAt(d.now) {
		if _, err := d.do(user.Confirm{Hash: s.Link.Hash, At: d.now, Sum: sum}.Decide); err != nil {
			t.Fatal(err)
		}
	}
	d.work(t)
	d.verify(t)
	if s := d.state(); s.Shown() != user.Active {
		t.Fatalf("the story ends as %s with %+v", s.Shown(), s.Steps)
	}
}

// handOver gives the password to a user whom nothing reaches.
func (d *drive) handOver(t *testing.T) {
	t.Helper()
	if step, ok := d.state().Step("credentials"); ok && step.Cause == "hand-over" && step.State == user.Waiting {
		d.must(t, user.IssueCredential{Cause: d.cause(operator), Company: d.firm, Way: policy.ByHand}.Decide)
		d.work(t)
	}
}

// verify types the code that is sent to the mobile.
func (d *drive) verify(t *testing.T) {
	t.Helper()
	if step, ok := d.state().Step("mobile"); !ok || step.State == user.Done {
		return
	}
	mobile := "+491711234567"
	d.now = d.now.Add(25 * time.Hour)
	if _, err := d.do(user.Change{Company: d.firm, Actor: operator, At: d.now, Person: user.PersonChanges{Mobile: &mobile}}.Decide); err != nil {
		t.Fatal(err)
	}
	d.must(t, user.RequestMobileCode{Cause: d.cause(self), Policy: d.rules}.Decide)
	d.must(t, user.VerifyMobile{At: d.now, Right: func(user.MobileCodeIssued) bool { return true }}.Decide)
}

// work performs duties until there is nothing to do but to wait for the user;
// waits for a next try are slept through.
func (d *drive) work(t *testing.T) {
	t.Helper()
	for range 50 {
		switch next := d.state().Duty(d.now); next.Task {
		case user.Rest:
			return
		case user.Wait:
			if s := d.state(); s.Link.OpenAt(d.now) && s.Lifecycle == user.Pending {
				return
			}
			d.now = next.Due
		default:
			d.perform(t, next)
		}
	}
	t.Fatal("there is always something to do, and it never comes to an end")
}

func TestApplyingAFactLeavesTheStateBeforeItAlone(t *testing.T) {
	for seed := range uint64(20) {
		d := newDrive(seed, "unifyoffice")
		d.must(t, order().Decide)
		for range 80 {
			d.move(t)
		}
		var states []user.State
		var frozen []string
		s, written := user.State{}, text(t, d.history)
		for _, fact := range d.history {
			states, frozen = append(states, s), append(frozen, text(t, s))
			s = user.Evolve(s, fact)
		}
		for _, state := range states {
			for _, event := range []domain.Event{
				user.ClaimAbandoned{Claim: "another future"},
				user.MessageRequested{ID: "another future"},
				user.ActivationRetried{Step: "link"},
				user.NumberChanged{Number: "+4930129999"},
				user.LinkRenewedByUser{Link: user.Link{ID: "another future", Hash: "x"}},
				user.Deleted{},
			} {
				user.Evolve(state, domain.Fact{Event: event, At: noon})
			}
		}
		for n, state := range states {
			if now := text(t, state); now != frozen[n] {
				t.Fatalf("story %d: the state before fact %d (%s) changed\nfrom %s\nto   %s", seed, n, d.history[n].Event.Type(), frozen[n], now)
			}
		}
		if text(t, d.history) != written {
			t.Fatalf("story %d: folding changed the facts", seed)
		}
	}
}

func TestTwoFuturesOfOneUserDoNotMix(t *testing.T) {
	s := user.Fold(facts(mailed...))
	for n := range 9 {
		number, link := domain.E164(fmt.Sprintf("+493012000%02d", n)), user.Link{ID: fmt.Sprint(n), Hash: fmt.Sprint("hash", n)}
		one := user.Evolve(user.Evolve(s, domain.Fact{Event: user.NumberChanged{Number: number}}), domain.Fact{Event: user.LinkRenewedByUser{Link: link}})
		frozen := text(t, one)
		user.Evolve(s, domain.Fact{Event: user.ExtensionChanged{Extension: "0050"}})
		user.Evolve(s, domain.Fact{Event: user.ActivationRetried{Step: "link"}})
		elsewhere := s
		elsewhere.Link.Hash = "elsewhere"
		user.Evolve(elsewhere, domain.Fact{Event: user.LinkRenewedByUser{}})
		if now := text(t, one); now != frozen {
			t.Fatalf("another future leaked into this one:\nfrom %s\nto   %s", frozen, now)
		}
		s = one
	}
}
