package api_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

var hiddenField = regexp.MustCompile(`type="hidden" name="(was-[^"]+)" value="([^"]*)"`)

// detailsForm is the form that changes a user as the page shows it.
func (v *visitor) detailsForm(shown page, id string) url.Values {
	v.Helper()
	form := url.Values{"command": {commandOf(v.T, shown, "/users/"+id+"/details")}}
	for _, hidden := range hiddenField.FindAllStringSubmatch(shown.body, -1) {
		value := html.UnescapeString(hidden[2])
		form.Set(hidden[1], value)
		form.Set(strings.TrimPrefix(hidden[1], "was-"), value)
	}
	return form
}

func TestAUserIsChangedOnThePage(t *testing.T) {
	v := visit(t)
	done, err := v.server.Desk.CreateCompany(t.Context(), v.cause(), api.CompanyForm{
		Name: "Acme", Policy: "teleproffs", Language: "sv", Country: "SE", Numbers: []api.BlockForm{{From: "+46812340", To: "+46812349"}},
		Licences: []api.LicenceForm{{Kind: "fast", Count: 1}, {Kind: "free", Count: 1}},
	})
	must(t, err)
	id := v.create(done.ID, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.se","number":"+46812341","licence":"fast","options":["cc-pro"],"device":{"kind":"snom d785"},"activate":false}`)
	v.create(done.ID, `{"firstName":"Ben","lastName":"Lovelace","number":"+46812342","licence":"free","activate":false}`)
	v.must(v.views.WaitFor(t.Context(), v.head()))
	v.signIn()
	path := "/users/" + id
	shown := v.view(path)
	contains(t, shown, http.StatusOK, "Change details", `name="username"`, `value="snom d785"`, `value="cc-pro"`, `name="licence"`)
	form := v.detailsForm(shown, id)
	before := v.head()
	v.leads(v.post(path+"/details", form), path+"?done=details")
	if v.head() != before {
		t.Error("a form in which nothing was typed has written facts")
	}
	v.in(t).call(http.MethodPatch, "/v1"+path, `{"lastName":"King"}`, mergePatch).want(t, http.StatusOK) // meanwhile, by somebody else
	form.Set("command", form.Get("command")+"x")
	for name, value := range map[string]string{
		"username": "Countess", "options": "Recording, cc-pro", "device": "Yealink T54", "mobile": "070-123 45 67", "contractNumber": "C-1815", "mobileNumber": "+46701234500", "extension": "777",
	} {
		form.Set(name, value)
	}
	v.leads(v.post(path+"/details", form), path+"?done=details")
	contains(t, v.view(path+"?done=details"), http.StatusOK, "The details are changed.", "Ada King", "countess", "cc-pro, recording", "yealink t54", "+46701234567", "C-1815", "+46701234500", "777")
	form = v.detailsForm(v.view(path), id)
	form.Set("licence", "free")
	refused := v.post(path+"/details", form)
	contains(t, refused, http.StatusConflict, "All 1 licences of kind free of the company are in use", "<details open")
	form.Set("licence", "fast")
	form.Set("mobile", "nonsense")
	contains(t, v.post(path+"/details", form), http.StatusUnprocessableEntity, "Is an E.164 number", `value="nonsense"`, `name="was-mobile" value="+46701234567"`)
	contains(t, v.view(path+"?lang=de"), http.StatusOK, "Angaben ändern", "Optionen")
	contains(t, v.post(path+"/details?lang=de", form), http.StatusUnprocessableEntity)
}

func TestAPasswordIsChosenOnThePage(t *testing.T) {
	v := visit(t)
	id, _ := v.handed()
	v.must(v.views.WaitFor(t.Context(), v.head()))
	v.signIn()
	path := "/users/" + id
	shown := v.view(path)
	contains(t, shown, http.StatusOK, "Choose a temporary password", `name="passwordAgain"`, "15 to 128 characters")
	command := commandOf(t, shown, path+"/credential") + "-chosen"
	send := func(password, again string) page {
		command += "x"
		return v.post(path+"/credential", url.Values{"command": {command}, "password": {password}, "passwordAgain": {again}})
	}
	before := v.head()
	contains(t, send("short", "short"), http.StatusUnprocessableEntity, "Needs 15 to 128 characters")
	contains(t, send(adminsChoice, adminsChoice+"!"), http.StatusUnprocessableEntity, "Is not the same password")
	contains(t, send("", ""), http.StatusUnprocessableEntity, "Is needed")
	if v.head() != before {
		t.Error("a refused password has written facts")
	}
	set := send(adminsChoice, adminsChoice)
	contains(t, set, http.StatusOK, "The password you have chosen is set", "ada.lovelace", "Passcode")
	if strings.Contains(set.body, adminsChoice) {
		t.Error("the page tells the password")
	}
	again := v.post(path+"/credential", url.Values{"command": {command}, "password": {adminsChoice}, "passwordAgain": {adminsChoice}})
	contains(t, again, http.StatusOK, "The password you have chosen is set")
	v.cookie = ""
	v.leads(v.logIn("ada.lovelace", adminsChoice), "/me")
	v.leads(v.view("/me"), "/me/password")
}

func TestWhoResetsAnAccountIsToldWhetherTheUserTriedTheSelfReset(t *testing.T) {
	v := visit(t)
	id, password := v.handed()
	v.logIn("ada.lovelace", password)
	v.leads(v.choose(password, ownPassword, "countess"), "/me?done=password")
	v.signIn()
	told := func(sentence, outcome string) {
		t.Helper()
		v.must(v.views.WaitFor(t.Context(), v.head()))
		contains(t, v.view("/users/"+id), http.StatusOK, sentence)
		got := v.in(t).call(http.MethodGet, "/v1/users/"+id, "").want(t, http.StatusOK)
		if got.text("credential.selfReset.outcome") != outcome || (got.text("credential.selfReset.at") == "") != (outcome == "none") {
			t.Errorf("the user's selfReset is %v, want %s", got.at("credential.selfReset"), outcome)
		}
	}
	told("has not tried the self-service yet: /reset", "none")
	v.post("/reset", url.Values{"name": {"countess"}})
	told("asked for a reset by mail on 2026-03-02 09:00:00 UTC; the mail is on its way", "requested")
	mail := v.state(id).Messages[len(v.state(id).Messages)-1]
	v.do(id, func(domain.Cause) domain.Decide { return user.NoteDelivery{Message: mail.ID, Attempt: 1}.Decide })
	told("2026-03-02 09:00:00 UTC; it was mailed.", "mailed")
	v.clock.forward(2 * time.Hour)
	told("it was mailed and not used", "unused")
	v.post("/reset", url.Values{"name": {"countess"}})
	token := user.ResetToken(key(2), id, v.state(id).Credential.Reset.ID)
	next := "eight ducks on a lake"
	contains(t, v.post("/reset/"+token, url.Values{"password": {next}, "passwordAgain": {next}}), http.StatusOK)
	told("has reset the password on 2026-03-02 11:00:00 UTC without help", "used")
	v.in(t).call(http.MethodPatch, "/v1/users/"+id, `{"mobile":"+306912345679"}`, mergePatch).want(t, http.StatusOK)

	other := v.create(v.firm("officesmart", "+390125123040", "+390125123049"), `{"firstName":"Ben","lastName":"Lovelace","number":"+390125123049","licence":"standard","language":"en"}`)
	id = other
	v.reset(id, "hand")
	v.post("/reset", url.Values{"name": {"+390125123049"}})
	told("no mail reached anybody", "unreached")
}

func TestEveryPageOnWhichAnAdminActsForAUserWarns(t *testing.T) {
	v := visit(t)
	boss, id := v.led()
	other := v.create(v.state(id).Company, `{"firstName":"Ben","lastName":"King","email":"ben@example.com","number":"+4930123452","language":"en"}`)
	v.must(v.views.WaitFor(t.Context(), v.head()))
	v.asAdmin()
	v.view("/users?lang=en")
	var acting []string
	for _, route := range v.server.Routes() {
		_, path, _ := strings.Cut(route, " ")
		if strings.HasPrefix(path, "/users/:id") && path != "/users/:id/open" && path != "/users/:id/live" {
			acting = append(acting, route)
		}
	}
	if len(acting) < 15 {
		t.Fatalf("only %v", acting)
	}
	warned := func(id, name string) {
		t.Helper()
		before := v.head()
		for _, route := range acting {
			method, path, _ := strings.Cut(route, " ")
			path = strings.NewReplacer(":id", id, ":action", "some-action").Replace(path)
			got := v.ask(method, path, url.Values{"command": {"a-command-of-somebody"}, "confirm": {"yes"}, "way": {"hand"}}, "Accept-Language", "en")
			switch method {
			case http.MethodHead:
			case http.MethodGet:
				contains(t, got, http.StatusOK, "Attention: you are about to open the configuration of "+name)
			default:
				contains(t, got, http.StatusConflict, "Attention: you are about to open the configuration of "+name, "Nothing was done")
			}
		}
		if v.head() != before {
			t.Error("something was done all the same")
		}
	}
	warned(id, "Ada Lovelace")
	v.leads(v.post("/users/"+id+"/open", nil), "/users/"+id)
	for _, path := range []string{"", "/history"} {
		contains(t, v.view("/users/"+id+path, "Accept-Language", "en"), http.StatusOK, "You act for Ada Lovelace")
	}
	command := commandOf(t, v.view("/users/"+id), "/users/"+id+"/device")
	contains(t, v.ask(http.MethodPost, "/users/"+id+"/device", url.Values{"command": {command}}, "Accept-Language", "en"), http.StatusOK, "You act for Ada Lovelace")
	warned(other, "Ben King") // whose account is another one
	v.leads(v.post("/users/"+other+"/open", nil), "/users/"+other)
	warned(id, "Ada Lovelace")
	if own := v.view("/users/"+boss, "Accept-Language", "en"); strings.Contains(own.body, "You act for") || own.status != http.StatusOK {
		t.Errorf("the own account is answered with %d and a warning", own.status)
	}
	v.signIn()
	if shown := v.view("/users/"+id, "Accept-Language", "en"); strings.Contains(shown.body, "You act for") || !slices.Contains(acting, "GET /users/:id") {
		t.Error("the operator is warned, too")
	}
}
