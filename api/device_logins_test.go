package api_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

// logsInBy tells whether a login is the user's, by the hash that is kept.
func (h *house) logsInBy(id, username, password string) bool {
	h.t.Helper()
	login := h.state(id).Login
	return login.Username == username && login.Personal != nil && user.HA1(username, login.Realm, password)["SHA-256"] == login.Personal.HA1["SHA-256"]
}

// threePhones is a company with three users who have lines.
func (h *house) threePhones(policy string) (firm string, ids []string) {
	h.t.Helper()
	firm = h.company(policy)
	for i := range 3 {
		body := fmt.Sprintf(`{"firstName":"=Cmd","lastName":"Winter%d","email":"a%d@example.com","number":"+4930123450%d"}`, i, i, i+1)
		ids = append(ids, h.user(firm, body).want(h.t, http.StatusCreated).text("id"))
	}
	return firm, ids
}

func chosenUsers(password string, ids ...string) string {
	list, _ := json.Marshal(ids) // texts can be written
	if password == "" {
		return fmt.Sprintf(`{"users":%s}`, list)
	}
	return fmt.Sprintf(`{"users":%s,"password":%q}`, list, password)
}

func TestSeveralUsersGetNewLoginsRowByRow(t *testing.T) {
	log := &memory{}
	h := open(t, func(c *api.Config) { c.Log = slog.New(slog.NewJSONHandler(log, nil)) })
	firm, ids := h.threePhones("unifyoffice")
	bare := h.user(firm, `{"firstName":"No","lastName":"Line","email":"n@example.com"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPatch, "/v1/users/"+bare, `{"extension":null}`, mergePatch).want(t, http.StatusOK)
	stranger := h.numbered(h.call(http.MethodPost, "/v1/companies", `{"name":"Rival","policy":"onenet","language":"de","country":"DE","numbers":[{"from":"+4940123450","to":"+4940123459"}]}`).want(t, http.StatusCreated).text("id"), "+4940123451")
	before := h.call(http.MethodPost, "/v1/users/"+ids[0]+"/device/credentials", "").want(t, http.StatusOK).text("username")

	path, key := "/v1/companies/"+firm+"/device-logins", "Idempotency-Key: many"
	body := chosenUsers("", ids[0], ids[1], ids[1], bare, stranger, "nobody")
	got := h.call(http.MethodPost, path, body, key).want(t, http.StatusOK)
	for i, want := range []string{"issued ", "issued ", "refused no-line", "refused no-user", "refused no-user"} {
		row := fmt.Sprintf("rows.%d.", i)
		if is := got.text(row+"outcome") + " " + textOr(got, row+"code"); is != want {
			t.Errorf("row %d: %q, want %q", i, is, want)
		}
	}
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Dialtone-Position") == "" {
		t.Errorf("the headers are %v", got.header)
	}
	for i, id := range ids[:2] {
		row := fmt.Sprintf("rows.%d.", i)
		if !h.logsInBy(id, got.text(row+"username"), got.text(row+"password")) {
			t.Errorf("row %d does not tell the user's login", i)
		}
		if strings.Contains(log.String(), got.text(row+"password")) {
			t.Error("a password is in the log")
		}
	}
	if h.state(ids[0]).Login.Username == before {
		t.Error("the login before still stands")
	}
	again := h.call(http.MethodPost, path, body, key).want(t, http.StatusOK)
	if again.header.Get("Idempotent-Replayed") != "true" || strings.Contains(string(again.raw), got.text("rows.0.password")) || again.text("rows.0.username") != got.text("rows.0.username") {
		t.Errorf("repeated: %s", again.raw)
	}
	h.call(http.MethodPost, path, chosenUsers("seven quiet harbour lights", ids...)).problem(t, http.StatusConflict, "generated-only")
}

func TestLoginsOfManyAreATableThatRunsNothing(t *testing.T) {
	h := open(t)
	firm, ids := h.threePhones("unifyoffice")
	got := h.call(http.MethodPost, "/v1/companies/"+firm+"/device-logins", chosenUsers("", append(ids, "nobody")...), "Accept: text/csv", "Idempotency-Key: table").want(t, http.StatusOK)
	if kind := got.header.Get("Content-Type"); kind != "text/csv; charset=utf-8; header=present" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("answered as %s, %s", kind, got.header.Get("Cache-Control"))
	}
	lines, err := csv.NewReader(strings.NewReader(string(got.raw))).ReadAll()
	must(t, err)
	column := func(name string) int { return slices.Index(lines[0], name) }
	if len(lines) != 5 || lines[4][column("code")] != "no-user" {
		t.Fatalf("the table is %v", lines)
	}
	for i, id := range ids {
		line := lines[i+1]
		if !h.logsInBy(id, line[column("username")], line[column("password")]) {
			t.Errorf("line %d does not tell the user's login", i)
		}
		for _, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
		if !strings.HasPrefix(line[column("name")], "'=Cmd") {
			t.Errorf("the name is %q", line[column("name")])
		}
	}
	again := h.call(http.MethodPost, "/v1/companies/"+firm+"/device-logins", chosenUsers("", append(ids, "nobody")...), "Accept: text/csv", "Idempotency-Key: table").want(t, http.StatusOK)
	if strings.Contains(string(again.raw), lines[1][column("password")]) {
		t.Error("the repetition tells the passwords again")
	}
}

func TestOnePasswordIsChosenForManyWhereThePolicyAllowsIt(t *testing.T) {
	const password = "Seven-quiet-harbour-lights"
	h := open(t)
	firm, ids := h.threePhones("onenet")
	path := "/v1/companies/" + firm + "/device-logins"
	for wrong, pointer := range map[string]string{
		"short": "/password", "password1234567890": "/password", "=1+1 quiet harbour lights": "/password", "sieben stille häfen lichter": "/password", "xWinter1-Winter1": "/password",
	} {
		h.call(http.MethodPost, path, chosenUsers(wrong, ids...)).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, pointer)
	}
	if h.state(ids[0]).Login.Username != "" {
		t.Error("a password that was refused is somebody's login")
	}
	got := h.call(http.MethodPost, path, chosenUsers(password, ids...)).want(t, http.StatusOK)
	names := map[string]bool{}
	for i, id := range ids {
		row := fmt.Sprintf("rows.%d.", i)
		names[got.text(row+"username")] = true
		if !h.logsInBy(id, got.text(row+"username"), password) || !h.state(id).Login.Chosen {
			t.Errorf("row %d does not tell the user's login", i)
		}
	}
	if len(names) != 3 {
		t.Errorf("they log in as %v", names)
	}
	for _, f := range h.facts(ids[0]) {
		if raw, err := json.Marshal(f.Event); err != nil || strings.Contains(string(raw), password) {
			t.Errorf("the password stands in %s, %v", f.Event.Type(), err)
		}
	}
}

func TestTheSameCommandForManyFindsTheSameLogins(t *testing.T) {
	h := open(t)
	firm, ids := h.threePhones("onenet")
	ctx, cause := t.Context(), h.by(domain.ActorOperator)
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := h.server.Desk.IssueDeviceLogins(stopped, cause, firm, api.LoginsForm{Users: ids}); err == nil {
		t.Fatal("nobody waits for the answer any more, and it goes on")
	}
	first, err := h.server.Desk.IssueDeviceLogins(ctx, cause, firm, api.LoginsForm{Users: ids})
	must(t, err)
	second, err := h.server.Desk.IssueDeviceLogins(ctx, cause, firm, api.LoginsForm{Users: ids})
	must(t, err)
	for i := range ids {
		if first[i].Err != nil || second[i].Err != nil || first[i].Password == "" || first[i].Password != second[i].Password || first[i].Username != second[i].Username {
			t.Errorf("row %d has another login: %v, %v", i, first[i].Err, second[i].Err)
		}
	}
	_, err = h.server.Desk.IssueDeviceLogin(ctx, h.by(domain.ActorOperator), ids[1])
	must(t, err)
	third, err := h.server.Desk.IssueDeviceLogins(ctx, cause, firm, api.LoginsForm{Users: ids, Password: "Seven-quiet-harbour-lights"})
	must(t, err)
	for i, want := range []string{"other-password", "login-replaced", "other-password"} {
		if fault, ok := errors.AsType[*domain.Fault](third[i].Err); !ok || fault.Code != want || third[i].Password != "" {
			t.Errorf("row %d: %v, want %s", i, third[i].Err, want)
		}
	}
}

func TestFiftyAtOnceForTheSamePhonesLeaveEachUserOneLogin(t *testing.T) {
	h := open(t)
	firm, ids := h.threePhones("unifyoffice")
	var all sync.WaitGroup
	told := make([][]api.IssuedLogin, 50)
	for n := range told {
		all.Go(func() {
			rows, err := h.server.Desk.IssueDeviceLogins(t.Context(), h.by(domain.ActorOperator), firm, api.LoginsForm{Users: ids})
			if err != nil {
				t.Error(err)
			}
			told[n] = rows
		})
	}
	all.Wait()
	for i, id := range ids {
		right := 0
		for _, rows := range told {
			if rows[i].Err == nil && h.logsInBy(id, rows[i].Username, rows[i].Password) {
				right++
			}
		}
		if right != 1 {
			t.Errorf("%d of the answers for user %d hold", right, i)
		}
	}
}
