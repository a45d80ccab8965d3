package e2e_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// guide000 is the story of guide 0: a user who is only a number gets a person,
// is saved, and gets the name by mail and the password by SMS only when the
// code is sent; the first login changes both. The process is killed in between.
type guide000 struct {
	*testing.T
	h                 *house
	page              context.Context
	boss              *person // the administrator, in the admin's view
	company, user     string
	north, south      string // locations
	username          string
	phone             *phone
	firstCode, chosen string
	bossCode          string
}

const (
	oneNumber = "+302114119721"
	oneMail   = "maria@example.com"
	oneMobile = "+306912345678"

	bossMobile = "+306912345670"
	bossName   = "eleni.georgiou"
)

func TestGuide000FromANumberToTheFirstLogin(t *testing.T) {
	need(t, "sipp")
	story := &guide000{T: t, h: newHouse(t), page: browser(t), chosen: "fourteen olives in a jar"}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"the service is ordered: the administrator gets an SMS from ONE Pro with user name and password", story.order},
		{"the administrator logs in with them and changes both", story.administrator},
		{"the users are there before anybody is named: one is shown by its number", story.preProvision},
		{"the administrator looks at the users location by location", story.looksAtLocations},
		{"name, directory name, mail and mobile are filled in; the extension has four digits", story.fillIn},
		{"saving sends nothing: one step is left", story.savedIsNotSent},
		{"send code: the user name goes by mail", story.sendCode},
		{"and by SMS from ONE Pro the password with the passcode for voicemail", story.readCode},
		{"the telephone rings", story.ring},
		{"the first login asks for another name and password", story.firstLogin},
		{"what was sent does not let in any more", story.oldIsVoid},
		{"send code again: another password", story.again},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide000) order() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Ελαιώνας", "policy": "onepro", "language": "el", "country": "GR",
		"numbers": []object{{"from": "+302114119720", "to": "+302114119729"}}, "licences": []object{{"kind": "standard", "count": 3}},
		"mainUser": object{"firstName": "Ελένη", "lastName": "Γεωργίου", "email": "eleni@example.com", "mobile": bossMobile},
	}).decode(s.T, &made)
	s.company = made.ID
	password, sms := s.h.awaitPassword(bossMobile, "sms", "")
	if missing := shows(sms.Text, bossName, "http://"+s.h.http+"/login"); missing != "" || sms.From != "ONE Pro" {
		s.Errorf("the SMS from %q does not say %q", sms.From, missing)
	}
	if s.bossCode = password; len(s.h.inbox(bossMobile)) != 1 || len(s.h.inbox("eleni@example.com")) != 0 {
		s.Error("name and password went another way, too")
	}
}

func (s *guide000) administrator() {
	s.boss = newPerson(s.T, s.h).logsIn(bossName, s.bossCode).sees("/me/password")
	s.boss.chooses(s.bossCode, "sixteen goats upon a hill", "eleni").sees("/me", "eleni")
	s.boss.opens("/view").takesView("admin").sees("/companies/"+s.company, "/companies/"+s.company+"/setup")
	newPerson(s.T, s.h).logsIn(bossName, s.bossCode).sees("/login")
}

func (s *guide000) preProvision() {
	firm := "/companies/" + s.company
	for name, id := range map[string]*string{"Βόρεια": &s.north, "Νότια": &s.south} {
		var made struct{ ID string }
		s.boss.must(http.StatusCreated, "POST", "/v1"+firm+"/sites", object{"name": name}).decode(s.T, &made)
		*id = made.ID
	}
	s.boss.opens(firm).sends(url.Values{"number": {oneNumber}, "site": {s.north}, "language": {"el"}, "activate": {"no"}})
	s.user = strings.TrimPrefix(s.boss.at, "/users/")
}

// looksAtLocations is rule 0.4.
func (s *guide000) looksAtLocations() {
	listed := func(site string) bool {
		return strings.Contains(s.boss.opens("/users?company="+s.company+"&site="+site).sees("/users", "Βόρεια", "Νότια").page, oneNumber)
	}
	eventually(s.T, "the user to be listed where it is", func() bool { return listed(s.north) })
	if listed(s.south) {
		s.Error("the user is listed at another location")
	}
}

func (s *guide000) fillIn() {
	var changed struct{ Extension, State string }
	s.boss.must(http.StatusUnprocessableEntity, "PATCH", "/v1/users/"+s.user, object{"extension": "973"})
	s.boss.must(http.StatusOK, "PATCH", "/v1/users/"+s.user, object{
		"firstName": "Μαρία", "lastName": "Παπαδοπούλου", "directoryFirstName": "Mary", "directoryLastName": "P.",
		"email": oneMail, "mobile": oneMobile,
	}).decode(s.T, &changed)
	if changed.Extension != "9721" || changed.State != "pending" {
		s.Errorf("extension %q, state %q", changed.Extension, changed.State)
	}
}

func (s *guide000) savedIsNotSent() {
	s.h.kill()
	s.h.start()
	if sent := append(s.h.inbox(oneMail), s.h.inbox(oneMobile)...); len(sent) != 0 {
		s.Errorf("%d messages went out", len(sent))
	}
}

func (s *guide000) sendCode() {
	s.boss.opensKnowingly(s.user).sendsTo("/users/"+s.user+"/activation", url.Values{}).sees("/users/" + s.user)
	mail := s.h.awaitMessage(oneMail, "mail", func(message) bool { return true })
	s.username = "maria.papadopoulou"
	if missing := shows(mail.Text, s.username, "http://"+s.h.http+"/login"); missing != "" {
		s.Errorf("the mail does not say %q:\n%s", missing, mail.Text)
	}
	if temporary.MatchString(mail.Text + mail.HTML) {
		s.Error("the mail holds the password")
	}
}

func (s *guide000) readCode() {
	password, sms := s.h.awaitPassword(oneMobile, "sms", "")
	if s.firstCode = password; sms.From != "ONE Pro" || !passcode.MatchString(strings.ReplaceAll(sms.Text, password, "")) || strings.Contains(sms.Text, s.username) {
		s.Errorf("the SMS from %q lacks the passcode or tells the name", sms.From)
	}
	eventually(s.T, "the user to be activated", func() bool { return s.h.state(s.user) == "activated" })
}

func (s *guide000) ring() {
	var other struct{ ID string }
	s.boss.must(http.StatusCreated, "POST", "/v1/companies/"+s.company+"/users", object{
		"firstName": "Νίκος", "lastName": "Ν", "email": "nikos@example.com", "mobile": "+306912345679", "number": "+302114119722",
	}).decode(s.T, &other)
	caller := s.h.phone(other.ID)
	caller.register()
	s.phone = s.h.phone(s.user)
	s.phone.register()
	ended := s.phone.answers()
	caller.calls("9721")
	if err := ended(); err != nil {
		s.Errorf("the called phone: %v", err)
	}
}

func (s *guide000) firstLogin() {
	page := "http://" + s.h.http
	look(s.T, s.page, "log in",
		chromedp.Navigate(page+"/login"), chromedp.WaitVisible(chromedp.CSS(`#name`)),
		chromedp.SetValue(chromedp.CSS(`#name`), s.username), chromedp.SetValue(chromedp.CSS(`#password`), s.firstCode),
		chromedp.Click(chromedp.CSS(`#content > form button[type=submit]`)), chromedp.WaitVisible(chromedp.CSS(`#username`)),
	)
	rules := read(s.T, s.page, "the rules", chromedp.Text(chromedp.CSS(`.rules`)))
	if missing := shows(rules, "15", "128"); missing != "" {
		s.Errorf("the rules lack %q:\n%s", missing, rules)
	}
	look(s.T, s.page, "choose",
		chromedp.SetValue(chromedp.CSS(`#old`), s.firstCode), chromedp.SetValue(chromedp.CSS(`#username`), "mary"),
		chromedp.SetValue(chromedp.CSS(`#password`), s.chosen), chromedp.SetValue(chromedp.CSS(`#passwordAgain`), s.chosen),
		chromedp.Click(chromedp.CSS(`form.secrets button[type=submit]`)), chromedp.WaitVisible(chromedp.CSS(`a[href="/me/password"]`)),
	)
	if text := read(s.T, s.page, "the account", chromedp.Text(chromedp.CSS(`#content`))); !strings.Contains(text, "mary") || !strings.Contains(text, oneNumber) {
		s.Errorf("the account shows:\n%s", text)
	}
	s.h.awaitMessage(oneMail, "mail", func(m message) bool {
		return !strings.Contains(m.Text, s.username) && strings.Contains(m.Text, "Παπαδοπούλου")
	})
}

func (s *guide000) oldIsVoid() {
	newPerson(s.T, s.h).logsIn(s.username, s.firstCode).sees("/login")
	newPerson(s.T, s.h).logsIn("mary", s.firstCode).sees("/login")
	newPerson(s.T, s.h).logsIn("mary", s.chosen).sees("/me", oneMail)
}

func (s *guide000) again() {
	s.boss.must(http.StatusOK, "POST", "/v1/users/"+s.user+"/credential/reset", nil)
	code, _ := s.h.awaitPassword(oneMobile, "sms", s.firstCode)
	newPerson(s.T, s.h).logsIn("mary", s.chosen).sees("/login")
	newPerson(s.T, s.h).logsIn("mary", code).sees("/me/password")
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
	if log := s.h.log.text(); strings.Contains(log, code) || strings.Contains(log, s.firstCode) || strings.Contains(log, s.chosen) {
		s.Error("a password is in the log")
	}
}
