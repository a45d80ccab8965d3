package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

const bossPassword = "Tr0ub4dor&3x"

// led is a company of unifyoffice with a main user who has chosen a password,
// and a colleague; the browser has the main user's session.
func (v *visitor) led() (boss, colleague string) {
	v.Helper()
	done, err := v.server.Desk.CreateCompany(v.Context(), v.cause(), api.CompanyForm{
		Name: "Studio Rossi", Policy: "unifyoffice", Language: "de", Country: "DE",
		Numbers:  []api.BlockForm{{From: "+4930123450", To: "+4930123459"}},
		MainUser: &api.MainUserForm{FirstName: "Mia", LastName: "Main", Email: "mia@example.com", Mobile: "+491711234567"},
	})
	v.must(err)
	boss = done.MainUser
	colleague = v.create(done.ID, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","number":"+4930123451","language":"en"}`)
	password := v.reset(boss, "hand")
	v.logIn("mia@example.com", password)
	v.leads(v.choose(password, bossPassword, ""), "/me?done=password")
	v.must(v.views.WaitFor(v.Context(), v.head()))
	return boss, colleague
}

// asAdmin switches to the admin's view.
func (v *visitor) asAdmin() {
	v.Helper()
	v.switched("admin", "/", "/")
}

func (v *visitor) switched(view, next, to string) {
	v.Helper()
	before := v.cookie
	answer := v.post("/view", url.Values{"view": {view}, "next": {next}})
	v.leads(answer, to)
	if v.cookie, _, _ = strings.Cut(answer.header.Get("Set-Cookie"), ";"); v.cookie == before || v.cookie == "" {
		v.Error("the session is the same in another role")
	}
}

func TestAnAdminChoosesAViewAndSwitches(t *testing.T) {
	v := visit(t)
	boss, _ := v.led()
	company := v.state(boss).Company
	if !v.state(boss).Credential.Admin {
		t.Fatal("the main user is no admin")
	}
	v.post("/logout", nil)
	v.leads(v.logIn("mia@example.com", bossPassword), "/view?next=%2F")
	contains(t, v.view("/view?next=%2Fusers", "Accept-Language", "en"), http.StatusOK, "Als was möchten Sie sich anmelden?", "Als Administrator", `value="/users"`)
	contains(t, v.view("/view?lang=en"), http.StatusOK, "As what do you want to sign in?", "As administrator", "As user")
	contains(t, v.post("/view", url.Values{"view": {"operator"}}), http.StatusUnprocessableEntity)
	user := v.cookie
	v.switched("admin", "/users", "/users")
	contains(t, v.view("/users"), http.StatusOK, "Ada Lovelace", "Studio Rossi", `name="view" value="user"`)
	v.leads(v.view("/"), "/companies/"+company)
	v.leads(v.view("/companies"), "/companies/"+company)
	contains(t, v.view("/companies/"+company), http.StatusOK, "Studio Rossi", "/companies/"+company)
	v.leads(v.view("/me"), "/login?next=%2Fme")
	admin := v.cookie
	v.cookie = user
	if got := v.view("/me"); got.status != http.StatusSeeOther {
		t.Errorf("the session of before answers %d", got.status)
	}
	v.cookie = admin
	v.switched("user", "/me", "/me")
	contains(t, v.view("/me"), http.StatusOK, "Mia", `name="view" value="admin"`)
	if got := v.view("/users"); got.status != http.StatusSeeOther {
		t.Errorf("a user's view shows users: %d", got.status)
	}
}

func TestOnlyAdminsAreAskedForAView(t *testing.T) {
	v := visit(t)
	_, password := v.handed()
	v.leads(v.view("/view"), "/login?next=%2Fview")
	v.leads(v.logIn("ada.lovelace", password), "/me")
	v.leads(v.view("/view"), "/me")
	v.leads(v.post("/view", url.Values{"view": {"admin"}}), "/me")
	v.signIn()
	v.leads(v.view("/view"), "/")
}

func TestAnAdminIsWarnedBeforeActingForAUserAndTheHistoryTells(t *testing.T) {
	v := visit(t)
	boss, id := v.led()
	v.asAdmin()
	contains(t, v.view("/users/"+id+"?lang=en"), http.StatusOK, "Attention", "Ada Lovelace", "Continue")
	v.leads(v.post("/users/"+id+"/open", nil), "/users/"+id)
	shown := v.view("/users/" + id)
	contains(t, shown, http.StatusOK, "Login and rights", "Hand over a temporary password", "Make an administrator")
	contains(t, v.view("/users/"+boss), http.StatusOK, "Take the administration back") // the own account needs no warning

	given := v.post("/users/"+id+"/credential", url.Values{"command": {commandOf(t, shown, "/users/"+id+"/credential")}, "way": {"hand"}})
	password := user.TemporaryPassword(key(2), id, v.state(id).Credential.Temporary.ID)
	contains(t, given, http.StatusOK, password, "shown only this once")
	again := v.post("/users/"+id+"/credential", url.Values{"command": {commandOf(t, shown, "/users/"+id+"/credential")}, "way": {"hand"}})
	contains(t, again, http.StatusOK, "shown once already")
	if strings.Contains(again.body, password) {
		t.Error("the same form sent again tells the password")
	}
	v.leads(v.post("/users/"+id+"/admin", url.Values{"command": {commandOf(t, shown, "/users/"+id+"/admin")}}), "/users/"+id+"?done=grant")
	contains(t, v.view("/users/"+id+"?done=grant"), http.StatusOK, "administers the company now", "Take the administration back")
	history, err := v.journal.Load(t.Context(), user.Stream(id))
	must(t, err)
	last := history.Facts[len(history.Facts)-1]
	if want := (domain.Actor{Kind: domain.ActorAdmin, ID: boss}); last.Actor != want || last.Channel != domain.ChannelPage {
		t.Errorf("%s was done by %v through %s", last.Event.Type(), last.Actor, last.Channel)
	}
	contains(t, v.view("/users/"+id+"/history"), http.StatusOK, "the company&#39;s admin")
}

func TestALockedAccountIsUnlockedOnThePage(t *testing.T) {
	v := visit(t)
	id, _ := v.handed()
	v.do(id, func(domain.Cause) domain.Decide { return user.LockLogin{Failures: 10}.Decide })
	v.signIn()
	shown := v.view("/users/" + id)
	contains(t, shown, http.StatusOK, "locked", "Unlock the account", "Send a temporary password by SMS")
	v.leads(v.post("/users/"+id+"/unlock", url.Values{"command": {commandOf(t, shown, "/users/"+id+"/unlock")}}), "/users/"+id+"?done=unlock")
	shown = v.view("/users/" + id + "?done=unlock")
	contains(t, shown, http.StatusOK, "The account is unlocked", "temporary, to be changed")
	sent := v.post("/users/"+id+"/credential", url.Values{"command": {commandOf(t, shown, "/users/"+id+"/credential")}, "way": {"sms"}})
	v.leads(sent, "/users/"+id+"?done=credential")
	contains(t, v.post("/users/"+id+"/credential", url.Values{"command": {"another-command-of-it"}, "way": {"pigeon"}}), http.StatusUnprocessableEntity)
}

func TestTheSupportSeesNoForms(t *testing.T) {
	v := visit(t)
	id, _ := v.handed()
	v.must(v.views.WaitFor(v.Context(), v.head()))
	v.cookie = strings.TrimPrefix(v.in(t).as(domain.ActorSupport, "sue"), "Cookie: ")
	for _, path := range []string{"/", "/companies", "/companies/" + v.state(id).Company, "/users", "/users/" + id, "/users/" + id + "/history"} {
		shown := v.view(path)
		contains(t, shown, http.StatusOK, "Support: read only")
		if forms := strings.Count(shown.body, `method="post"`); forms != 1 { // to sign out
			t.Errorf("%s has %d forms:\n%s", path, forms, shown.body)
		}
	}
}

func TestTheLastAdminStays(t *testing.T) {
	v := visit(t)
	boss, id := v.led()
	byAdmin := func(who string) domain.Cause {
		cause := v.cause()
		cause.Actor = domain.Actor{Kind: domain.ActorAdmin, ID: who}
		return cause
	}
	desk := v.server.Desk
	v.do(boss, func(domain.Cause) domain.Decide { return activated{}.Decide })
	for name, act := range map[string]func() (api.Done, error){
		"unmade":    func() (api.Done, error) { return desk.RevokeAdmin(t.Context(), byAdmin(boss), boss) },
		"deleted":   func() (api.Done, error) { return desk.DeleteUser(t.Context(), byAdmin(boss), boss) },
		"suspended": func() (api.Done, error) { return desk.Suspend(t.Context(), byAdmin(boss), boss) },
	} {
		if _, err := act(); err == nil || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("the last admin is %s: %v", name, err)
		}
	}
	done, err := desk.GrantAdmin(t.Context(), byAdmin(boss), id)
	must(t, err)
	v.settle(done)
	var both sync.WaitGroup
	for _, one := range []string{boss, id} { // each unmakes the other
		both.Go(func() { _, _ = desk.RevokeAdmin(t.Context(), byAdmin(id), one) })
	}
	both.Wait()
	if v.state(boss).Credential.Admin == v.state(id).Credential.Admin {
		t.Errorf("admins %v and %v", v.state(boss).Credential.Admin, v.state(id).Credential.Admin)
	}
	left := boss
	if v.state(id).Credential.Admin {
		left = id
	}
	if _, err := desk.RevokeAdmin(t.Context(), v.cause(), left); err != nil || v.state(left).Credential.Admin {
		t.Errorf("the operator cannot take the last admin's rights: %v", err)
	}
}

// activated ends an activation at once.
type activated struct{}

func (activated) Decide([]domain.Fact) ([]domain.Event, error) {
	return []domain.Event{user.Activated{}}, nil
}
