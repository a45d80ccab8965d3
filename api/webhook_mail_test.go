package api_test

import (
	"net/http"
	"strings"
	"testing"

	"dialtone/activities"
	"dialtone/api"
	"dialtone/domain/user"
)

// mailReport is a mail server's report about a mail of the envelope's name.
func mailReport(envelope, action, status string) string {
	return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Original-Envelope-Id: " + envelope + "\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; ada@example.com\r\nAction: " + action +
		"\r\nStatus: " + status + "\r\n\r\n--b--\r\n"
}

func TestReportsOfMailServersEndMessages(t *testing.T) {
	h := open(t, func(c *api.Config) { c.Reports = activities.NewMailReports(key(2), c.Journal.Now) })
	id, _ := h.linked()
	message := h.state(id).Messages[0]
	post := func(body string) answer {
		return h.send(http.MethodPost, "/webhooks/mail", body, "Content-Type: message/rfc822")
	}
	named := func(attempt int) string { return user.ReportToken(key(2), id, message.ID, attempt) }
	const accepted = 1 // before its answer is seen
	before := len(h.facts(id))
	for name, body := range map[string]string{
		"nothing":      "x",
		"a notice":     "Subject: away\r\n\r\nuntil Monday",
		"a forgery":    mailReport(strings.Repeat("A", 67), "failed", "5.1.1"),
		"another key":  mailReport(user.ReportToken(key(3), id, message.ID, 1), "failed", "5.1.1"),
		"unknown mail": mailReport(user.ReportToken(key(2), id, id, 1), "failed", "5.1.1"),
	} {
		if told := post(body).want(t, http.StatusNoContent); len(told.raw) > 0 || len(h.facts(id)) != before {
			t.Errorf("%s: %q, %d facts", name, told.raw, len(h.facts(id)))
		}
	}
	post(strings.Repeat("x", 300<<10)).want(t, http.StatusRequestEntityTooLarge)
	for range 2 {
		post(mailReport(named(accepted), "delayed", "4.4.1")).want(t, http.StatusNoContent)
	}
	if m, _ := h.state(id).Message(message.ID); !m.Delayed || m.State() != user.MessageTaken {
		t.Errorf("delayed: %+v", m)
	}
	post(mailReport(named(accepted), "delivered", "2.0.0")).want(t, http.StatusNoContent)
	post(mailReport(named(accepted), "failed", "5.1.1")).want(t, http.StatusNoContent) // too late
	m, _ := h.state(id).Message(message.ID)
	if m.State() != user.MessageArrived || len(h.facts(id)) != before+3 {
		t.Errorf("in the end it is %s, with %d facts more", m.State(), len(h.facts(id))-before)
	}
	if log := h.log.String(); !strings.Contains(log, `"result":"forged"`) || strings.Contains(log, "ada@example.com") {
		t.Errorf("log %s", log)
	}
}
