package api_test

import (
	"net/http"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

// onepro orders users without beginning their activation (0.5, 0.11).
func TestANumberThatIsOrderedWaitsForTheDetailsBeforeAnythingIsSent(t *testing.T) {
	v := visit(t)
	firm := v.company("onepro")
	made := v.user(firm, `{"number":"+49301234501"}`).want(t, http.StatusCreated)
	path := "/users/" + made.text("id")
	for _, shown := range []answer{made, v.get("/v1"+path, made).want(t, http.StatusOK)} {
		for field, want := range map[string]string{
			"state": "pending", "activation.steps.0.name": "details", "activation.steps.0.state": "waiting", "activation.steps.0.cause": "details-missing",
			"activation.steps.0.responsible": "admin", "activation.steps.0.since": "2026-03-02T09:00:00Z",
		} {
			if got := shown.text(field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
	}
	v.clock.forward(26 * time.Hour)
	v.signIn()
	contains(t, v.view(path+"?lang=en"), http.StatusOK, "Details", "it is not known yet who the user is", "Up to: the company&#39;s admin", "/activation\"")
	contains(t, v.view("/?lang=en"), http.StatusOK, "4930123450", "it is not known yet who the user is · the company&#39;s admin", "26 h")
	if listed := v.call(http.MethodGet, "/v1/activations?step=details", "").want(t, http.StatusOK).items(); len(listed) != 1 {
		t.Errorf("%d wait for their details", len(listed))
	}
	named := v.call(http.MethodPatch, "/v1"+path, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+491711234567"}`).want(t, http.StatusOK)
	if steps := named.at("activation.steps").([]any); len(steps) != 0 || named.text("state") != "pending" {
		t.Errorf("who is named waits for %v", steps)
	}
	sent := v.call(http.MethodPost, "/v1"+path+"/activation", "").want(t, http.StatusAccepted)
	if first := sent.text("activation.steps.0.name"); first != "line" {
		t.Errorf("the first step is %q", first)
	}
}

func TestANumberWithoutAPersonWaitsForTheDetails(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.company("unifyoffice")
	made := v.user(firm, `{"number":"+49301234501","activate":true}`).want(t, http.StatusCreated)
	path := "/users/" + made.text("id")
	for field, want := range map[string]string{
		"state": "pending", "activation.steps.0.name": "details", "activation.steps.0.state": "waiting", "activation.steps.0.cause": "details-missing",
		"activation.steps.0.responsible": "admin", "activation.steps.1.name": "line", "activation.steps.2.name": "link",
	} {
		if got := made.text(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	v.get("/v1"+path, made).want(t, http.StatusOK)
	contains(t, v.view(path), http.StatusOK, "Details", "it is not known yet who the user is", "Up to: the company&#39;s admin")
	contains(t, v.view(path+"?lang=de"), http.StatusOK, "Angaben", "es ist noch nicht bekannt, wer der Benutzer ist")

	v.call(http.MethodPost, "/v1"+path+"/activation/link", "").problem(t, http.StatusConflict, "no-link-yet")
	named := v.call(http.MethodPatch, "/v1"+path, `{"firstName":"Ada","lastName":"Lovelace"}`).want(t, http.StatusOK)
	if state := named.text("activation.steps.0.state"); state != "waiting" {
		t.Fatalf("without an address the details are %s", state)
	}
	mailed := v.call(http.MethodPatch, "/v1"+path, `{"email":"ada@example.com"}`).want(t, http.StatusOK)
	if state := mailed.text("activation.steps.0.state"); state != "done" || mailed.text("state") != "pending" {
		t.Fatalf("with everything the details are %s", state)
	}
	v.do(made.text("id"), func(domain.Cause) domain.Decide { return user.StartStep{Step: "line"}.Decide })
	contains(t, v.view(path), http.StatusOK, "Ada Lovelace", "Step “Details” done")
}
