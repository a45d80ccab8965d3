package api_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/user"
)

// twoDesks gives a visitor and a second instance of the API on the same store.
func twoDesks(t *testing.T) (*visitor, *api.Desk) {
	t.Helper()
	var cfg api.Config
	v := visit(t, func(c *api.Config) { cfg = *c })
	cfg.Measure = prometheus.NewRegistry()
	second, err := api.New(cfg)
	must(t, err)
	return v, second.Desk
}

func (v *visitor) by(kind, who string) domain.Cause {
	cause := v.cause()
	cause.Actor = domain.Actor{Kind: kind, ID: who}
	return cause
}

func TestTwoAdminsWhoUnmakeEachOtherLeaveOne(t *testing.T) {
	v, second := twoDesks(t)
	boss, id := v.led()
	for _, one := range []string{boss, id} {
		v.do(one, func(domain.Cause) domain.Decide { return activated{}.Decide })
	}
	suspend := func(desk *api.Desk, by, whom string) (api.Done, error) {
		return desk.Suspend(t.Context(), v.by(domain.ActorAdmin, by), whom)
	}
	revoke := func(desk *api.Desk, by, whom string) (api.Done, error) {
		return desk.RevokeAdmin(t.Context(), v.by(domain.ActorAdmin, by), whom)
	}
	for round := range 50 {
		for _, one := range []string{boss, id} { // everybody is an admin again
			_, err := v.server.Desk.GrantAdmin(t.Context(), v.cause(), one)
			must(t, err)
			_, err = v.server.Desk.Resume(t.Context(), v.cause(), one)
			must(t, err)
		}
		act := revoke
		if round%2 == 1 {
			act = suspend
		}
		var both sync.WaitGroup
		var errs [2]error
		both.Go(func() { _, errs[0] = act(v.server.Desk, boss, id) })
		both.Go(func() { _, errs[1] = act(second, id, boss) })
		both.Wait()
		if v.state(boss).Administers() == v.state(id).Administers() {
			t.Fatalf("round %d: admins %v and %v after %v and %v", round, v.state(boss).Administers(), v.state(id).Administers(), errs[0], errs[1])
		}
		if told := errs[0]; (told == nil) == (errs[1] == nil) || !strings.Contains(errs[0+btoi(told == nil)].Error(), "last administrator") {
			t.Fatalf("round %d: told %v and %v", round, errs[0], errs[1])
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestALastAdminsEndCannotBePlannedByAnAdmin(t *testing.T) {
	v, _ := twoDesks(t)
	boss, id := v.led()
	for _, one := range []string{boss, id} {
		v.do(one, func(domain.Cause) domain.Decide { return activated{}.Decide })
	}
	plan := func(kind string, what user.Action, days int) error {
		_, err := v.server.Desk.Plan(api.PlanForm{What: string(what), At: v.journal.Now().AddDate(0, 0, days)})(t.Context(), v.by(kind, boss), boss)
		return err
	}
	for _, what := range []user.Action{user.ToDelete, user.ToSuspend} {
		if err := plan(domain.ActorAdmin, what, 10); err == nil || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("%s of the last admin is planned: %v", what, err)
		}
	}
	must(t, plan(domain.ActorOperator, user.ToSuspend, 20))
	done, err := v.server.Desk.GrantAdmin(t.Context(), v.cause(), id)
	must(t, err)
	v.settle(done)
	must(t, plan(domain.ActorAdmin, user.ToDelete, 30))
}

func TestTheOperatorLetsTheLastAdminGoAndSaysSo(t *testing.T) {
	v, _ := twoDesks(t)
	boss, _ := v.led()
	if _, err := v.server.Desk.DeleteUser(t.Context(), v.cause(), boss); err != nil {
		t.Fatal(err)
	}
	h, err := v.journal.Load(t.Context(), user.Stream(boss))
	must(t, err)
	for _, fact := range h.Facts {
		if _, gone := fact.Event.(user.Deleted); gone && fact.Reason != user.Unattended {
			t.Errorf("the reason is %q", fact.Reason)
		}
	}
	left, err := v.journal.Load(t.Context(), user.AdminsStream(v.state(boss).Company))
	must(t, err)
	if claim.Fold(left.Facts).Owner != "" {
		t.Error("the claim on the admins is still held")
	}
}

// Who took the claim and then slept past its end does not write behind the note
// by which it was given up.
func TestALeaveThatWasGivenUpEndsNoAdministration(t *testing.T) {
	v, second := twoDesks(t)
	boss, id := v.led()
	done, err := v.server.Desk.GrantAdmin(t.Context(), v.cause(), id)
	must(t, err)
	v.settle(done)
	cause := v.by(domain.ActorOperator, "")
	taking := cause.For(user.AdminsStream(v.state(boss).Company))
	stream := user.AdminsStream(v.state(boss).Company)
	_, err = v.journal.Execute(t.Context(), stream, taking, user.ClaimLeave(v.state(boss), cause).Take)
	must(t, err)
	waiting, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := second.RevokeAdmin(waiting, v.by(domain.ActorAdmin, boss), id); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("while another leaves: %v", err)
	}
	v.do(boss, func(cause domain.Cause) domain.Decide {
		return user.AbandonClaim{Claim: stream, Deadline: cause.At}.Decide
	})
	_, err = v.journal.Execute(t.Context(), user.Stream(boss), cause, user.Leave{TakenAt: cause.At}.Guard(user.SetAdmin{}.Decide))
	if err == nil || !v.state(boss).Administers() {
		t.Errorf("the late one wrote all the same: %v", err)
	}
}
