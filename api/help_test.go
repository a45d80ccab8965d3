package api_test

import (
	"net/http"
	"testing"
)

func TestHelpWithoutEndIsAnswered429(t *testing.T) {
	v := visit(t)
	id, _ := v.handed()
	for range 5 {
		v.reset(id, "sms")
	}
	path := "/v1/users/" + id + "/credential/reset"
	early := v.in(t).call(http.MethodPost, path, `{"way":"sms"}`)
	if early.status != http.StatusTooManyRequests || early.header.Get("Retry-After") == "" {
		t.Errorf("the seventh SMS within an hour is answered with %d, %v: %s", early.status, early.header, early.raw)
	}
	v.reset(id, "hand")
}
