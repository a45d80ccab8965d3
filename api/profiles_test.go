package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

// someone is a user without a link whose language is Swedish, and the path of
// what is the user's.
func (h *house) someone() (id, path string) {
	h.t.Helper()
	firm := h.company("onenet")
	id = h.user(firm, `{"firstName":"Ada","lastName":"Lund","extension":"601","language":"sv"}`).want(h.t, http.StatusCreated).text("id")
	return id, "/v1/users/" + id
}

func TestAUserChoosesHowCallsAreTaken(t *testing.T) {
	h := open(t) // at 10:00 in Berlin, on a Monday
	_, path := h.someone()
	all := h.call(http.MethodGet, path+"/profiles", "").want(t, http.StatusOK)
	if items := all.items(); len(items) != 10 || all.text("items.1.name") != "Lunch" || all.text("items.9.name") != "Utbildning" || all.text("active.name") != "Tillgänglig" {
		t.Errorf("at first there are %v", items)
	}

	lunch := h.call(http.MethodPut, path+"/profile", `{"profile":"1"}`).want(t, http.StatusOK)
	for at, want := range map[string]string{"active.profile": "lunch", "active.because": "choice", "active.until": "2026-03-02T10:00:00Z"} {
		if got := lunch.text(at); got != want {
			t.Errorf("%s is %s, not %s", at, got, want)
		}
	}
	if got := h.get(path, lunch).want(t, http.StatusOK).text("profile"); got != "lunch" {
		t.Errorf("the user's profile is %s", got)
	}
	h.clock.forward(time.Hour)
	if got := h.call(http.MethodGet, path+"/profiles", "").text("active.profile"); got != "available" {
		t.Errorf("an hour later it is %s", got)
	}

	week := `{"spans":[{"day":"monday","from":"09:00","to":"11:30","profile":"available"},{"day":"monday","from":"11:30","to":"17:00","profile":"out"}],"else":"gone"}`
	set := h.call(http.MethodPut, path+"/timetable", week).want(t, http.StatusOK)
	if set.text("active.profile") != "available" || set.text("active.until") != "2026-03-02T10:30:00Z" || set.text("zone") != "Europe/Berlin" || set.text("timetable.spans.1.to") != "17:00" {
		t.Errorf("at 11:00 in Berlin it is %v of %v", set.body["active"], set.body["timetable"])
	}
	planned := h.call(http.MethodPost, path+"/plans", `{"profile":"vacation","from":"2026-03-03T00:00:00Z","until":"2026-03-10T00:00:00Z"}`).want(t, http.StatusOK)
	h.clock.forward(24 * time.Hour)
	if got := h.call(http.MethodGet, path+"/profiles", ""); got.text("active.profile") != "vacation" || got.text("active.because") != "plan" {
		t.Errorf("on Tuesday it is %v", got.body["active"])
	}
	if then, now := h.call(http.MethodGet, path+"?at=2026-03-02T09:30:00Z", "").text("profile"), h.call(http.MethodGet, path, "").text("profile"); then != "lunch" || now != "vacation" {
		t.Errorf("the user's profile was %s and is %s", then, now)
	}
	h.call(http.MethodDelete, path+"/plans/"+planned.text("plans.0.id"), "").want(t, http.StatusOK)
	h.call(http.MethodPut, path+"/profile", `{"profile":"sick"}`).want(t, http.StatusOK)
	if got := h.call(http.MethodDelete, path+"/profile", "").want(t, http.StatusOK).text("active.profile"); got != "gone" {
		t.Errorf("back to the timetable it is %s", got)
	}
}

func TestProfilesAndRulesAreOnesOwn(t *testing.T) {
	h := open(t)
	_, path := h.someone()
	made := h.call(http.MethodPost, path+"/profiles", `{"name":" Verkstad ","number":20,`+handled, oneKey).want(t, http.StatusOK)
	again := h.call(http.MethodPost, path+"/profiles", `{"name":" Verkstad ","number":20,`+handled, oneKey).want(t, http.StatusOK)
	if made.header.Get("Location") == "" || made.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("it is at %q, and then at %q", made.header.Get("Location"), again.header.Get("Location"))
	}
	if got := h.call(http.MethodGet, made.header.Get("Location"), "").want(t, http.StatusOK); got.text("name") != "Verkstad" || got.at("usual") != false {
		t.Errorf("it is %v", got.body)
	}
	changed := h.call(http.MethodPut, path+"/profiles/20", `{"name":"Verkstad","number":20,"minutes":30,"queues":["q"],`+handled).want(t, http.StatusOK)
	if got := h.call(http.MethodGet, path+"/profiles/20", ""); got.text("minutes") != "30" || got.text("queues.0") != "q" || got.header.Get("ETag") != changed.header.Get("ETag") {
		t.Errorf("it is %v", got.body)
	}
	h.call(http.MethodPut, path+"/profiles/20", `{"name":"Verkstad","number":21,`+handled, `If-Match: "0"`).problem(t, http.StatusPreconditionFailed, "stale")
	h.call(http.MethodPut, path+"/profiles/20", `{"name":"Verkstad","number":1,`+handled).problem(t, http.StatusConflict, "number-taken").names(t, "/number")
	h.call(http.MethodPost, path+"/profiles", `{"number":30,`+handled).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/name")
	h.call(http.MethodDelete, path+"/profiles/available", "").problem(t, http.StatusConflict, "profile-needed")
	h.call(http.MethodDelete, path+"/profiles/20", "").want(t, http.StatusOK)
	h.call(http.MethodGet, path+"/profiles/20", "").problem(t, http.StatusNotFound, "no-profile")

	home := `{"doNotDisturb":true,"rejectAnonymous":true,"also":["+46701234567"],"forwards":[{"id":"h","name":"Hemma","to":{"kind":"number","to":"+4681234567"}}],"on":"h"}`
	if got := h.call(http.MethodPut, path+"/switches", home).want(t, http.StatusOK); got.text("switches.forwards.0.to.to") != "+4681234567" || got.text("switches.on") != "h" {
		t.Errorf("the switches are %v", got.body["switches"])
	}
	block := `{"direction":"inbound","effect":"reject","subject":"numbers","numbers":["+4681111111"],"profiles":["lunch"],"except":["+4682222222"]}`
	if got := h.call(http.MethodPut, path+"/rules/r", block).want(t, http.StatusOK); got.text("rules.0.numbers.0") != "+4681111111" || got.text("rules.0.id") != "r" {
		t.Errorf("the rules are %v", got.body["rules"])
	}
	h.call(http.MethodPost, path+"/rules", `{"direction":"outbound","effect":"forward","to":{"kind":"voicemail"}}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/effect")
	h.call(http.MethodDelete, path+"/rules/r", "").want(t, http.StatusOK)
	h.call(http.MethodDelete, path+"/rules/r", "").problem(t, http.StatusNotFound, "no-rule")
}

func TestWhoIsDeletedTakesNoCalls(t *testing.T) {
	h := open(t)
	id, path := h.someone()
	h.call(http.MethodPut, path+"/switches", `{"doNotDisturb":false,"rejectAnonymous":false,"also":["+46701234567"],"forwards":[]}`).want(t, http.StatusOK)
	h.settledNow()
	history := h.call(http.MethodGet, path+"/history?type=callprofile.switches-set.v1", "").want(t, http.StatusOK)
	if len(history.items()) != 1 || !strings.Contains(string(history.raw), "+46701234567") {
		t.Errorf("the history says %s", history.raw)
	}
	h.execute(id, func([]domain.Fact) ([]domain.Event, error) { return []domain.Event{user.Deleted{}}, nil })
	h.call(http.MethodPut, path+"/profile", `{"profile":"lunch"}`).problem(t, http.StatusConflict, "user-deleted")
}
