package e2e_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// guide003 is the story of guide 3: the operator makes the tenant and its main
// user, who follows the mailed link; then a further user is made, both have
// phones and call each other. The process is killed in the middle.
type guide003 struct {
	*testing.T
	h             *house
	page          context.Context
	boss          *person // the main user, in the admin's view
	company       string
	main, further string
	mainPhone     *phone
	furtherPhone  *phone
	link          string
}

const (
	mainMail    = "main.user@example.com"
	furtherMail = "further.user@example.com"
	mainNumber  = "+493023128000"
	directDial  = "+493023128001"
	mainFax     = "+493023128009"
)

func TestGuide003FromTheTenantToTheFirstRing(t *testing.T) {
	need(t, "sipp")
	story := &guide003{T: t, h: newHouse(t), page: browser(t)}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"the operator's service makes the tenant, connects the numbers, sets the main number", story.makeTenant},
		{"the main user is made and the provisioning mail is sent", story.readMail},
		{"until then the main user may call, but is not called", story.pendingIsNotCalled},
		{"the main user opens the link: password, PIN and question, with their rules below the fields", story.openLink},
		{"what breaks a rule is told beside its field", story.breakRules},
		{"only then Next: the account is activated", story.setSecrets},
		{"the administrator makes a further user and has the activation mail sent", story.makeFurther},
		{"(the process is killed, and goes on)", story.crash},
		{"express set-up: every step can be done, skipped and come back to", story.setUp},
		{"the further user activates himself", story.furtherUser},
		{"both telephones ring", story.call},
		{"a used link says so", story.linkIsUsed},
		{"support looks the history up", story.lookUp},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide003) makeTenant() {
	order := object{
		"name": "Guide Three GmbH", "policy": "unifyoffice", "language": "en", "country": "DE",
		"numbers":  []object{{"from": mainNumber, "to": "+493023128009"}},
		"licences": []object{{"kind": "standard", "count": 3}},
		"mainUser": object{"firstName": "Mia", "lastName": "Main", "email": mainMail, "mobile": "+491701740605"},
	}
	var made struct{ ID, MainNumber string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", order).decode(s.T, &made)
	if made.MainNumber != mainNumber {
		s.Errorf("the main number is %q", made.MainNumber)
	}
	s.company = made.ID
	s.h.must(http.StatusOK, "PATCH", "/v1/companies/"+s.company, object{"mainFax": mainFax})
	s.h.must(http.StatusOK, "POST", "/v1/companies/"+s.company+"/numbers", object{"numbers": []object{{"from": "+493023128100", "to": "+493023128199"}}})
	eventually(s.T, "the network to have connected the numbers", func() bool { return s.steps()["numbers"] == "done" })
}

func (s *guide003) readMail() {
	s.link = s.h.awaitLink(mainMail)
	mail := s.h.inbox(mainMail)[0]
	if missing := shows(mail.Text, "48", "http://"+s.h.http+"/activate/"); missing != "" {
		s.Errorf("the mail does not say %q:\n%s", missing, mail.Text)
	}
	if !strings.Contains(mail.HTML, s.link) || mail.MessageID == "" {
		s.Error("the mail lacks its HTML link or its Message-ID")
	}
	var users struct{ Items []struct{ ID string } }
	s.h.must(http.StatusOK, "GET", "/v1/users?company="+s.company, nil).decode(s.T, &users)
	if len(users.Items) != 1 {
		s.Fatalf("the company has %d users", len(users.Items))
	}
	s.main = users.Items[0].ID
	s.h.must(http.StatusOK, "PATCH", "/v1/users/"+s.main, object{"number": mainNumber})
}

func (s *guide003) pendingIsNotCalled() {
	caller := s.h.phone(s.h.user(s.company, object{"firstName": "Cora", "lastName": "Caller", "email": "caller@example.com", "number": "+493023128002"}))
	caller.register()
	caller.isRefused(mainNumber)
}

func (s *guide003) openLink() {
	look(s.T, s.page, "open the link",
		chromedp.Navigate("http://"+s.h.http+s.link),
		chromedp.WaitVisible(chromedp.CSS(`#password`)), chromedp.WaitVisible(chromedp.CSS(`#pin`)), chromedp.WaitVisible(chromedp.CSS(`#question`)),
	)
	rules := read(s.T, s.page, "the rules", chromedp.Text(chromedp.CSS(`form.secrets`)))
	until := read(s.T, s.page, "the end of the link", chromedp.Text(chromedp.CSS(`.until`)))
	if missing := shows(rules, "8", "32", "6", "10"); missing != "" || until == "" {
		s.Errorf("the rules lack %q:\n%s", missing, rules)
	}
}

func (s *guide003) breakRules() {
	s.send("short", "111111", `#password-fault`)
	kept := read(s.T, s.page, "the question", chromedp.Value(chromedp.CSS(`#question`)))
	echoed := read(s.T, s.page, "the password", chromedp.Value(chromedp.CSS(`#password`)))
	if kept != "first-car" || echoed != "" {
		s.Errorf("the question kept is %q, the password shown again has %d characters", kept, len(echoed))
	}
	if s.h.state(s.main) != "pending" {
		s.Error("the user is not pending any more")
	}
}

// send fills the form, sends it and waits for what comes.
func (s *guide003) send(password, pin, comes string) {
	look(s.T, s.page, "send the form",
		chromedp.SetValue(chromedp.CSS(`#password`), password), chromedp.SetValue(chromedp.CSS(`#passwordAgain`), password),
		chromedp.SetValue(chromedp.CSS(`#pin`), pin), chromedp.SetValue(chromedp.CSS(`#pinAgain`), pin),
		chromedp.SetValue(chromedp.CSS(`#question`), "first-car"), chromedp.SetValue(chromedp.CSS(`#answer`), "a green Kadett"),
		chromedp.Click(chromedp.CSS(`form.secrets button[type=submit]`)), chromedp.WaitVisible(chromedp.CSS(comes)),
	)
}

func (s *guide003) setSecrets() {
	s.send("eleven-green-bottles-7", "481593", `#content h1`)
	eventually(s.T, "the main user to be activated", func() bool { return s.h.state(s.main) == "activated" })
}

func (s *guide003) makeFurther() {
	s.boss = newPerson(s.T, s.h).logsIn(mainMail, "eleven-green-bottles-7").sees("/view").takesView("admin").sees("/companies/" + s.company)
	s.boss.sends(url.Values{
		"firstName": {"Finn"}, "lastName": {"Further"}, "email": {furtherMail}, "number": {directDial}, "language": {"en"}, "activate": {"no"},
	})
	s.further = strings.TrimPrefix(s.boss.at, "/users/")
	s.boss.opensKnowingly(s.further).sendsTo("/users/"+s.further+"/activation", url.Values{}).sees("/users/"+s.further, "Finn Further")
}

func (s *guide003) crash() {
	s.mainPhone, s.furtherPhone = s.h.phone(s.main), s.h.phone(s.further)
	s.mainPhone.register()
	s.furtherPhone.register()
	s.h.kill()
	s.h.start()
}

// steps tells where the steps of the set-up stand.
func (s *guide003) steps() map[string]string {
	var setup struct {
		Steps []struct{ Name, State string }
	}
	s.h.must(http.StatusOK, "GET", "/v1/companies/"+s.company+"/setup", nil).decode(s.T, &setup)
	found := map[string]string{}
	for _, step := range setup.Steps {
		found[step.Name] = step.State
	}
	return found
}

// setUp leads the main user, as administrator, through the set-up.
func (s *guide003) setUp() {
	page, setup := "http://"+s.h.http, "/companies/"+s.company+"/setup"
	look(s.T, s.page, "log in",
		chromedp.Navigate(page+"/login"), chromedp.WaitVisible(chromedp.CSS(`#name`)),
		chromedp.SetValue(chromedp.CSS(`#name`), mainMail), chromedp.SetValue(chromedp.CSS(`#password`), "eleven-green-bottles-7"),
		chromedp.Click(chromedp.CSS(`#content > form button[type=submit]`)), chromedp.WaitVisible(chromedp.CSS(`form[action="/view"]`)),
		chromedp.Click(chromedp.CSS(`form[action="/view"] button`)), chromedp.WaitVisible(chromedp.CSS(`a[href="`+setup+`"]`)),
		chromedp.Navigate(page+setup), chromedp.WaitVisible(chromedp.CSS(`#attendant`)),
	)
	sent := func(step, state, next string) { // the page behind has another button at the step; a key finds it wherever it is drawn
		look(s.T, s.page, step+" "+state,
			chromedp.SendKeys(chromedp.CSS(`#`+step+` button[value=`+state+`]`), "\r"), chromedp.WaitVisible(chromedp.CSS(`#`+step+` button[value=`+next+`]`)),
		)
	}
	sent("users", "skipped", "open")
	sent("attendant", "save", "open") // the main user is proposed
	sent("contact", "save", "open")
	sent("region", "save", "open")
	sent("users", "open", "save")
	want := map[string]string{
		"numbers": "done", "main-number": "done", "main-user": "done", "users": "open", "attendant": "done", "contact": "done", "region": "done",
	}
	eventually(s.T, "the steps", func() bool { return maps.Equal(s.steps(), want) })
	var firm struct{ MainUser, Attendant, MainFax, TimeZone string }
	s.h.must(http.StatusOK, "GET", "/v1/companies/"+s.company, nil).decode(s.T, &firm)
	if firm.MainUser != s.main || firm.Attendant != s.main || firm.MainFax != mainFax || firm.TimeZone != "Europe/Berlin" {
		s.Errorf("the company is %+v", firm)
	}
	look(s.T, s.page, "log out", chromedp.SendKeys(chromedp.CSS(`form[action="/logout"] button`), "\r"), chromedp.WaitVisible(chromedp.CSS(`#name`)))
}

func (s *guide003) furtherUser() {
	link := s.h.awaitLink(furtherMail)
	if link == s.link {
		s.Fatal("both users got the same link")
	}
	s.h.must(http.StatusOK, "POST", link, secretsOf())
	eventually(s.T, "the further user to be activated", func() bool { return s.h.state(s.further) == "activated" })
}

// call proves that registrations have survived: neither phone registers again.
func (s *guide003) call() {
	ended := s.furtherPhone.answers()
	s.mainPhone.calls("8001") // the extension: the last four digits
	if err := ended(); err != nil {
		s.Errorf("the called phone: %v", err)
	}
	ended = s.mainPhone.answers()
	s.furtherPhone.calls("03023128000") // dialled nationally
	if err := ended(); err != nil {
		s.Errorf("the main user's phone: %v", err)
	}
}

func (s *guide003) linkIsUsed() {
	look(s.T, s.page, "open the used link", chromedp.Navigate("http://"+s.h.http+s.link), chromedp.WaitVisible(chromedp.CSS(`#content`)))
	if text := read(s.T, s.page, "the page", chromedp.Text(chromedp.CSS(`#content`))); strings.Contains(text, "PIN") {
		s.Errorf("the used link still asks:\n%s", text)
	}
}

func (s *guide003) lookUp() {
	page := "http://" + s.h.http
	look(s.T, s.page, "log in",
		chromedp.Navigate(page+"/login"), chromedp.Click(chromedp.CSS(`details summary`)), chromedp.WaitVisible(chromedp.CSS(`input[name=token]`)),
		chromedp.SetValue(chromedp.CSS(`input[name=token]`), s.h.token), chromedp.Click(chromedp.CSS(`details button[type=submit]`)), chromedp.WaitNotPresent(chromedp.CSS(`input[name=token]`)),
	)
	look(s.T, s.page, "open the user", chromedp.Navigate(page+"/users/"+s.main), chromedp.WaitVisible(chromedp.CSS(`.rail`)))
	rail := read(s.T, s.page, "the rail", chromedp.Text(chromedp.CSS(`.rail`)))
	look(s.T, s.page, "open the history", chromedp.Navigate(page+"/users/"+s.main+"/history"), chromedp.WaitVisible(chromedp.CSS(`#facts`)))
	timeline := read(s.T, s.page, "the timeline", chromedp.Text(chromedp.CSS(`#facts`)))
	if rail == "" || len(timeline) < 200 {
		s.Errorf("rail %q, timeline %q", rail, timeline)
	}
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
}
