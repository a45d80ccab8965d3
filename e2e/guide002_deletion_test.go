package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// guide002deletion is how guide 2 removes users: an administrator is told what the
// deletion does, and confirms it. A bound licence stays for somebody else, one that
// is not may go; the numbers stay too, and calls to a fixed one are forwarded.
// Afterwards the user comes back, once whole and once without the number that
// another has by then.
type guide002deletion struct {
	guide002order
	bound, unbound string // users, by their licences
}

const (
	boundLine, boundExtension = "+46812345672", "5672"
	unboundLine               = "+46812345673"
	majMail                   = "maj@example.se"
)

func TestGuide002AUserIsRemovedAndComesBack(t *testing.T) {
	story := &guide002deletion{guide002order: guide002order{T: t, h: newHouse(t), page: browser(t)}}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"an administrator signs in", story.signIn},
		{"remove: what it does is said, and has to be confirmed; a bound licence is reserved", story.removeBound},
		{"the number is at the company's disposal", story.numberStays},
		{"and calls to it, being a fixed one, are forwarded", story.forwardIt},
		{"of a licence that is not bound it is asked whether it goes too", story.removeUnbound},
		{"the user comes back, with number and licence", story.comesBack},
		{"and without the number that another has by then", story.comesBackPartly},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide002deletion) signIn() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Tre Ekar AB", "policy": "teleproffs", "language": "sv", "country": "SE",
		"numbers": []object{{"from": "+46812345670", "to": "+46812345679"}},
		"licences": []object{
			{"kind": "fast", "count": 3}, {"kind": "fast-24", "count": 1, "boundUntil": time.Now().AddDate(2, 0, 0)},
		},
	}).decode(s.T, &made)
	s.company = made.ID
	s.logIn()
	s.press(`form[action="/view"] button`, `a[href="/companies/`+s.company+`/order"]`)
	s.bound = s.h.user(s.company, object{"firstName": "Maj", "lastName": "Malm", "number": boundLine, "licence": "fast-24", "email": majMail})
	s.unbound = s.h.user(s.company, object{"firstName": "Otto", "lastName": "Oden", "number": unboundLine, "licence": "fast"})
}

// opens shows the page of a user of whom others were looked at meanwhile.
func (s *guide002deletion) opens(id, form string) {
	s.Helper()
	look(s.T, s.page, "the user", chromedp.Navigate("http://"+s.h.http+"/users/"+id), chromedp.WaitVisible(chromedp.CSS(`form[action$="/open"]`)))
	s.press(`form[action$="/open"] button`, form)
}

// removes ticks the box, and presses the button below what is said.
func (s *guide002deletion) removes(before ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	s.press(`form[action$="/delete"] button`, `form[action$="/restore"]`,
		append(before, chromedp.SendKeys(chromedp.CSS(`form[action$="/delete"] input[name=confirm]`), " "))...)
}

// licences waits until the company has so many of a kind, and so many in use.
func (s *guide002deletion) licences(kind string, count, used int) {
	s.Helper()
	want := fmt.Sprintf(`{"company":%q,"kind":%q,"count":%d,"used":%d,`, s.company, kind, count, used)
	eventually(s.T, fmt.Sprintf("%d of %d licences of kind %s to be in use", used, count, kind), func() bool {
		return shows(string(s.h.must(http.StatusOK, "GET", "/v1/licences?company="+s.company, nil).body), want) == ""
	})
}

func (s *guide002deletion) removeBound() {
	s.opens(s.bound, `form[action$="/delete"]`)
	s.shows("This goes with the user", "Number "+boundLine+" stays with the company", "Extension "+boundExtension, majMail,
		"The licence fast-24 is bound and stays with the company")
	s.removes()
	if state := s.h.state(s.bound); state != "deleted" {
		s.Errorf("the user is %s", state)
	}
	s.licences("fast-24", 1, 0)
}

func (s *guide002deletion) numberStays() {
	there := "/numbers/" + boundLine
	look(s.T, s.page, "the numbers", chromedp.Navigate("http://"+s.h.http+"/companies/"+s.company+"/numbers"), chromedp.WaitVisible(chromedp.CSS(`a[href="`+there+`"]`)))
	s.press(`a[href="`+there+`"]`, `#to`)
	s.shows(boundLine, "free")
}

func (s *guide002deletion) forwardIt() {
	s.press(`form[action$="/forward"] button`, `form[action$="/unforward"]`, chromedp.SetValue(chromedp.CSS(`#to`), "08-12345671"))
	s.shows(boundLine, "forwarded", "+46812345671")
}

func (s *guide002deletion) removeUnbound() {
	s.opens(s.unbound, `form[action$="/delete"]`)
	s.shows("What happens to the licence fast", "The company keeps the licence for somebody else", "A licence of this kind goes back to the operator")
	s.removes(chromedp.SendKeys(chromedp.CSS(`input[name=licence][value="return"]`), " "))
	s.licences("fast", 2, 1)
}

func (s *guide002deletion) has(number, licence string) {
	s.Helper()
	var is struct{ Number, Licence string }
	s.h.must(http.StatusOK, "GET", "/v1/users/"+s.bound, nil).decode(s.T, &is)
	if is.Number != number || is.Licence != licence {
		s.Errorf("the user has the number %q and the licence %q", is.Number, is.Licence)
	}
}

func (s *guide002deletion) comesBack() {
	s.opens(s.bound, `form[action$="/restore"]`)
	s.shows("Number "+boundLine, "Extension "+boundExtension, "Licence fast-24")
	s.press(`form[action$="/restore"] button`, `form[action$="/delete"]`)
	s.has(boundLine, "fast-24")
	s.licences("fast-24", 1, 1)
}

func (s *guide002deletion) comesBackPartly() {
	s.removes()
	s.h.user(s.company, object{"firstName": "Pia", "lastName": "Palm", "number": boundLine, "licence": "fast", "extension": "701"})
	look(s.T, s.page, "the deleted user", chromedp.Navigate("http://"+s.h.http+"/users/"+s.bound), chromedp.WaitVisible(chromedp.CSS(`input[name=partial]`)))
	s.shows("Cannot come back", "Number "+boundLine, "it is somebody else's, or the company has it no more", "Extension "+boundExtension)
	s.press(`form[action$="/restore"] button`, `form[action$="/delete"]`, chromedp.SendKeys(chromedp.CSS(`input[name=partial]`), " "))
	s.has("", "fast-24")
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
}
