package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestPagesAreForTheOperatorAndTheLoginLeadsOnlyBack(t *testing.T) {
	v := visit(t)
	asked := v.view("/users?state=failed")
	if to := asked.header.Get("Location"); asked.status != http.StatusSeeOther || to != "/login?next=%2Fusers%3Fstate%3Dfailed" {
		t.Errorf("answered %d to %q", asked.status, to)
	}
	wrong := v.post("/login", url.Values{"token": {"guess"}, "next": {"/users"}})
	contains(t, wrong, http.StatusUnauthorized, "This is not the operator", `value="/users"`)
	if strings.Contains(wrong.body, "guess") || wrong.header.Get("Set-Cookie") != "" {
		t.Error("a wrong token comes back or makes a session")
	}
	for next, want := range map[string]string{
		"/users?q=ada": "/users?q=ada", "": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "/%2f%2fevil.example": "/", "/%5cevil.example": "/", "javascript:alert(1)": "/", "/login": "/", "users": "/",
	} {
		answer := v.post("/login", url.Values{"token": {operatorToken}, "next": {next}})
		if to := answer.header.Get("Location"); answer.status != http.StatusSeeOther || to != want {
			t.Errorf("next %q leads to %q (%d), not %q", next, to, answer.status, want)
		}
	}
	v.signIn()
	contains(t, v.view("/"), http.StatusOK, "Overview")
	v.post("/logout", nil)
	if v.view("/").status != http.StatusSeeOther {
		t.Error("the session lives on after signing out")
	}
}

func TestNoPageHoldsScriptOrStyleOfItsOwn(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	v.signIn()
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(\s[^>]*)?>[^<]`)
	foreign := regexp.MustCompile(`(?i)(src|href)="(https?:)?//`)
	for _, path := range []string{
		"/activate/" + token, "/activate/nonsense", "/login", "/", "/companies", "/companies/" + v.state(id).Company,
		"/users", "/users/" + id, "/users/" + id + "/history", "/users/" + domain.DeriveID("nobody"),
	} {
		shown := v.view(path)
		if found := inline.FindString(shown.body); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
		body := strings.ReplaceAll(shown.body, `href="http://127.0.0.1:8233/`, "")
		if found := foreign.FindString(body); found != "" {
			t.Errorf("%s loads from elsewhere: %q", path, found)
		}
		if shown.status >= 300 && shown.status < 400 {
			continue
		}
		csp := shown.header.Get("Content-Security-Policy")
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := shown.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if !strings.Contains(csp, "default-src 'none'; script-src 'self'; style-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
	}
}

func TestACompanyIsOrderedWithItsMainUserByForm(t *testing.T) {
	v := visit(t)
	v.signIn()
	form := url.Values{
		"command": {commandOf(t, v.view("/companies"), "/companies")}, "name": {"Acme"}, "policy": {"unifyoffice"}, "language": {"en"}, "country": {"DE"},
		"from": {"+4930123450"}, "to": {"+4930123459"}, "kind": {""}, "count": {""},
		"mainFirstName": {"Grace"}, "mainLastName": {""}, "mainEmail": {"grace@"}, "mainMobile": {"+491711234567"}, "mainUserNumber": {"+4940123450"},
	}
	refused := v.post("/companies", form)
	contains(t, refused, http.StatusUnprocessableEntity, `value="Grace"`, `value="grace@"`, "Main user: E-mail")
	for _, field := range []string{"mainLastName", "mainEmail", "mainUserNumber"} {
		if !strings.Contains(refused.body, `id="`+field+`-fault"`) {
			t.Errorf("nothing stands beside %s", field)
		}
	}
	form.Set("mainLastName", "Hopper")
	form.Set("mainEmail", "grace@example.com")
	form.Set("mainUserNumber", "+4930123451")
	made := v.post("/companies", form)
	firm, _, _ := strings.Cut(made.header.Get("Location"), "?")
	contains(t, v.view(firm), http.StatusOK, "Grace Hopper", "+4930123451")
	main := v.in(t).get("/v1/companies/"+strings.TrimPrefix(firm, "/companies/"), answer{}).text("mainUser")
	if state := v.state(main); !state.Credential.Admin || state.Person.Email != "grace@example.com" || string(state.Number) != "+4930123451" {
		t.Errorf("the main user is %+v", state.Person)
	}
}

func TestACompanyAndItsUserAreOrderedByForm(t *testing.T) {
	v := visit(t)
	v.signIn()
	list := v.view("/companies")
	form := url.Values{
		"command": {commandOf(t, list, "/companies")}, "name": {""}, "policy": {"unifyoffice"}, "language": {"de"}, "country": {"DE"},
		"from": {"+4930123450"}, "to": {"+4930123459"}, "kind": {"standard"}, "count": {"two"},
	}
	contains(t, v.post("/companies", form), http.StatusUnprocessableEntity, "Is a whole number.", `value="+4930123450"`, `value="two"`)
	form.Set("count", "2")
	contains(t, v.post("/companies", form), http.StatusUnprocessableEntity, "Needs 1 to 100 characters.")
	form.Set("name", "Praxis <Dr. Groß>")
	made := v.post("/companies", form)
	firm, _, _ := strings.Cut(made.header.Get("Location"), "?")
	if again := v.post("/companies", form); again.header.Get("Location") != made.header.Get("Location") {
		t.Errorf("the same form made another company: %d %s", again.status, again.header.Get("Location"))
	}
	shown := v.view(firm)
	contains(t, shown, http.StatusOK, "Praxis &lt;Dr. Groß&gt;", "+4930123450 – +4930123459", "<td>standard</td>", `data-label="Free">2<`)

	order := url.Values{"command": {commandOf(t, shown, firm)}, "firstName": {"Ada"}, "email": {"ada@"}, "number": {"+4940123450"}, "language": {"en"}, "activate": {"yes"}}
	contains(t, v.post(firm, order), http.StatusUnprocessableEntity, "Is an address such as ada@example.com.", "Is needed.",
		"Is not one of the company&#39;s numbers.", `value="ada@"`, `value="+4940123450"`)
	order.Set("lastName", "Lovelace")
	order.Set("email", "ada@example.com")
	order.Set("number", "+4930123451")
	made = v.post(firm, order)
	person, _, _ := strings.Cut(made.header.Get("Location"), "?")
	if made.status != http.StatusSeeOther || v.post(firm, order).header.Get("Location") != made.header.Get("Location") {
		t.Fatalf("ordering was answered with %d, or twice differently", made.status)
	}
	contains(t, v.view(person), http.StatusOK, "Ada Lovelace", "+4930123451", "3451", "Activation started", "Pending")
	order.Set("command", uuid.NewString())
	contains(t, v.post(firm, order), http.StatusConflict, "already", `value="ada@example.com"`)
	contains(t, v.view("/users?q=lovelace&state=pending"), http.StatusOK, "Ada Lovelace")
	contains(t, v.view("/users?q=nobody"), http.StatusOK, "No user fits this filter.")
}

func TestTheUsersPageShowsTheRailAndCarriesOutCommands(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	v.do(id, func(cause domain.Cause) domain.Decide {
		again := cause.At.Add(300e9)
		return user.NoteDelivery{Message: v.state(id).Messages[0].ID, Attempt: 1, Trouble: &user.Trouble{
			Cause: "mailbox-full", Responsible: "user", Code: "452 4.2.2", Text: "mailbox full", NextTry: &again,
		}}.Decide
	})
	path := "/users/" + id
	shown := v.view(path)
	contains(t, shown, http.StatusOK, `class="step step-done"`, `class="step step-waiting"`, "the mailbox is full", "Up to: the user", "Attempt 1",
		"452 4.2.2 mailbox full", "next try", "2026-03-02 09:05:00 UTC", "waits for the user", "/namespaces/default/workflows/user%2F"+id, "/v1/users/"+id)

	suspend := url.Values{"command": {commandOf(t, shown, path+"/suspend")}}
	for range 2 {
		if answer := v.post(path+"/suspend", suspend); answer.status != http.StatusSeeOther {
			t.Errorf("suspending was answered with %d", answer.status)
		}
	}
	shown = v.view(path + "?done=suspend")
	contains(t, shown, http.StatusOK, "Suspended", "emergency calls only")
	refused := v.post(path+"/activation/link", url.Values{"command": {uuid.NewString()}})
	contains(t, refused, http.StatusConflict, "The user is suspended; resume first.")
	v.post(path+"/resume", url.Values{"command": {commandOf(t, shown, path+"/resume")}})

	login := v.post(path+"/device", url.Values{"command": {uuid.NewString()}})
	contains(t, login, http.StatusOK, "shown once", "dialtone.local", "udp")
	contains(t, v.post(path+"/delete", url.Values{"command": {uuid.NewString()}}), http.StatusUnprocessableEntity, "Nothing was deleted")
	contains(t, v.post(path+"/delete", url.Values{"confirm": {"yes"}}), http.StatusUnprocessableEntity, "which command")
	if answer := v.post(path+"/delete", url.Values{"command": {uuid.NewString()}, "confirm": {"yes"}}); answer.status != http.StatusSeeOther {
		t.Errorf("deleting was answered with %d", answer.status)
	}
	contains(t, v.view(path), http.StatusOK, "Deleted")
	contains(t, v.view("/users/"+domain.DeriveID("nobody")), http.StatusNotFound, "There is no such user.")
}

func TestTheHistoryIsNarrowedAndPagedByRealAddresses(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	path := "/users/" + id
	shown := v.view(path + "/history")
	contains(t, shown, http.StatusOK, "Activation link made", "Step “Line” done", "by Dialtone", "via workflow", "&#34;email&#34;: &#34;ada@example.com&#34;")
	if strings.Contains(shown.body, v.state(id).Link.Hash) {
		t.Error("the history shows the hash of a token")
	}
	links := v.view(path + "/history?kind=link")
	contains(t, links, http.StatusOK, "Activation link made")
	if strings.Contains(links.body, "Step “Line” done") {
		t.Error("the filter lets other facts through")
	}
	for range 30 {
		v.do(id, func(domain.Cause) domain.Decide { return user.Suspend{}.Decide })
		v.do(id, func(domain.Cause) domain.Decide { return user.Resume{}.Decide })
	}
	older := regexp.MustCompile(`href="([^"]+cursor=[^"]+)" rel="next"`).FindStringSubmatch(v.view(path + "/history").body)
	if older == nil {
		t.Fatal("there is no way to the older facts")
	}
	behind := v.view(strings.ReplaceAll(older[1], "&amp;", "&"))
	contains(t, behind, http.StatusOK, "User ordered")
	if strings.Contains(behind.body, "sse-connect") {
		t.Error("an older page is live")
	}
	contains(t, v.view(path+"/history?cursor=nonsense"), http.StatusUnprocessableEntity)
}

func TestTheFirstPageListsActivationsUnderWay(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.clock.forward(26 * time.Hour)
	v.signIn()
	company := v.state(id).Company
	for _, path := range []string{"/", "/companies/" + company} {
		contains(t, v.view(path), http.StatusOK, "Activations under way", `href="/users/`+id+`"`, "26 h", "Link and password", "the mail with the link is being sent · the mail service")
	}
	v.cookie = strings.TrimPrefix(v.in(t).as(domain.ActorSupport, "sue"), "Cookie: ")
	contains(t, v.view("/"), http.StatusOK, "Activations under way", `href="/users/`+id+`"`)
	v.signIn()
	other := v.firm("unifyoffice", "+4930999990", "+4930999999")
	contains(t, v.view("/companies/"+other), http.StatusOK, "No activation is under way.")
}
