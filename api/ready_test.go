package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"dialtone/api"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// parkAt makes a projection look as if it could not apply an event of a stream.
func (h *house) parkAt(projection, stream string) {
	h.t.Helper()
	_, err := h.views.DB().ExecContext(h.t.Context(), `INSERT INTO parked (projection, stream, revision, position, type, error, at)
		VALUES (?, ?, 99, 99999, 'user.suspended.v1', 'not understood', ?)`, projection, stream, h.clock.Now())
	must(h.t, err)
}

// ahead is a store that has more facts than the read models have seen.
type ahead struct {
	eventstore.Store
	by atomic.Uint64
}

func (a *ahead) Head(ctx context.Context) (eventstore.Position, error) {
	head, err := a.Store.Head(ctx)
	return head + eventstore.Position(a.by.Load()), err
}

func TestReadModelsThatAreFarBehindTakeNoRequests(t *testing.T) {
	store := &ahead{}
	h := open(t, func(c *api.Config) {
		store.Store = c.Journal.Store()
		c.Journal = eventstore.NewJournal(store, c.Journal.Codec(), c.Journal.Now)
	})
	firm := h.company("onenet")
	made := h.user(firm, ada("01")).want(t, http.StatusCreated)
	h.get("/v1/users", made).want(t, http.StatusOK)
	ready := h.send(http.MethodGet, "/readyz", "").want(t, http.StatusOK)
	if ready.text("status") != "ready" || ready.at("parked") != nil {
		t.Fatalf("ready %s", ready.raw)
	}
	if metrics := h.metrics(); !strings.Contains(metrics, `dialtone_projection_lag{projection="users"} 0`) ||
		!strings.Contains(metrics, `dialtone_projection_parked{projection="users"} 0`) {
		t.Errorf("metrics %s", metrics)
	}
	store.by.Store(10_000)
	h.send(http.MethodGet, "/readyz", "").want(t, http.StatusOK)
	store.by.Store(10_001)
	behind := h.send(http.MethodGet, "/readyz", "").problem(t, http.StatusServiceUnavailable, "behind")
	if !strings.Contains(behind.text("detail"), "users, companies, numbers") || behind.header.Get("Retry-After") == "" {
		t.Fatalf("problem %s", behind.raw)
	}
	if metrics := h.metrics(); !strings.Contains(metrics, `dialtone_projection_lag{projection="users"} 10001`) {
		t.Errorf("metrics %s", metrics)
	}
}

func TestAParkedStreamIsNamedAndItsResourceIsStale(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	firm := v.state(id).Company
	for _, path := range []string{"/v1/users/" + id, "/v1/companies/" + firm} {
		if fresh := v.call(http.MethodGet, path, "").want(t, http.StatusOK); fresh.at("stale") != nil {
			t.Fatalf("%s: %s", path, fresh.raw)
		}
	}
	const notice = "cannot be shown yet"
	if strings.Contains(v.view("/users/"+id).body, notice) || strings.Contains(v.view("/companies/"+firm).body, notice) {
		t.Error("pages warn of what is fresh")
	}
	v.parkAt("users", user.Stream(id))
	v.parkAt("companies", company.Stream(firm))
	for _, path := range []string{"/v1/users/" + id, "/v1/companies/" + firm} {
		if stale := v.call(http.MethodGet, path, "").want(t, http.StatusOK); stale.at("stale") != true {
			t.Fatalf("%s: %s", path, stale.raw)
		}
	}
	contains(t, v.view("/users/"+id), http.StatusOK, notice)
	contains(t, v.view("/companies/"+firm+"?lang=de"), http.StatusOK, "kann noch nicht gezeigt werden")
	if ready := v.send(http.MethodGet, "/readyz", "").want(t, http.StatusOK); ready.text("parked.0") == "" || ready.text("parked.1") == "" {
		t.Errorf("ready %s", ready.raw)
	}
	if metrics := v.metrics(); !strings.Contains(metrics, `dialtone_projection_parked{projection="users"} 1`) {
		t.Errorf("metrics %s", metrics)
	}
}

func (h *house) metrics() string {
	h.t.Helper()
	return string(h.send(http.MethodGet, "/metrics", "").want(h.t, http.StatusOK).raw)
}
