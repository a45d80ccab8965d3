package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/domain/user"
)

// facts gives what was recorded about a user.
func (h *house) facts(id string) []domain.Fact {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), user.Stream(id))
	must(h.t, err)
	return history.Facts
}

func (h *house) count(id string, event domain.Event) int {
	h.t.Helper()
	found := 0
	for _, fact := range h.facts(id) {
		if fact.Event.Type() == event.Type() {
			found++
		}
	}
	return found
}

func TestALinkGoesOutAgainOnceAMinuteAndChannel(t *testing.T) {
	h := open(t)
	id, token := h.linked()
	path := "/v1/users/" + id + "/activation/messages"
	h.clock.forward(30 * time.Second)
	soon := h.call(http.MethodPost, path, `{"channel":"mail"}`, oneKey).problem(t, http.StatusTooManyRequests, "too-soon")
	if soon.header.Get("Retry-After") != "30" {
		t.Errorf("Retry-After %s", soon.header.Get("Retry-After"))
	}
	h.call(http.MethodPost, path, `{"channel":"sms"}`).want(t, http.StatusAccepted)
	h.clock.forward(30 * time.Second)
	sent := h.call(http.MethodPost, path, `{"channel":"mail"}`, oneKey).want(t, http.StatusAccepted)
	if sent.text("messages.0.channel") != "mail" || sent.text("messages.0.state") != "requested" || sent.text("messages.1.channel") != "sms" || sent.text("messages.2.purpose") != "activation-link" {
		t.Errorf("sent %s", sent.raw)
	}
	if again := h.call(http.MethodPost, path, `{"channel":"mail"}`, oneKey).want(t, http.StatusAccepted); again.header.Get("Idempotent-Replayed") != "true" {
		t.Error("the same request was done twice")
	}
	if h.token(id) != token || h.count(id, user.MessageRequested{}) != 3 {
		t.Errorf("another link, or %d messages", h.count(id, user.MessageRequested{}))
	}
	h.call(http.MethodPost, path, `{"channel":"fax"}`).problem(t, http.StatusUnprocessableEntity, "invalid-input")
	h.call(http.MethodPost, "/v1/users/nobody/activation/messages", `{"channel":"sms"}`).problem(t, http.StatusNotFound, "no-user")
}

func TestMessagesSayThatANewerLinkWasSent(t *testing.T) {
	v := visit(t)
	h := v.house
	id, _ := h.linked()
	h.clock.forward(time.Hour)
	renewed := h.call(http.MethodPost, "/v1/users/"+id+"/activation/link", "").want(t, http.StatusOK)
	if renewed.text("messages.1.supersededAt") != "2026-03-02T10:00:00Z" || renewed.text("messages.1.state") != "withdrawn" || renewed.at("messages.0.supersededAt") != nil {
		t.Errorf("shown %s", renewed.raw)
	}
	h.get("/v1/users/"+id, renewed).want(t, http.StatusOK)
	v.signIn()
	page := v.view("/users/" + id)
	for _, said := range []string{"a newer link was sent on", "Mail: new activation link", "withdrawn", `name="channel" value="sms"`, `name="channel" value="mail"`} {
		if !strings.Contains(page.body, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
}

func TestThatAPageWasOpenedIsNotedOnceAndChangesNothingElse(t *testing.T) {
	h := open(t)
	id, token := h.linked()
	before := len(h.facts(id))
	for _, c := range []struct{ method, header string }{
		{http.MethodHead, ""},
		{http.MethodOptions, ""},
		{http.MethodGet, "Sec-Purpose: prefetch;prerender"},
		{http.MethodGet, "Purpose: prefetch"},
		{http.MethodGet, "X-Purpose: preview"},
		{http.MethodGet, "X-Moz: prefetch"},
	} {
		var headers []string
		if c.header != "" {
			headers = append(headers, c.header)
		}
		h.send(c.method, "/activate/"+token, "", headers...)
	}
	if now := len(h.facts(id)); now != before {
		t.Fatalf("looking ahead wrote %d facts", now-before)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { h.send(http.MethodGet, "/activate/"+token, "") })
	}
	all.Wait()
	facts := h.facts(id)
	if last := facts[len(facts)-1]; len(facts) != before+1 || last.Event != (user.LinkOpened{Link: h.state(id).Link.ID}) || last.Actor.Kind != domain.ActorVisitor {
		t.Fatalf("%d facts, the last is %+v", len(facts)-before, last)
	}
	for _, path := range []string{"/activate/garbage", "/activate/" + user.Token(key(2), uuid.NewString(), "link"), "/activate/" + user.Token(key(2), id, "other")} {
		h.send(http.MethodGet, path, "").want(t, http.StatusNotFound)
	}
	_, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, good())
	must(t, err)
	h.send(http.MethodGet, "/activate/"+token, "").want(t, http.StatusOK)
	if h.count(id, user.LinkOpened{}) != 1 {
		t.Error("opened twice")
	}
	h.call(http.MethodPost, "/v1/users/"+id+"/activation/messages", `{"channel":"sms"}`).problem(t, http.StatusConflict, "already-activated")
}
