package activities_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/user"
)

var (
	reportKey  = []byte(strings.Repeat("r", 32))
	reportUser = domain.DeriveID("reported user")
	reportMail = domain.DeriveID("reported mail")
	reportNow  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

// notification is a report as mail servers write it.
func notification(envelope, returned, status string) string {
	if envelope != "" {
		envelope = "Original-Envelope-Id: " + envelope + "\n"
	}
	text := "From MAILER-DAEMON Mon Mar  2 12:00:00 2026\nFrom: MAILER-DAEMON@mx.example\nTo: service@example.org\nSubject: Report\n" +
		"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"b\"\n\n" +
		"--b\n\nSomething for people.\n\n--b\nContent-Type: message/delivery-status\n\n" + envelope + "Reporting-MTA: dns; mx.example\n\n" +
		"Final-Recipient: rfc822; ada@example.com\n" + status + "\n\n--b\nContent-Type: text/rfc822-headers\n\n" + returned + "\n--b--\n"
	return strings.ReplaceAll(text, "\n", "\r\n")
}

func readReport(text string) (user.Receipt, error) {
	return activities.NewMailReports(reportKey, func() time.Time { return reportNow }).Read("message/rfc822", []byte(text))
}

func TestReportsOfMailServersAreRead(t *testing.T) {
	envelope := user.ReportToken(reportKey, reportUser, reportMail, 2)
	for name, c := range map[string]struct {
		status, word, cause, code string
		delivered, delayed, again bool
	}{
		"delivered":           {status: "Action: delivered\nStatus: 2.0.0", word: "delivered 2.0.0", delivered: true},
		"handed on":           {status: "Action: relayed\nStatus: 2.0.0", word: "relayed 2.0.0"},
		"to a list":           {status: "Action: expanded\nStatus: 2.0.0", word: "expanded 2.0.0"},
		"delayed":             {status: "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 450 4.4.1 ada@example.com is away", word: "delayed 4.4.1", cause: "server-busy", code: "450 4.4.1", delayed: true},
		"no such mailbox":     {status: "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ada@example.com> unknown", word: "failed 5.1.1", cause: "mailbox-unknown", code: "550 5.1.1"},
		"by the status alone": {status: "Action: FAILED (bad)\nStatus: 5.1.1 (nobody)", word: "unknown"},
		"without a reply":     {status: "Action: Failed\nStatus: 5.1.1 (nobody)", word: "failed 5.1.1", cause: "mailbox-unknown", code: "550 5.1.1"},
		"a reply without":     {status: "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 over quota", word: "failed 5.2.2", cause: "mailbox-full", code: "552 5.2.2", again: true},
		"given up":            {status: "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; delivery time expired", word: "failed 4.4.7", cause: "server-busy", code: "450 4.4.7", again: true},
		"refused by rules":    {status: "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550-5.7.1 not wanted", word: "failed 5.7.1", cause: "policy-refused", code: "550 5.7.1"},
		"folded":              {status: "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n\t550 5.1.1 no such\n\tuser", word: "failed 5.1.1", cause: "mailbox-unknown", code: "550 5.1.1"},
	} {
		got, err := readReport(notification(envelope, "Subject: x\n", c.status))
		if err != nil || got.User != reportUser || got.Message != reportMail || got.Attempt != 2 || got.Status != c.word || got.Delivered != c.delivered || got.Delayed != c.delayed {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if (got.Trouble != nil) != (c.cause != "") {
			t.Errorf("%s: trouble %+v", name, got.Trouble)
		} else if trouble := got.Trouble; trouble != nil && (trouble.Cause != c.cause || trouble.Code != c.code || (trouble.NextTry != nil) != c.again || strings.Contains(trouble.Text, "ada")) {
			t.Errorf("%s: trouble %+v", name, *trouble)
		}
	}
}

func TestAReportNamesTheMailByItsHeaderToo(t *testing.T) {
	mail := "Dialtone-Report: " + user.ReportToken(reportKey, reportUser, reportMail, 0) + "\nSubject: x\n"
	got, err := readReport(notification("", mail, "Action: failed\nStatus: 5.1.1"))
	if err != nil || got.Message != reportMail || got.Attempt != 0 || got.Trouble == nil {
		t.Errorf("read %+v, %v", got, err)
	}
	both, err := readReport(notification(user.ReportToken(reportKey, reportUser, reportMail, 3), mail, "Action: delivered\nStatus: 2.0.0"))
	if err != nil || both.Attempt != 3 {
		t.Errorf("the envelope's name goes first: %+v, %v", both, err)
	}
	text := notification("", mail, "Action: delivered\nStatus: 2.0.0")
	_, body, _ := strings.Cut(text, "\r\n\r\n")
	bare, err := activities.NewMailReports(reportKey, time.Now).Read(`multipart/report; report-type="delivery-status"; boundary=b`, []byte(body))
	if err != nil || !bare.Delivered {
		t.Errorf("the body alone: %+v, %v", bare, err)
	}
	coded := base64.StdEncoding.EncodeToString([]byte("Reporting-MTA: dns; x\r\n\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"))
	body = strings.Replace(body, "Content-Type: message/delivery-status\r\n\r\n", "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"+coded+"\r\n--b\r\n\r\n", 1)
	if got, err := activities.NewMailReports(reportKey, time.Now).Read(`multipart/report; report-type=delivery-status; boundary=b`, []byte(body)); err != nil || !got.Delivered {
		t.Errorf("in base64: %+v, %v", got, err)
	}
}

func TestWhatIsNoReportOfOurMailIsRefused(t *testing.T) {
	right := user.ReportToken(reportKey, reportUser, reportMail, 1)
	for name, c := range map[string]struct {
		text string
		kind domain.Kind
	}{
		"nothing":            {"", domain.Invalid},
		"a holiday notice":   {"From: ada@example.com\r\nSubject: away\r\n\r\n" + right, domain.Invalid},
		"no action":          {notification(right, "", "Status: 2.0.0"), domain.Invalid},
		"no name":            {notification("", "Subject: x\n", "Action: delivered\nStatus: 2.0.0"), domain.Denied},
		"a guessed name":     {notification(strings.Repeat("A", 67), "", "Action: delivered\nStatus: 2.0.0"), domain.Denied},
		"another key's name": {notification(user.ReportToken([]byte("x"), reportUser, reportMail, 1), "", "Action: delivered\nStatus: 2.0.0"), domain.Denied},
		"a read receipt":     {strings.Replace(notification(right, "", "Action: delivered"), "report-type=delivery-status", "report-type=disposition-notification", 1), domain.Invalid},
	} {
		if got, err := readReport(c.text); domain.KindOf(err) != c.kind || got.Message != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := activities.NewMailReports(reportKey, time.Now).Read("", []byte("x")); domain.KindOf(err) != domain.Invalid {
		t.Errorf("no type: %v", err)
	}
}

func FuzzReportsAreReadOrRefused(f *testing.F) {
	f.Add(notification(user.ReportToken(reportKey, reportUser, reportMail, 1), "Subject: x\n", "Action: failed\nStatus: 5.1.1"))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readReport(text)
		if err == nil && (got.User != reportUser || got.Message != reportMail) {
			t.Errorf("forged: %+v", got)
		}
	})
}
