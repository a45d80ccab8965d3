package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAUserIsOrdered(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	made := h.user(firm, `{"firstName":"Ada","lastName":"Lovelace","email":" ada@example.com ","mobile":"0171/123 45 67","number":"(030) 12345-01",
		"device":{"kind":"Snom D785","mac":"00:04:13:AA:BB:CC"}}`).want(t, http.StatusCreated)
	id := made.text("id")
	for path, want := range map[string]string{
		"state": "pending", "number": "+49301234501", "extension": "4501", "mobile": "+491711234567", "email": "ada@example.com",
		"language": "de", "device.kind": "snom d785", "device.mac": "000413aabbcc", "activation.link.state": "none", "credential.state": "none",
		"activation.steps.0.name": "line", "activation.steps.1.name": "network", "revision": "1", "company": firm,
	} {
		if got := made.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if made.header.Get("Location") != "/v1/users/"+id || made.header.Get("ETag") != `"1"` || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("headers %v", made.header)
	}
	found := h.get("/v1/users/"+id, made).want(t, http.StatusOK)
	if string(found.raw) != string(made.raw) || found.header.Get("ETag") != `"1"` {
		t.Fatalf("the read model says\n%s, the command said\n%s", found.raw, made.raw)
	}
	for _, query := range []string{"q=lovel", "q=4501", "state=pending", "company=" + firm} {
		if list := h.call(http.MethodGet, "/v1/users?"+query, "").want(t, http.StatusOK); len(list.items()) != 1 || list.text("items.0.id") != id {
			t.Errorf("%s finds %s", query, list.raw)
		}
	}
	if numbers := h.call(http.MethodGet, "/v1/numbers?state=held", "").want(t, http.StatusOK); numbers.text("items.0.user") != id {
		t.Errorf("numbers %s", numbers.raw)
	}
}

func TestActivateHasADefaultByPolicy(t *testing.T) {
	h := open(t)
	for policy, steps := range map[string]int{"onenet": 2, "unifyoffice": 0} {
		from := map[string]string{"onenet": "+4930111100", "unifyoffice": "+4930222200"}[policy]
		firm := h.call(http.MethodPost, "/v1/companies", fmt.Sprintf(
			`{"name":"A","policy":%q,"language":"en","country":"DE","numbers":[{"from":%q,"to":%q}]}`, policy, from, from[:9]+"99")).want(t, http.StatusCreated).text("id")
		made := h.user(firm, fmt.Sprintf(`{"firstName":"A","lastName":"B","email":"%s@example.com","number":%q}`, policy, from)).want(t, http.StatusCreated)
		list, _ := made.at("activation.steps").([]any)
		if len(list) != steps {
			t.Errorf("%s: %d steps, want %d", policy, len(list), steps)
		}
	}
}

func TestNamesAreBoundedInCharactersNotBytes(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	order := func(first, last int) answer {
		return h.user(firm, fmt.Sprintf(`{"firstName":%q,"lastName":%q}`, strings.Repeat("Ω", first), strings.Repeat("Ω", last)))
	}
	order(23, 30).want(t, http.StatusCreated)
	order(24, 31).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/firstName", "/lastName")
}

func TestABadOrderOfAUserIsToldFieldByField(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice")
	for _, c := range []struct {
		name, body string
		fields     []string
	}{
		{"no e-mail where the link is mailed", `{"firstName":"A","lastName":"B"}`, []string{"/email"}},
		{"addresses and numbers that are none", `{"firstName":"A","lastName":"B","email":"x","mobile":"hello","number":"12"}`, []string{"/email", "/mobile", "/number"}},
		{"a number of somebody else", `{"firstName":"A","lastName":"B","email":"a@b.example","number":"+493055555"}`, []string{"/number"}},
		{"what the company does not have", `{"firstName":"A","lastName":"B","email":"a@b.example","site":"x","licence":"gold","language":"xx"}`, []string{"/site", "/licence", "/language"}},
		{"a short number that is too short", `{"firstName":"A","lastName":"B","email":"a@b.example","extension":"12"}`, []string{"/extension"}},
		{"a device that is none", `{"firstName":"A","lastName":"B","email":"a@b.example","device":{"kind":"snom","mac":"zz"}}`, []string{"/device/mac"}},
		{"a device without a kind", `{"firstName":"A","device":{}}`, []string{"/device/kind"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.in(t).user(firm, c.body).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, c.fields...)
		})
	}
	h.user("none", ada("01")).problem(t, http.StatusNotFound, "no-company")
}

func TestALifeOfAUser(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPost, user+"/activation/link", "").problem(t, http.StatusConflict, "no-link-yet")
	h.call(http.MethodPost, user+"/activation", "").want(t, http.StatusAccepted)
	again := h.call(http.MethodPost, user+"/activation", "").want(t, http.StatusAccepted)
	if again.text("revision") != "1" {
		t.Fatalf("starting twice wrote something: %s", again.raw)
	}
	if held := h.call(http.MethodPost, user+"/suspension", "").want(t, http.StatusOK); held.text("state") != "suspended" {
		t.Fatalf("state %s", held.text("state"))
	}
	h.call(http.MethodPost, user+"/activation", "").problem(t, http.StatusConflict, "suspended")
	if back := h.call(http.MethodDelete, user+"/suspension", "").want(t, http.StatusOK); back.text("state") != "pending" {
		t.Fatalf("state %s", back.text("state"))
	}
	gone := h.call(http.MethodDelete, user, "").want(t, http.StatusOK)
	if gone.text("state") != "deleted" {
		t.Fatalf("state %s", gone.text("state"))
	}
	h.call(http.MethodPost, user+"/suspension", "").problem(t, http.StatusNotFound, "no-user")
	if list := h.get("/v1/users", gone).items(); len(list) != 0 {
		t.Fatalf("%d users are listed", len(list))
	}
	for _, path := range []string{"/activation", "/activation/link", "/suspension", "/device/credentials"} {
		h.call(http.MethodPost, "/v1/users/none"+path, "").problem(t, http.StatusNotFound, "no-user")
	}
	for _, path := range []string{"", "/history", "/diff", "?at=2026-03-02T09:00:00Z"} {
		h.call(http.MethodGet, "/v1/users/none"+path, "").problem(t, http.StatusNotFound, "no-user")
	}
}

func TestALoginOfADeskPhoneIsToldOnce(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	first := h.call(http.MethodPost, user+"/device/credentials", "", "Idempotency-Key: phone").want(t, http.StatusOK)
	if len(first.text("password")) != 24 || first.text("domain") != "dialtone.local" || first.text("transport") != "udp" || first.text("username") == "" {
		t.Fatalf("login %s", first.raw)
	}
	if first.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("headers %v", first.header)
	}
	replayed := h.call(http.MethodPost, user+"/device/credentials", "", "Idempotency-Key: phone").want(t, http.StatusOK)
	if replayed.text("password") != "" || replayed.text("detail") == "" || replayed.header.Get("Idempotent-Replayed") != "true" {
		t.Fatalf("the repetition says %s", replayed.raw)
	}
	second := h.call(http.MethodPost, user+"/device/credentials", "").want(t, http.StatusOK)
	if second.text("password") == first.text("password") || second.text("username") == first.text("username") {
		t.Fatalf("first %s, second %s", first.raw, second.raw)
	}
	lineless := "/v1/users/" + h.user(firm, `{"firstName":"Bob","lastName":"B"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPost, lineless+"/device/credentials", "").problem(t, http.StatusConflict, "no-line")
}
