package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestAnotherCompanyIsNotThereForAnAdmin(t *testing.T) {
	e := estates(t)
	mine, theirs := e.person(e.own), e.person(e.foreign)
	admin := e.as(domain.ActorAdmin, e.boss)
	for path, want := range map[string]int{
		"/v1/companies": 1, "/v1/users": 3, "/v1/users?q=ada": 3, "/v1/users?company=": 3, "/v1/users?state=pending&limit=1": 1,
		"/v1/numbers?limit=200": 100, "/v1/licences": 0,
	} {
		found := e.send(http.MethodGet, path, "", admin).want(t, http.StatusOK)
		if len(found.items()) != want || strings.Contains(string(found.raw), e.foreign) || strings.Contains(string(found.raw), "+4940") {
			t.Errorf("%s: %d items, want %d: %s", path, len(found.items()), want, found.raw)
		}
	}
	nobody := domain.DeriveID("nobody")
	for _, path := range []string{"", "/history", "/diff"} {
		there, missing := e.send(http.MethodGet, "/v1/users/"+theirs+path, "", admin), e.send(http.MethodGet, "/v1/users/"+nobody+path, "", admin)
		there.problem(t, http.StatusNotFound, "no-user")
		for name, value := range missing.body {
			if name != "trace" && fmt.Sprint(there.body[name]) != fmt.Sprint(value) {
				t.Errorf("%s of another company's user is %v", name, there.body[name])
			}
		}
	}
	for _, path := range []string{"/users", "/companies/" + e.own, "/users?q=number"} {
		if shown := e.send(http.MethodGet, path, "", admin).want(t, http.StatusOK); strings.Contains(string(shown.raw), "Rival") || strings.Contains(string(shown.raw), theirs) {
			t.Errorf("%s shows another company: %s", path, shown.raw)
		}
	}
	e.send(http.MethodGet, "/v1/users/"+mine, "", admin).want(t, http.StatusOK)
	e.send(http.MethodPatch, "/v1/users/"+mine, `{"firstName":"B"}`, admin).problem(t, http.StatusConflict, "not-active")
	e.send(http.MethodDelete, "/v1/users/"+mine, "", admin).problem(t, http.StatusConflict, "not-active")
	sited := e.send(http.MethodPost, "/v1/companies/"+e.own+"/sites", `{"name":"Bonn"}`, admin).want(t, http.StatusCreated)
	history, err := e.journal.Load(t.Context(), "company-"+e.own)
	must(t, err)
	if last := history.Facts[len(history.Facts)-1]; last.Actor != (domain.Actor{Kind: domain.ActorAdmin, ID: e.boss}) || sited.text("name") != "Bonn" {
		t.Errorf("the fact's actor is %v", last.Actor)
	}
}

func TestAnAdminsSessionEndsWithTheRights(t *testing.T) {
	e := estates(t)
	admin := e.as(domain.ActorAdmin, e.boss)
	e.send(http.MethodGet, "/v1/users", "", admin).want(t, http.StatusOK)
	e.call(http.MethodDelete, "/v1/users/"+e.boss+"/admin", "").want(t, http.StatusOK)
	e.send(http.MethodGet, "/v1/users", "", admin).problem(t, http.StatusUnauthorized, "unauthenticated")
	e.send(http.MethodGet, "/v1/users/"+e.boss, "", e.as(domain.ActorUser, e.boss)).want(t, http.StatusOK)
	e.send(http.MethodGet, "/v1/users", "", e.as("nonsense", e.boss)).problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestALookIsNoChange(t *testing.T) {
	e := estates(t)
	id := e.person(e.own)
	shown := e.call(http.MethodGet, "/v1/users/"+id, "").want(t, http.StatusOK)
	match := shown.header.Get("ETag")
	e.send(http.MethodGet, "/v1/users/"+id, "", e.as(domain.ActorSupport, "sue")).want(t, http.StatusOK)
	head, err := e.journal.Store().Head(t.Context())
	must(t, err)
	must(t, e.views.WaitFor(t.Context(), head))
	if after := e.call(http.MethodGet, "/v1/users/"+id, "").want(t, http.StatusOK).header.Get("ETag"); match == "" || after != match {
		t.Errorf("the look made the revision %s of %s", after, match)
	}
	e.call(http.MethodPatch, "/v1/users/"+id, `{"firstName":"Grace"}`, "If-Match: "+match).want(t, http.StatusOK)
	history := e.call(http.MethodGet, "/v1/users/"+id+"/history?type=user.viewed.v1", "").want(t, http.StatusOK)
	if len(history.items()) != 1 || history.text("items.0.stream") != user.LookStream(id) || history.text("items.0.actor.id") != "sue" {
		t.Errorf("the history tells of looks: %s", history.raw)
	}
	if table := e.call(http.MethodGet, "/v1/users/"+id+"/history", "", "Accept: text/csv").want(t, http.StatusOK); !strings.Contains(string(table.raw), "user.viewed.v1") {
		t.Errorf("the exported table does not tell of the look: %s", table.raw)
	}
}
