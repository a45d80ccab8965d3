package activities_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

type mortalVendor struct {
	activities.SIMVendor
	*mortal
}

// Do asks the vendor while the process lives.
func (v mortalVendor) Do(ctx context.Context, job activities.VendorJob) (answer activities.VendorAnswer, out activities.Outcome) {
	if v.effect("vendor", func() error { answer, out = v.SIMVendor.Do(ctx, job); return nil }) != nil {
		return activities.VendorAnswer{}, activities.Outcome{Cause: "vendor-busy", Code: "cancelled"}
	}
	return answer, out
}

// drawer is a user with SIMs, the activities that are killed, and their vendor.
type drawer struct {
	*person
	sims   *activities.SIMs
	vendor *local.SIMVendor
	kill   *simKilling
	names  map[string]string // ids of SIMs by what they are called here
}

// simKilling is what is to be killed, and where.
type simKilling struct {
	task    sim.Task
	card    string // what the SIM is called
	at      place
	effect  int
	effects int // how many it was seen to have
	done    bool
}

// simMatrix is the table of what is killed of SIMs' activities.
var simMatrix = []struct {
	activity string
	task     sim.Task
	card     string
}{
	{"NameSIM, of what is ordered by itself", sim.Name, "ordered"},
	{"NameSIM, which spares a dispatch", sim.Name, "by hand"},
	{"ForgetSIM, of what was cancelled", sim.Forget, "ordered"},
	{"ForgetSIM, of what was removed", sim.Forget, "sent"},
	{"AskVendor, order", sim.Order, "ordered"},
	{"AskVendor, cancel", sim.Cancel, "ordered"},
	{"AskVendor, activate", sim.Activate, "by hand"},
	{"AskVendor, check", sim.Check, "sent"},
	{"AskVendor, activate in place of another", sim.Activate, "sent"},
	{"AskVendor, block", sim.Block, "sent"},
	{"AskVendor, unblock", sim.Unblock, "sent"},
	{"AskVendor, release", sim.Release, "sent"},
	{"AskVendor, prepare an eSIM", sim.Prepare, "eSIM"},
	{"AskVendor, prepare another eSIM", sim.Prepare, "next eSIM"},
}

func TestWhateverIsKilledOfASIMIsDoneOnce(t *testing.T) {
	for _, row := range simMatrix {
		t.Run(row.activity, func(t *testing.T) {
			w := newWorld(t)
			vendor := local.NewSIMVendor(local.SIMVendorConfig{Clock: func() time.Time { return w.now }})
			server := httptest.NewServer(vendor)
			t.Cleanup(server.Close)
			sims := &activities.SIMs{
				Journal: w.users.Journal, ClaimKey: make([]byte, 32),
				Vendor: mortalVendor{activities.NewVendor(activities.VendorConfig{URL: server.URL}), &w.mortal},
			}
			kill := &simKilling{task: row.task, card: row.card, at: nowhere}
			whole := w.drawerLives(sims, vendor, kill)
			if !kill.done {
				t.Fatalf("the story has no such activity; its facts are %q", whole)
			}
			for _, at := range []place{beforeEffect, afterEffect, afterResult} {
				for round := range max(rounds()/3, kill.effects) {
					next := &simKilling{task: row.task, card: row.card, at: at, effect: 1 + round%kill.effects}
					if left := w.drawerLives(sims, vendor, next); !slices.Equal(left, whole) {
						t.Fatalf("killed %s, effect %d: the facts are\n%q, undisturbed they are\n%q", at, next.effect, left, whole)
					}
				}
			}
		})
	}
}

// drawerLives lets a user have SIMs in all ways there are, and tells what is left.
func (w *world) drawerLives(sims *activities.SIMs, vendor *local.SIMVendor, kill *simKilling) (left []string) {
	w.Helper()
	d := &drawer{person: w.bear("onenet", "standard"), sims: sims, vendor: vendor, kill: kill, names: map[string]string{}}
	d.obtains("ordered", sim.Voice, true)
	d.given("by hand", fmt.Sprintf("24001743%07d", w.born))
	d.settle("by hand")
	d.settle("ordered")
	d.obtains("sent", sim.Voice, false)
	w.must(d.vendor.Dispatch(w.Context(), local.SIMDispatch{SIM: d.names["sent"], Silent: true}))
	w.now = w.now.Add(2 * time.Hour)
	d.settle("sent")
	d.on("sent", sim.Give{ID: d.names["sent"], Company: d.company, User: d.id, Kind: sim.Voice, Replaces: d.names["by hand"], At: w.now}.Decide)
	d.settle("sent")
	d.settle("by hand")
	d.on("sent", sim.AskBlock{}.Decide)
	d.settle("sent")
	d.on("sent", sim.AskUnblock{Actor: domain.Actor{Kind: domain.ActorOperator}}.Decide)
	d.settle("sent")
	d.obtains("eSIM", sim.ESIM, false)
	d.on("eSIM", sim.ShowCode{User: d.id}.Decide)
	d.obtains("next eSIM", sim.ESIM, false)
	d.settle("eSIM")
	for _, card := range []string{"sent", "next eSIM"} {
		d.on(card, sim.Detach{User: d.id}.Decide)
		d.settle(card)
	}
	return d.rests()
}

// obtains has a SIM ordered and lets its workflow do what it can.
func (d *drawer) obtains(card, kind string, automatic bool) {
	d.Helper()
	d.names[card] = domain.DeriveID("crash-sim", d.id, card)
	d.on(card, sim.PlaceOrder{ID: d.names[card], Company: d.company, Kind: kind, User: d.id, Automatic: automatic}.Decide)
	d.settle(card)
}

// given gives the user a card that lies in a drawer.
func (d *drawer) given(card, imsi string) {
	d.Helper()
	d.names[card] = domain.DeriveID("crash-sim", d.id, card)
	known := sim.Card{IMSI: imsi}
	claims := known.Claims(d.sims.ClaimKey)
	for _, stream := range claims {
		d.execute(stream, func(c domain.Cause) domain.Decide {
			return claim.Take{Owner: sim.Stream(d.names[card]), By: c.Command, At: d.now}.Decide
		})
	}
	d.on(card, sim.Give{ID: d.names[card], Company: d.company, User: d.id, Kind: sim.Voice, Card: known, Claims: claims, At: d.now}.Decide)
}

func (d *drawer) on(card string, decide domain.Decide) {
	d.Helper()
	d.execute(sim.Stream(d.names[card]), func(domain.Cause) domain.Decide { return decide })
}

// settle carries out what a SIM's workflow has to do now.
func (d *drawer) settle(card string) {
	d.Helper()
	errand := activities.SIMErrand{SIM: d.names[card]}
	duty, err := d.sims.LookAtSIM(d.mortal.lives(d.Context(), 0, false), errand)
	d.must(err)
	for range 20 {
		if duty.Task == sim.Rest || duty.Task == sim.Wait {
			return
		}
		errand.Duty = duty
		duty = d.carryOut(card, errand)
	}
	d.Fatalf("after 20 duties there is still %s to do", duty.Task)
}

// carryOut does one duty. If it is the one to be killed, it is, and then runs
// again with the same errand, as Temporal has it.
func (d *drawer) carryOut(card string, errand activities.SIMErrand) sim.Duty {
	d.Helper()
	run := d.sims.AskVendor
	switch errand.Duty.Task {
	case sim.Name:
		run = d.sims.NameSIM
	case sim.Forget:
		run = d.sims.ForgetSIM
	default:
	}
	killed := !d.kill.done && errand.Duty.Task == d.kill.task && card == d.kill.card
	if killed && (d.kill.at == beforeEffect || d.kill.at == afterEffect) {
		if _, err := run(d.mortal.lives(d.Context(), d.kill.effect, d.kill.at == afterEffect), errand); err == nil {
			d.Fatalf("killed %s of effect %d, %s ended well", d.kill.at, d.kill.effect, errand.Duty.Task)
		}
	}
	next, err := run(d.mortal.lives(d.Context(), 0, false), errand)
	d.must(err)
	if killed {
		d.kill.done, d.kill.effects = true, len(d.mortal.effects)
	}
	if killed && d.kill.at == afterResult {
		next, err = run(d.mortal.lives(d.Context(), 0, false), errand)
		d.must(err)
	}
	return next
}

// rests tells what is left: the facts of every SIM, what the user has, and what
// the vendor did.
func (d *drawer) rests() (left []string) {
	d.Helper()
	for _, card := range []string{"ordered", "by hand", "sent", "eSIM", "next eSIM"} {
		h, err := d.journal.Load(d.Context(), sim.Stream(d.names[card]))
		d.must(err)
		for _, f := range h.Facts {
			left = append(left, card+" "+reflect.TypeOf(f.Event).Name())
		}
		s := sim.Fold(h.Facts)
		left = append(left, fmt.Sprintf("%s is %s, %d claims, ordered %d times, activated %d times",
			card, s.ShownAt(d.now), len(s.Claims), d.vendor.Orders(s.ID), d.vendor.Activations(s.Card.IMSI)))
	}
	h, err := d.journal.Load(d.Context(), user.Stream(d.id))
	d.must(err)
	for _, f := range h.Facts {
		switch f.Event.(type) {
		case user.SIMAdded, user.SIMRemoved:
			left = append(left, reflect.TypeOf(f.Event).Name())
		}
	}
	return append(left, fmt.Sprintf("%d SIMs are left", len(user.Fold(h.Facts).SIMs)))
}
