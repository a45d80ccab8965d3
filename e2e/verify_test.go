package e2e_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

func TestVerifyNamesTheEventOfWhichOneByteWasChanged(t *testing.T) {
	h := newHouse(t)
	company := h.company("onenet", "+4930231260000", "+4930231260009", 5)
	id := h.user(company, object{"firstName": "Ada", "lastName": "Sommer", "number": "+4930231260001"})
	eventually(t, "the activation", func() bool { return h.state(id) == "activated" })
	if err := h.stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	if out, err := h.tool("verify"); err != nil || !strings.Contains(out, " 0 broken") {
		t.Fatalf("verify of an untouched store: %v\n%s", err, out)
	}
	db, err := sql.Open("sqlite", filepath.Join(h.data, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const change = `UPDATE events SET data = CAST(replace(CAST(data AS text), '"step":"network"', '"step":"netwerk"') AS blob)
		WHERE stream = $1 AND type = 'user.step-done.v1' AND CAST(data AS text) LIKE '%network%'`
	changed, err := db.Exec(change, "user-"+id)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := changed.RowsAffected(); err != nil || rows != 1 {
		t.Fatalf("%d events were changed (%v), want 1", rows, err)
	}
	out, err := h.tool("verify")
	if err == nil || !strings.Contains(out, "user-"+id+"@") || !strings.Contains(out, "user.step-done.v1") || !strings.Contains(out, " 1 broken") {
		t.Errorf("verify of a changed event: %v\n%s", err, out)
	}
	if out, err := h.tool("verify", "--stream", "company-"+company); err != nil {
		t.Errorf("verify of another stream: %v\n%s", err, out)
	}
}

func TestARestartGoesOnWhereItStopped(t *testing.T) {
	h := newHouse(t)
	company := h.company("unifyoffice", "+4930231270000", "+4930231270009", 5)
	id := h.user(company, object{
		"firstName": "Ada", "lastName": "Sommer", "email": "ada@example.com", "number": "+4930231270001", "activate": true,
	})
	link := h.awaitLink("ada@example.com")
	if err := h.stop(); err != nil {
		t.Fatalf("a polite stop ends with %v", err)
	}
	h.start()
	if a := h.must(200, "POST", link, secretsOf()); len(a.body) == 0 {
		t.Error("the page is empty")
	}
	eventually(t, "the activation", func() bool { return h.state(id) == "activated" })
	if mails := h.inbox("ada@example.com"); len(mails) != 1 {
		t.Errorf("%d mails, want 1", len(mails))
	}
	out, err := h.tool("user", "history", id)
	if err != nil || !strings.Contains(out, "user.activated.v1") {
		t.Errorf("user history: %v\n%s", err, out)
	}
}

func TestTwoProcessesDoNotRunOnOneFolder(t *testing.T) {
	h := newHouse(t)
	if out, err := h.tool("run", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"); err == nil || !strings.Contains(out, "another dialtone runs") {
		t.Errorf("a second run on the folder: %v\n%s", err, out)
	}
}

func TestAWrongConfigurationTellsAllProblemsAtOnce(t *testing.T) {
	h := &house{data: t.TempDir()}
	out, err := h.tool("run", "--http", "nowhere", "--sip", "5060", "--trunk", "tel:1", "--smtp", "imap://x")
	if err == nil || exitCode(err) != 2 {
		t.Fatalf("exit status %d, want 2\n%s", exitCode(err), out)
	}
	for _, flag := range []string{"--http", "--sip", "--trunk", "--smtp"} {
		if !strings.Contains(out, flag) {
			t.Errorf("nothing is said about %s:\n%s", flag, out)
		}
	}
}
