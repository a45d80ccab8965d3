package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// swedes is a company of teleproffs with two licences of one kind and one free
// one, and a user of it.
func swedes(t *testing.T) (h *house, firm, path string) {
	t.Helper()
	h = open(t)
	firm = h.call(http.MethodPost, "/v1/companies", `{"name":"Acme","policy":"teleproffs","language":"sv","country":"SE",
		"numbers":[{"from":"+46812340","to":"+46812349"}],"licences":[{"kind":"fast","count":2},{"kind":"free","count":1}]}`).want(t, http.StatusCreated).text("id")
	return h, firm, h.swede(firm, "ada")
}

func (h *house) swede(firm, name string) (path string) {
	h.t.Helper()
	return "/v1/users/" + h.user(firm, `{"firstName":"`+name+`","lastName":"Lovelace","email":"`+name+`@example.se","licence":"fast"}`).
		want(h.t, http.StatusCreated).text("id")
}

// release gives back what a user has left, as its workflow does.
func (h *house) release(path string) {
	h.t.Helper()
	id := strings.TrimPrefix(path, "/v1/users/")
	state := h.state(id)
	loose := state.Loose
	for _, stream := range loose {
		_, err := h.journal.Execute(h.t.Context(), stream, h.by(domain.ActorSystem), state.Releasing(stream, h.journal.Now(), policy.Policy{}))
		must(h.t, err)
	}
	h.execute(id, user.NoteReleased{Claims: loose}.Decide)
}

func TestAnAdminChangesAUserName(t *testing.T) {
	order := ada("01")
	h, firm, ada := swedes(t)
	ben := h.swede(firm, "ben")
	first := h.call(http.MethodPatch, ada, `{"username":" Countess "}`, mergePatch).want(t, http.StatusOK)
	if first.text("username") != "countess" || first.text("credential.state") != "none" {
		t.Fatalf("the name is %q, the password %s", first.text("username"), first.text("credential.state"))
	}
	h.call(http.MethodPatch, ben, `{"username":"COUNTESS"}`, mergePatch).problem(t, http.StatusConflict, "username-taken")
	h.call(http.MethodPatch, ben, `{"username":"46812341"}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/username")
	h.call(http.MethodPatch, ada, `{"username":null}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/username")

	h.call(http.MethodPost, ada+"/credential/reset", `{"way":"hand"}`).want(t, http.StatusOK)
	h.call(http.MethodPatch, ada, `{"username":"ada.king"}`, mergePatch).want(t, http.StatusOK)
	state := h.state(strings.TrimPrefix(ada, "/v1/users/"))
	if told := state.Messages[len(state.Messages)-1]; told.Purpose != user.PurposeUsernameChanged || told.Channel != user.Mail {
		t.Errorf("the user is told by %+v", told)
	}
	if state.Credential.State != user.CredentialTemporary || !slices.Equal(state.Loose, []string{user.LoginClaim(key(1), "countess")}) {
		t.Errorf("the password is %s, to be given back is %v", state.Credential.State, state.Loose)
	}
	h.call(http.MethodPatch, ada, `{"username":"countess"}`, mergePatch).problem(t, http.StatusServiceUnavailable, "being-released")
	h.release(ada)
	h.call(http.MethodPatch, ben, `{"username":"countess"}`, mergePatch).want(t, http.StatusOK)
	if owner := h.owner(user.LoginClaim(key(1), "ada.king")); owner != user.Stream(state.ID) {
		t.Errorf("the new name is %q's", owner)
	}
	elsewhere := h.user(h.company("unifyoffice"), strings.ReplaceAll(order, "ada01@example.com", "x@example.com")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPatch, "/v1/users/"+elsewhere, `{"username":"countess2"}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/username")
}

func TestAnAdminChangesALicence(t *testing.T) {
	h, firm, path := swedes(t)
	id := strings.TrimPrefix(path, "/v1/users/")
	before := h.state(id).Claims.Seat
	h.call(http.MethodPatch, path, `{"licence":"gold"}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/licence")
	h.call(http.MethodPatch, path, `{"licence":null}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/licence")
	h.call(http.MethodPatch, path, `{"licence":"free"}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/mobile")
	if h.state(id).Claims.Seat != before || h.owner(user.SeatStream(firm, "free", 1)) != "" {
		t.Fatal("a refused change has taken a seat")
	}
	changed := h.call(http.MethodPatch, path, `{"licence":"free","mobile":"070 123 45 67"}`, mergePatch).want(t, http.StatusOK)
	state := h.state(id)
	if changed.text("licence") != "free" || state.Claims.Seat != user.SeatStream(firm, "free", 1) || !slices.Equal(state.Loose, []string{before}) {
		t.Fatalf("licence %q, seat %s, to be given back %v", changed.text("licence"), state.Claims.Seat, state.Loose)
	}
	second := h.swede(firm, "ben")
	full := h.call(http.MethodPatch, second, `{"licence":"free","mobile":"+46701234568"}`, mergePatch).problem(t, http.StatusConflict, "quota-reached")
	if !strings.Contains(full.text("detail"), "all 1 licences of kind free") {
		t.Errorf("the refusal says %q", full.text("detail"))
	}
	h.user(firm, `{"firstName":"C","lastName":"C","licence":"fast"}`).problem(t, http.StatusConflict, "quota-reached") // the seat is given back behind the change
	h.release(path)
	h.user(firm, `{"firstName":"C","lastName":"C","licence":"fast"}`).want(t, http.StatusCreated)
	h.call(http.MethodPatch, path, `{"licence":"fast"}`, mergePatch).problem(t, http.StatusConflict, "quota-reached")
	if licence := h.state(id).Licence; licence != "free" {
		t.Errorf("a refused change leaves %s", licence)
	}
}

func TestASeatThatIsJustGivenBackIsNotTakenAgain(t *testing.T) {
	h, firm, path := swedes(t)
	id := strings.TrimPrefix(path, "/v1/users/")
	first := h.state(id).Claims.Seat
	h.call(http.MethodPatch, path, `{"licence":"free","mobile":"+46701234567"}`, mergePatch).want(t, http.StatusOK)
	h.call(http.MethodPatch, path, `{"licence":"fast"}`, mergePatch).want(t, http.StatusOK) // the other seat of that kind
	state := h.state(id)
	if state.Claims.Seat == first || !strings.HasPrefix(state.Claims.Seat, user.SeatPool(firm, "fast")) || len(state.Loose) != 2 {
		t.Errorf("seat %s, was %s, to be given back %v", state.Claims.Seat, first, state.Loose)
	}
}

func TestALicenceThatRingsTheMobileHasItVerified(t *testing.T) {
	v := visit(t)
	done, err := v.server.Desk.CreateCompany(v.Context(), v.cause(), api.CompanyForm{
		Name: "Acme", Policy: "teleproffs", Language: "sv", Country: "SE", Licences: []api.LicenceForm{{Kind: "fast", Count: 1}, {Kind: "free", Count: 1}},
	})
	must(t, err)
	id := v.create(done.ID, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.se","mobile":"+46701234567","licence":"fast","language":"en","activate":false}`)
	v.do(id, func(domain.Cause) domain.Decide { return activated{}.Decide })
	password := v.reset(id, "hand")
	v.leads(v.logIn("ada@example.se", password), "/me")
	v.leads(v.choose(password, ownPassword, ""), "/me?done=password")
	contains(t, v.view("/me"), http.StatusOK, "Hello, Ada")

	v.in(t).call(http.MethodPatch, "/v1/users/"+id, `{"licence":"free"}`, mergePatch).want(t, http.StatusOK)
	state := v.state(id)
	if told := state.Messages[len(state.Messages)-1]; told.Purpose != user.PurposeVerifyMobile || state.Lifecycle != user.Active {
		t.Errorf("%s, told of %s", state.Lifecycle, told.Purpose)
	}
	v.leads(v.view("/me"), "/me/mobile")
	shown := v.view("/me/mobile")
	contains(t, shown, http.StatusOK, "Verify your mobile")
	command := commandField.FindStringSubmatch(shown.body)[1]
	v.leads(v.post("/me/mobile/code", url.Values{"command": {command}}), "/me/mobile?done=code")
	code := user.MobileCode(key(2), id, v.state(id).Verification.Code)
	v.leads(v.post("/me/mobile", url.Values{"command": {command + "x"}, "code": {code}}), "/me?done=mobile")
	contains(t, v.view("/me"), http.StatusOK, "Hello, Ada")
}

func TestOptionsAreKeptFromTheOrderOn(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	made := h.user(firm, strings.Replace(ada("01"), `{`, `{"options":["Fax"," recording ","fax"],`, 1)).want(t, http.StatusCreated)
	path := "/v1/users/" + made.text("id")
	listed := func(a answer) string {
		var names []string
		list, _ := a.at("options").([]any)
		for _, name := range list {
			names = append(names, name.(string))
		}
		return strings.Join(names, " ")
	}
	if got := listed(made); got != "fax recording" {
		t.Errorf("ordered with %q", got)
	}
	for _, c := range []struct{ body, want string }{
		{`{"firstName":"Augusta"}`, "fax recording"}, {`{"options":["voicemail"]}`, "voicemail"}, {`{"options":null}`, ""}, {`{"options":["fax","supervisor"]}`, "fax supervisor"}, {`{"options":[]}`, ""},
	} {
		changed := h.call(http.MethodPatch, path, c.body, mergePatch).want(t, http.StatusOK)
		if got := listed(changed); got != c.want || changed.at("options") == nil {
			t.Errorf("after %s: %q", c.body, got)
		}
		if got := listed(h.get(path, changed)); got != c.want {
			t.Errorf("after %s the read model has %q", c.body, got)
		}
	}
	h.call(http.MethodPatch, path, `{"options":["§"]}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/options")
	h.call(http.MethodPatch, path, `{"options":"fax"}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/options")
	history := h.get(path+"/history?type=user.details-changed.v1", h.call(http.MethodPatch, path, `{"options":["fax"]}`, mergePatch))
	if got := history.text("items.1.summary"); got != "Changed options" {
		t.Errorf("the history says %q", got)
	}
}
