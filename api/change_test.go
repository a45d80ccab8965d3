package api_test

import (
	"net/http"
	"strings"
	"testing"
)

const mergePatch = "Content-Type: application/merge-patch+json"

func TestAMergePatchChangesWhatItNames(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	changed := h.call(http.MethodPatch, user, `{"firstName":"Augusta","mobile":null,"number":"030 1234507","extension":"777","email":"a@b.example",
		"device":{"kind":"snom","mac":"00-04-13-00-00-01"},"language":"en"}`, mergePatch).want(t, http.StatusOK)
	for path, want := range map[string]string{
		"firstName": "Augusta", "lastName": "Lovelace", "mobile": "", "number": "+49301234507", "extension": "777", "email": "a@b.example",
		"device.kind": "snom", "device.mac": "000413000001", "language": "en",
	} {
		if got := changed.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	bare := h.call(http.MethodPatch, user, `{"device":null,"extension":null}`).want(t, http.StatusOK)
	if bare.at("device") != nil || bare.text("extension") != "" {
		t.Fatalf("what is null stayed: %s", bare.raw)
	}
	if same := h.call(http.MethodPatch, user, `{"firstName":"Augusta"}`).want(t, http.StatusOK); same.text("revision") != bare.text("revision") {
		t.Fatalf("nothing changed, but the revision went from %s to %s", bare.text("revision"), same.text("revision"))
	}
}

func TestABadPatchIsToldFieldByField(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	for _, c := range []struct {
		name, body string
		fields     []string
	}{
		{"a member that is none", `{"shoeSize":43}`, []string{"/shoeSize"}},
		{"a member in another writing", `{"FirstName":"A"}`, []string{"/FirstName"}},
		{"a member of the wrong type", `{"firstName":5}`, []string{"/firstName"}},
		{"what may not be removed", `{"email":null,"language":null}`, []string{"/email", "/language"}},
		{"a number of nobody", `{"number":"+4989123456","extension":"1"}`, []string{"/number", "/extension"}},
		{"a device that is none", `{"device":{"mac":"1"}}`, []string{"/device/mac"}},
		{"a licence, which cannot be changed", `{"licence":"pro"}`, []string{"/licence"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.in(t).call(http.MethodPatch, user, c.body, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, c.fields...)
		})
	}
	h.call(http.MethodPatch, user, `{"firstName":`).problem(t, http.StatusBadRequest, "malformed")
	h.call(http.MethodPatch, user, `firstName=A`, "Content-Type: application/x-www-form-urlencoded").problem(t, http.StatusUnsupportedMediaType, "unsupported-media-type")
	h.call(http.MethodPatch, user, "").problem(t, http.StatusBadRequest, "malformed")
	h.call(http.MethodPatch, "/v1/users/none", `{"firstName":"A"}`).problem(t, http.StatusNotFound, "no-user")
}

func TestAChangeThatIsRefusedTakesNothingFromAnybody(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	h.user(firm, ada("01")).want(t, http.StatusCreated)
	bob := "/v1/users/" + h.user(firm, ada("02")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPatch, bob, `{"number":"+49301234503","extension":"4503","email":"ada01@example.com"}`).problem(t, http.StatusConflict, "email-taken")
	h.user(firm, ada("03")).want(t, http.StatusCreated)
	h.call(http.MethodPatch, bob, `{"email":"ADA02@example.com"}`).want(t, http.StatusOK)
	h.call(http.MethodPatch, bob, `{"email":"ada02@example.com","extension":"4501"}`).problem(t, http.StatusConflict, "extension-taken")
	h.user(firm, strings.Replace(ada("04"), "ada04", "ada02", 1)).problem(t, http.StatusConflict, "email-taken")
}

func TestWhatWasJustGivenUpIsNotTakenBackHalfway(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	user := "/v1/users/" + h.user(firm, ada("01")).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPatch, user, `{"email":"new@example.com"}`).want(t, http.StatusOK)
	back := h.call(http.MethodPatch, user, `{"email":"ada01@example.com"}`).problem(t, http.StatusServiceUnavailable, "being-released")
	if back.header.Get("Retry-After") == "" {
		t.Fatal("no Retry-After")
	}
}

func TestACommandIsDoneOnlyWhileTheRevisionMatches(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	made := h.user(firm, ada("01")).want(t, http.StatusCreated)
	user, tag := "/v1/users/"+made.text("id"), made.header.Get("ETag")
	next := h.call(http.MethodPatch, user, `{"firstName":"B"}`, "If-Match: "+tag).want(t, http.StatusOK).header.Get("ETag")
	for _, c := range []struct {
		name, match string
		status      int
	}{
		{"an older revision", tag, http.StatusPreconditionFailed},
		{"a weak tag of this revision", "W/" + next, http.StatusPreconditionFailed},
		{"a list without it", `"77", "88"`, http.StatusPreconditionFailed},
		{"a tag that is no revision", `"abc"`, http.StatusPreconditionFailed},
		{"no tag at all", `5`, http.StatusBadRequest},
		{"a list with a hole", next + ",,", http.StatusBadRequest},
		{"any", "*", http.StatusOK},
		{"a list with it", `"77", ` + next, http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.in(t).call(http.MethodPost, user+"/activation", "", "If-Match: "+c.match)
			if c.status == http.StatusOK {
				a.want(t, http.StatusAccepted)
				return
			}
			a.problem(t, c.status, map[int]string{http.StatusPreconditionFailed: "stale", http.StatusBadRequest: "malformed"}[c.status])
		})
	}
	h.call(http.MethodPatch, user, `{"number":"+49301234502"}`, "If-Match: "+tag).problem(t, http.StatusPreconditionFailed, "stale")
	h.user(firm, ada("02")).want(t, http.StatusCreated)
}
