package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestGuide001ThePendingTheFailedAndTheActivatedUser tells guide 1's rules 1.3
// to 1.5, 1.10 to 1.13 and 1.15 by phone: who may call and be called in which state.
func TestGuide001ThePendingTheFailedAndTheActivatedUser(t *testing.T) {
	need(t, "sipp")
	h := newHouse(t)
	company := h.company("onenet", "+4930231290000", "+4930231290099", 5)
	fault := func(number string, permanent bool, times int) {
		h.must(http.StatusNoContent, "POST", "/dev/network/faults", object{
			"number": number, "code": "port-missing", "text": "no port is free", "permanent": permanent, "times": times,
		})
	}
	order := func(name, number string) string {
		return h.user(company, object{"firstName": name, "lastName": "Example", "number": number})
	}
	caller := order("Anna", "+4930231290001")
	eventually(t, "the caller to be activated", func() bool { return h.state(caller) == "activated" })
	anna := h.phone(caller)
	anna.register()

	t.Log("pending: the network is busy for a while; may call, is not called")
	fault("+4930231290002", false, 0)
	pending := order("Ben", "+4930231290002")
	eventually(t, "the network to be tried", func() bool { return strings.Contains(h.steps(pending), "network-unavailable") })
	ben := h.phone(pending)
	ben.register()
	anna.isRefused("0002")
	ended := anna.answers()
	ben.calls("0001")
	if err := ended(); err != nil {
		t.Errorf("the called phone: %v", err)
	}

	t.Log("activated: the next try goes through; is called")
	h.must(http.StatusNoContent, "DELETE", "/dev/network/faults", nil)
	eventually(t, "the next try", func() bool { return h.state(pending) == "activated" })
	ended = ben.answers()
	anna.calls("0002")
	if err := ended(); err != nil {
		t.Errorf("the called phone: %v", err)
	}

	t.Log("failed: the network refuses; the cause is shown, the operator retries from the step")
	fault("+4930231290003", true, 1)
	failed := order("Cleo", "+4930231290003")
	eventually(t, "the failure", func() bool { return h.state(failed) == "failed" })
	if steps := h.steps(failed); !strings.Contains(steps, "port-missing") || !strings.Contains(steps, `"responsible":"operator"`) {
		t.Errorf("the steps do not tell the cause: %s", steps)
	}
	anna.isRefused("0003")
	h.must(http.StatusAccepted, "POST", "/v1/users/"+failed+"/activation", nil)
	eventually(t, "the retry", func() bool { return h.state(failed) == "activated" })

	changesOfAnAdmin(t, h, pending, caller)

	t.Log("names of 23 and 30 characters fit, longer ones do not; a number is taken once")
	long := object{"firstName": strings.Repeat("ä", 23), "lastName": strings.Repeat("ß", 30), "number": "+4930231290004"}
	h.user(company, long)
	h.must(http.StatusUnprocessableEntity, "POST", "/v1/companies/"+company+"/users", object{"firstName": strings.Repeat("ä", 24), "lastName": "X", "number": "+4930231290005"})
	h.must(http.StatusConflict, "POST", "/v1/companies/"+company+"/users", object{"firstName": "D", "lastName": "X", "number": "+4930231290004"})

	t.Log("deleted: the number can be given again at once")
	h.must(http.StatusOK, "DELETE", "/v1/users/"+failed, nil)
	eventually(t, "the number to be free", func() bool {
		a, err := h.try("POST", "/v1/companies/"+company+"/users", object{"firstName": "Eva", "lastName": "Next", "number": "+4930231290003"})
		return err == nil && a.StatusCode == http.StatusCreated
	})
}

// changesOfAnAdmin is rule 1.15: what can be changed of a user after the
// activation, and whom the former user name is free for.
func changesOfAnAdmin(t *testing.T, h *house, id, other string) {
	t.Helper()
	t.Log("after the activation user name, phone, options, mobile and contract number are changed")
	changed := h.must(http.StatusOK, "PATCH", "/v1/users/"+id, object{
		"username": "ben.example", "device": object{"kind": "ip phone 30"}, "options": []string{"fax"}, "mobileNumber": "+491711234567", "contractNumber": "C-1",
	})
	if missing := shows(string(changed.body), `"ben.example"`, `"ip phone 30"`, `["fax"]`, `"+491711234567"`, `"C-1"`); missing != "" {
		t.Errorf("the changed user lacks %s: %s", missing, changed.body)
	}
	h.must(http.StatusOK, "PATCH", "/v1/users/"+id, object{"username": "ben.next"})
	h.must(http.StatusOK, "POST", "/v1/users/"+id+"/credential/reset", object{"password": "ten green bottles"})
	newPerson(t, h).logsIn("ben.example", "ten green bottles").sees("/login")
	newPerson(t, h).logsIn("ben.next", "ten green bottles").sees("/me/password")
	eventually(t, "the former user name to be free", func() bool {
		a, err := h.try("PATCH", "/v1/users/"+other, object{"username": "ben.example"})
		return err == nil && a.StatusCode == http.StatusOK
	})
}

// steps gives a user's activation steps as JSON.
func (h *house) steps(id string) string {
	a, err := h.try("GET", "/v1/users/"+id, nil)
	if err != nil {
		return ""
	}
	return string(a.body)
}
