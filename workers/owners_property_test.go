package workers_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/eventstore"
)

// histories is how many random histories are lived, unless -rapid.checks says more.
const histories = "15"

func TestWhateverHappensEverythingHasOneOwnerAndNothingIsLost(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(histories); err != nil {
			t.Fatal(err)
		}
	}
	world := openOwned(t)
	rapid.Check(t, func(rt *rapid.T) {
		l := world.begin(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"":         func(rt *rapid.T) { l.in(rt).follow() },
			"order":    func(rt *rapid.T) { l.in(rt).order() },
			"change":   func(rt *rapid.T) { l.in(rt).change() },
			"swap":     func(rt *rapid.T) { l.in(rt).swap() },
			"swap too": func(rt *rapid.T) { l.in(rt).swap() },
			"leave":    func(rt *rapid.T) { l.in(rt).leave() },
			"return":   func(rt *rapid.T) { l.in(rt).comeBack() },
			"number":   func(rt *rapid.T) { l.in(rt).number() },
			"seat":     func(rt *rapid.T) { l.in(rt).seat() },
			"card":     func(rt *rapid.T) { l.in(rt).card() },
			"group":    func(rt *rapid.T) { l.in(rt).group() },
			"again":    func(rt *rapid.T) { l.in(rt).again() },
			"work":     func(rt *rapid.T) { l.in(rt).works() },
			"work on":  func(rt *rapid.T) { l.in(rt).works() },
			"time":     func(rt *rapid.T) { l.in(rt).timePasses() },
		})
		l.in(rt).settles()
	})
	t.Logf("%d histories; done: %v", world.lots, world.deeds)
}

// lot is one random history: two companies of a world, and all that is theirs.
type lot struct {
	*rapid.T
	*owned
	at     eventstore.Position // up to where the register has read
	seen   *register
	firms  []string
	groups []string
	lines  []string // numbers that somebody may want
	told   []string // what happened, for whoever has to find a fault
	cutOff func(ctx context.Context) error
}

func (o *owned) begin(rt *rapid.T) *lot {
	o.lots++
	l := &lot{T: rt, owned: o, seen: newRegister()}
	l.emptyPool()
	var err error
	l.at, err = o.store.Head(o.t.Context())
	o.must(err)
	soon := o.clock().Add(1000 * time.Hour)
	for n := range 2 {
		first := fmt.Sprintf("+4681%04d%d", o.lots, n*4)
		last := fmt.Sprintf("+4681%04d%d", o.lots, n*4+3)
		made, err := o.desk.CreateCompany(o.t.Context(), l.cause(), api.CompanyForm{
			Name: "Acme", Policy: "teleproffs", Language: "sv", Country: "SE", Numbers: []api.BlockForm{{From: first, To: last}},
			Licences: []api.LicenceForm{{Kind: "fast", Count: 1, BoundUntil: &soon}, {Kind: "fast", Count: 1}, {Kind: "mobile-10gb", Count: 2}},
		})
		o.must(err)
		l.firms = append(l.firms, made.ID)
		for digit := range 4 {
			l.lines = append(l.lines, fmt.Sprintf("+4681%04d%d", o.lots, n*4+digit))
		}
		group, err := o.desk.CreateGroup(o.t.Context(), l.cause(), api.GroupForm{Company: made.ID, Kind: "hunt", Name: "Sales"})
		o.must(err)
		l.groups = append(l.groups, group.ID)
	}
	pool := api.BlockForm{From: fmt.Sprintf("+4685%04d0", o.lots), To: fmt.Sprintf("+4685%04d2", o.lots)}
	_, _, _, err = o.desk.Pool(o.t.Context(), l.cause(), api.PoolForm{BlockForm: pool, Country: "SE"})
	o.must(err)
	for digit := range 3 {
		l.lines = append(l.lines, fmt.Sprintf("+4685%04d%d", o.lots, digit))
	}
	for n, firm := range []int{0, 0, 1} {
		_, err = o.desk.CreateUser(o.t.Context(), l.cause(), l.firms[firm], api.UserForm{
			FirstName: "Ada", LastName: "Lovelace", Number: l.linesOf(l.firms[firm])[n+1], Licence: []string{"fast", "mobile-10gb"}[n%2],
		})
		o.must(err)
	}
	o.catchUp()
	return l
}

// linesOf are the numbers that a company may have.
func (l *lot) linesOf(firm string) []string {
	if firm == l.firms[0] {
		return append(slices.Clone(l.lines[:4]), l.lines[8:]...)
	}
	return l.lines[4:]
}

// emptyPool lets a company have what an earlier history has left to be bought.
func (l *lot) emptyPool() {
	l.move(2 * claim.Window)
	l.catchUp()
	l.sweep.Round(l.t.Context())
	keeper, err := l.desk.CreateCompany(l.t.Context(), l.cause(), api.CompanyForm{Name: "Keeper", Policy: "teleproffs", Language: "sv", Country: "SE"})
	l.must(err)
	for err == nil {
		l.catchUp()
		_, err = l.desk.Buy(l.t.Context(), l.cause(), keeper.ID, api.BuyForm{})
	}
	if fault, is := errors.AsType[*domain.Fault](err); !is || fault.Code != "pool-empty" {
		l.Fatal(err)
	}
}

func (l *lot) in(rt *rapid.T) *lot {
	l.T = rt
	return l
}

func (l *lot) cause() domain.Cause {
	return domain.Cause{Command: l.id(), Actor: domain.Actor{Kind: domain.ActorOperator}, Channel: domain.ChannelAPI, At: l.clock()}
}

func pick[T any](l *lot, what string, of ...T) T {
	return rapid.SampledFrom(of).Draw(l.T, what)
}

// does gives a command, in a process that may end within it.
func (l *lot) does(what string, do func(ctx context.Context, cause domain.Cause) error) {
	cause := l.cause()
	l.run(what, func(ctx context.Context) error { return do(ctx, cause) })
}

func (l *lot) run(what string, do func(ctx context.Context) error) {
	appends := pick(l, "ends behind", -1, 2, 0, -1, 1, 3, -1, 5, -1, 8, 4)
	ctx := l.fated.lives(l.t.Context(), appends, rapid.Bool().Draw(l.T, "once it is written"))
	l.move(time.Second)
	err := do(ctx)
	ended := l.fated.dead
	l.fated.lives(l.t.Context(), -1, false)
	l.told = append(l.told, fmt.Sprintf("%s, cut off %t: %v", what, ended, err))
	deed, _, _ := strings.Cut(what, " ")
	if ended {
		l.deeds[deed+", cut off"]++
		l.cutOff = do
		return
	}
	if err == nil {
		l.deeds[deed]++
	}
	if _, fault := errors.AsType[*domain.Fault](err); err != nil && !fault {
		l.Fatalf("%s: %v", what, err)
	}
}

// follow reads on in the log, fact by fact, and judges each moment.
func (l *lot) follow() {
	for event, err := range l.store.ReadAll(l.t.Context(), l.at, eventstore.Forwards, 0) {
		if err != nil {
			l.Fatal(err)
		}
		fact, err := l.codec.Decode(l.t.Context(), event)
		if err != nil {
			l.Fatal(err)
		}
		l.at = event.Position
		if err := l.seen.apply(fact); err != nil {
			l.fail(err)
		}
	}
}

func (l *lot) fail(err error) {
	for _, line := range l.told {
		l.Log(line)
	}
	l.Fatal(err)
}

// settles lets everybody do what is left to be done, until nothing is.
func (l *lot) settles() {
	var last error
	for range 40 {
		before := l.at
		l.move(2 * claim.Window)
		l.catchUp()
		l.sweep.Round(l.t.Context())
		l.move(time.Second)
		l.follow()
		for _, stream := range l.workers() {
			if _, err := l.work(l.t.Context(), stream); err != nil {
				last = err
			}
		}
		l.follow()
		if l.at == before {
			l.stands(last)
			return
		}
	}
	l.fail(fmt.Errorf("it does not come to rest: %w", last))
}

func (l *lot) stands(last error) {
	if err := l.seen.settled(); err != nil {
		l.fail(errors.Join(err, last))
	}
	rows, err := l.views.OverdueClaims(l.t.Context(), l.clock().Add(2*claim.Window), 10)
	if err != nil || len(rows) > 0 {
		l.fail(errors.Join(fmt.Errorf("the sweep still lists %v", rows), err))
	}
}

// workers are the streams that workflows look after, in order.
func (l *lot) workers() (streams []string) {
	for stream := range l.seen.users {
		streams = append(streams, stream)
	}
	for stream := range l.seen.firms {
		streams = append(streams, stream)
	}
	for stream := range l.seen.sims {
		streams = append(streams, stream)
	}
	slices.Sort(streams)
	return streams
}

func (l *lot) works() {
	stream := pick(l, "at", l.workers()...)
	l.run("work at "+stream, func(ctx context.Context) error {
		_, err := l.work(ctx, stream)
		return err
	})
	l.cutOff = nil
}

func (l *lot) timePasses() {
	l.move(pick(l, "passes", time.Second, 2*claim.Window, 2*time.Hour))
	if pick(l, "the sweep", true, false) {
		l.catchUp()
		l.run("sweep", func(ctx context.Context) error { l.sweep.Round(ctx); return nil })
		l.cutOff = nil
	}
}

// again gives the last command anew that was cut off.
func (l *lot) again() {
	if l.cutOff == nil {
		l.Skip("nothing was cut off")
	}
	do := l.cutOff
	l.cutOff = nil
	l.run("again", do)
}
