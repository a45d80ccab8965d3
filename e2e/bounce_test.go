package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAMailThatComesBackIsSeenInTheLedgerAndTheHistory has the mail server
// report, as real ones do, that it could not deliver a mail it had taken. The
// report goes to the webhook under the name that the mail's envelope carried.
func TestAMailThatComesBackIsSeenInTheLedgerAndTheHistory(t *testing.T) {
	h := newHouse(t)
	id := h.user(h.company("unifyoffice", "+4930231296000", "+4930231296009", 1), object{
		"firstName": "Ada", "lastName": "Gone", "number": "+4930231296001", "email": "gone@example.com",
	})
	h.must(http.StatusAccepted, "POST", "/v1/users/"+id+"/activation", nil)
	h.awaitLink("gone@example.com")
	eventually(t, "the ledger to have it accepted", func() bool { return h.ledger(id).State == "accepted" })
	report := object{"to": "gone@example.com", "action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 no such mailbox gone@example.com"}
	for range 2 { // reports come doubled
		h.must(http.StatusNoContent, "POST", "/dev/mail/reports", report)
	}
	eventually(t, "the ledger to have it bounced", func() bool { return h.ledger(id).State == "bounced" })
	if told := h.ledger(id); told.Cause != "mailbox-unknown" || told.Responsible != "admin" || strings.Contains(told.Text, "gone@") {
		t.Errorf("the ledger tells %+v", told)
	}
	history := string(h.must(http.StatusOK, "GET", "/v1/users/"+id+"/history?limit=100", nil).body)
	if n := strings.Count(history, `"user.message-bounced.v1"`); n != 1 || strings.Contains(history, "gone@example.com") && strings.Contains(history, "no such mailbox gone@") {
		t.Errorf("the history has %d bounces:\n%s", n, history)
	}
	support := newPerson(t, h).opens("/login").sends(map[string][]string{"token": {h.token}, "next": {"/users/" + id}})
	support.opens("/users/"+id+"/history").sees("/users/"+id+"/history", "Message came back undelivered")

	h.must(http.StatusNoContent, "POST", "/webhooks/mail", object{"nobody": "signed this"}) // a stranger learns nothing, and changes nothing
	if after := string(h.must(http.StatusOK, "GET", "/v1/users/"+id+"/history?limit=100", nil).body); strings.Count(after, `"type"`) != strings.Count(history, `"type"`) {
		t.Error("what nobody signed left a fact")
	}
}

// letter is a message as the ledger has it.
type letter struct{ Purpose, Channel, State, Cause, Responsible, Code, Text string }

// ledger gives what became of a user's last mail.
func (h *house) ledger(id string) letter {
	h.t.Helper()
	var u struct{ Messages []letter }
	h.must(http.StatusOK, "GET", "/v1/users/"+id, nil).decode(h.t, &u)
	for _, m := range u.Messages {
		if m.Channel == "mail" {
			return m
		}
	}
	return letter{}
}
