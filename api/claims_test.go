package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestWhatIsTakenIsAConflictAndLeavesNothingBehind(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	h.user(firm, ada("01")).want(t, http.StatusCreated)
	const bob = `{"firstName":"Bob","lastName":"B","email":"bob@example.com","number":"+49301234502","extension":"4502"}`
	for _, c := range []struct{ name, from, to, code, says string }{
		{"the number", "+49301234502", "+49301234501", "number-taken", "+49301234501"},
		{"the extension", "4502", "4501", "extension-taken", "4501"},
		{"the e-mail address in another writing", "bob@", "ADA01@", "email-taken", "e-mail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := strings.Replace(bob, `"`+c.from, `"`+c.to, 1)
			refused := h.in(t).user(firm, body).problem(t, http.StatusConflict, c.code)
			if !strings.Contains(refused.text("detail"), c.says) || strings.Contains(refused.text("detail"), "@") {
				t.Fatalf("detail %q", refused.text("detail"))
			}
		})
	}
	h.user(firm, bob).want(t, http.StatusCreated)
}

func TestTheUsualExtensionGivesWayToTheNextFreeOne(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	h.user(firm, `{"firstName":"A","lastName":"B","extension":"4503"}`).want(t, http.StatusCreated)
	h.user(firm, `{"firstName":"A","lastName":"B","extension":"4504"}`).want(t, http.StatusCreated)
	made := h.user(firm, ada("03")).want(t, http.StatusCreated)
	if made.text("extension") != "4505" {
		t.Fatalf("extension %s", made.text("extension"))
	}
	first := h.get("/v1/users/"+made.text("id")+"/history?type=user.created.v1", made).want(t, http.StatusOK)
	if !strings.Contains(first.text("items.0.summary"), "4503 was taken") {
		t.Fatalf("history %s", first.raw)
	}
}

func TestOfManyOrdersForOneNumberExactlyOneIsTaken(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	const orders = 50
	answers := make([]answer, orders)
	var all sync.WaitGroup
	for i := range orders {
		all.Go(func() {
			answers[i] = h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"%d","email":"u%d@example.com","number":"+49301234510"}`, i, i))
		})
	}
	all.Wait()
	made, last := 0, answer{}
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made, last = made+1, a
			continue
		}
		a.problem(t, http.StatusConflict, "number-taken")
	}
	if made != 1 {
		t.Fatalf("%d orders were taken", made)
	}
	if list := h.get("/v1/users", last).items(); len(list) != 1 {
		t.Fatalf("%d users", len(list))
	}
	for i := range orders {
		number := fmt.Sprintf(`{"firstName":"U","lastName":"%d","email":"u%d@example.com"}`, i, i)
		if a := h.user(firm, number); a.status != http.StatusCreated && a.text("code") != "email-taken" {
			t.Fatalf("order %d: %s", i, a.raw)
		}
	}
}

func TestUsersAreBoundedByTheLicencesThatWereOrdered(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":2},{"kind":"pro","count":1}]`)
	order := func(n int, more string) answer {
		return h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com"%s}`, n, more))
	}
	if first := order(1, `,"licence":"pro"`).want(t, http.StatusCreated); first.text("licence") != "pro" {
		t.Fatalf("licence %s", first.text("licence"))
	}
	full := order(2, `,"licence":"pro"`).problem(t, http.StatusConflict, "quota-reached")
	if full.text("detail") != "all 1 licences of kind pro of the company are in use; order more" {
		t.Fatalf("detail %q", full.text("detail"))
	}
	if second := order(2, "").want(t, http.StatusCreated); second.text("licence") != "basic" {
		t.Fatalf("licence %s", second.text("licence"))
	}
	order(3, "").want(t, http.StatusCreated)
	none := order(4, "").problem(t, http.StatusConflict, "quota-reached")
	if none.text("detail") != "all 3 licences of the company are in use; order more" {
		t.Fatalf("detail %q", none.text("detail"))
	}
	unbounded := h.call(http.MethodPost, "/v1/companies", `{"name":"Free","policy":"unifyoffice","language":"en","country":"DE"}`).want(t, http.StatusCreated).text("id")
	h.user(unbounded, `{"firstName":"U","lastName":"V","email":"u4@example.com"}`).want(t, http.StatusCreated)
}

func TestSeatsAreGivenOnceEvenInAHurry(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":5}]`)
	var all sync.WaitGroup
	answers := make([]answer, 20)
	for i := range answers {
		all.Go(func() {
			answers[i] = h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com"}`, i))
		})
	}
	all.Wait()
	made := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made++
			continue
		}
		a.problem(t, http.StatusConflict, "quota-reached")
	}
	if made != 5 {
		t.Fatalf("%d users for 5 licences", made)
	}
}
