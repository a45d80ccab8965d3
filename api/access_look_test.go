package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestALookOfTheSupportIsAFact(t *testing.T) {
	e := estates(t)
	id := e.person(e.own)
	sue, bob := e.as(domain.ActorSupport, "sue"), e.as(domain.ActorSupport, "bob")
	looks := func() (screens []string) {
		history, err := e.journal.Load(t.Context(), user.LookStream(id))
		must(t, err)
		for _, fact := range history.Facts {
			if seen, is := fact.Event.(user.Viewed); is {
				screens = append(screens, fact.Actor.Kind+" "+fact.Actor.ID+" "+seen.Screen+" "+fact.Channel)
			}
		}
		return screens
	}
	for _, path := range []string{"/v1/users/", "/v1/users/", "/users/"} {
		e.send(http.MethodGet, path+id, "", sue).want(t, http.StatusOK)
	}
	e.send(http.MethodGet, "/v1/users/"+id+"/history", "", bob).want(t, http.StatusOK)
	e.send(http.MethodGet, "/v1/users/"+id+"/diff", "", bob).want(t, http.StatusOK)
	e.send(http.MethodHead, "/users/"+id+"/history", "", bob).want(t, http.StatusOK)
	want := []string{"support sue user api", "support sue page page", "support bob history api", "support bob diff api", "support bob history-page page"}
	if got := looks(); !slices.Equal(got, want) {
		t.Errorf("looks %v, want %v", got, want)
	}
	e.clock.forward(user.ViewRest - time.Second)
	e.send(http.MethodGet, "/v1/users/"+id, "", sue).want(t, http.StatusOK)
	e.clock.forward(time.Second)
	e.send(http.MethodGet, "/v1/users/"+id, "", sue).want(t, http.StatusOK)
	if got := looks(); len(got) != len(want)+1 {
		t.Errorf("looks %v", got)
	}
	e.send(http.MethodGet, "/v1/users/"+domain.DeriveID("nobody"), "", sue).problem(t, http.StatusNotFound, "no-user")
	e.call(http.MethodGet, "/v1/users/"+id, "").want(t, http.StatusOK)
	e.send(http.MethodGet, "/v1/users/"+id, "", e.as(domain.ActorAdmin, e.boss)).want(t, http.StatusOK)
	if got := looks(); len(got) != len(want)+1 {
		t.Errorf("looks of others are facts, too: %v", got)
	}
}
