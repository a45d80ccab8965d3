package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

func TestADeletedUserIsRestoredWithEverything(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":1}]`)
	made := h.user(firm, ada("01")).want(t, http.StatusCreated)
	path := "/v1/users/" + made.text("id")
	h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
	back := h.call(http.MethodPost, path+"/restoration", "", oneKey).want(t, http.StatusOK)
	for _, field := range []string{"state", "number", "extension", "email", "licence", "firstName"} {
		if back.text(field) != made.text(field) {
			t.Errorf("%s is %q, was %q", field, back.text(field), made.text(field))
		}
	}
	again := h.call(http.MethodPost, path+"/restoration", "").want(t, http.StatusOK)
	if again.text("revision") != back.text("revision") {
		t.Error("restoring twice wrote something")
	}
	h.user(firm, ada("01")).problem(t, http.StatusConflict, "number-taken")
	h.user(firm, ada("02")).problem(t, http.StatusConflict, "quota-reached")
	if used := h.get("/v1/licences?company="+firm, back).text("items.0.used"); used != "1" {
		t.Errorf("%s licences are used", used)
	}
	if list := h.get("/v1/users", back).items(); len(list) != 1 {
		t.Errorf("%d users are listed", len(list))
	}
	h.call(http.MethodPost, path+"/activation", "").want(t, http.StatusAccepted)
	h.call(http.MethodPost, "/v1/users/none/restoration", "").problem(t, http.StatusNotFound, "no-user")
}

func TestWhatWasTakenMeanwhileIsNamedAndNothingIsHalfDone(t *testing.T) {
	const all = `{"firstName":"Bob","lastName":"B","email":"ada01@example.com","number":"+49301234501","extension":"4501"}`
	for _, c := range []struct {
		name, other string
		fields      []string
	}{
		{"the number", `{"firstName":"Bob","lastName":"B","email":"b@example.com","number":"+49301234501","extension":"777"}`, []string{"/number"}},
		{"the address", `{"firstName":"Bob","lastName":"B","email":"ada01@example.com"}`, []string{"/email"}},
		{"the extension", `{"firstName":"Bob","lastName":"B","email":"b@example.com","extension":"4501"}`, []string{"/extension"}},
		{"all of it", all, []string{"/number", "/email", "/extension"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t)
			firm := h.company("unifyoffice")
			id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
			path := "/v1/users/" + id
			h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
			bob := h.user(firm, c.other).want(t, http.StatusCreated)
			refused := h.call(http.MethodPost, path+"/restoration", "").problem(t, http.StatusConflict, "taken-meanwhile")
			refused.names(t, c.fields...)
			if h.state(id).Lifecycle != user.Gone {
				t.Fatal("the user is back all the same")
			}
			for _, claim := range []string{user.EmailClaim(key(1), "ada01@example.com"), user.ExtensionStream(firm, "4501")} {
				if h.owner(claim) == user.Stream(id) {
					t.Errorf("%s is still held", claim)
				}
			}
			h.call(http.MethodDelete, "/v1/users/"+bob.text("id"), "").want(t, http.StatusOK)
			if back := h.call(http.MethodPost, path+"/restoration", "").want(t, http.StatusOK); back.text("number") != "+49301234501" {
				t.Fatalf("back as %s", back.raw)
			}
		})
	}
}

func TestALicenceThatIsUsedByAnotherIsNamed(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":1}]`)
	id := h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.user(firm, ada("02")).want(t, http.StatusCreated)
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").problem(t, http.StatusConflict, "taken-meanwhile").names(t, "/licence")
}

func TestAnAdminRestoresWhoAnAdminMayDelete(t *testing.T) {
	h := open(t)
	for policy, want := range map[string]string{"onenet": "not-active", "officesmart": ""} {
		firm := h.call(http.MethodPost, "/v1/companies", fmt.Sprintf(`{"name":"Acme","policy":%q,"language":"de","country":"DE"}`, policy)).want(t, http.StatusCreated).text("id")
		made, err := h.server.Desk.CreateUser(t.Context(), h.by(domain.ActorOperator), firm, api.UserForm{FirstName: "Ada", LastName: "L", Email: policy + "@example.com"})
		must(t, err)
		_, err = h.server.Desk.DeleteUser(t.Context(), h.by(domain.ActorOperator), made.ID)
		must(t, err)
		if _, err := h.server.Desk.RestoreUser(t.Context(), h.by(domain.ActorAdmin), made.ID); code(err) != want {
			t.Errorf("%s: %v, want %q", policy, err, want)
		}
	}
}

func TestARestorationThatWasCutOffGoesOnWhereItStood(t *testing.T) {
	for _, prefix := range []string{"user-", "email-", "extension-", "number-", "seat-"} {
		t.Run("at "+prefix, func(t *testing.T) {
			h, store := openBrittle(t)
			firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":3}]`)
			path := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
			h.call(http.MethodDelete, path, "").want(t, http.StatusOK)
			store.fail(prefix)
			h.call(http.MethodPost, path+"/restoration", "", oneKey).problem(t, http.StatusServiceUnavailable, "store-unavailable")
			store.mend()
			back := h.call(http.MethodPost, path+"/restoration", "", oneKey).want(t, http.StatusOK)
			if back.text("number") != "+49301234501" || back.text("licence") != "basic" {
				t.Fatalf("back as %s", back.raw)
			}
		})
	}
}
