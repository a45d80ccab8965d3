package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// bound is a company with one licence bound for a year and one that is not.
func (h *house) bound() (firm string) {
	h.t.Helper()
	until := h.clock.Now().AddDate(1, 0, 0).UTC().Format("2006-01-02T15:04:05Z")
	return h.company("teleproffs", fmt.Sprintf(`,"licences":[{"kind":"fast","count":1,"boundUntil":%q},{"kind":"fast","count":1}]`, until))
}

func (h *house) licences(firm string, after answer) map[string]any {
	h.t.Helper()
	items := h.get("/v1/licences?company="+firm, after).want(h.t, http.StatusOK).body["items"].([]any)
	if len(items) != 1 {
		h.t.Fatalf("listed %v", items)
	}
	return items[0].(map[string]any)
}

func TestLicencesTellWhatIsBoundUsedAndFree(t *testing.T) {
	h := open(t)
	firm := h.bound()
	last := h.user(firm, `{"firstName":"Eva","lastName":"Berg","licence":"fast"}`).want(t, http.StatusCreated)
	got := h.licences(firm, last)
	if got["count"] != 2.0 || got["used"] != 1.0 || got["free"] != 1.0 {
		t.Errorf("got %v", got)
	}
	if bound := got["bound"].([]any); len(bound) != 1 || bound[0].(map[string]any)["count"] != 1.0 {
		t.Errorf("bound are %v", bound)
	}
}

func TestALicenceIsGivenBackByTheCompanyAndNotTwice(t *testing.T) {
	h := open(t)
	firm := h.bound()
	path := "/v1/companies/" + firm + "/licences/returns"
	last := h.call(http.MethodPost, path, `{"kind":"fast"}`).want(t, http.StatusAccepted)
	if got := h.licences(firm, last); got["returning"] != 1.0 {
		t.Errorf("got %v", got)
	}
	h.call(http.MethodPost, path, `{"kind":"fast"}`).problem(t, http.StatusConflict, "licence-returning")
	h.call(http.MethodPost, path, `{"kind":"slow"}`).problem(t, http.StatusNotFound, "no-licence")
}

func TestWhoIsDeletedMayLeaveTheLicenceOrGiveItUp(t *testing.T) {
	h := open(t)
	firm := h.bound()
	eva := "/v1/users/" + h.user(firm, `{"firstName":"Eva","lastName":"Berg","licence":"fast"}`).want(t, http.StatusCreated).text("id")
	kept := h.call(http.MethodDelete, eva, "").want(t, http.StatusOK)
	if got := h.licences(firm, kept); got["count"] != 2.0 || got["used"] != 0.0 || got["returning"] != nil {
		t.Errorf("kept, the licences are %v", got)
	}
	ida := h.user(firm, `{"firstName":"Ida","lastName":"Berg","licence":"fast"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodDelete, "/v1/users/"+ida+"?licence=sell", "").want(t, http.StatusUnprocessableEntity)
	h.call(http.MethodDelete, "/v1/users/"+ida+"?licence=return", "").want(t, http.StatusOK)
	if state := h.state(ida); state.GivesUp != "fast" || state.Duty(h.clock.Now()).Task != user.LeaveGroups {
		t.Errorf("the user gives up %q, and has to %v", state.GivesUp, state.Duty(h.clock.Now()))
	}
}

func TestABoundLicenceIsNotGivenUpWithItsUser(t *testing.T) {
	h := open(t)
	firm := h.bound()
	h.call(http.MethodPost, "/v1/companies/"+firm+"/licences/returns", `{"kind":"fast"}`).want(t, http.StatusAccepted)
	ida := h.user(firm, `{"firstName":"Ida","lastName":"Berg","licence":"fast"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodDelete, "/v1/users/"+ida+"?licence=return", "").problem(t, http.StatusConflict, "licence-returning")
	if state := h.state(ida); !state.Exists() {
		t.Error("the user was deleted all the same")
	}
}

func TestFiftyOrdersAtOnceForTheLastLicenceSeatOne(t *testing.T) {
	h := open(t)
	firm := h.company("teleproffs", `,"licences":[{"kind":"fast","count":3}]`)
	for n := range 2 {
		h.user(firm, fmt.Sprintf(`{"firstName":"A","lastName":"B%d","licence":"fast"}`, n)).want(t, http.StatusCreated)
	}
	codes := make(chan int, 50)
	for n := range 50 {
		go func() {
			codes <- h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V%d","licence":"fast"}`, n)).status
		}()
	}
	got := map[int]int{}
	for range 50 {
		got[<-codes]++
	}
	if got[http.StatusCreated] != 1 || got[http.StatusConflict] != 49 {
		t.Fatalf("the answers are %v", got)
	}
	owners := map[string]bool{}
	for n := 1; n <= 3; n++ {
		owners[h.owner(company.SeatStream(firm, company.Seat{Kind: "fast", N: n}))] = true
	}
	if len(owners) != 3 || owners[""] {
		t.Errorf("the seats are %v's", owners)
	}
}

func TestTheCompanysPageHasItsLicencesAndTheUsersPageAsks(t *testing.T) {
	v := visit(t)
	v.signIn()
	until := v.clock.Now().AddDate(1, 0, 0)
	done, err := v.server.Desk.CreateCompany(t.Context(), v.cause(), api.CompanyForm{
		Name: "Studio Berg", Policy: "teleproffs", Language: "sv", Country: "SE",
		Licences: []api.LicenceForm{{Kind: "fast", Count: 1, BoundUntil: &until}, {Kind: "fast", Count: 1}},
	})
	v.must(err)
	eva := v.create(done.ID, `{"firstName":"Eva","lastName":"Berg","licence":"fast"}`)
	v.must(v.views.WaitFor(t.Context(), v.head()))
	contains(t, v.view("/users/"+eva), http.StatusOK, `name="licence" value="return"`)
	path := "/companies/" + done.ID
	shown := v.view(path)
	contains(t, shown, http.StatusOK, "Give one back", "1 until "+until.UTC().Format(time.DateOnly))
	form := url.Values{"command": {commandOf(t, shown, path+"/licences/returns")}, "kind": {"fast"}}
	for range 2 {
		if answer := v.post(path+"/licences/returns", form); answer.status != http.StatusSeeOther {
			t.Errorf("giving one back was answered with %d", answer.status)
		}
	}
	v.must(v.views.WaitFor(t.Context(), v.head()))
	contains(t, v.view(path), http.StatusOK, "on the way back: 1")
	contains(t, v.view("/users/"+eva), http.StatusOK, "is bound and stays")
}
