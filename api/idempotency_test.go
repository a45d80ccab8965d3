package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/eventstore"
)

const oneKey = "Idempotency-Key: order-1"

func TestTheFirstAnswerUnderAKeyIsRepeated(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	first := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	h.clock.forward(29 * 24 * time.Hour)
	second := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	if string(first.raw) != string(second.raw) || second.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("first %s, second %s", first.raw, second.raw)
	}
	for _, name := range []string{"ETag", "Location", "Dialtone-Position", "Content-Type", "Cache-Control"} {
		if first.header.Get(name) != second.header.Get(name) || first.header.Get(name) == "" {
			t.Errorf("%s was %q, is %q", name, first.header.Get(name), second.header.Get(name))
		}
	}
	h.clock.forward(2 * 24 * time.Hour)
	third := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	if third.text("id") != first.text("id") || third.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("after the answer was thrown away: %s", third.raw)
	}
	if list := h.get("/v1/users", third).items(); len(list) != 1 {
		t.Fatalf("%d users", len(list))
	}
}

func TestAKeyIsOneRequestsOfOneRoute(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	first := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	h.user(firm, ada("02"), oneKey).problem(t, http.StatusUnprocessableEntity, "idempotency-key-reused")
	h.call(http.MethodPost, "/v1/users/"+first.text("id")+"/suspension", "", oneKey).want(t, http.StatusOK)
	h.call(http.MethodDelete, "/v1/users/"+first.text("id")+"/suspension", "", oneKey).want(t, http.StatusOK)
	h.user(firm, ada("03"), "Idempotency-Key: "+strings.Repeat("k", 256)).problem(t, http.StatusBadRequest, "malformed")
	h.user(firm, ada("03"), "Idempotency-Key: "+strings.Repeat("k", 255)).want(t, http.StatusCreated)
}

func TestARefusalIsKeptToo(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	h.user(firm, ada("01")).want(t, http.StatusCreated)
	h.user(firm, ada("01"), oneKey).problem(t, http.StatusConflict, "number-taken")
	repeated := h.user(firm, ada("01"), oneKey).problem(t, http.StatusConflict, "number-taken")
	if repeated.header.Get("Idempotent-Replayed") != "true" {
		t.Fatal("the refusal was not repeated but judged again")
	}
}

func TestTheSameRequestInParallelIsDoneOnce(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	answers := make([]answer, 50)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = h.user(firm, ada("01"), oneKey) })
	}
	all.Wait()
	ids := map[string]bool{}
	for _, a := range answers {
		if a.status == http.StatusCreated {
			ids[a.text("id")] = true
			continue
		}
		a.problem(t, http.StatusConflict, "in-flight")
	}
	if len(ids) != 1 {
		t.Fatalf("users %v", ids)
	}
	h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
}

func TestARequestWhoseProcessDiedIsTakenOver(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	first := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	_, err := h.views.DB().ExecContext(t.Context(), "UPDATE idempotency SET state = 'in-flight', status = 0, header = NULL, body = NULL")
	must(t, err)
	h.user(firm, ada("01"), oneKey).problem(t, http.StatusConflict, "in-flight")
	h.user(firm, ada("02"), oneKey).problem(t, http.StatusUnprocessableEntity, "idempotency-key-reused")
	h.clock.forward(time.Minute)
	again := h.user(firm, ada("01"), oneKey).want(t, http.StatusCreated)
	if again.text("id") != first.text("id") || again.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("taken over: %s", again.raw)
	}
}

// gate is a store whose next append to a user waits, and then is not taken.
type gate struct {
	eventstore.Store
	armed           atomic.Bool
	reached, opened chan struct{}
}

func (g *gate) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (eventstore.Appended, error) {
	if strings.HasPrefix(stream, "user-") && g.armed.CompareAndSwap(true, false) {
		close(g.reached)
		<-g.opened
		return eventstore.Appended{}, domain.Faultf(domain.Unavailable, "store-unavailable", "the disk is away")
	}
	return g.Store.Append(ctx, stream, expected, events...)
}

func TestASlowRequestDoesNotTakeBackTheOneThatTookItOver(t *testing.T) {
	slow := &gate{reached: make(chan struct{}), opened: make(chan struct{})}
	h := open(t, func(c *api.Config) {
		slow.Store = c.Journal.Store()
		c.Journal = eventstore.NewJournal(slow, c.Journal.Codec(), c.Journal.Now)
	})
	path := "/v1/users/" + h.user(h.company("onenet"), ada("01")).want(t, http.StatusCreated).text("id") + "/suspension"
	slow.armed.Store(true)
	first := make(chan answer)
	go func() { first <- h.call(http.MethodPost, path, "", oneKey) }()
	<-slow.reached
	h.clock.forward(time.Minute)
	second := h.call(http.MethodPost, path, "", oneKey).want(t, http.StatusOK)
	close(slow.opened)
	(<-first).problem(t, http.StatusServiceUnavailable, "store-unavailable")
	third := h.call(http.MethodPost, path, "", oneKey).want(t, http.StatusOK)
	if third.header.Get("Idempotent-Replayed") != "true" || string(third.raw) != string(second.raw) {
		t.Fatalf("second %s, third %s", second.raw, third.raw)
	}
}

func TestWhatMayGoThroughTheNextTimeIsNotKept(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPatch, user, `{"extension":"888"}`).want(t, http.StatusOK)
	const back = `{"extension":"4501"}`
	h.call(http.MethodPatch, user, back, oneKey).problem(t, http.StatusServiceUnavailable, "being-released")
	var rows int
	must(t, h.views.DB().NewSelect().TableExpr("idempotency").ColumnExpr("count(*)").Scan(context.Background(), &rows))
	if rows != 0 {
		t.Fatalf("%d answers are kept", rows)
	}
}
