package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestStandingActivationsAreListedWithTheirAge(t *testing.T) {
	v := visit(t)
	company := v.firm("onenet", "+4930123450", "+4930123459")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","number":"+4930123451","licence":"standard","activate":true}`)
	for _, step := range []string{"line", "network"} {
		v.do(id, func(domain.Cause) domain.Decide { return user.StartStep{Step: step}.Decide })
		trouble := map[string]*user.Trouble{"network": {Cause: "network-refused", Responsible: "operator", Code: "port-missing"}}[step]
		v.do(id, func(domain.Cause) domain.Decide {
			return user.FinishStep{Step: step, Attempt: 1, Trouble: trouble}.Decide
		})
	}
	v.clock.forward(26 * time.Hour)
	h := v.in(t)
	got := h.call(http.MethodGet, "/v1/activations?olderThan=24h&responsible=operator", "")
	for path, want := range map[string]string{
		"items.0.user": id, "items.0.name": "Ada Lovelace", "items.0.state": "failed", "items.0.age": "26h0m0s", "items.0.step.name": "network",
		"items.0.step.cause": "network-refused", "items.0.step.code": "port-missing", "items.0.company": company, "next": "",
	} {
		if text := got.text(path); text != want {
			t.Errorf("%s is %q, want %q", path, text, want)
		}
	}
	for _, query := range []string{"olderThan=27h", "responsible=user", "company=nobodys", "state=running"} {
		if none := h.call(http.MethodGet, "/v1/activations?"+query, ""); !strings.Contains(string(none.raw), `"items":[]`) {
			t.Errorf("%s: %s", query, none.raw)
		}
	}
	h.call(http.MethodGet, "/v1/activations?olderThan=yesterday", "").problem(t, http.StatusUnprocessableEntity, "invalid-input")
}
