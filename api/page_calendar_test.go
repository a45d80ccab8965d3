package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestACalendarIsKeptByForms(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	path := "/users/" + id
	shown := v.view(path)
	contains(t, shown, http.StatusOK, "Plan something", "Reminder of the link", "The link expires", "in the zone Europe/Berlin")
	form := url.Values{"command": {commandOf(t, shown, path+"/calendar")}, "what": {"delete"}, "at": {"2026-07-01T17:00"}, "reason": {"<leaves>"}}
	for range 2 {
		if answer := v.post(path+"/calendar", form); answer.status != http.StatusSeeOther {
			t.Fatalf("planning was answered with %d: %s", answer.status, answer.body)
		}
	}
	planned := v.state(id).Scheduled
	if len(planned) != 1 || planned[0].What != user.ToDelete || planned[0].At.Format("15:04") != "15:00" {
		t.Fatalf("planned are %+v", planned)
	}
	shown = v.view(path + "?done=plan")
	contains(t, shown, http.StatusOK, "It is planned.", "2026-07-01 15:00:00 UTC", "&lt;leaves&gt;", "Planned for 2026-07-01 15:00:00 UTC: delete")

	form.Set("command", strings.Repeat("x", 20))
	contains(t, v.post(path+"/calendar", form), http.StatusConflict, "planned for this moment already", `value="2026-07-01T17:00"`)
	form.Set("at", "2020-01-01T00:00")
	contains(t, v.post(path+"/calendar", form), http.StatusUnprocessableEntity, "Lies in the past.")
	form.Set("at", "soon")
	contains(t, v.post(path+"/calendar", form), http.StatusUnprocessableEntity, "Is a date and a time of day")

	cancel := path + "/calendar/" + planned[0].ID
	answer := v.post(cancel, url.Values{"command": {commandOf(t, shown, cancel)}})
	if answer.status != http.StatusSeeOther || len(v.state(id).Scheduled) != 0 {
		t.Fatalf("cancelling was answered with %d", answer.status)
	}
	contains(t, v.view(path+"?done=cancel"), http.StatusOK, "It is cancelled.", "A plan was cancelled")
}

func TestADeletedUserIsRestoredByForm(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	path := "/users/" + id
	shown := v.view(path)
	if strings.Contains(shown.body, "/restore") {
		t.Error("who is not deleted could be restored")
	}
	v.post(path+"/delete", url.Values{"command": {commandOf(t, shown, path+"/delete")}, "confirm": {"yes"}})
	shown = v.view(path)
	contains(t, shown, http.StatusOK, "Restore the user")
	if answer := v.post(path+"/restore", url.Values{"command": {commandOf(t, shown, path+"/restore")}}); answer.status != http.StatusSeeOther {
		t.Fatalf("restoring was answered with %d: %s", answer.status, answer.body)
	}
	contains(t, v.view(path+"?done=restore"), http.StatusOK, "The user is back.", "Restored")
}

func TestWhyAPlannedActionIsHeldIsShown(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.Schedule{Cause: cause, What: user.ToSuspend, At: cause.At.Add(time.Hour)}.Decide
	})
	v.clock.forward(time.Hour)
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.Hold{Action: v.state(id).Scheduled[0].ID, At: cause.At, Fault: user.LastAdmin()}.Decide
	})
	contains(t, v.view("/users/"+id), http.StatusOK, "held: the user is the company", "What was planned is held and tried again")
	list := v.in(t).call(http.MethodGet, "/v1/users/"+id+"/calendar", "").want(t, http.StatusOK)
	if list.text("items.1.cause") != "last-admin" || list.text("items.1.at") != v.journal.Now().Add(time.Hour).Format(time.RFC3339) {
		t.Errorf("calendar %s", list.raw)
	}
}
