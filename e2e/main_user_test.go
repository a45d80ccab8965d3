package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// founder is the main user of a company that has just been ordered, with what
// the policy's guide has him log in by.
type founder struct{ policy, language, name, mail, mobile string }

// TestTheMainUserComesToTheAdminViewUnderEveryPolicy orders a company of each
// preset with its main user, and does as that one is written to, until the
// company is administered. It is done as the preset has it, and the strictest way.
func TestTheMainUserComesToTheAdminViewUnderEveryPolicy(t *testing.T) {
	h := newHouse(t)
	for n, f := range []founder{
		{policy: "onepro", language: "el", name: "main.user"},
		{policy: "onenet", language: "de", name: "main.user"},
		{policy: "onenet", language: "de", name: "+4930231292000"},
		{policy: "teleproffs", language: "sv"},
		{policy: "unifyoffice", language: "en"},
		{policy: "officesmart", language: "it", name: "+4930231295000"},
	} {
		t.Run(f.policy+" by "+f.name, func(t *testing.T) {
			h := *h
			h.t = t
			block := "+493023129" + string(rune('0'+n))
			f.mail, f.mobile = "main"+string(rune('0'+n))+"@example.com", "+49170174060"+string(rune('0'+n))
			company, main := f.orders(&h, block+"000", block+"099")
			f.logsIn(&h).opens("/view").sends(url.Values{"view": {"admin"}, "next": {"/"}}).sees("/companies/"+company, "Main Company")
			eventually(t, "the main user to be activated", func() bool { return h.state(main) == "activated" })
		})
	}
}

// orders makes the company with its main user.
func (f founder) orders(h *house, from, to string) (company, main string) {
	h.t.Helper()
	var made struct{ ID, MainUser string }
	h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Main Company", "policy": f.policy, "language": f.language, "country": "DE",
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
	newPerson(h.t, h).opens(link).sends(secrets)
	return newPerson(h.t, h).logsIn(f.mail, own).sees("/view")
}

// readsMessages waits for a link, or for the temporary password and the name to
// log in by.
func (f founder) readsMessages(h *house) (link, word string) {
	h.t.Helper()
	eventually(h.t, "messages to the main user", func() bool {
		for _, m := range append(h.inbox(f.mail), h.inbox(f.mobile)...) {
			link = m.link()
			if word = temporary.FindString(m.Text); word != "" && !strings.Contains(m.Text, f.name) && f.policy != "onenet" {
				h.t.Errorf("the %s does not say the name to log in by", m.Channel)
			}
			if link != "" || word != "" {
				return true
			}
		}
		return false
	})
	return link, word
}
