package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestAKillDuringTwoHundredActivationsLosesNothing kills the process while 200
// activations run, twice: once while links are mailed, once while they are
// followed. Everybody is activated in the end, nothing has been done twice.
func TestAKillDuringTwoHundredActivationsLosesNothing(t *testing.T) {
	const people = 200
	h := newHouse(t)
	company := h.company("unifyoffice", "+4930231250000", "+4930231250299", people)
	ids := make([]string, people)
	each(people, func(n int) {
		ids[n] = h.user(company, object{
			"firstName": "Person", "lastName": fmt.Sprint("No ", n), "email": address(n), "number": fmt.Sprintf("+4930231250%03d", n),
			"activate": true,
		})
	})
	eventually(t, "a third of the mails", func() bool { return len(h.inbox("")) >= people/3 })
	h.kill()
	h.start()
	links := make([]string, people)
	for n := range people {
		links[n] = h.awaitLink(address(n))
	}

	var followed atomic.Int32
	var once sync.Once
	each(people, func(n int) {
		a, err := h.try("POST", links[n], secretsOf())
		if err == nil && a.StatusCode < 400 && followed.Add(1) > people/3 {
			once.Do(h.kill)
		}
	})
	h.start()
	each(people, func(n int) {
		a, err := h.try("POST", links[n], secretsOf())
		if err != nil || a.StatusCode >= http.StatusInternalServerError {
			t.Errorf("person %d follows the link: %v %v", n, a.Response, err)
		}
	})
	for n, id := range ids {
		eventually(t, fmt.Sprintf("person %d to be activated", n), func() bool { return h.state(id) == "activated" })
	}
	h.checkMails(people, links)
	for _, id := range ids {
		h.checkFacts(id)
	}
	if errors := h.log.errors(); errors != "" {
		t.Errorf("the log holds errors:\n%s", errors)
	}
	if out, err := h.tool("verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// checkMails finds one link a person, the same in a repeated mail, no two alike.
func (h *house) checkMails(people int, links []string) {
	h.t.Helper()
	owner := map[string]int{}
	for n := range people {
		for _, m := range h.inbox(address(n)) {
			if l := m.link(); l != "" && l != links[n] {
				h.t.Errorf("person %d got two different links", n)
			}
		}
		if other, twice := owner[links[n]]; twice {
			h.t.Errorf("persons %d and %d got the same link", n, other)
		}
		owner[links[n]] = n
	}
}

// checkFacts finds each fact of an activation exactly once.
func (h *house) checkFacts(id string) {
	h.t.Helper()
	var history struct {
		Items []struct{ Type, Stream string }
	}
	h.must(http.StatusOK, "GET", "/v1/users/"+id+"/history?limit=200", nil).decode(h.t, &history)
	count := map[string]int{}
	for _, item := range history.Items {
		if strings.HasPrefix(item.Stream, "user-") {
			count[item.Type]++
		}
	}
	for name, want := range map[string]int{
		"user.created.v1": 1, "user.activation-started.v1": 1, "user.step-started.v1": 1, "user.step-done.v1": 2, "user.link-issued.v1": 1,
		"user.message-requested.v1": 1, "user.message-accepted.v1": 1, "user.link-used.v1": 1, "user.credential-set.v1": 1, "user.activated.v1": 1,
	} {
		if count[name] != want {
			h.t.Errorf("user %s: %s stands %d times, want %d", id, name, count[name], want)
		}
	}
}

func address(n int) string { return fmt.Sprintf("person%d@example.com", n) }

// each does something for 0 to count-1, sixteen at a time.
func each(count int, do func(n int)) {
	slots := make(chan struct{}, 16)
	var wait sync.WaitGroup
	for n := range count {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			do(n)
		})
	}
	wait.Wait()
}
