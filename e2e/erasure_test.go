package e2e_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestADeletedPersonIsForgotten deletes a user under a policy that keeps what is
// personal for two seconds. After that no answer, no page and no file of the house
// holds it; what happened is still told and verified, and the number's owner is
// somebody who was forgotten.
func TestADeletedPersonIsForgotten(t *testing.T) {
	preset, err := os.ReadFile("../deploy/policies/unifyoffice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	policy := strings.Replace(string(preset), "name: unifyoffice", "name: forgets\nretention: 2s", 1)
	if err := os.WriteFile(filepath.Join(folder, "forgets.yaml"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, "--policies", folder)
	personal := []string{"Philomena", "Quarrington", "philomena.q@example.com", "+491709876543", "1709876543"}
	firm := h.company("forgets", "+4930231297000", "+4930231297009", 2)
	id := h.user(firm, object{
		"firstName": personal[0], "lastName": personal[1], "number": "+4930231297001", "email": personal[2], "mobile": personal[3],
	})
	h.must(http.StatusAccepted, "POST", "/v1/users/"+id+"/activation", nil)
	h.must(http.StatusOK, "POST", h.awaitLink(personal[2]), secretsOf())
	eventually(t, "the user to be activated", func() bool { return h.state(id) == "activated" })
	if !h.holds("projections.db*", personal[1]) {
		t.Fatal("the files are looked for in the wrong place")
	}
	h.must(http.StatusOK, "DELETE", "/v1/users/"+id, nil)
	history := "/v1/users/" + id + "/history?limit=200"
	eventually(t, "the person to be forgotten", func() bool {
		return strings.Contains(string(h.must(http.StatusOK, "GET", history, nil).body), `"user.erased.v1"`)
	})

	office := newPerson(t, h).opens("/login").sends(map[string][]string{"token": {h.token}, "next": {"/companies/" + firm}})
	for _, path := range []string{
		"/v1/users/" + id, history, "/v1/users?limit=200&state=deleted&company=" + firm, "/v1/users?limit=200&q=quarrington",
		"/v1/numbers?limit=200&company=" + firm, "/v1/numbers/+4930231297001/owners", "/v1/companies/" + firm + "/history?limit=200",
	} {
		unnamed(t, path, h.must(http.StatusOK, "GET", path, nil).body, personal)
	}
	for _, path := range []string{"/users/" + id, "/users/" + id + "/history", "/companies/" + firm + "/numbers", "/companies/" + firm} {
		unnamed(t, path, []byte(office.opens(path).page), personal)
	}
	if told := string(h.must(http.StatusOK, "GET", history, nil).body); strings.Count(told, `"type"`) < 10 {
		t.Errorf("of what happened this is left:\n%s", told)
	}

	if err := h.stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	if out, err := h.tool("verify"); err != nil {
		t.Errorf("the chains do not verify: %v\n%s", err, out)
	}
	for _, word := range personal { // inbox.db is the world outside, where the mail has arrived
		for _, files := range []string{"events.db*", "keys.db*", "projections.db*", "temporal.db*", "routing.snapshot*", "sim-vendor*"} {
			if h.holds(files, word) {
				t.Errorf("%s still holds %q", files, word)
			}
		}
	}
	unnamed(t, "the log", []byte(h.log.text()), personal)
}

// holds tells whether one of some files in the data folder holds a word.
func (h *house) holds(files, word string) bool {
	h.t.Helper()
	found, err := filepath.Glob(filepath.Join(h.data, files))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, file := range found {
		held, err := os.ReadFile(file)
		if err != nil {
			h.t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(held), []byte(strings.ToLower(word))) {
			return true
		}
	}
	return false
}

// unnamed checks that something holds nothing personal.
func unnamed(t *testing.T, what string, held []byte, personal []string) {
	t.Helper()
	lower := bytes.ToLower(held)
	for _, word := range personal {
		if at := bytes.Index(lower, []byte(strings.ToLower(word))); at >= 0 {
			t.Errorf("%s still holds %q: …%q…", what, word, held[max(0, at-60):min(len(held), at+60)])
		}
	}
}
