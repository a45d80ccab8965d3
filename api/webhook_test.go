package api_test

import (
	"crypto/hmac"
	"crypto/sha1" // what Twilio signs with
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"dialtone/activities"
	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

const twilioToken = "t0ken"

// reported gives the house with the receipts of an SMS provider.
func reported(t *testing.T) *house {
	t.Helper()
	return open(t, func(c *api.Config) {
		c.Receipts = activities.NewReceipts(twilioToken, c.PublicURL, c.Journal.Now)
	})
}

// texted brings a user's link on its way by SMS, and gives user and message.
func (h *house) texted() (id, message string) {
	h.t.Helper()
	id, _ = h.linked()
	h.call(http.MethodPost, "/v1/users/"+id+"/activation/messages", `{"channel":"sms"}`).want(h.t, http.StatusAccepted)
	messages := h.state(id).Messages
	message = messages[len(messages)-1].ID
	h.execute(id, user.NoteDelivery{Message: message, Attempt: 1, Provider: "SM1"}.Decide)
	return id, message
}

// report sends what Twilio would about the attempt SM1, to our own address or,
// with headers, wherever they pretend to.
func (h *house) report(query string, fields map[string]string, signature string, headers ...string) answer {
	h.t.Helper()
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
	if signature != "" {
		headers = append(headers, "X-Twilio-Signature: "+signature)
	}
	return h.send(http.MethodPost, "/webhooks/twilio?"+query, form.Encode(), headers...)
}

func receiptFields(status, code string) map[string]string {
	return map[string]string{"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code, "To": "+491711234567", "AccountSid": "AC1"}
}

func receiptQuery(id, message string) string {
	return url.Values{"user": {id}, "message": {message}, "attempt": {"1"}}.Encode()
}

// signature signs as Twilio does: for the public URL, whatever was called.
func signature(query string, fields map[string]string) string {
	return signatureFor("http://phones.example/webhooks/twilio?"+query, fields)
}

func signatureFor(address string, fields map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		address += name + fields[name]
	}
	mac := hmac.New(sha1.New, []byte(twilioToken))
	mac.Write([]byte(address))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestReceiptsAreTakenFromTheProviderOnly(t *testing.T) {
	h := reported(t)
	id, message := h.texted()
	query, fields := receiptQuery(id, message), receiptFields("delivered", "")
	right := signature(query, fields)
	before := len(h.facts(id))
	for name, c := range map[string]struct{ query, signature, status string }{
		"unsigned":         {query, "", "delivered"},
		"badly signed":     {query, "bm9ib2R5", "delivered"},
		"another status":   {query, right, "failed"},
		"another message":  {strings.Replace(query, "message=", "message=x", 1), right, "delivered"},
		"another's user":   {strings.Replace(query, "user=", "user=x", 1), right, "delivered"},
		"no query":         {"", right, "delivered"},
		"something behind": {query + "&x=1", right, "delivered"},
	} {
		h.in(t).report(c.query, receiptFields(c.status, ""), c.signature).problem(t, http.StatusForbidden, "forged")
		if now := len(h.facts(id)); now != before {
			t.Fatalf("%s: %d facts, there were %d", name, now, before)
		}
	}
	h.report(query, fields, right).want(t, http.StatusNoContent)
	shown := h.call(http.MethodGet, "/v1/users/"+id+"?at="+h.clock.Now().Format("2006-01-02T15:04:05Z"), "").want(t, http.StatusOK)
	if shown.text("messages.0.state") != "delivered" || shown.text("messages.0.deliveredAt") == "" || shown.text("messages.0.channel") != "sms" || shown.text("messages.1.state") != "requested" {
		t.Errorf("shown %s", shown.raw)
	}
	if log := h.log.String(); strings.Contains(log, "+491711234567") || !strings.Contains(log, `"result":"forged"`) {
		t.Errorf("log %s", log)
	}
}

func TestHeadersDoNotMakeAnotherAddressOfAReceipt(t *testing.T) {
	h := reported(t)
	id, message := h.texted()
	query, fields := receiptQuery(id, message), receiptFields("delivered", "")
	for _, header := range []string{"Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: host=evil.example", "X-Original-URL: /"} {
		foreign := signatureFor("http://evil.example/webhooks/twilio?"+query, fields)
		h.report(query, fields, foreign, header).problem(t, http.StatusForbidden, "forged")
		h.report(query, fields, signature(query, fields), header).want(t, http.StatusNoContent)
	}
}

func TestLateAndDoubledReceiptsLeadToTheRightEnd(t *testing.T) {
	h := reported(t)
	id, message := h.texted()
	query := receiptQuery(id, message)
	for _, c := range []struct {
		status, code string
		facts        int
		state        user.MessageState
	}{
		{"sent", "", 0, user.MessageTaken},
		{"undelivered", "30005", 1, user.MessageReturned},
		{"undelivered", "30005", 0, user.MessageReturned},
		{"sent", "", 0, user.MessageReturned},
		{"delivered", "", 1, user.MessageArrived},
		{"delivered", "", 0, user.MessageArrived},
		{"undelivered", "30003", 0, user.MessageArrived},
	} {
		before := len(h.facts(id))
		fields := receiptFields(c.status, c.code)
		h.report(query, fields, signature(query, fields)).want(t, http.StatusNoContent)
		facts := h.facts(id)
		m, _ := h.state(id).Message(message)
		if len(facts)-before != c.facts || m.State() != c.state {
			t.Fatalf("%s %s: %d new facts, %s", c.status, c.code, len(facts)-before, m.State())
		}
		if last := facts[len(facts)-1]; c.facts > 0 && (last.Actor != domain.Actor{Kind: domain.ActorProvider, ID: "twilio"} || last.Channel != domain.ChannelWebhook) {
			t.Errorf("%s: by %+v via %s", c.status, last.Actor, last.Channel)
		}
	}
	metrics := string(h.send(http.MethodGet, "/metrics", "").raw)
	for _, line := range []string{`dialtone_message_receipts_total{result="noted"} 2`, `dialtone_message_receipts_total{result="no-news"} 5`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("%s is missing", line)
		}
	}
}

func TestReceiptsOfUnknownMessagesAreCountedAndThatIsAll(t *testing.T) {
	h := reported(t)
	id, _ := h.texted()
	for _, query := range []string{receiptQuery(id, "nothing"), receiptQuery("nobody", "nothing")} {
		fields := receiptFields("delivered", "")
		h.report(query, fields, signature(query, fields)).want(t, http.StatusNoContent)
	}
	if len(h.facts("nobody")) != 0 || !strings.Contains(h.log.String(), `"result":"unknown"`) {
		t.Errorf("log %s", h.log)
	}
	if metrics := string(h.send(http.MethodGet, "/metrics", "").raw); !strings.Contains(metrics, `dialtone_message_receipts_total{result="unknown"} 2`) {
		t.Error("they are not counted")
	}
}

func TestWhereNobodyReportsEveryReceiptIsForged(t *testing.T) {
	h := open(t)
	h.report("user=x", receiptFields("delivered", ""), "x").problem(t, http.StatusForbidden, "forged")
}
