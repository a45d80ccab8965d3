package local_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dialtone/deploy/local"
)

func newDev(t *testing.T) (string, local.Stands) {
	t.Helper()
	inbox := newInbox(t)
	stands := local.Stands{Inbox: inbox, Mail: startMail(t, inbox), SMS: newSMS(inbox), Network: local.NewNetwork()}
	server := httptest.NewServer(local.DevHandler(stands))
	t.Cleanup(server.Close)
	return server.URL, stands
}

func call(t *testing.T, method, address, kind, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func TestMessagesAreServedAsTheContractSays(t *testing.T) {
	base, stands := newDev(t)
	if _, empty := call(t, "GET", base+"/dev/messages", "", ""); strings.TrimSpace(empty) != "[]" {
		t.Errorf("an empty inbox is %s", empty)
	}
	put(t, stands.Inbox, local.Message{Channel: "mail", To: "ada@example.org", From: "a", Subject: "s", Text: "https://a.example", HTML: "<p>"})
	put(t, stands.Inbox, local.Message{Channel: "sms", To: "+491701234567"})
	for _, query := range []string{"?to=" + url.QueryEscape("+491701234567"), "?to=+491701234567"} {
		if _, answer := call(t, "GET", base+"/dev/messages"+query, "", ""); strings.Count(answer, `"channel"`) != 1 {
			t.Errorf("%s gives %s", query, answer)
		}
	}
	status, answer := call(t, "GET", base+"/dev/messages?to=ada@example.org", "", "")
	var messages []map[string]any
	if err := json.Unmarshal([]byte(answer), &messages); status != 200 || err != nil || len(messages) != 1 {
		t.Fatalf("%d %s", status, answer)
	}
	for name, want := range map[string]any{
		"channel": "mail", "to": "ada@example.org", "from": "a", "subject": "s",
		"text": "https://a.example", "html": "<p>", "at": "2026-03-01T12:00:01Z",
	} {
		if messages[0][name] != want {
			t.Errorf("%s is %v", name, messages[0][name])
		}
	}
	if list, ok := messages[0]["links"].([]any); !ok || len(list) != 1 {
		t.Errorf("links are %v", messages[0]["links"])
	}
}

func TestTheInboxPageShowsMailWithoutRunningIt(t *testing.T) {
	base, stands := newDev(t)
	put(t, stands.Inbox, local.Message{Channel: "mail", To: "ada@example.org", Subject: "the older one"})
	put(t, stands.Inbox, local.Message{
		Channel: "mail", To: "ada@example.org", Subject: "<script>alert(1)</script>",
		HTML: `<a href="https://a.example/x">"hi"</a><script>alert(2)</script>`, Text: "javascript:alert(3)",
	})
	status, page := call(t, "GET", base+"/dev/inbox", "", "")
	if status != 200 || strings.Index(page, "the older one") < strings.Index(page, "alert(1)") {
		t.Errorf("%d, or not newest first: %s", status, page)
	}
	for _, wanted := range []string{
		`href="/assets/app.css"`, `sandbox=""`, `srcdoc="&lt;a href=&#34;https://a.example/x&#34;&gt;`, `<a href="https://a.example/x"`,
	} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the page lacks %s:\n%s", wanted, page)
		}
	}
	for _, banned := range []string{"<script", "<style", "style="} {
		if strings.Contains(page, banned) {
			t.Errorf("the page has %s:\n%s", banned, page)
		}
	}
	if _, page := call(t, "GET", base+"/dev/inbox?to=nobody", "", ""); !strings.Contains(page, "No messages to nobody yet") {
		t.Errorf("nobody's page is %s", page)
	}
}

func TestFaultsAreSetAndRemovedOverHTTP(t *testing.T) {
	base, stands := newDev(t)
	api := twilioClient(t, stands.SMS, token)
	try := map[string]func() error{
		"mail": func() error { return send(t, stands.Mail, "ada@example.org") },
		"sms": func() error {
			_, err := api.CreateMessage(text("+491701234567", "x"))
			return err
		},
		"network": func() error { return stands.Network.Activate(t.Context(), "order", desk) },
	}
	for stand, fault := range map[string]string{
		"mail":    `{"stage":"rcpt","code":451,"enhanced":"4.7.1","text":"greylisted","to":"ada@example.org"}`,
		"sms":     `{"code":20429,"status":429}`,
		"network": `{"number":"*","code":"port-busy","text":"busy","permanent":true}`,
	} {
		t.Run(stand, func(t *testing.T) {
			address := base + "/dev/" + stand + "/faults"
			if status, answer := call(t, "POST", address, "application/json; charset=utf-8", fault); status != 204 {
				t.Fatalf("set: %d %s", status, answer)
			}
			if err := try[stand](); err == nil {
				t.Error("it does not fail")
			}
			if status, _ := call(t, "DELETE", address, "", ""); status != 204 {
				t.Errorf("remove: %d", status)
			}
			if err := try[stand](); err != nil {
				t.Errorf("it still fails: %v", err)
			}
		})
	}
}

func TestWrongFaultsAreProblems(t *testing.T) {
	base, _ := newDev(t)
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"a form, as a foreign page could send": {"text/plain", `{"number":"*","code":"x"}`, 415},
		"no JSON":                              {"application/json", `{`, 400},
		"an unknown field":                     {"application/json", `{"numbr":"*"}`, 400},
		"a broken rule":                        {"application/json", `{"number":"*","code":""}`, 422},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := call(t, "POST", base+"/dev/network/faults", c.kind, c.body)
			if status != c.status || !strings.Contains(answer, `"title"`) {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	if status, _ := call(t, "GET", base+"/dev/unknown", "", ""); status != 404 {
		t.Errorf("an unknown page is %d", status)
	}
}
