package activities_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// place is where an activity is killed.
type place string

// The places.
const (
	nowhere      place = "not at all"
	beforeEffect place = "before its effect"
	afterEffect  place = "after its effect"
	afterResult  place = "after its result" // which Temporal does not get to know
)

// story is a life: a preset, a licence, and what people do whenever the
// workflow rests; its end is a deletion, unless one was planned.
type story struct {
	preset, licence string
	then            []func(p *person)
	ordered         []func(*user.Create) // how the order differs from the usual one
}

var (
	byLink    = story{preset: "unifyoffice", licence: "standard"} // nobody follows the link: a reminder, then its end
	bySMS     = story{preset: "onepro", licence: "standard"}
	network   = story{preset: "onenet", licence: "standard"}
	ages      = story{preset: "officesmart", licence: "standard", then: []func(*person){changesPassword}}
	suspended = story{preset: "onenet", licence: "standard", then: []func(*person){plans(user.ToSuspend)}}
	deleted   = story{preset: "onenet", licence: "standard", then: []func(*person){plans(user.ToDelete)}}
	activated = story{preset: "onenet", licence: "standard", then: []func(*person){plans(user.ToActivate)}, ordered: []func(*user.Create){withoutActivation}}
	mobile    = story{preset: "teleproffs", licence: "free", then: []func(*person){followsLink, asksForCode, typesCode}}
	carded    = story{preset: "onenet", licence: "standard", then: []func(*person){needsSIM}}
	grouped   = story{preset: "onenet", licence: "standard", then: []func(*person){joinsGroups}}
	givesUp   = story{preset: "onenet", licence: "standard", then: []func(*person){deletesWithLicence}, ordered: []func(*user.Create){withSeat}}
	kept      = story{preset: "onenet", licence: "standard", then: []func(*person){joinsGroups, isKeptForAWhile}}
	returns   = story{preset: "onenet", licence: "standard", then: []func(*person){joinsGroups, leavesForGood, comesBack}}
	regains   = story{preset: "onenet", licence: "standard", then: []func(*person){hasSIM, leavesForGood, comesBack}}
	swaps     = story{preset: "onenet", licence: "standard", then: []func(*person){swapsNumbers}}
)

func followsLink(p *person) {
	p.does(user.Confirm{Hash: p.state().Link.Hash, At: p.now, Policy: p.rules, Sum: user.CredentialSum{Password: "sum"}}.Decide)
}

func withoutActivation(order *user.Create) { order.Activate = false }

// needsSIM gets a licence that has a SIM.
func needsSIM(p *person) {
	p.does(func([]domain.Fact) ([]domain.Event, error) {
		s := p.state()
		return []domain.Event{user.LicenceChanged{Licence: s.Licence, Previous: s.Licence, Claim: s.Claims.Seat, SIM: true}}, nil
	})
}

// plans has the back-office plan something for the next day.
func plans(what user.Action) func(*person) {
	return func(p *person) {
		p.execute(user.Stream(p.id), func(cause domain.Cause) domain.Decide {
			return user.Schedule{Cause: cause, Policy: p.rules, What: what, At: p.now.Add(24 * time.Hour)}.Decide
		})
	}
}

// leavesForGood is deleted now, unless that was planned and done.
func leavesForGood(p *person) {
	if p.state().Exists() {
		p.does(user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: p.rules}.Decide)
	}
}

// swapsNumbers decides to change numbers with another user.
func swapsNumbers(p *person) {
	other := p.bear("onenet", "standard")
	for _, one := range [][2]*person{{p, other}, {other, p}} {
		mine, theirs := one[0], one[1]
		p.execute(number.Stream(mine.line), func(domain.Cause) domain.Decide { return number.Confirm(mine.id) })
		p.execute(number.Stream(mine.line), func(domain.Cause) domain.Decide {
			return number.PrepareSwap{Number: mine.line, Other: theirs.line, From: mine.id, To: theirs.id, Decides: p.id, Swap: "swap", At: p.now}.Decide
		})
	}
	p.does(user.SwapNumber{
		Swap: "swap", With: other.id, Number: other.line, Previous: p.line, At: p.now, Policy: p.rules,
	}.Decide)
}

func changesPassword(p *person) {
	p.does(user.ChangePassword{At: p.now, Policy: p.rules, Sum: "sum"}.Decide)
}

func asksForCode(p *person) {
	p.execute(user.Stream(p.id), func(cause domain.Cause) domain.Decide {
		return user.RequestMobileCode{Cause: cause, Policy: p.rules}.Decide
	})
}

// typesCode types what the last SMS says.
func typesCode(p *person) {
	messages, err := p.inbox.Messages(p.Context(), p.Mobile)
	p.must(err)
	typed := regexp.MustCompile(`\b[0-9]{7}\b`).FindString(messages[len(messages)-1].Text)
	p.does(user.VerifyMobile{At: p.now, Right: func(issued user.MobileCodeIssued) bool {
		return user.IsMobileCode(p.users.LinkKey, p.id, issued, typed)
	}}.Decide)
}

// matrix is the table of what is killed: an activity of a story, by its task
// and the words its subject or purpose begins with.
var matrix = []struct {
	activity string
	in       story
	task     user.Task
	about    string
}{
	{"RunStep, the line", byLink, user.RunStep, policy.StepLine},
	{"RunStep, the network", network, user.RunStep, policy.StepNetwork},
	{"IssueLink", byLink, user.SendLink, ""},
	{"Deliver, the link by mail", byLink, user.Deliver, user.PurposeLink + " by mail"},
	{"Remind", byLink, user.RemindOfLink, ""},
	{"Deliver, the reminder by SMS", byLink, user.Deliver, user.PurposeReminder + " by sms"},
	{"ExpireLink", byLink, user.EndLink, ""},
	{"IssueCredential", bySMS, user.HandOver, ""},
	{"Deliver, the user name by mail", bySMS, user.Deliver, user.PurposeUsername + " by mail"},
	{"Deliver, the password by SMS", bySMS, user.Deliver, user.PurposePassword + " by sms"},
	{"Deliver, the mobile's code by SMS", mobile, user.Deliver, user.PurposeMobileCode + " by sms"},
	{"RemindOfPassword", ages, user.RemindOfPassword, ""},
	{"ExpirePassword", ages, user.EndPassword, ""},
	{"CarryOut, a suspension", suspended, user.ActOnDate, ""},
	{"CarryOut, a deletion", deleted, user.ActOnDate, ""},
	{"CarryOut, an activation", activated, user.ActOnDate, ""},
	{"ReleaseClaims", byLink, user.ReleaseClaims, ""},
	{"OrderSIM", carded, user.OrderSIM, ""},
	{"LetSIMGo", carded, user.LetSIMGo, ""},
	{"LeaveGroups", grouped, user.LeaveGroups, ""},
	{"LeaveGroups, of nobody's", network, user.LeaveGroups, ""},
	{"GiveUpLicence", givesUp, user.GiveUpLicence, ""},
	{"EraseUser", kept, user.EraseUser, ""},
	{"RejoinGroups", returns, user.RejoinGroups, ""},
	{"RegainSIMs", regains, user.RegainSIMs, ""},
	{"FinishSwap", swaps, user.FinishSwap, ""},
}

func TestEveryActivityIsKilled(t *testing.T) {
	var rows []string
	for _, row := range matrix {
		rows = append(rows, row.activity)
	}
	for _, row := range firmMatrix {
		rows = append(rows, row.activity)
	}
	for _, row := range simMatrix {
		rows = append(rows, row.activity)
	}
	readOnly := []string{"Look", "LookAtCompany", "LookAtSIM"}
	for _, of := range []reflect.Type{reflect.TypeFor[*activities.Users](), reflect.TypeFor[*activities.Companies](), reflect.TypeFor[*activities.SIMs]()} {
		for method := range of.Methods() {
			name := method.Name
			known := slices.Contains(readOnly, name) || slices.ContainsFunc(rows, func(row string) bool {
				return row == name || strings.HasPrefix(row, name+",")
			})
			if !known {
				t.Errorf("%s is in no matrix", name)
			}
		}
	}
}

// rounds is how often an activity is killed at each place: 20 times where
// everything is asked for, else 20 times at all places together.
func rounds() int {
	if os.Getenv("DIALTONE_REQUIRE") == "all" {
		return 20
	}
	return 7
}

func TestWhateverIsKilledIsDoneOnce(t *testing.T) {
	var table []string
	for _, row := range matrix {
		t.Run(row.activity, func(t *testing.T) {
			w := newWorld(t)
			kill := &killing{task: row.task, about: row.about, at: nowhere}
			whole := w.live(row.in, kill)
			if kill.effects == 0 {
				t.Fatalf("the story has no such activity; its facts are %q", whole.own)
			}
			for _, at := range []place{beforeEffect, afterEffect, afterResult} {
				line := killings{kills: rounds()}
				for round := range line.kills {
					next := &killing{task: row.task, about: row.about, at: at, effect: 1 + round%kill.effects}
					line.add(t, whole, w.live(row.in, next), next)
				}
				table = append(table, fmt.Sprintf("%-34s %-18s %5d %8d %11d %10d", row.activity, at, line.kills, kill.effects, line.mails, line.texts))
			}
		})
	}
	t.Logf("killed:\n%-34s %-18s %5s %8s %11s %10s\n%s", "activity", "where", "times", "effects", "mails twice", "SMS twice", strings.Join(table, "\n"))
}

// killing is what is to be killed, and where.
type killing struct {
	task    user.Task
	about   string
	at      place
	effect  int  // which of its effects, from 1
	effects int  // how many it was seen to have
	sent    bool // a message had gone out by then
	done    bool
}

func (k *killing) means(duty user.Duty) bool {
	return !k.done && duty.Task == k.task && (strings.HasPrefix(duty.Subject, k.about) || strings.HasPrefix(duty.Purpose, k.about))
}

// lived is what is left of a life.
type lived struct {
	own, others  []string // types of facts
	mails, texts map[string]int
	network      int
}

// live carries a life's duties out as the workflow does, until nothing is left
// to do, and tells what is left of it.
func (w *world) live(in story, kill *killing) lived {
	w.Helper()
	p := w.bear(in.preset, in.licence, in.ordered...)
	then := append(slices.Clone(in.then), leavesForGood)
	duty := p.look()
	for n := 0; ; n++ {
		if n == 100 {
			w.Fatalf("after 100 duties it is still to %s", duty.Task)
		}
		switch {
		case duty.Task == user.Rest && len(then) == 0:
			return p.leaves()
		case duty.Task == user.Rest || duty.Task == user.Wait && len(then) > 1: // people do not wait
			then[0](p)
			then = then[1:]
			duty = p.look()
		case duty.Task == user.Wait:
			w.now = duty.Due
			duty = p.look()
		default:
			duty = p.perform(duty, kill)
		}
	}
}

func (p *person) look() user.Duty {
	p.Helper()
	duty, err := p.users.Look(p.Context(), activities.Errand{User: p.id})
	p.must(err)
	return duty
}

// perform carries out one duty. If it is the one to be killed, it is, and then
// runs again with the same errand, as Temporal has it.
func (p *person) perform(duty user.Duty, kill *killing) user.Duty {
	p.Helper()
	run := map[user.Task]func(context.Context, activities.Errand) (user.Duty, error){
		user.RunStep: p.users.RunStep, user.SendLink: p.users.IssueLink, user.RemindOfLink: p.users.Remind, user.EndLink: p.users.ExpireLink,
		user.Deliver: p.users.Deliver, user.HandOver: p.users.IssueCredential, user.RemindOfPassword: p.users.RemindOfPassword,
		user.EndPassword: p.users.ExpirePassword, user.ActOnDate: p.users.CarryOut, user.ReleaseClaims: p.users.ReleaseClaims,
		user.LeaveGroups: p.users.LeaveGroups, user.OrderSIM: p.users.OrderSIM, user.LetSIMGo: p.users.LetSIMGo,
		user.EraseUser: p.users.EraseUser, user.RejoinGroups: p.users.RejoinGroups, user.RegainSIMs: p.users.RegainSIMs,
		user.FinishSwap: p.users.FinishSwap, user.GiveUpLicence: p.users.GiveUpLicence,
	}[duty.Task]
	errand := activities.Errand{User: p.id, Duty: duty}
	killed := kill.means(duty)
	if killed && (kill.at == beforeEffect || kill.at == afterEffect) {
		if _, err := run(p.mortal.lives(p.Context(), kill.effect, kill.at == afterEffect), errand); err == nil {
			p.Fatalf("killed %s of effect %d, %s ended well", kill.at, kill.effect, duty.Task)
		}
		happened := p.mortal.effects
		if kill.at == beforeEffect {
			happened = happened[:len(happened)-1]
		}
		kill.sent = slices.Contains(happened, "mail") || slices.Contains(happened, "sms")
	}
	next, err := run(p.mortal.lives(p.Context(), 0, false), errand)
	p.must(err)
	if killed {
		kill.done, kill.effects = true, len(p.mortal.effects)
	}
	if killed && kill.at == afterResult {
		next, err = run(p.mortal.lives(p.Context(), 0, false), errand)
		p.must(err)
	}
	return next
}

func (p *person) leaves() lived {
	p.Helper()
	var l lived
	l.own, l.others = p.written()
	l.mails, l.texts = p.received()
	l.network = p.network.Activations(p.line)
	return l
}

// killings counts what came of the killings at one place.
type killings struct{ kills, mails, texts int }

// add compares a life with one in which nothing was killed.
func (k *killings) add(t *testing.T, whole, l lived, kill *killing) {
	t.Helper()
	at := kill.at
	if !slices.Equal(l.own, whole.own) || !slices.Equal(l.others, whole.others) {
		t.Errorf("killed %s: the facts are\n%q, %q, undisturbed they are\n%q, %q", at, l.own, l.others, whole.own, whole.others)
	}
	if l.network != whole.network {
		t.Errorf("killed %s: the network carried %d orders out", at, l.network)
	}
	if len(l.mails) != len(whole.mails) || len(l.texts) != len(whole.texts) {
		t.Errorf("killed %s: %d mails and %d SMS, undisturbed %d and %d", at, len(l.mails), len(l.texts), len(whole.mails), len(whole.texts))
	}
	mails, texts := twice(t, l.mails), twice(t, l.texts)
	if !kill.sent && mails+texts > 0 || mails+texts > 1 {
		t.Errorf("killed %s: %d mails and %d SMS came twice", at, mails, texts)
	}
	k.mails, k.texts = k.mails+mails, k.texts+texts
}

// twice counts what came twice; nothing comes more often.
func twice(t *testing.T, copies map[string]int) (found int) {
	t.Helper()
	for n := range maps.Values(copies) {
		if n > 2 {
			t.Errorf("a message came %d times", n)
		}
		if n == 2 {
			found++
		}
	}
	return found
}
