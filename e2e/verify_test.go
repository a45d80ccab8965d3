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

// tampering is one way to change events behind the store's back, with what
// verify has to say to it. USER and COMPANY stand for the streams.
var tampering = map[string]struct{ change, told string }{
	"data is edited": {
		`UPDATE events SET data = CAST(replace(CAST(data AS text), '"line"', '"lime"') AS blob)
			WHERE stream = 'USER' AND type = 'user.step-started.v1' AND CAST(data AS text) LIKE '%"line"%'`, "user.step-started.v1",
	},
	"metadata is edited": {
		`UPDATE events SET meta = CAST(replace(CAST(meta AS text), '"channel":"api"', '"channel":"spi"') AS blob)
			WHERE stream = 'USER' AND revision = 0`, "USER@0",
	},
	"an event is dated back":    {`UPDATE events SET recorded = recorded - 3600000000 WHERE stream = 'USER' AND revision = 1`, "before the event ahead of it"},
	"an event is dated forward": {`UPDATE events SET recorded = recorded + 3600000000 WHERE stream = 'USER' AND revision = 1`, "before the event ahead of it"},
	"all events are dated back": {`UPDATE events SET recorded = recorded - 3600000000`, "before its command"},
	"an event is taken out":     {`DELETE FROM events WHERE stream = 'USER' AND revision = 1`, "USER@2"},
	"the end of a stream is cut off": {
		`DELETE FROM events WHERE stream = 'COMPANY' AND revision = (SELECT max(revision) FROM events WHERE stream = 'COMPANY')`, "are missing",
	},
	"a whole stream is cut out": {`DELETE FROM events WHERE stream = 'COMPANY'`, "are missing"},
	"two events swap their data": {
		`UPDATE events SET data = other.data FROM (SELECT revision, data FROM events WHERE stream = 'USER' AND revision < 2) AS other
			WHERE events.stream = 'USER' AND events.revision = 1 - other.revision`, "USER@1",
	},
	"an event goes to another stream": {`UPDATE events SET stream = 'user-eve', revision = 0 WHERE stream = 'USER' AND revision = 1`, "user-eve@0"},
	"an event gets another type":      {`UPDATE events SET type = 'user.resumed.v1' WHERE stream = 'USER' AND revision = 1`, "USER@1"},
	"an event moves to the end": {
		`UPDATE events SET position = (SELECT max(position) + 1 FROM events) WHERE stream = 'COMPANY' AND revision = 0`, "COMPANY@0",
	},
	"events of two streams change places": {
		`UPDATE events SET position = -position WHERE stream = 'USER' AND revision = 0
				OR stream = 'COMPANY' AND revision = (SELECT max(revision) FROM events WHERE stream = 'COMPANY');
			UPDATE events SET position = position - (SELECT sum(position) FROM events WHERE position < 0) WHERE position < 0`, "before the event ahead of it",
	},
}

func TestVerifyNoticesAllKindsOfTampering(t *testing.T) {
	h := newHouse(t)
	company := h.company("onenet", "+4930231280000", "+4930231280009", 5)
	id := h.user(company, object{"firstName": "Ada", "lastName": "Sommer", "number": "+4930231280001"})
	eventually(t, "the activation", func() bool { return h.state(id) == "activated" })
	if err := h.stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	streams := strings.NewReplacer("USER", "user-"+id, "COMPANY", "company-"+company)
	for name, c := range tampering {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "events.db")
			alter(t, filepath.Join(h.data, "events.db"), `VACUUM INTO '`+file+`'`)
			if out, err := h.tool("verify", "--eventstore", "sqlite:"+file); err != nil {
				t.Fatalf("verify of an untouched copy: %v\n%s", err, out)
			}
			if changed := alter(t, file, streams.Replace(c.change)); changed == 0 {
				t.Fatal("nothing was changed")
			}
			out, err := h.tool("verify", "--eventstore", "sqlite:"+file)
			if exitCode(err) != 1 || !strings.Contains(out, "broken: ") || !strings.Contains(out, streams.Replace(c.told)) {
				t.Errorf("exit status %d, want 1 and %q:\n%s", exitCode(err), c.told, out)
			}
		})
	}
	if out, err := h.tool("verify", "--stream", "user-eve"); exitCode(err) != 1 || !strings.Contains(out, "user-eve") {
		t.Errorf("a stream without events: exit status %d\n%s", exitCode(err), out)
	}
}

// alter changes a SQLite file and tells how many rows.
func alter(t *testing.T, file, statement string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return rows
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
