package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

func planBody(what, at string) string {
	return fmt.Sprintf(`{"what":%q,"at":%q,"reason":"leave"}`, what, at)
}

func TestACalendarIsOneListOfWhatWillHappen(t *testing.T) {
	h := open(t)
	path := "/v1/users/" + h.user(h.company("unifyoffice"), ada("01")).want(t, http.StatusCreated).text("id")
	calendar := path + "/calendar"
	planned := h.call(http.MethodPost, calendar, planBody("suspend", "2026-04-01T09:00:00+02:00"), oneKey).want(t, http.StatusCreated)
	action := planned.text("subject")
	if planned.text("kind") != "suspend" || planned.text("at") != "2026-04-01T07:00:00Z" || planned.text("reason") != "leave" || planned.header.Get("Location") != calendar+"/"+action {
		t.Fatalf("planned %s, %v", planned.raw, planned.header)
	}
	again := h.call(http.MethodPost, calendar, planBody("suspend", "2026-04-01T09:00:00+02:00"), oneKey).want(t, http.StatusCreated)
	if again.text("subject") != action {
		t.Fatalf("the same request planned %s", again.raw)
	}
	last := h.call(http.MethodPost, calendar, planBody("delete", "2026-03-20T00:00:00Z")).want(t, http.StatusCreated)
	list := h.get(calendar, last).want(t, http.StatusOK)
	if len(list.items()) != 1 || list.text("items.0.kind") != "delete" || list.text("items.0.cancellable") != "true" {
		t.Fatalf("calendar %s", list.raw)
	}
	gone := h.call(http.MethodDelete, calendar+"/"+last.text("subject"), "").want(t, http.StatusNoContent)
	if list := h.get(calendar, gone).want(t, http.StatusOK); len(list.items()) != 0 {
		t.Fatalf("calendar %s", list.raw)
	}
	h.call(http.MethodDelete, calendar+"/"+last.text("subject"), "").want(t, http.StatusNoContent)
	history := h.get(path+"/history", gone).want(t, http.StatusOK)
	if !strings.Contains(string(history.raw), "Planned for 2026-04-01 07:00 UTC: suspend") {
		t.Fatalf("history %s", history.raw)
	}
}

func TestWhatCannotBePlannedIsToldClearly(t *testing.T) {
	h := open(t)
	path := "/v1/users/" + h.user(h.company("unifyoffice"), ada("01")).want(t, http.StatusCreated).text("id") + "/calendar"
	plan := func(what, at string) answer { return h.call(http.MethodPost, path, planBody(what, at)) }
	plan("suspend", "2026-03-01T00:00:00Z").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/at")
	plan("promote", "2026-04-01T00:00:00Z").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/what")
	plan("suspend", "soon").problem(t, http.StatusUnprocessableEntity, "invalid-input")
	plan("delete", "2026-04-01T00:00:00Z").want(t, http.StatusCreated)
	plan("delete", "2026-04-01T00:00:00Z").problem(t, http.StatusConflict, "already-planned").names(t, "/at")
	plan("suspend", "2026-04-01T00:00:00Z").problem(t, http.StatusConflict, "moment-taken").names(t, "/at")
	plan("suspend", "2026-04-02T00:00:00Z").problem(t, http.StatusConflict, "behind-deletion").names(t, "/at")
	h.call(http.MethodDelete, path+"/none", "").problem(t, http.StatusNotFound, "no-action")
	h.call(http.MethodPost, "/v1/users/none/calendar", planBody("delete", "2026-04-01T00:00:00Z")).problem(t, http.StatusNotFound, "no-user")
	h.call(http.MethodGet, "/v1/users/none/calendar", "").problem(t, http.StatusNotFound, "no-user")
	h.call(http.MethodDelete, "/v1/users/none/calendar/x", "").problem(t, http.StatusNotFound, "no-user")
}

func TestAnAdminPlansWhatAnAdminMayDo(t *testing.T) {
	h := open(t)
	id := h.user(h.company("onenet"), ada("01")).want(t, http.StatusCreated).text("id")
	admin := h.by(domain.ActorAdmin)
	form := api.PlanForm{What: "delete", At: h.clock.Now().Add(time.Hour)}
	if _, err := h.server.Desk.Plan(form)(t.Context(), admin, id); code(err) != "not-active" {
		t.Fatalf("plan: %v", err)
	}
	byOperator := h.by(domain.ActorOperator)
	_, err := h.server.Desk.Plan(form)(t.Context(), byOperator, id)
	must(t, err)
	if _, err := h.server.Desk.CancelPlan(user.PlanID(id, byOperator))(t.Context(), h.by(domain.ActorAdmin), id); code(err) != "not-active" {
		t.Fatalf("cancel: %v", err)
	}
}
