package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

func TestEveryPresetIsOfferedTheStrictestWay(t *testing.T) {
	for _, preset := range []string{"onepro", "onenet", "teleproffs", "unifyoffice", "officesmart"} {
		t.Run(preset, func(t *testing.T) {
			h := open(t)
			order := `{"name":"Acme","policy":"` + preset + `","strict":true,"language":"de","country":"DE"}`
			made := h.call(http.MethodPost, "/v1/companies", order).want(t, http.StatusCreated)
			if made.text("strict") != "true" || made.text("policy") != preset {
				t.Errorf("ordered %s", made.raw)
			}
			id := made.text("id")
			h.user(id, `{"firstName":"Ada","lastName":"Lovelace"}`).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/email", "/mobile")
			plain := h.call(http.MethodPut, "/v1/companies/"+id+"/policy", `{"policy":"`+preset+`"}`).want(t, http.StatusOK)
			again := h.call(http.MethodPut, "/v1/companies/"+id+"/policy", `{"policy":"`+preset+`","strict":true}`).want(t, http.StatusOK)
			if plain.text("strict") != "false" || again.text("strict") != "true" || again.text("policyVersion") != made.text("policyVersion") {
				t.Errorf("adopted %s, then %s", plain.raw, again.raw)
			}
		})
	}
}

// A user of the operator whose network activates, and whose policy has no first
// secret at all, follows the link and types the password from the SMS.
func TestAStrictCompanysUserNeedsTheLinkAndTheSMS(t *testing.T) {
	v := visit(t)
	company := v.firm("onenet", "+4930123450", "+4930123459")
	strict := v.rules("onenet").Strictest()
	done, err := v.server.Desk.AdoptPolicy(t.Context(), v.cause(), company, api.PolicyForm{Policy: "onenet", Strict: true})
	v.must(err)
	v.settle(done)
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+491711234567","number":"+4930123451","language":"en","activate":true}`)
	for _, step := range []string{"line", "network"} {
		v.do(id, func(domain.Cause) domain.Decide { return user.StartStep{Step: step}.Decide })
		v.do(id, func(domain.Cause) domain.Decide { return user.FinishStep{Step: step, Attempt: 1}.Decide })
	}
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.IssueLink{Cause: cause, Policy: strict, Mint: user.Minter(key(2), id)}.Decide
	})
	page := "/activate/" + v.token(id)
	contains(t, v.view(page), http.StatusOK, `name="code"`)
	const own = "correct-horse-7-battery"
	secrets := url.Values{"password": {own}, "passwordAgain": {own}}
	contains(t, v.post(page, secrets), http.StatusUnprocessableEntity)
	secrets.Set("code", user.LinkPassword(key(2), id, v.state(id).Link.ID))
	contains(t, v.post(page, secrets), http.StatusOK, "You can now make and receive calls")
	if state := v.state(id); state.Lifecycle != user.Active {
		t.Errorf("the user is %s", state.Lifecycle)
	}
}

func TestTheStrictestWayIsChosenOnThePages(t *testing.T) {
	v := visit(t)
	v.signIn()
	contains(t, v.view("/companies"), http.StatusOK, `name="strict"`, "Link by mail and password by SMS together")
	firm := "/companies/" + v.firm("officesmart", "+4930123450", "+4930123459")
	v.leads(v.post(firm+"/policy", url.Values{"command": {uuid.NewString()}, "policy": {"officesmart"}, "strict": {"strict"}}), firm+"?done=setup")
	contains(t, v.view(firm), http.StatusOK, "<dt>First secret</dt>", `value="strict" selected`)
}
