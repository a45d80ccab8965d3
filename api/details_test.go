package api_test

import (
	"net/http"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

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
