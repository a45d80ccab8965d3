package local_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain"
	"dialtone/domain/user"
)

// The product asks for reports in its envelope, the stand-in reports as mail
// servers do, and the product knows its mail again.
func TestAMailIsReportedAsMailServersDo(t *testing.T) {
	inbox := newInbox(t)
	server := startMail(t, inbox)
	key, id, message := []byte(strings.Repeat("k", 32)), domain.DeriveID("user"), domain.DeriveID("message")
	host, port, err := net.SplitHostPort(server.Address())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	mailer, err := activities.NewMailer(activities.MailConfig{Host: host, Port: number, TLS: activities.TLSNone, From: "service@dialtone.example"})
	if err != nil {
		t.Fatal(err)
	}
	letter := activities.Mail{
		ID: message, To: "ada@example.com", Subject: "Your line", Text: "Hello", Date: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
		Envelope: user.ReportToken(key, id, message, 2), Report: user.ReportToken(key, id, message, 0),
	}
	if outcome := mailer.Send(t.Context(), letter); !outcome.Accepted {
		t.Fatalf("sent: %+v", outcome)
	}
	if got := received(t, inbox, "ada@example.com"); len(got) != 1 || got[0].Envelope != letter.Envelope {
		t.Fatalf("received %+v", got)
	}
	reports := activities.NewMailReports(key, time.Now)
	var told []user.Receipt
	taker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		receipt, err := reports.Read(r.Header.Get("Content-Type"), body)
		if err != nil {
			w.WriteHeader(http.StatusTeapot)
		}
		told = append(told, receipt)
	}))
	defer taker.Close()
	report := local.MailReport{To: "ada@example.com", Action: "failed", Status: "5.1.1", Diagnostic: "550 5.1.1 no such mailbox"}
	if err := server.Report(t.Context(), report); err == nil {
		t.Error("reported to nobody")
	}
	server.ReportTo(taker.URL)
	nameless := report
	nameless.Nameless = true
	for _, r := range []local.MailReport{report, nameless} {
		if err := server.Report(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for i, attempt := range []int{2, 0} {
		if r := told[i]; r.User != id || r.Message != message || r.Attempt != attempt || r.Trouble == nil || r.Trouble.Cause != "mailbox-unknown" {
			t.Errorf("told %+v", r)
		}
	}
	for _, wrong := range []local.MailReport{{To: "ada@example.com", Action: "read"}, {To: "bob@example.com", Action: "failed"}} {
		if err := server.Report(t.Context(), wrong); err == nil {
			t.Errorf("reported %+v", wrong)
		}
	}
}
