package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// founder is the main user of a company that has just been ordered, with what
// the policy's guide has him log in by.
type founder struct {
	policy, language, name, mail, mobile string
	strict                               bool
}

// TestTheMainUserComesToTheAdminViewUnderEveryPolicy orders a company of each
// preset with its main user, and does as that one is written to, until the
// company is administered. It is done as the preset has it, and the strictest way.
func TestTheMainUserComesToTheAdminViewUnderEveryPolicy(t *testing.T) {
	h := newHouse(t)
	for n, f := range bothWays([]founder{
		{policy: "onepro", language: "el", name: "main.user"},
		{policy: "onenet", language: "de", name: "main.user"},
		{policy: "onenet", language: "de", name: "+4930231292000"},
		{policy: "teleproffs", language: "sv"},
		{policy: "unifyoffice", language: "en"},
		{policy: "officesmart", language: "it", name: "+4930231295000"},
	}) {
		t.Run(fmt.Sprint(f.policy, " by ", f.name, ", strict ", f.strict), func(t *testing.T) {
			h := *h
			h.t = t
			f.mail, f.mobile = fmt.Sprintf("main%d@example.com", n), fmt.Sprintf("+4917017406%02d", n)
			company, main := f.orders(&h, fmt.Sprintf("+493023129%d000", n), fmt.Sprintf("+493023129%d099", n))
			f.logsIn(&h).opens("/view").sends(url.Values{"view": {"admin"}, "next": {"/"}}).sees("/companies/"+company, "Main Company")
			eventually(t, "the main user to be activated", func() bool { return h.state(main) == "activated" })
		})
	}
}

// bothWays adds to some founders those of the same policies made strict.
func bothWays(founders []founder) []founder {
	for _, f := range founders {
		if f.policy != "onenet" || f.name == "main.user" {
			f.strict = true
			founders = append(founders, f)
		}
	}
	return founders
}

// orders makes the company with its main user.
func (f founder) orders(h *house, from, to string) (company, main string) {
	h.t.Helper()
	var made struct{ ID, MainUser string }
	h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Main Company", "policy": f.policy, "strict": f.strict, "language": f.language, "country": "DE",
		"numbers": []object{{"from": from, "to": to}}, "licences": []object{{"kind": "standard", "count": 1}},
		"mainUser": object{"firstName": "Main", "lastName": "User", "email": f.mail, "mobile": f.mobile},
	}).decode(h.t, &made)
	return made.ID, made.MainUser
}

// logsIn does what the messages ask for and logs in.
func (f founder) logsIn(h *house) *person {
	h.t.Helper()
	const own = "sixteen goats on hill 7"
	link, word := f.readsMessages(h)
	if link == "" {
		username := ""
		if f.policy == "onepro" { // whose users change the name, too
			username = "main.founder"
		}
		return newPerson(h.t, h).logsIn(f.name, word).sees("/me/password").chooses(word, own, username).sees("/me")
	}
	secrets := secretsOf()
	secrets.Set("password", own)
	secrets.Set("passwordAgain", own)
	if f.strict {
		visitor := newPerson(h.t, h).opens(link).sends(secrets).sees(link) // the link alone is not enough
		secrets.Set("code", word)
		visitor.sends(secrets)
	} else {
		newPerson(h.t, h).opens(link).sends(secrets)
	}
	return newPerson(h.t, h).logsIn(f.mail, own).sees("/view")
}

// readsMessages waits for a link, or for the temporary password and the name to
// log in by; for a link and the password by SMS where the policy is strict.
func (f founder) readsMessages(h *house) (link, word string) {
	h.t.Helper()
	eventually(h.t, "messages to the main user", func() bool {
		for _, m := range append(h.inbox(f.mail), h.inbox(f.mobile)...) {
			if found := m.link(); found != "" {
				link = found
			}
			if found := temporary.FindString(m.Text); found != "" {
				word = found
				if !f.strict && f.policy != "onenet" && !strings.Contains(m.Text, f.name) {
					h.t.Errorf("the %s does not say the name to log in by", m.Channel)
				}
			}
		}
		return (link != "" || word != "") && (!f.strict || link != "" && word != "")
	})
	return link, word
}
