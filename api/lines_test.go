package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// numberOf folds a number's stream.
func (h *house) numberOf(n domain.E164) number.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), number.Stream(n))
	must(h.t, err)
	return number.Fold(history.Facts)
}

// pooled puts numbers into the pool and waits until they are listed.
func (h *house) pooled(from, to string) {
	h.t.Helper()
	h.call(http.MethodPost, "/v1/pool", fmt.Sprintf(`{"from":%q,"to":%q,"country":"DE"}`, from, to)).want(h.t, http.StatusOK)
	h.caughtUp()
}

func (h *house) caughtUp() {
	h.t.Helper()
	head, err := h.journal.Store().Head(h.t.Context())
	must(h.t, err)
	must(h.t, h.views.WaitFor(h.t.Context(), head))
}

func TestACompanyBuysFromThePoolAndReturns(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	made := h.call(http.MethodPost, "/v1/pool", `{"from":"+4930777700","to":"+4930777709","country":"DE"}`).want(t, http.StatusOK)
	if made.text("pooled") != "10" {
		t.Errorf("pooled %s", made.raw)
	}
	h.caughtUp()
	if list := h.call(http.MethodGet, "/v1/pool", "").want(t, http.StatusOK); len(list.items()) != 10 || list.text("items.0.state") != "pool" {
		t.Errorf("the pool is %s", list.raw)
	}
	path := "/v1/companies/" + firm + "/purchases"
	one := h.call(http.MethodPost, path, `{"number":"030 7777-05"}`, "Idempotency-Key: one").want(t, http.StatusOK)
	if one.text("numbers.0") != "+4930777705" {
		t.Errorf("bought %s", one.raw)
	}
	h.call(http.MethodPost, path, `{"number":"+4930777705"}`).problem(t, http.StatusConflict, "number-taken")
	h.call(http.MethodPost, path, `{"number":"+4930666600"}`).problem(t, http.StatusConflict, "number-not-offered")
	h.call(http.MethodPost, path, `{"number":"x"}`).problem(t, http.StatusUnprocessableEntity, "e164")
	h.caughtUp()
	h.call(http.MethodPost, path, `{"count":10}`).problem(t, http.StatusConflict, "pool-empty")
	h.caughtUp()
	h.call(http.MethodPost, path, `{"kind":"mobile"}`).problem(t, http.StatusConflict, "pool-empty")
	any3 := h.call(http.MethodPost, path, `{"count":3,"country":"de"}`).want(t, http.StatusOK)
	for i := range 3 {
		n := domain.E164(any3.text(fmt.Sprint("numbers.", i)))
		if h.numberOf(n).Company != firm || !h.firm(firm).Owns(n) {
			t.Errorf("%s was not bought", n)
		}
	}
	h.call(http.MethodPost, "/v1/numbers/+4930777705/release", `{"to":"pool","reason":"spare"}`).want(t, http.StatusOK)
	if s := h.numberOf("+4930777705"); s.Company != "" || !s.Pool || h.firm(firm).Owns("+4930777705") {
		t.Errorf("after the return it stands as %+v", s)
	}
	h.call(http.MethodPost, "/v1/numbers/+49301234500/release", `{"to":"pool"}`).problem(t, http.StatusConflict, "main-number")
	h.caughtUp()
	if found := h.call(http.MethodGet, "/v1/numbers?state=inactive&company="+firm, "").want(t, http.StatusOK); found.text("items.0.number") != "+4930777705" {
		t.Errorf("what was the company's is not found: %s", found.raw)
	}
	h.call(http.MethodPost, path, `{"number":"+4930777705"}`).want(t, http.StatusOK)
	if again := h.call(http.MethodPost, "/v1/pool", `{"from":"+4930777704","to":"+4930777705"}`).want(t, http.StatusOK); !strings.Contains(string(again.raw), `"+4930777705"]`) {
		t.Errorf("a company's number was pooled: %s", again.raw)
	}
}

func (h *house) firm(id string) company.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), company.Stream(id))
	must(h.t, err)
	return company.Fold(history.Facts)
}

func TestOfFiftyBuyersOneWins(t *testing.T) {
	h := open(t)
	const n domain.E164 = "+4930777700"
	h.pooled(string(n), string(n))
	firms := make([]string, 50)
	for i := range firms {
		firms[i] = h.call(http.MethodPost, "/v1/companies", fmt.Sprintf(`{"name":"N%d","policy":"onenet","language":"en","country":"DE"}`, i)).want(t, http.StatusCreated).text("id")
	}
	answers := make([]answer, len(firms))
	var all sync.WaitGroup
	for i, firm := range firms {
		body := `{"number":"+4930777700"}`
		if i%2 == 0 {
			body = `{}`
		}
		all.Go(func() { answers[i] = h.call(http.MethodPost, "/v1/companies/"+firm+"/purchases", body) })
	}
	all.Wait()
	winners := 0
	for i, firm := range firms {
		owns := h.firm(firm).Owns(n)
		if answers[i].status == http.StatusOK {
			winners++
		} else if code := answers[i].text("code"); answers[i].status != http.StatusConflict || code != "number-taken" && code != "pool-empty" {
			t.Errorf("a loser is told %s", answers[i].raw)
		}
		if owns != (answers[i].status == http.StatusOK) || owns != (h.numberOf(n).Company == firm) {
			t.Errorf("company %d was answered %d, names the number: %v", i, answers[i].status, owns)
		}
	}
	if winners != 1 {
		t.Errorf("%d companies bought one number", winners)
	}
}

func TestNumbersAreKeptAndForwardedOverTheAPI(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	const path = "/v1/numbers/+49301234510"
	kept := h.call(http.MethodPut, path+"/reservation", `{"reason":"the new branch"}`).want(t, http.StatusOK)
	if kept.text("state") != "reserved" {
		t.Errorf("kept as %s", kept.raw)
	}
	h.call(http.MethodPut, path+"/reservation", `{"reason":""}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/reason")
	h.call(http.MethodPut, path+"/forwarding", `{"to":"030 999999"}`).want(t, http.StatusOK)
	h.caughtUp()
	if found := h.call(http.MethodGet, "/v1/numbers?q=030-1234510&company="+firm, "").want(t, http.StatusOK); found.text("items.0.forward") != "+4930999999" || found.text("items.0.reason") != "the new branch" {
		t.Errorf("found %s", found.raw)
	}
	if end := h.call(http.MethodDelete, path+"/forwarding", "").want(t, http.StatusOK); end.text("state") != "reserved" {
		t.Errorf("ended as %s", end.raw)
	}
	h.call(http.MethodDelete, path+"/reservation", "").want(t, http.StatusOK)
	h.call(http.MethodPut, "/v1/numbers/+4930555555/forwarding", `{"to":"+4930999999"}`).problem(t, http.StatusNotFound, "no-number")
	h.call(http.MethodPost, "/v1/companies/"+firm+"/numbers", `{"numbers":[{"from":"+4917155500","to":"+4917155509"}],"kind":"mobile"}`).want(t, http.StatusOK)
	told := h.call(http.MethodPut, "/v1/numbers/+4917155500/forwarding", `{"to":"+4930999999"}`).problem(t, http.StatusConflict, "mobile-not-forwarded")
	if !strings.Contains(told.text("detail"), "direct forwarding") {
		t.Errorf("the way round is not named: %s", told.raw)
	}
}

func TestReleasedNumbersRestByPolicy(t *testing.T) {
	h := open(t, resting)
	firm := h.company("onenet")
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.confirm(id)
	h.call(http.MethodPost, "/v1/numbers/+49301234501/release", `{"to":"pool"}`).problem(t, http.StatusConflict, "number-assigned")
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	refused := h.user(firm, `{"firstName":"B","lastName":"B","email":"b@example.com","number":"+49301234501"}`).problem(t, http.StatusConflict, "number-resting")
	if !strings.Contains(refused.text("detail"), h.clock.Now().Add(720*time.Hour).UTC().Format(time.RFC3339)) {
		t.Errorf("it is not told until when: %s", refused.raw)
	}
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").want(t, http.StatusOK)
	if state := h.state(id); state.Number != "+49301234501" || h.numberOf(state.Number).User != id {
		t.Errorf("the former owner does not have it back: %+v", h.numberOf("+49301234501"))
	}
	h.confirm(id)
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.call(http.MethodDelete, "/v1/numbers/+49301234501/rest", "").want(t, http.StatusOK)
	h.user(firm, `{"firstName":"B","lastName":"B","email":"b@example.com","number":"+49301234501"}`).want(t, http.StatusCreated)
}

// numbered orders a user whose number stands.
func (h *house) numbered(firm, n string) string {
	h.t.Helper()
	id := h.user(firm, `{"firstName":"N","lastName":"N","number":"`+n+`"}`).want(h.t, http.StatusCreated).text("id")
	h.confirm(id)
	return id
}

// confirm makes a user's number stand, as the line step of the workflow does.
func (h *house) confirm(id string) {
	h.t.Helper()
	stream := number.Stream(h.state(id).Number)
	_, err := h.journal.Execute(h.t.Context(), stream, h.by(domain.ActorSystem), number.Confirm(id))
	must(h.t, err)
}

// resting lets released numbers rest for thirty days.
func resting(c *api.Config) {
	rules := c.Policies["onenet"]
	rules.Quarantine, rules.AdminsChange = policy.Duration(720*time.Hour), true
	policies := maps.Clone(c.Policies)
	policies["onenet"] = rules
	c.Policies = policies
}

func TestManyUsersGetNumbersRowByRow(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	var ids []string
	for i := range 4 {
		body := fmt.Sprintf(`{"firstName":"A","lastName":"B%d","email":"a%d@example.com"}`, i, i)
		ids = append(ids, h.user(firm, body).want(t, http.StatusCreated).text("id"))
	}
	h.call(http.MethodPut, "/v1/numbers/+49301234520/reservation", `{"reason":"later"}`).want(t, http.StatusOK)
	h.caughtUp()
	body := fmt.Sprintf(`{"from":"+49301234519","rows":[{"user":%q},{"user":%q,"number":"+49301234530"},{"user":%q,"number":"+49301234530"},{"user":%q},{"user":"nobody"}]}`,
		ids[0], ids[1], ids[2], ids[3])
	path, key := "/v1/companies/"+firm+"/assignments", "Idempotency-Key: rows"
	got := h.call(http.MethodPost, path, body, key).want(t, http.StatusOK)
	for i, want := range []string{"assigned +49301234519 ", "assigned +49301234530 ", "refused +49301234530 number-taken", "assigned +49301234521 ", "refused  no-user"} {
		row := fmt.Sprintf("rows.%d.", i)
		if is := got.text(row+"outcome") + " " + textOr(got, row+"number") + " " + textOr(got, row+"code"); is != want {
			t.Errorf("row %d: %q, want %q", i, is, want)
		}
	}
	cause := h.by(domain.ActorOperator)
	form := api.AssignForm{Rows: []api.AssignRow{{User: ids[2]}}, From: "+49301234540"}
	for range 2 {
		_, rows, err := h.server.Desk.AssignNumbers(t.Context(), cause, firm, form)
		must(t, err)
		if rows[0].Outcome != "assigned" || rows[0].Number != "+49301234540" {
			t.Errorf("the row is %+v", rows[0])
		}
	}
	if _, rows, err := h.server.Desk.AssignNumbers(t.Context(), h.by(domain.ActorOperator), firm, form); err != nil || rows[0].Code != "has-number" {
		t.Errorf("another command: %+v, %v", rows, err)
	}
}

// textOr is the text at a path, "" where there is none.
func textOr(a answer, path string) string {
	if text := a.text(path); text != "<nil>" {
		return text
	}
	return ""
}

func TestASwapOverTheAPI(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	one, two := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id"), h.user(firm, ada("02")).want(t, http.StatusCreated).text("id")
	h.confirm(one)
	h.confirm(two)
	h.call(http.MethodPost, "/v1/users/"+one+"/swap", fmt.Sprintf(`{"with":%q}`, one)).problem(t, http.StatusUnprocessableEntity, "unknown-user")
	h.call(http.MethodPost, "/v1/users/"+one+"/swap", fmt.Sprintf(`{"with":%q}`, two)).want(t, http.StatusOK)
	h.call(http.MethodPost, "/v1/users/"+two+"/swap", fmt.Sprintf(`{"with":%q}`, one)).want(t, http.StatusServiceUnavailable)
	if s := h.state(one); s.Number != "+49301234502" || s.Extension == "" || s.Duty(h.clock.Now()).Task != user.FinishSwap {
		t.Errorf("after the decision: %s, %+v", s.Number, s.Swap)
	}
	if s := h.numberOf("+49301234501"); s.User != one || s.Swap == nil {
		t.Errorf("the number stands as %+v", s)
	}
}

func TestWhoHadTheNumberIsTold(t *testing.T) {
	e := estates(t)
	one, boss := e.person(e.own), e.as(domain.ActorAdmin, e.boss)
	e.settled(e.call(http.MethodPatch, "/v1/users/"+one, `{"number":"+49301234533"}`).want(t, http.StatusOK))
	e.confirm(one)
	march := e.clock.Now().Add(time.Minute)
	e.clock.forward(time.Hour)
	e.call(http.MethodPost, "/v1/numbers/+49301234533/release", `{"to":"company"}`).want(t, http.StatusOK)
	e.clock.forward(time.Hour)
	e.call(http.MethodPost, "/v1/numbers/+49301234533/release", `{"to":"pool"}`).want(t, http.StatusOK)
	e.call(http.MethodPost, "/v1/companies/"+e.foreign+"/purchases", `{"number":"+49301234533"}`).want(t, http.StatusOK)
	path := "/v1/numbers/+49301234533/owners"
	had := e.call(http.MethodGet, path+"?at="+march.UTC().Format(time.RFC3339), "").want(t, http.StatusOK)
	if len(had.items()) != 1 || had.text("items.0.user.id") != one || had.text("items.0.user.name") != "Ada Number" || had.text("items.0.company.id") != e.own ||
		had.text("items.0.state") != "assigned" || had.text("items.0.facts.0.type") != "number.assigned.v1" || had.text("items.0.facts.0.actor.kind") != "operator" {
		t.Errorf("in March: %s", had.raw)
	}
	ever := e.call(http.MethodGet, path, "").want(t, http.StatusOK)
	var states []string
	for i := range ever.items() {
		states = append(states, ever.text(fmt.Sprintf("items.%d.state", i)))
	}
	if got := strings.Join(states, " "); got != "free assigned free pool free" {
		t.Errorf("ever: %s", got)
	}
	mine := e.send(http.MethodGet, path, "", boss).want(t, http.StatusOK)
	if len(mine.items()) != 3 || strings.Contains(string(mine.raw), e.foreign) {
		t.Errorf("the admin sees %s", mine.raw)
	}
	e.send(http.MethodGet, path+"?at="+e.clock.Now().Add(time.Minute).UTC().Format(time.RFC3339), "", boss).problem(t, http.StatusNotFound, "no-number")
}
