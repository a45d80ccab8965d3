package e2e_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// guide002order is how guide 2 adds a user: an administrator is led through name,
// licence, number and add-ons, reviews the order and confirms it. The number comes
// from the operator's pool. Afterwards a number that is nobody's is forwarded.
type guide002order struct {
	*testing.T
	h       *house
	page    context.Context
	company string
	at      string // the page of the order
	user    string
}

const (
	bossMail   = "britt@example.se"
	newMail    = "nils@example.se"
	poolNumber = "+46855500002"
)

func TestGuide002AUserIsOrderedStepByStep(t *testing.T) {
	story := &guide002order{T: t, h: newHouse(t), page: browser(t)}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"an administrator signs in", story.signIn},
		{"users, new user: name and address", story.name},
		{"the licence: free, fixed or mobile", story.licence},
		{"the number: bought from the pool", story.number},
		{"the add-on services", story.addOns},
		{"review", story.review},
		{"and confirm: the user is there, with the number", story.confirm},
		{"the onboarding mail has come, and lets the user choose the password", story.onboarding},
		{"telephone numbers, current numbers: one is forwarded", story.forward},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

// press presses a button of the page and waits for what comes.
func (s *guide002order) press(button, comes string, before ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	look(s.T, s.page, "press "+button, append(before, chromedp.SendKeys(chromedp.CSS(button), "\r"), chromedp.WaitVisible(chromedp.CSS(comes)))...)
}

// shows needs the page to say something.
func (s *guide002order) shows(parts ...string) {
	s.Helper()
	text := read(s.T, s.page, "the page", chromedp.Text(chromedp.CSS(`#content`)))
	if missing := shows(text, parts...); missing != "" {
		s.Errorf("the page does not say %q:\n%s", missing, text)
	}
}

func (s *guide002order) signIn() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Tre Ekar AB", "policy": "teleproffs", "language": "sv", "country": "SE",
		"numbers":  []object{{"from": "+46812345670", "to": "+46812345679"}},
		"licences": []object{{"kind": "fast", "count": 3}, {"kind": "free", "count": 1}, {"kind": "mobile-10gb", "count": 2}},
	}).decode(s.T, &made)
	s.company = made.ID
	s.h.must(http.StatusOK, "POST", "/v1/pool", object{"from": "+46855500001", "to": "+46855500009", "country": "SE"})
	s.at = "/companies/" + s.company + "/order"
	s.logIn()
	s.press(`form[action="/view"] button`, `a[href="`+s.at+`"]`)
}

// logIn makes Britt an administrator of the company, and lets her log in.
func (s *guide002order) logIn() {
	boss := s.h.user(s.company, object{"firstName": "Britt", "lastName": "Boss", "number": "+46812345671", "licence": "fast", "email": bossMail})
	newPerson(s.T, s.h).opens(s.h.awaitLink(bossMail)).sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "Britt to be activated", func() bool { return s.h.state(boss) == "activated" })
	s.h.must(http.StatusOK, "PUT", "/v1/users/"+boss+"/admin", nil)
	page := "http://" + s.h.http
	look(s.T, s.page, "log in", chromedp.Navigate(page+"/login"), chromedp.WaitVisible(chromedp.CSS(`#name`)),
		chromedp.SetValue(chromedp.CSS(`#name`), bossMail), chromedp.SetValue(chromedp.CSS(`#password`), swedish))
	s.press(`#content > form button[type=submit]`, `form[action="/view"]`)
}

func (s *guide002order) name() {
	s.press(`a[href="`+s.at+`"]`, `#firstName`)
	s.press(`#next`, `#lastName-fault`, chromedp.SetValue(chromedp.CSS(`#firstName`), "Nils"), chromedp.SetValue(chromedp.CSS(`#email`), newMail))
	if kept := read(s.T, s.page, "the first name", chromedp.Value(chromedp.CSS(`#firstName`))); kept != "Nils" {
		s.Errorf("what was typed is %q", kept)
	}
	s.press(`#next`, `#licence`, chromedp.SetValue(chromedp.CSS(`#lastName`), "Ny"))
}

func (s *guide002order) licence() {
	s.shows("fast · 2 of 3 free", "free · 1 of 1 free", "mobile-10gb · 2 of 2 free", "verified by a code in an SMS: free")
	s.press(`#next`, `#pick`, chromedp.SetValue(chromedp.CSS(`#licence`), "mobile-10gb"))
}

func (s *guide002order) number() {
	s.shows("the next free one: +46812345670", "+46812345675 · free", poolNumber+" · in the operator's pool")
	if taken := read(s.T, s.page, "the numbers", chromedp.Text(chromedp.CSS(`#pick`))); strings.Contains(taken, "+46812345671 ·") {
		s.Errorf("a number with a user is offered:\n%s", taken)
	}
	s.press(`#next`, `fieldset`, chromedp.SetValue(chromedp.CSS(`#pick`), "pool:"+poolNumber))
}

func (s *guide002order) addOns() {
	s.shows("recording", "needs a licence of kind mobile")
	s.press(`#next`, `#confirm`, chromedp.SendKeys(chromedp.CSS(`#addon-mobile-data`), " "))
}

func (s *guide002order) review() {
	s.shows("Nils Ny", newMail, "Number "+poolNumber, "Extension 0002", "Licence mobile-10gb (1 of 2 stay free)", "Add-on mobile-data",
		"The number "+poolNumber+" is bought of the operator", "A SIM card is ordered", "The activation begins", "Mail to n…@example.se: activation link · at once")
	var users struct{ Items []struct{ ID string } }
	if s.h.must(http.StatusOK, "GET", "/v1/users?company="+s.company, nil).decode(s.T, &users); len(users.Items) != 1 {
		s.Errorf("before the confirmation there are %d users", len(users.Items))
	}
}

func (s *guide002order) confirm() {
	s.press(`#confirm`, `form[action$="/open"]`)
	var users struct {
		Items []struct{ ID, Number, Extension, Licence string }
	}
	s.h.must(http.StatusOK, "GET", "/v1/users?company="+s.company+"&q=nils", nil).decode(s.T, &users)
	if len(users.Items) != 1 {
		s.Fatalf("%d users were ordered", len(users.Items))
	}
	made := users.Items[0]
	if s.user = made.ID; made.Number != poolNumber || made.Extension != "0002" || made.Licence != "mobile-10gb" {
		s.Errorf("ordered was %+v", made)
	}
	s.press(`form[action$="/open"] button`, `.rail`)
	s.shows("Nils Ny", poolNumber, "mobile-data")
}

func (s *guide002order) onboarding() {
	link := s.h.awaitLink(newMail)
	newPerson(s.T, s.h).opens(link).sees(link, "15").sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "Nils to be activated", func() bool { return s.h.state(s.user) == "activated" })
	newPerson(s.T, s.h).logsIn(newMail, swedish).sees("/me", poolNumber)
}

func (s *guide002order) forward() {
	const spare, there = "+46812345675", "/numbers/+46812345675"
	list := "/companies/" + s.company + "/numbers"
	look(s.T, s.page, "the numbers", chromedp.Navigate("http://"+s.h.http+list), chromedp.WaitVisible(chromedp.CSS(`a[href="`+there+`"]`)))
	s.shows(poolNumber, "Nils Ny", "with a user")
	s.press(`a[href="`+there+`"]`, `#to`)
	s.press(`form[action$="/forward"] button`, `form[action$="/unforward"]`, chromedp.SetValue(chromedp.CSS(`#to`), "08-12345671"))
	s.shows(spare, "forwarded", "+46812345671")
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
}
