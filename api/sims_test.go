package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

var cards atomic.Int64

// freshIMSI gives the IMSI of a card that no test has used.
func freshIMSI() string { return fmt.Sprintf("24001743%07d", cards.Add(1)) }

// simOf gives a user a card.
func (h *house) simOf(holder, imsi string) string {
	h.t.Helper()
	return h.call(http.MethodPost, "/v1/users/"+holder+"/sims", `{"kind":"voice","imsi":"`+imsi+`"}`).want(h.t, http.StatusCreated).text("id")
}

func (h *house) sim(id string) sim.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), sim.Stream(id))
	must(h.t, err)
	return sim.Fold(history.Facts)
}

// simFact writes what the workflow would.
func (h *house) simFact(id string, events ...domain.Event) {
	h.t.Helper()
	_, err := h.journal.Execute(h.t.Context(), sim.Stream(id), h.by(domain.ActorSystem), func([]domain.Fact) ([]domain.Event, error) { return events, nil })
	must(h.t, err)
}

// holders orders users who need nothing.
func (h *house) holders(firm string, n int) (ids []string) {
	h.t.Helper()
	for i := range n {
		ids = append(ids, h.user(firm, fmt.Sprintf(`{"firstName":"Ada","lastName":"L","extension":"5%03d"}`, i)).want(h.t, http.StatusCreated).text("id"))
	}
	return ids
}

func TestASIMIsGivenDetachedAndGivenAgain(t *testing.T) {
	h := open(t)
	people := h.holders(h.company("onenet"), 2)
	imsi := freshIMSI()
	made := h.call(http.MethodPost, "/v1/users/"+people[0]+"/sims", `{"kind":"voice","imsi":"`+imsi+`","iccid":"8946 0000 0000 0000 0000"}`)
	if made.status == http.StatusUnprocessableEntity {
		t.Fatalf("the card's numbers: %s", made.raw)
	}
	id := made.want(t, http.StatusCreated).text("id")
	if made.text("state") != "activating" || made.text("user") != people[0] || made.header.Get("Location") != "/v1/sims/"+id {
		t.Errorf("given: %s", made.raw)
	}
	h.call(http.MethodPost, "/v1/users/"+people[1]+"/sims", `{"kind":"voice","imsi":"`+imsi+`"}`).problem(t, http.StatusConflict, "sim-taken").names(t, "/imsi")
	again := h.call(http.MethodPost, "/v1/users/"+people[0]+"/sims", `{"kind":"voice","iccid":"89460000000000000000","activateOn":"2026-03-20T08:00:00Z"}`).want(t, http.StatusCreated)
	if again.text("id") != id || again.text("state") != "planned" || again.text("activateAt") != "2026-03-20T08:00:00Z" {
		t.Errorf("planned: %s", again.raw)
	}
	if free := h.call(http.MethodPost, "/v1/sims/"+id+"/detach", "").want(t, http.StatusOK); free.text("state") != "free" || free.text("user") != "" {
		t.Errorf("detached: %s", free.raw)
	}
	reused := h.call(http.MethodPost, "/v1/users/"+people[1]+"/sims", `{"kind":"voice","imsi":"`+imsi+`"}`).want(t, http.StatusCreated)
	if reused.text("id") != id || reused.text("user") != people[1] {
		t.Errorf("given again: %s", reused.raw)
	}
	shown := h.call(http.MethodGet, "/v1/sims/"+id, "").want(t, http.StatusOK)
	if shown.text("imsi") != imsi || shown.text("user") != people[1] {
		t.Errorf("shown: %s", shown.raw)
	}
	if seen := h.send(http.MethodGet, "/v1/sims/"+id, "", h.as(domain.ActorSupport, "sue")).want(t, http.StatusOK); seen.text("imsi") != sim.Tail(imsi) {
		t.Errorf("the support is shown %s", seen.raw)
	}
	h.settledNow()
	for query, want := range map[string]int{"user=" + people[1]: 1, "user=" + people[0]: 0, "state=activating&q=" + imsi[4:]: 1, "state=free": 0} {
		listed := h.call(http.MethodGet, "/v1/sims?"+query, "").want(t, http.StatusOK)
		if len(listed.items()) != want || strings.Contains(string(listed.raw), imsi) {
			t.Errorf("%s: %s", query, listed.raw)
		}
	}
	history := h.call(http.MethodGet, "/v1/sims/"+id+"/history", "").want(t, http.StatusOK)
	for _, fact := range []string{"sim.registered.v1", "sim.assigned.v1", "sim.activation-asked.v1", "sim.detached.v1", "claim.taken.v1"} {
		if !strings.Contains(string(history.raw), fact) {
			t.Errorf("the history does not tell %s: %s", fact, history.raw)
		}
	}
	h.call(http.MethodGet, "/v1/sims/none/history", "").problem(t, http.StatusNotFound, "no-sim")
	h.call(http.MethodGet, "/v1/sims/none", "").problem(t, http.StatusNotFound, "no-sim")
	h.call(http.MethodPost, "/v1/sims/none/block", "").problem(t, http.StatusNotFound, "no-sim")
}

func TestWhatIsNoCardIsRefusedByField(t *testing.T) {
	h := open(t)
	holder := h.holders(h.company("onenet"), 1)[0]
	for body, field := range map[string]string{
		`{"kind":"voice"}`:                                                              "/imsi",
		`{"kind":"voice","imsi":"24001"}`:                                               "/imsi",
		`{"kind":"voice","iccid":"89460000000000000001"}`:                               "/iccid",
		`{"kind":"voice","printed":"12"}`:                                               "/printed",
		`{"kind":"esim","imsi":"240017430000001"}`:                                      "/kind",
		`{"kind":"esim","activateOn":"2026-03-20T08:00:00Z"}`:                           "/activateOn",
		`{"kind":"voice","imsi":"240017430000001","activateOn":"2026-01-01T08:00:00Z"}`: "/activateOn",
	} {
		h.call(http.MethodPost, "/v1/users/"+holder+"/sims", body).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, field)
	}
	h.call(http.MethodPost, "/v1/users/"+holder+"/sims", `{"kind":"data","imsi":"240017430000001"}`).problem(t, http.StatusConflict, "sim-add-on")
	h.call(http.MethodPost, "/v1/users/nobody/sims", `{"kind":"voice","imsi":"240017430000001"}`).problem(t, http.StatusNotFound, "no-user")
}

func TestASIMIsSwappedBlockedAndUnblockedByTheOperatorAlone(t *testing.T) {
	e := estates(t)
	id, admin := e.sim(e.worker), e.as(domain.ActorAdmin, e.boss)
	e.send(http.MethodPost, "/v1/sims/"+id+"/swap", `{"imsi":"`+e.house.sim(id).Card.IMSI+`"}`, admin).problem(t, http.StatusConflict, "sim-same")
	swapped := e.send(http.MethodPost, "/v1/sims/"+id+"/swap", `{"imsi":"`+freshIMSI()+`"}`, admin).want(t, http.StatusCreated)
	if swapped.text("replaces") != id || swapped.text("user") != e.worker || swapped.text("id") == id {
		t.Errorf("swapped: %s", swapped.raw)
	}
	for range 2 {
		if blocked := e.send(http.MethodPost, "/v1/sims/"+id+"/block", "", admin).want(t, http.StatusOK); blocked.text("state") != "blocked" {
			t.Errorf("blocked: %s", blocked.raw)
		}
	}
	e.send(http.MethodPost, "/v1/sims/"+id+"/unblock", "", admin).problem(t, http.StatusForbidden, "unblock-operator")
	e.simFact(id, sim.Blocked{Attempt: 1})
	e.call(http.MethodPost, "/v1/sims/"+id+"/unblock", "").want(t, http.StatusOK)
	e.simFact(id, sim.Unblocked{Attempt: 1})
	if s := e.house.sim(id); s.Blocked || s.Blocking || s.Unblocking {
		t.Errorf("after the block: %+v", s)
	}
	e.call(http.MethodPost, "/v1/sims/"+id+"/detach", "").want(t, http.StatusOK)
	e.call(http.MethodPost, "/v1/sims/"+id+"/swap", `{"imsi":"`+freshIMSI()+`"}`).problem(t, http.StatusConflict, "sim-nobodys")
}

func TestOfFiftyWhoWantOneCardOneHasIt(t *testing.T) {
	h := open(t)
	people := h.holders(h.company("onenet"), 50)
	imsi := freshIMSI()
	answers := make([]answer, len(people))
	var all sync.WaitGroup
	for i, person := range people {
		all.Go(func() {
			answers[i] = h.call(http.MethodPost, "/v1/users/"+person+"/sims", `{"kind":"voice","imsi":"`+imsi+`","iccid":"89460000000000000018"}`)
		})
	}
	all.Wait()
	winner := ""
	for i, a := range answers {
		switch {
		case a.status == http.StatusCreated && winner == "":
			winner = a.text("id")
			if s := h.sim(winner); s.User != people[i] || len(s.Claims) != 2 {
				t.Errorf("the winner has %+v", s)
			}
		case a.status != http.StatusConflict && a.status != http.StatusServiceUnavailable, a.status == http.StatusConflict && a.text("code") != "sim-taken":
			t.Errorf("order %d: %s", i, a.raw)
		}
	}
	if winner == "" {
		t.Fatal("nobody has the card")
	}
	for _, stream := range (sim.Card{IMSI: imsi, ICCID: "89460000000000000018"}).Claims(key(1)) {
		history, err := h.journal.Load(t.Context(), stream)
		must(t, err)
		if owner := claim.Fold(history.Facts).Owner; owner != sim.Stream(winner) {
			t.Errorf("the claim is %q's", owner)
		}
	}
	for _, person := range people {
		history, err := h.journal.Load(t.Context(), user.Stream(person))
		must(t, err)
		if strings.Contains(fmt.Sprint(history.Facts), imsi) {
			t.Errorf("%s knows of the card", person)
		}
	}
}

// sim gives a user a SIM card that nobody has had.
func (e *estate) sim(holder string) string {
	e.t.Helper()
	made := e.call(http.MethodPost, "/v1/users/"+holder+"/sims", `{"kind":"voice","imsi":"`+freshIMSI()+`"}`).want(e.t, http.StatusCreated)
	e.settled(made)
	return made.text("id")
}

// Of those who swap one card at once several may be told that it is under way; its
// user's own stream has one of the new ones in the end.
func TestOfTwoSwapsOfOneCardOneIsLeft(t *testing.T) {
	e := estates(t)
	id := e.sim(e.worker)
	e.named(id, e.worker)
	answers := make([]answer, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answers[i] = e.call(http.MethodPost, "/v1/sims/"+id+"/swap", `{"imsi":"`+freshIMSI()+`"}`)
		})
	}
	all.Wait()
	var won, turnedAway int
	for _, a := range answers {
		if a.status != http.StatusCreated {
			t.Fatalf("a swap: %s", a.raw)
		}
		switch err := e.names(a.text("id"), e.worker); {
		case err == nil:
			won++
		case domain.KindOf(err) == domain.Refused && strings.Contains(err.Error(), "comes in the place of this one"):
			turnedAway++
		default:
			t.Errorf("naming it: %v", err)
		}
	}
	if won != 1 || turnedAway != len(answers)-1 {
		t.Errorf("%d have taken its place, %d were turned away", won, turnedAway)
	}
	e.call(http.MethodPost, "/v1/sims/"+id+"/swap", `{"imsi":"`+freshIMSI()+`"}`).problem(t, http.StatusConflict, "swap-underway")
}

// names has a user's stream name a SIM, as its workflow does.
func (h *house) names(id, holder string) error {
	h.t.Helper()
	s := h.sim(id)
	_, err := h.journal.Execute(h.t.Context(), user.Stream(holder), h.by(domain.ActorSystem), user.NameSIM{SIM: user.SIM{ID: id, Kind: s.Kind, Replaces: s.Replaces}}.Decide)
	return err
}

func (h *house) named(id, holder string) {
	h.t.Helper()
	must(h.t, h.names(id, holder))
}

func TestACardThatHasComeIsSwappedForTheOneThereIs(t *testing.T) {
	e := estates(t)
	old, came := e.sim(e.worker), e.sim(e.worker)
	imsi := e.house.sim(came).Card.IMSI
	e.simFact(came, sim.Named{User: e.worker})
	swapped := e.call(http.MethodPost, "/v1/sims/"+old+"/swap", `{"imsi":"`+imsi+`"}`).want(t, http.StatusCreated)
	if swapped.text("id") != came || swapped.text("replaces") != old || e.house.sim(came).Named {
		t.Errorf("swapped: %s", swapped.raw)
	}
	e.simFact(came, sim.Activated{Attempt: 1, Personal: &sim.Card{IMSI: imsi}})
	other := e.sim(e.worker)
	e.call(http.MethodPost, "/v1/sims/"+other+"/swap", `{"imsi":"`+imsi+`"}`).problem(t, http.StatusConflict, "sim-active")
}
