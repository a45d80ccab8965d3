package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// things are what a list of an answer holds, with where it goes or why not.
func things(a answer, list string) map[string]string {
	found := map[string]string{}
	items, _ := a.body[list].([]any)
	for _, item := range items {
		thing := item.(map[string]any)
		note := fmt.Sprint(thing["value"])
		for _, more := range []string{"to", "code"} {
			if thing[more] != nil {
				note += " " + thing[more].(string)
			}
		}
		found[thing["what"].(string)] = note
	}
	return found
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestBeforeADeletionItIsSaidWhatItDoes(t *testing.T) {
	h := open(t)
	firm := h.bound()
	made := h.user(firm, `{"firstName":"Ada","lastName":"Berg","email":"ada@example.com","number":"+49301234501","extension":"4501","licence":"fast","device":{"kind":"t46u","mac":"001565abcdef"}}`).
		want(t, http.StatusCreated)
	path := "/v1/users/" + made.text("id")
	ben := h.user(firm, `{"firstName":"Ben","lastName":"Berg"}`).want(t, http.StatusCreated).text("id")
	group := h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"hunt","name":"Sales"}`).want(t, http.StatusCreated).text("id")
	for _, member := range []string{made.text("id"), ben} {
		h.call(http.MethodPut, "/v1/groups/"+group+"/members/"+member, "").want(t, http.StatusOK)
	}
	planned := h.call(http.MethodPost, path+"/calendar", `{"what":"suspend","at":"2026-07-01T09:00:00Z"}`).want(t, http.StatusCreated)
	before := h.get(path+"/deletion", planned).want(t, http.StatusOK)
	same(t, "what goes", things(before, "goes"), map[string]string{
		"number": "+49301234501 company", "extension": "4501 company", "device": "t46u company", "email": "ada@example.com anyone",
	})
	for field, want := range map[string]string{
		"groups.0.name": "Sales", "groups.0.told": "1", "planned.0.kind": "suspend", "licence.kind": "fast", "licence.asked": "true",
	} {
		if got := before.text(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	head := h.head()
	h.get(path+"/deletion", planned).want(t, http.StatusOK)
	if h.head() != head {
		t.Error("the question wrote something")
	}
	h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
	deletion, _ := user.Deletion(h.facts(made.text("id")))
	goes := deletion.Event.(user.Deleted).Goes
	if goes == nil || goes.Number != "+49301234501" || goes.Extension != "4501" || goes.Licence != "fast" || !goes.Email || len(goes.Planned) != 1 {
		t.Errorf("the fact says %+v", goes)
	}
	h.get(path+"/deletion", planned).problem(t, http.StatusNotFound, "no-user")
}

func TestBeforeADeletionTheSwapOfLicencesIsNamed(t *testing.T) {
	h := open(t)
	firm := h.bound()
	var people []answer
	for _, name := range []string{"Eva", "Ida"} {
		people = append(people, h.user(firm, `{"firstName":"`+name+`","lastName":"Berg","licence":"fast"}`).want(t, http.StatusCreated))
	}
	for n, one := range people {
		id, other := one.text("id"), people[1-n].text("id")
		told := h.get("/v1/users/"+id+"/deletion", people[1]).want(t, http.StatusOK)
		bound := h.state(id).Claims.Seat == user.SeatStream(firm, "fast", 1)
		if (told.text("licence.boundUntil") != "") != bound || (told.text("licence.swaps.id") == other) != bound || told.text("licence.asked") != "true" {
			t.Errorf("bound: %t, and told is %s", bound, told.raw)
		}
	}
	h.call(http.MethodPost, "/v1/companies/"+firm+"/licences/returns", `{"kind":"fast"}`).want(t, http.StatusAccepted)
	told := h.get("/v1/users/"+people[0].text("id")+"/deletion", people[1])
	if told.text("licence.asked") != "false" || told.text("licence.why") != "licence-returning" {
		t.Errorf("nothing can go back, and told is %s", told.raw)
	}
}

func TestBeforeADeletionItIsSaidHowLongEverythingIsKept(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice")
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	state, rules := h.state(id), h.rules(firm)
	rules.Retention, rules.RestoreWithin = policy.Duration(48*3600e9), policy.Duration(72*3600e9)
	ends, err := user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: rules}.Ends(state)
	must(t, err)
	if kept := ends.EraseAt(h.clock.Now()).Sub(h.clock.Now()).Hours(); kept != 72 {
		t.Errorf("who can come back for 72 h is kept for %v", kept)
	}
	if _, err := (user.Delete{Actor: domain.Actor{Kind: domain.ActorAdmin}, Policy: policy.Policy{}}).Ends(state); code(err) != "not-active" {
		t.Errorf("who may not delete is told %v", err)
	}
}

func TestAUserComesBackWithoutWhatOthersHave(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":2}]`)
	made := h.user(firm, `{"firstName":"Ada","lastName":"B","email":"ada01@example.com","number":"+49301234501","extension":"4501","device":{"kind":"t46u","mac":"001565abcdef"}}`).want(t, http.StatusCreated)
	id := made.text("id")
	path := "/v1/users/" + id
	h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
	for _, other := range []string{
		`{"firstName":"Bob","lastName":"B","email":"ada01@example.com","number":"+49301234501","extension":"777"}`,
		`{"firstName":"Eve","lastName":"B","email":"eve@example.com","extension":"4501","device":{"kind":"t46u","mac":"001565abcdef"}}`,
	} {
		h.user(firm, other).want(t, http.StatusCreated)
	}
	conflicts := map[string]string{
		"number": "+49301234501 number-taken", "extension": "4501 extension-taken", "email": "ada01@example.com email-taken",
		"licence": "basic quota-reached", "device": "t46u device-taken",
	}
	before := h.call(http.MethodGet, path+"/restoration", "").want(t, http.StatusOK)
	same(t, "said before", things(before, "conflicts"), conflicts)
	h.call(http.MethodPost, path+"/restoration", "").problem(t, http.StatusConflict, "taken-meanwhile").
		names(t, "/number", "/email", "/licence", "/extension", "/device/mac")
	if h.state(id).Exists() {
		t.Fatal("the user is back all the same")
	}
	back := h.call(http.MethodPost, path+"/restoration", `{"partial":true}`, oneKey).want(t, http.StatusOK)
	same(t, "conflicts", things(back, "conflicts"), conflicts)
	same(t, "restored", things(back, "restored"), map[string]string{})
	s := h.state(id)
	if s.Number != "" || s.Extension != "" || s.Licence != "" || s.Person.Email != "" || s.Person.MAC != "" || len(s.Claims.List()) != 0 {
		t.Errorf("the user is back with %+v of %+v", s.Claims, s)
	}
	if s.Person.FirstName != "Ada" || h.owner(user.ExtensionStream(firm, "4501")) == user.Stream(id) {
		t.Errorf("the user is %+v", s.Person)
	}
	again := h.call(http.MethodPost, path+"/restoration", `{"partial":true}`)
	same(t, "asked again", things(again, "conflicts"), conflicts)
	if last := h.facts(id); len(last) != int(again.body["revision"].(float64))+1 && last[len(last)-1].Event.Type() != (user.Restored{}).Type() {
		t.Errorf("restoring twice wrote %s", last[len(last)-1].Event.Type())
	}
}

func TestWhatIsFreeComesBackWithAUser(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":2}]`)
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.user(firm, `{"firstName":"Bob","lastName":"B","email":"bob@example.com","number":"+49301234501","extension":"777"}`).want(t, http.StatusCreated)
	back := h.call(http.MethodPost, "/v1/users/"+id+"/restoration", `{"partial":true}`).want(t, http.StatusOK)
	same(t, "conflicts", things(back, "conflicts"), map[string]string{"number": "+49301234501 number-taken"})
	same(t, "restored", things(back, "restored"), map[string]string{"extension": "4501", "email": "ada01@example.com", "licence": "basic"})
	if back.text("extension") != "4501" || back.text("number") != "" {
		t.Errorf("back as %s", back.raw)
	}
}

func TestAPhoneThatTheCompanyGaveAwayIsNamed(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice")
	id := h.user(firm, `{"firstName":"Ada","lastName":"B","email":"ada@example.com"}`).want(t, http.StatusCreated).text("id")
	phone := h.call(http.MethodPost, "/v1/devices", `{"company":"`+firm+`","manufacturer":"other","model":"X1","serial":"AB-1234"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPut, "/v1/devices/"+phone+"/user", `{"user":"`+id+`"}`).want(t, http.StatusOK)
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").want(t, http.StatusOK)
	if h.phoneOf(id).User != id {
		t.Error("the phone that is known by its serial number did not come back")
	}
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.call(http.MethodDelete, "/v1/devices/"+phone, "").want(t, http.StatusOK)
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").problem(t, http.StatusConflict, "taken-meanwhile").names(t, "/device/mac")
}
