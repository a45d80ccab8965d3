package workers_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dialtone/activities"
	"dialtone/api"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/workers"
)

// fated is the event store as a process reaches it that ends at one of its appends,
// before it is written or once it is.
type fated struct {
	eventstore.Store
	mu    sync.Mutex
	left  int // appends that are still written; below 0: the process lives on
	after bool
	dead  bool
	die   context.CancelFunc
}

var errEnded = errors.New("the process has ended")

// lives begins a process that ends behind a number of appends, never below 0.
func (f *fated) lives(ctx context.Context, appends int, after bool) context.Context {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.after, f.dead = appends, after, false
	ctx, f.die = context.WithCancel(ctx)
	return ctx
}

// Append writes while the process lives.
func (f *fated) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (eventstore.Appended, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return eventstore.Appended{}, errEnded
	}
	ends := f.left == 0
	f.left--
	if ends {
		f.dead = true
		if f.after {
			_, _ = f.Store.Append(ctx, stream, expected, events...)
		}
		f.die()
		return eventstore.Appended{}, errEnded
	}
	return f.Store.Append(ctx, stream, expected, events...)
}

// willing is a mail server, an SMS service, a network, and a SIM vendor, that do
// what they are asked for.
type willing struct{}

type willingMail struct{ willing }

type willingSMS struct{ willing }

// Send takes every mail.
func (willingMail) Send(context.Context, activities.Mail) activities.Outcome {
	return activities.Outcome{Accepted: true, Provider: "250 OK"}
}

// Send takes every SMS.
func (willingSMS) Send(context.Context, activities.SMS) activities.Outcome {
	return activities.Outcome{Accepted: true, Provider: "SM1"}
}

// Lookup knows no earlier SMS.
func (willingSMS) Lookup(context.Context, activities.SMS, time.Time, []string) (activities.Outcome, bool) {
	return activities.Outcome{}, false
}

// Activate connects every line.
func (willing) Activate(context.Context, string, domain.E164) error { return nil }

// Connect connects every block.
func (willing) Connect(context.Context, string, company.Block) error { return nil }

// Destroy destroys nothing: no key has an owner.
func (willing) Destroy(context.Context, string, time.Time) error { return nil }

// Forget has nothing to forget.
func (willing) Forget(context.Context, string) error { return nil }

// Do sends a card of its own for every order.
func (willing) Do(_ context.Context, job activities.VendorJob) (activities.VendorAnswer, activities.Outcome) {
	answer := activities.VendorAnswer{State: activities.VendorAccepted}
	if job.Task == sim.Check {
		sum := sha256.Sum256([]byte(job.SIM))
		answer.State = activities.VendorDispatched
		answer.Profile.Card = sim.Card{IMSI: fmt.Sprintf("24001743%03d%04d", int(sum[0]), (int(sum[1])<<8|int(sum[2]))%10000)}
	}
	if job.Task == sim.Activate {
		answer.Profile.Card = job.Card
	}
	return answer, activities.Outcome{Accepted: true}
}

// owned is everything that changes owners: the desk, the activities and the sweep,
// over one real store that ends when it is told to.
type owned struct {
	*house
	fated *fated
	desk  *api.Desk
	users *activities.Users
	firms *activities.Companies
	cards *activities.SIMs
	sweep *workers.Sweep
	ids   int
	lots  int
	deeds map[string]int // what was done, and how often
}

func openOwned(t *testing.T) *owned {
	t.Helper()
	h := open(t)
	o := &owned{house: h, fated: &fated{Store: h.store, left: -1}, deeds: map[string]int{}}
	journal := h.over(o.fated)
	h.inBackground(func(ctx context.Context) error { return h.views.Run(ctx, h.journal) })
	presets, err := policies.Presets()
	o.must(err)
	key := func(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }
	server, err := api.New(api.Config{
		Journal: journal, Views: h.views, Policies: presets, ClaimKey: key(1), LinkKey: key(2), DeviceKey: key(3), SessionKey: key(4),
		PublicURL: "http://phones.example", SIPDomain: "dialtone.local", SIPTransport: "udp", OperatorToken: "the-operators-token", NewID: o.id,
		Hash:   func(secret string) (string, error) { return secret, nil },
		Verify: func(secret, hash string) (bool, error) { return secret == hash, nil },
		Log:    silent(), Measure: prometheus.NewRegistry(),
	})
	o.must(err)
	texts, err := activities.NewTexts()
	o.must(err)
	o.desk = server.Desk
	o.users = &activities.Users{
		Journal: journal, Mail: willingMail{}, SMS: willingSMS{}, Network: willing{}, Leaders: h.views, Memberships: h.views, Keys: willing{},
		Readers: willing{}, Texts: texts, LinkKey: key(2), ClaimKey: key(1), PublicURL: "http://phones.example",
	}
	o.firms = &activities.Companies{Journal: journal, Network: willing{}}
	o.cards = &activities.SIMs{Journal: journal, Vendor: willing{}, ClaimKey: key(1)}
	o.sweep = &workers.Sweep{Journal: journal, Overdue: h.views, Log: silent()}
	return o
}

func (o *owned) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *owned) id() string {
	o.ids++
	return domain.DeriveID("owned", fmt.Sprint(o.ids))
}

// catchUp lets the read models know everything.
func (o *owned) catchUp() {
	o.t.Helper()
	head, err := o.store.Head(o.t.Context())
	o.must(err)
	o.must(o.views.WaitFor(o.t.Context(), head))
}

// work carries out what the facts of a stream ask for next, and tells whether there
// was anything.
func (o *owned) work(ctx context.Context, stream string) (bool, error) {
	room, id, _ := strings.Cut(stream, "-")
	switch room {
	case "user":
		duty, err := o.users.Look(ctx, activities.Errand{User: id})
		if err != nil || duty.Task == user.Rest || duty.Task == user.Wait {
			return false, err
		}
		_, err = o.forUser(duty.Task)(ctx, activities.Errand{User: id, Duty: duty})
		return true, err
	case "company":
		duty, err := o.firms.LookAtCompany(ctx, activities.CompanyErrand{Company: id})
		do := o.firms.GiveBackLicence
		if duty.Task == company.Connect {
			do = o.firms.ConnectNumbers
		}
		if err != nil || duty.Task == company.Rest || duty.Task == company.Wait {
			return false, err
		}
		_, err = do(ctx, activities.CompanyErrand{Company: id, Duty: duty})
		return true, err
	}
	duty, err := o.cards.LookAtSIM(ctx, activities.SIMErrand{SIM: id})
	do := o.cards.AskVendor
	switch {
	case err != nil || duty.Task == sim.Rest || duty.Task == sim.Wait:
		return false, err
	case duty.Task == sim.Name:
		do = o.cards.NameSIM
	case duty.Task == sim.Forget:
		do = o.cards.ForgetSIM
	}
	_, err = do(ctx, activities.SIMErrand{SIM: id, Duty: duty})
	return true, err
}

func (o *owned) forUser(task user.Task) func(context.Context, activities.Errand) (user.Duty, error) {
	return map[user.Task]func(context.Context, activities.Errand) (user.Duty, error){
		user.RunStep: o.users.RunStep, user.SendLink: o.users.IssueLink, user.RemindOfLink: o.users.Remind, user.EndLink: o.users.ExpireLink,
		user.Deliver: o.users.Deliver, user.HandOver: o.users.IssueCredential, user.RemindOfPassword: o.users.RemindOfPassword,
		user.EndPassword: o.users.ExpirePassword, user.ActOnDate: o.users.CarryOut, user.ReleaseClaims: o.users.ReleaseClaims,
		user.LeaveGroups: o.users.LeaveGroups, user.OrderSIM: o.users.OrderSIM, user.LetSIMGo: o.users.LetSIMGo,
		user.EraseUser: o.users.EraseUser, user.RejoinGroups: o.users.RejoinGroups, user.RegainSIMs: o.users.RegainSIMs,
		user.FinishSwap: o.users.FinishSwap, user.GiveUpLicence: o.users.GiveUpLicence,
	}[task]
}
