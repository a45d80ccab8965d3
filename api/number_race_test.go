package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

// rivals is how many want the same at the same time.
const rivals = 50

// race lets all rivals go at once and gives how they were answered.
func race(of int, do func(n int) answer) []answer {
	answers := make([]answer, of)
	var all sync.WaitGroup
	for n := range of {
		all.Go(func() { answers[n] = do(n) })
	}
	all.Wait()
	return answers
}

// winner needs one answer of a status among refusals with the codes, and tells which.
func winner(t *testing.T, answers []answer, status int, codes ...string) int {
	t.Helper()
	won := -1
	for n, a := range answers {
		known := false
		for _, code := range codes {
			known = known || a.status >= 400 && a.text("code") == code
		}
		switch {
		case a.status == status && won < 0:
			won = n
		case a.status == status:
			t.Errorf("%d and %d won", won, n)
		case !known:
			t.Errorf("%d is told %d: %s", n, a.status, a.raw)
		}
	}
	if won < 0 {
		t.Fatal("nobody won")
	}
	return won
}

func TestOfFiftyUsersOneGetsTheNumber(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	const n domain.E164 = "+49301234599"
	ids := make([]string, rivals)
	for i := range ids {
		ids[i] = h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","extension":"%d"}`, 600+i)).want(t, http.StatusCreated).text("id")
	}
	answers := race(rivals, func(i int) answer {
		return h.call(http.MethodPatch, "/v1/users/"+ids[i], `{"number":"`+string(n)+`"}`)
	})
	won := winner(t, answers, http.StatusOK, "number-taken")
	for i, id := range ids {
		if state := h.state(id); (state.Number == n) != (i == won) || (state.Claims.Number != "") != (i == won) {
			t.Errorf("user %d has %q by %q", i, state.Number, state.Claims.Number)
		}
	}
	if s := h.numberOf(n); s.User != ids[won] {
		t.Errorf("the number is %q's", s.User)
	}
}

func TestOfFiftyOrdersOneBuysTheNumber(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	const n domain.E164 = "+49307777000"
	h.pooled(string(n), string(n))
	answers := race(rivals, func(i int) answer {
		named := `,"number":"+49307777000"`
		if i%2 == 0 {
			named = ""
		}
		return h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com","numberFrom":"pool"%s}`, i, named))
	})
	won := winner(t, answers, http.StatusCreated, "number-taken", "pool-empty")
	if s := h.numberOf(n); s.User != answers[won].text("id") || s.Company != firm || !h.firm(firm).Owns(n) {
		t.Errorf("the number stands as %+v", s)
	}
	for i := range rivals {
		if owner := h.owner(user.EmailClaim(key(1), fmt.Sprintf("u%d@example.com", i))); (owner != "") != (i == won) {
			t.Errorf("the address of order %d belongs to %q", i, owner)
		}
	}
}

func TestOfFiftySwapsOneHoldsTheNumber(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	wanted := h.numbered(firm, "+49301234500")
	ids := make([]string, rivals)
	for i := range ids {
		ids[i] = h.numbered(firm, fmt.Sprintf("+493012345%02d", i+1))
	}
	answers := race(rivals, func(i int) answer {
		if i%2 == 0 {
			return h.call(http.MethodPost, "/v1/users/"+wanted+"/swap", `{"with":"`+ids[i]+`"}`)
		}
		return h.call(http.MethodPost, "/v1/users/"+ids[i]+"/swap", `{"with":"`+wanted+`"}`)
	})
	won := winner(t, answers, http.StatusOK, "being-taken", "number-moved")
	for i, id := range ids {
		n := domain.E164(fmt.Sprintf("+493012345%02d", i+1))
		if s := h.numberOf(n); (s.Swap != nil) != (i == won) || s.User != id {
			t.Errorf("number %s of user %d stands as %+v", n, i, s)
		}
	}
	if s := h.numberOf("+49301234500"); s.Swap == nil || s.Swap.From != wanted || s.Swap.To != ids[won] {
		t.Errorf("the wanted number stands as %+v", s.Swap)
	}
}

func TestOfFiftyReturnsTheNumberLeavesOnce(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	const n domain.E164 = "+49301234599"
	answers := race(rivals, func(int) answer {
		return h.call(http.MethodPost, "/v1/numbers/"+string(n)+"/release", `{"to":"pool"}`)
	})
	done := 0
	for _, a := range answers {
		if a.status == http.StatusOK { // whoever comes while it leaves helps it out
			done++
			continue
		}
		a.problem(t, http.StatusNotFound, "no-number")
	}
	history, err := h.journal.Load(t.Context(), number.Stream(n))
	must(t, err)
	left := 0
	for _, fact := range history.Facts {
		if _, is := fact.Event.(number.Disconnected); is {
			left++
		}
	}
	if s := number.Fold(history.Facts); done < 1 || left != 1 || s.Company != "" || s.Leaving != nil || !s.Pool || h.firm(firm).Owns(n) {
		t.Errorf("%d were done, it left %d times and stands as %+v", done, left, s)
	}
	h.call(http.MethodPost, "/v1/companies/"+firm+"/purchases", `{"number":"`+string(n)+`"}`).want(t, http.StatusOK)
}
