package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/projections"
)

// signInAs gives the browser a user's own session.
func (v *visitor) signInAs(id string) {
	v.Helper()
	v.cookie = strings.TrimPrefix(v.as(domain.ActorUser, id), "Cookie: ")
}

// esims are the eSIMs that a user has.
func (v *visitor) esims(holder string) (ids []string) {
	v.Helper()
	v.settledNow()
	rows, _, err := v.views.SIMs(v.Context(), projections.SIMFilter{User: holder})
	v.must(err)
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// prepared writes what the workflow would of an eSIM.
func (v *visitor) prepared(id, holder string) {
	v.Helper()
	v.simFact(id, sim.Named{User: holder}, sim.ProfileReady{Attempt: 1, Personal: &sim.Profile{
		Card: sim.Card{IMSI: freshIMSI()}, SMDP: "smdp.vendor.example", MatchingID: "ABC-123",
	}})
	v.do(holder, func(domain.Cause) domain.Decide { return user.NameSIM{SIM: user.SIM{ID: id, Kind: sim.ESIM}}.Decide })
	v.settledNow()
}

func TestAnESIMIsOrderedByItsUserAndItsCodeIsShownOnce(t *testing.T) {
	v := visit(t)
	_, people := v.mobiles(nil, nil)
	me := people[0]
	v.signInAs(me)
	contains(t, v.view("/me"), http.StatusOK, `href="/me/esim"`)
	contains(t, v.view("/me/esim"), http.StatusOK, "Beställ eSIM")
	contains(t, v.sends("/me/esim", "/me/esim", url.Values{}), http.StatusOK, "Ditt eSIM är beställt", "förbereds")
	mine := v.esims(me)
	if len(mine) != 1 {
		t.Fatalf("there are %d eSIMs", len(mine))
	}
	at := "/me/esim/" + mine[0]
	early := v.post(at, url.Values{"command": {strings.Repeat("a", 20)}})
	contains(t, early, http.StatusServiceUnavailable, "inte klart än")
	v.prepared(mine[0], me)
	ready := v.view("/me/esim")
	contains(t, ready, http.StatusOK, "Ditt eSIM är klart", `action="`+at+`"`)
	if strings.Contains(ready.body, "ABC-123") {
		t.Error("the code is shown before it was asked for")
	}
	const code = "LPA:1$smdp.vendor.example$ABC-123"
	command := url.Values{"command": {commandOf(t, ready, at)}}
	v.signInAs(people[1])
	contains(t, v.post(at, command), http.StatusNotFound)
	v.signInAs(me)
	shown := v.post(at, command)
	contains(t, shown, http.StatusOK, code, "<svg", "<dd>ABC-123</dd>")
	if shown.header.Get("Cache-Control") != "no-store" || strings.Contains(shown.body, "style=") {
		t.Errorf("the code's page: %v", shown.header)
	}
	for name, again := range map[string]page{"the same form": v.post(at, command), "another": v.post(at, url.Values{"command": {strings.Repeat("b", 20)}})} {
		if contains(t, again, http.StatusConflict, "har redan visats"); strings.Contains(again.body, "ABC-123") {
			t.Errorf("%s shows the code again", name)
		}
	}
	for _, path := range []string{"/v1/sims/" + mine[0], "/v1/sims/" + mine[0] + "/history", "/v1/users/" + me + "/history"} {
		if told := v.call(http.MethodGet, path, "").want(t, http.StatusOK); strings.Contains(string(told.raw), "ABC-123") {
			t.Errorf("%s tells the code", path)
		}
	}
	contains(t, v.sends("/me/esim", "/me/esim", url.Values{}), http.StatusOK, "förbereds")
	if now := v.esims(me); len(now) != 2 {
		t.Errorf("after another order there are %d", len(now))
	}
}

func TestOfTwoOrdersOfAnESIMAtOnceThereIsOne(t *testing.T) {
	v := visit(t)
	_, people := v.mobiles(nil)
	v.signInAs(people[0])
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if sent := v.post("/me/esim", url.Values{"command": {strings.Repeat("x", 20+n)}}); sent.status != http.StatusSeeOther && sent.status != http.StatusServiceUnavailable {
				t.Errorf("order %d was answered with %d", n, sent.status)
			}
		})
	}
	all.Wait()
	if mine := v.esims(people[0]); len(mine) != 1 {
		t.Errorf("there are %d eSIMs", len(mine))
	}
}

func TestWhoseLicenceHasNoSIMOrdersNone(t *testing.T) {
	v := visit(t)
	firm, _ := v.mobiles()
	made := v.call(http.MethodPost, "/v1/companies/"+firm+"/users", `{"firstName":"Olle","lastName":"O","extension":"700","licence":"fast"}`).want(t, http.StatusCreated)
	v.settledNow()
	v.signInAs(made.text("id"))
	if me := v.view("/me"); strings.Contains(me.body, "/me/esim") {
		t.Error("an eSIM is offered")
	}
	contains(t, v.view("/me/esim"), http.StatusOK, "Användarens licens har inget SIM-kort")
	contains(t, v.post("/me/esim", url.Values{"command": {strings.Repeat("a", 20)}}), http.StatusConflict, "inget SIM-kort")
}
