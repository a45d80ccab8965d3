package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

func TestChangesAtTheSameTimeLeaveTheUserWithWhatIsClaimed(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			n := 10 + i%6
			form := api.ChangeForm{
				Number: api.Put(fmt.Sprintf("+493012345%d", n)), Extension: api.Put(fmt.Sprintf("70%d", n)),
				Email: api.Put(fmt.Sprintf("ada%d@example.com", n)),
			}
			_, err := h.server.Desk.ChangeUser(t.Context(), h.by(domain.ActorOperator), id, form)
			if err != nil && domain.KindOf(err) != domain.Unavailable {
				t.Errorf("change %d: %v", i, err)
			}
		})
	}
	all.Wait()
	state := h.state(id)
	if state.Claims.Number != number.Stream(state.Number) || state.Claims.Extension != user.ExtensionStream(firm, state.Extension) {
		t.Fatalf("number %s and extension %s, claims %+v", state.Number, state.Extension, state.Claims)
	}
	if state.Claims.Email != user.EmailClaim(key(1), state.Person.Email) {
		t.Fatalf("e-mail claim %s", state.Claims.Email)
	}
	for _, stream := range state.Claims.List() {
		if owner := h.owner(stream); owner != id && owner != user.Stream(id) {
			t.Errorf("%s belongs to %q", stream, owner)
		}
		if slices.Contains(state.Loose, stream) {
			t.Errorf("%s is the user's and is to be given back", stream)
		}
	}
}

// owner gives whom a claim or number belongs to.
func (h *house) owner(stream string) string {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), stream)
	must(h.t, err)
	if of := number.Fold(history.Facts).User; of != "" {
		return of
	}
	return claim.Fold(history.Facts).Owner
}

func TestARefusedOrderOwnsNothing(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":9}]`)
	h.user(firm, ada("01")).want(t, http.StatusCreated)
	h.user(firm, `{"firstName":"B","lastName":"B","email":"b@example.com","number":"+49301234502","extension":"4501"}`).problem(t, http.StatusConflict, "extension-taken")
	h.user(firm, `{"firstName":"B","lastName":"B","email":"ADA01@example.com","number":"+49301234502"}`).problem(t, http.StatusConflict, "email-taken")
	streams := []string{number.Stream("+49301234502"), user.ExtensionStream(firm, "4502"), user.EmailClaim(key(1), "b@example.com")}
	for _, stream := range streams {
		if owner := h.owner(stream); owner != "" {
			t.Errorf("%s belongs to %q", stream, owner)
		}
	}
	taken := 0
	for n := 1; n <= 9; n++ {
		if h.owner(user.SeatStream(firm, "basic", n)) != "" {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d seats are taken", taken)
	}
}

func TestANewCompanyOwnsItsNumbersAndNobodyElsesAfterAClash(t *testing.T) {
	h := open(t)
	const body = `{"name":"N","policy":"onenet","language":"en","country":"DE","numbers":[{"from":"+4930555500","to":"+4930555549"}]}`
	answers := make([]answer, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = h.call(http.MethodPost, "/v1/companies", body) })
	}
	all.Wait()
	owners := map[string]bool{}
	for n := range 50 {
		history, err := h.journal.Load(t.Context(), number.Stream(domain.E164(fmt.Sprintf("+49305555%02d", n))))
		must(t, err)
		owners[number.Fold(history.Facts).Company] = true
	}
	made := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made++
			if len(owners) != 1 || !owners[a.text("id")] {
				t.Errorf("%s was made, the numbers belong to %v", a.text("id"), owners)
			}
			continue
		}
		a.problem(t, http.StatusConflict, "number-taken")
	}
	if made > 1 || made == 0 && (len(owners) != 1 || !owners[""]) {
		t.Errorf("%d companies were made, the numbers belong to %v", made, owners)
	}
}

func TestTheHistoryIsGivenAsItIsAskedFor(t *testing.T) {
	h := open(t)
	path, _, last := h.story()
	h.get(path, last)
	for accept, want := range map[string]string{
		"text/csv":                         "text/csv; charset=utf-8; header=present",
		"application/json;q=0.5, text/csv": "text/csv; charset=utf-8; header=present",
		"application/json":                 "application/json",
		"*/*":                              "application/json",
		"text/html":                        "application/json",
		"":                                 "application/json",
	} {
		if got := h.call(http.MethodGet, path+"/history", "", "Accept: "+accept).want(t, http.StatusOK).header.Get("Content-Type"); got != want {
			t.Errorf("for %q: %s, want %s", accept, got, want)
		}
	}
	h.call(http.MethodGet, "/v1/users/none/history", "", "Accept: text/csv").problem(t, http.StatusNotFound, "no-user")
}
