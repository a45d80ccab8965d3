package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestADeskPhoneConfiguresItselfAndRegisters is the story of one desk phone: it is
// ordered with its user, fetches its file, registers with what stands there, and
// is locked out by the next login until it fetches again.
func TestADeskPhoneConfiguresItselfAndRegisters(t *testing.T) {
	need(t, "sipp")
	h := newHouse(t)
	firm := h.company("onenet", "+4930231290000", "+4930231290099", 6)
	id := h.user(firm, object{
		"firstName": "Ada", "lastName": "Sommer", "number": "+4930231290001", "device": object{"kind": "yealink t46u", "mac": "00:15:65:ab:cd:ef"},
	})
	var listed struct{ Items []struct{ ID string } }
	eventually(t, "the phone to be listed", func() bool {
		h.must(http.StatusOK, "GET", "/v1/devices?user="+id, nil).decode(t, &listed)
		return len(listed.Items) == 1
	})
	var address struct{ File string }
	h.must(http.StatusOK, "POST", "/v1/devices/"+listed.Items[0].ID+"/provisioning", object{}).decode(t, &address)
	file, err := url.Parse(address.File)
	if err != nil {
		t.Fatal(err)
	}
	fetched := func() *phone {
		t.Helper()
		settings := map[string]string{}
		body := string(h.must(http.StatusOK, "GET", file.Path, nil, "User-Agent", "Yealink SIP-T46U 108.86.0.20").body)
		for line := range strings.Lines(body) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
				settings[key] = value
			}
		}
		return &phone{
			t: t, server: h.sip, name: settings["account.1.user_name"], word: settings["account.1.password"],
			domain: settings["account.1.sip_server.1.address"], address: freeAddress(t),
		}
	}
	first := fetched()
	eventually(t, "the phone to register", func() bool { _, err := first.play("register.xml", ""); return err == nil })
	eventually(t, "the user's history to tell of the fetch", func() bool {
		history := h.must(http.StatusOK, "GET", "/v1/users/"+id+"/history?limit=100", nil)
		return strings.Contains(string(history.body), "The phone picked up its configuration, as Yealink SIP-T46U")
	})
	var logins struct {
		Rows []struct{ Username, Outcome string }
	}
	h.must(http.StatusOK, "POST", "/v1/companies/"+firm+"/device-logins", object{"users": []string{id}}).decode(t, &logins)
	if len(logins.Rows) != 1 || logins.Rows[0].Outcome != "issued" {
		t.Fatalf("the new login is %+v", logins.Rows)
	}
	eventually(t, "the former login to be refused", func() bool { _, err := first.play("register.xml", ""); return err != nil })
	second := fetched()
	if second.name != logins.Rows[0].Username || second.name == first.name {
		t.Errorf("the phone fetched the login %s", second.name)
	}
	second.register()
	if strings.Contains(h.log.text(), first.word) || strings.Contains(h.log.text(), second.word) {
		t.Error("a password is in the log")
	}
}
