package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/group"
	"dialtone/domain/user"
)

// team is a company with a hunt group and members, the first of whom is active.
func (h *house) team(size int) (firm, path string, members []string) {
	h.t.Helper()
	firm = h.company("onenet")
	path = "/v1/groups/" + h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"hunt","name":" Sales ","extension":"700"}`).want(h.t, http.StatusCreated).text("id")
	for n := range size {
		made := h.user(firm, fmt.Sprintf(`{"firstName":"Ada","lastName":"Number %d","extension":"6%02d"}`, n, n)).want(h.t, http.StatusCreated)
		members = append(members, made.text("id"))
		h.get("/v1/users/"+made.text("id"), made).want(h.t, http.StatusOK)
		h.call(http.MethodPut, path+"/members/"+made.text("id"), "").want(h.t, http.StatusOK)
	}
	if size > 0 {
		h.execute(members[0], func([]domain.Fact) ([]domain.Event, error) {
			return []domain.Event{user.StepDone{Step: "line"}, user.StepDone{Step: "network"}, user.Activated{}}, nil
		})
	}
	return firm, path, members
}

func (h *house) groupState(path string) group.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), group.Stream(strings.TrimPrefix(path, "/v1/groups/")))
	must(h.t, err)
	return group.Fold(history.Facts)
}

// settledNow waits until the read models know everything.
func (h *house) settledNow() {
	h.t.Helper()
	head, err := h.journal.Store().Head(h.t.Context())
	must(h.t, err)
	must(h.t, h.views.WaitFor(h.t.Context(), head))
}

func TestAGroupSaysWhoCannotRingAndWhy(t *testing.T) {
	h := open(t)
	_, path, members := h.team(3)
	h.settledNow()
	shown := h.call(http.MethodGet, path, "").want(t, http.StatusOK)
	for at, want := range map[string]string{
		"name": "Sales", "kind": "hunt", "strategy": "all", "extension": "700", "size": "3", "state": "active",
		"members.0.canRing": "true", "members.0.state": "activated", "members.0.loggedIn": "true", "members.0.place": "1",
		"members.1.canRing": "false", "members.1.state": "pending", "members.1.step": "line", "members.1.user": members[1], "members.1.name": "Ada Number 1",
		"members.1.stateSince": "2026-03-02T09:00:00Z", "cannotRing.1": members[2],
		"summary": "2 of 3 cannot ring: pending since 2026-03-02 (line)",
	} {
		if got := shown.text(at); got != want {
			t.Errorf("%s is %q, want %q: %s", at, got, want, shown.raw)
		}
	}
	// The activation brings a member in by itself: nothing is done to the group.
	h.execute(members[1], func([]domain.Fact) ([]domain.Event, error) {
		return []domain.Event{user.StepDone{Step: "line"}, user.StepDone{Step: "network"}, user.Activated{}}, nil
	})
	h.settledNow()
	after := h.call(http.MethodGet, path, "").want(t, http.StatusOK)
	if after.text("members.1.canRing") != "true" || after.text("revision") != shown.text("revision") || !strings.HasPrefix(after.text("summary"), "1 of 3") {
		t.Errorf("after the activation: %s", after.raw)
	}
	suspended := h.call(http.MethodPost, "/v1/users/"+members[1]+"/suspension", "").want(t, http.StatusOK)
	if again := h.get(path, suspended); again.text("members.1.state") != "suspended" || len(h.groupState(path).Members) != 3 {
		t.Errorf("after the suspension: %s", again.raw)
	}
}

func TestMembersArePutMovedAndRemoved(t *testing.T) {
	h := open(t)
	firm, path, members := h.team(3)
	moved := h.call(http.MethodPut, path+"/members/"+members[2], `{"place":1}`).want(t, http.StatusOK)
	if moved.text("members.0.user") != members[2] || moved.text("members.1.user") != members[0] {
		t.Errorf("moved: %s", moved.raw)
	}
	if again := h.call(http.MethodPut, path+"/members/"+members[2], `{"place":1}`).want(t, http.StatusOK); again.text("revision") != moved.text("revision") {
		t.Errorf("moving twice wrote twice: %s", again.raw)
	}
	h.call(http.MethodPut, path+"/members/"+members[2], `{"place":101}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/place")
	h.call(http.MethodDelete, path+"/members/"+members[0], "").want(t, http.StatusOK)
	h.call(http.MethodDelete, path+"/members/"+members[0], "").want(t, http.StatusOK)
	out := h.call(http.MethodDelete, path+"/members/"+members[1]+"/login", "").want(t, http.StatusOK)
	if out.text("members.1.loggedIn") != "false" {
		t.Errorf("logged out: %s", out.raw)
	}
	h.call(http.MethodPut, path+"/members/"+members[0]+"/login", "").problem(t, http.StatusNotFound, "no-member")
	h.call(http.MethodPut, path+"/members/nobody", "").problem(t, http.StatusNotFound, "no-user")
	h.call(http.MethodPut, "/v1/groups/none/members/"+members[0], "").problem(t, http.StatusNotFound, "no-group")
	h.settledNow()
	list := h.call(http.MethodGet, "/v1/groups?company="+firm, "").want(t, http.StatusOK)
	if len(list.items()) != 1 || list.text("items.0.size") != "2" {
		t.Errorf("listed: %s", list.raw)
	}
	if none := h.call(http.MethodGet, "/v1/groups?kind=queue", "").want(t, http.StatusOK); len(none.items()) != 0 {
		t.Errorf("queues: %s", none.raw)
	}
	history := h.call(http.MethodGet, path+"/history?limit=200", "").want(t, http.StatusOK)
	for _, fact := range []string{"group.created.v1", "group.member-added.v1", "group.member-moved.v1", "group.member-removed.v1", "group.member-logged-out.v1", "claim.taken.v1"} {
		if !strings.Contains(string(history.raw), fact) {
			t.Errorf("the history does not tell %s: %s", fact, history.raw)
		}
	}
	h.call(http.MethodGet, "/v1/groups/none/history", "").problem(t, http.StatusNotFound, "no-group")
}

func TestAGroupsExtensionIsItsAlone(t *testing.T) {
	h := open(t)
	firm, path, _ := h.team(0)
	h.user(firm, `{"firstName":"A","lastName":"B","extension":"700"}`).problem(t, http.StatusConflict, "extension-taken")
	h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"queue","name":"Q","extension":"700"}`).problem(t, http.StatusConflict, "extension-taken").names(t, "/extension")
	h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"queue","name":"","extension":"112","strategy":"all","site":"mars"}`).
		problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/name", "/site", "/extension")
	changed := h.call(http.MethodPatch, path, `{"extension":"701","name":"Orders"}`).want(t, http.StatusOK)
	if changed.text("extension") != "701" || changed.text("name") != "Orders" {
		t.Errorf("changed: %s", changed.raw)
	}
	h.user(firm, `{"firstName":"A","lastName":"B","extension":"700"}`).want(t, http.StatusCreated) // free again at once
	h.call(http.MethodPatch, path, `{"extension":"700"}`).problem(t, http.StatusConflict, "extension-taken")
	h.call(http.MethodPatch, path, `{"name":"Late"}`, `If-Match: "0"`).problem(t, http.StatusPreconditionFailed, "stale")
	h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
	if deleted := h.call(http.MethodDelete, path, "").want(t, http.StatusOK); deleted.text("state") != "deleted" {
		t.Errorf("deleted: %s", deleted.raw)
	}
	h.call(http.MethodPatch, path, `{"name":"Late"}`).problem(t, http.StatusNotFound, "no-group")
	h.user(firm, `{"firstName":"A","lastName":"C","extension":"701"}`).want(t, http.StatusCreated)
	for _, extension := range []string{"700", "701"} {
		history, err := h.journal.Load(t.Context(), user.ExtensionStream(firm, extension))
		must(t, err)
		if owner := claim.Fold(history.Facts).Owner; !strings.HasPrefix(owner, "user-") {
			t.Errorf("extension %s is %q's", extension, owner)
		}
	}
}

func TestOnlyTheCompanysUsersCanBeMembers(t *testing.T) {
	e := estates(t)
	path := "/v1/groups/" + e.group(e.own)
	theirs := e.person(e.foreign)
	e.call(http.MethodPut, path+"/members/"+theirs, "").problem(t, http.StatusNotFound, "no-user")
	admin := e.as(domain.ActorAdmin, e.boss)
	e.send(http.MethodPost, "/v1/groups", `{"company":"`+e.foreign+`","kind":"hunt","name":"Theirs"}`, admin).problem(t, http.StatusNotFound, "no-company")
	made := e.send(http.MethodPost, "/v1/groups", `{"kind":"queue","name":"Mine"}`, admin).want(t, http.StatusCreated)
	if made.text("company") != e.own || made.text("strategy") != "longest-idle" {
		t.Errorf("made: %s", made.raw)
	}
	// A user who is not active may be added to groups, though not changed (1.8).
	e.send(http.MethodPut, path+"/members/"+e.worker, "", admin).want(t, http.StatusOK)
	e.send(http.MethodPut, path+"/members/"+e.boss, "", admin).want(t, http.StatusOK)
	worker := e.as(domain.ActorUser, e.worker)
	out := e.send(http.MethodDelete, path+"/members/"+e.worker+"/login", "", worker).want(t, http.StatusOK)
	if strings.Contains(string(out.raw), e.boss) {
		t.Errorf("a member is told of another: %s", out.raw)
	}
	e.send(http.MethodDelete, path+"/members/"+e.boss+"/login", "", worker).problem(t, http.StatusNotFound, "no-user")
	if m, _ := e.groupState(path).Member(e.worker); !m.LoggedOut {
		t.Error("the member is still logged in")
	}
	deleted := e.call(http.MethodDelete, "/v1/users/"+e.worker, "").want(t, http.StatusOK)
	e.settled(deleted)
	e.call(http.MethodPut, "/v1/groups/"+e.group(e.own)+"/members/"+e.worker, "").problem(t, http.StatusNotFound, "no-user")
}

func TestFiftyWhoPutTheSameMemberMakeOneFact(t *testing.T) {
	h := open(t)
	firm, path, _ := h.team(0)
	one := h.user(firm, `{"firstName":"A","lastName":"B","extension":"601"}`).want(t, http.StatusCreated).text("id")
	inParallel(50, func(int) { h.call(http.MethodPut, path+"/members/"+one, "") })
	history, err := h.journal.Load(t.Context(), group.Stream(strings.TrimPrefix(path, "/v1/groups/")))
	must(t, err)
	if len(history.Facts) != 2 {
		t.Errorf("%d facts", len(history.Facts))
	}
}

func TestWhoMovesMembersAtOnceLosesNone(t *testing.T) {
	h := open(t)
	_, path, members := h.team(5)
	inParallel(40, func(n int) {
		h.call(http.MethodPut, path+"/members/"+members[n%5], fmt.Sprintf(`{"place":%d}`, 1+n*7%5))
	})
	state, seen := h.groupState(path), map[string]bool{}
	for _, m := range state.Members {
		seen[m.User] = true
	}
	if len(state.Members) != 5 || len(seen) != 5 {
		t.Errorf("the members are %+v", state.Members)
	}
}

func TestOneExtensionIsOneGroups(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	var mu sync.Mutex
	outcomes := map[int]int{}
	inParallel(50, func(n int) {
		a := h.call(http.MethodPost, "/v1/groups", fmt.Sprintf(`{"company":%q,"kind":"hunt","name":"G%d","extension":"700"}`, firm, n))
		mu.Lock()
		defer mu.Unlock()
		outcomes[a.status]++
	})
	if outcomes[http.StatusCreated] != 1 || outcomes[http.StatusConflict] != 49 {
		t.Errorf("answered %v", outcomes)
	}
}

func inParallel(times int, do func(n int)) {
	var all sync.WaitGroup
	for n := range times {
		all.Go(func() { do(n) })
	}
	all.Wait()
}

// group makes a hunt group of a company.
func (e *estate) group(company string) string {
	e.t.Helper()
	made := e.call(http.MethodPost, "/v1/groups", `{"company":"`+company+`","kind":"hunt","name":"Sales"}`).want(e.t, http.StatusCreated)
	e.settled(made)
	return made.text("id")
}
