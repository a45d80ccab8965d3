package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/domain/user"
)

// mailedLink is a link that came by mail, and what its form does.
type mailedLink struct {
	path     string
	form     func(password string) url.Values
	done     string // what the page says to whoever wins
	lost     string // and to whoever is too late
	fact     string // written once
	loginAs  string
	password string // that is right
}

// mailedLinks brings a user to each link there is.
func mailedLinks(v *visitor) map[string]func() (id string, link mailedLink) {
	return map[string]func() (string, mailedLink){
		"activation": func() (string, mailedLink) {
			id, token := v.invited()
			return id, mailedLink{path: "/activate/" + token, form: func(password string) url.Values {
				form := goodSecrets()
				form.Set("password", password)
				form.Set("passwordAgain", password)
				return form
			}, done: "You can now make and receive calls", lost: "already active", fact: "user.credential-set.v1", loginAs: "ada@example.com", password: "Tr0ub4dor&3x"}
		},
		"reset": func() (string, mailedLink) {
			id, temporary := v.handed()
			v.leads(v.logIn("ada.lovelace", temporary), "/me")
			v.leads(v.choose(temporary, ownPassword, "countess"), "/me?done=password")
			v.cookie = ""
			contains(v.T, v.post("/reset", url.Values{"name": {"countess"}}), http.StatusOK)
			v.must(v.views.WaitFor(v.Context(), v.head()))
			return id, mailedLink{path: "/reset/" + user.ResetToken(key(2), id, v.state(id).Credential.Reset.ID), form: func(password string) url.Values {
				return url.Values{"password": {password}, "passwordAgain": {password}}
			}, done: "The password is changed", lost: "This link does not work", fact: "user.password-changed.v1", loginAs: "countess", password: "eight ducks on a lake"}
		},
	}
}

// written counts facts of a type in a user's stream.
func (v *visitor) written(id, fact string) (count int) {
	v.Helper()
	history, err := v.journal.Load(v.Context(), user.Stream(id))
	v.must(err)
	for _, f := range history.Facts {
		if f.Event.Type() == fact {
			count++
		}
	}
	return count
}

// scanners are what mail servers, browsers and chats send to links before
// anybody follows them.
var scanners = []struct {
	name, method string
	header       []string
}{
	{"a reader", http.MethodGet, nil},
	{"a checker", http.MethodHead, nil},
	{"a prober", http.MethodOptions, nil},
	{"a probing page", http.MethodOptions, []string{"Origin", "https://scanner.example", "Access-Control-Request-Method", "POST"}},
	{"a prefetching browser", http.MethodGet, []string{"Sec-Purpose", "prefetch;prerender", "Purpose", "prefetch"}},
	{"an older prefetching browser", http.MethodGet, []string{"X-Moz", "prefetch", "X-Purpose", "preview"}},
	{"a chat", http.MethodGet, []string{"User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Range", "bytes=0-32768"}},
	{"a mail server", http.MethodGet, []string{"User-Agent", "Mozilla/5.0 (compatible; SafeLinks)", "Accept", "*/*"}},
}

func TestScannersUseNoLinkUp(t *testing.T) {
	for name := range mailedLinks(nil) {
		t.Run(name, func(t *testing.T) {
			v := visit(t)
			id, link := mailedLinks(v)[name]()
			before := v.written(id, link.fact)
			v.view(link.path) // notes that it was opened, once
			head := v.head()
			for _, s := range scanners {
				for range 20 {
					shown := v.ask(s.method, link.path, nil, s.header...)
					if cookies := shown.header.Values("Set-Cookie"); len(cookies) > 0 {
						t.Fatalf("%s gets a cookie: %s", s.name, cookies)
					}
					if shown.status >= 500 || s.method == http.MethodGet && shown.status != http.StatusOK {
						t.Fatalf("%s is answered with %d", s.name, shown.status)
					}
				}
			}
			if v.head() != head {
				t.Error("scanners have written facts")
			}
			if got := v.post(link.path, link.form(link.password)); got.header.Get("Set-Cookie") != "" || !strings.Contains(got.body, link.done) {
				t.Errorf("the person is told:\n%s", got.body)
			}
			if n := v.written(id, link.fact) - before; n != 1 {
				t.Errorf("%d %s are written", n, link.fact)
			}
			v.leads(v.logIn(link.loginAs, link.password), "/me")
		})
	}
}

func TestOfAHundredWhoSendALinksFormOneWins(t *testing.T) {
	for name := range mailedLinks(nil) {
		for what, words := range map[string]func(n int) string{
			"with a password each":   func(n int) string { return fmt.Sprintf("Blue-Kettle-%03d-x", n) },
			"with the same password": func(int) string { return "Blue-Kettle-000-x" },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				v := visit(t)
				id, link := mailedLinks(v)[name]()
				before := v.written(id, link.fact)
				answers := make([]page, 100)
				var all sync.WaitGroup
				for n := range answers {
					all.Go(func() { answers[n] = v.post(link.path, link.form(words(n))) })
				}
				all.Wait()
				if n := v.written(id, link.fact) - before; n != 1 {
					t.Errorf("%d %s are written", n, link.fact)
				}
				var winners []string
				for n, a := range answers {
					switch {
					case a.header.Get("Set-Cookie") != "":
						t.Error("a link signs in")
					case strings.Contains(a.body, link.done):
						winners = append(winners, words(n))
					case a.status >= 500 || !strings.Contains(a.body, link.lost):
						t.Errorf("one is answered with %d:\n%s", a.status, a.body)
					}
				}
				if len(winners) == 0 || words(1) != words(2) && len(winners) != 1 {
					t.Fatalf("%d are told that theirs counts", len(winners))
				}
				v.leads(v.logIn(link.loginAs, winners[0]), "/me")
			})
		}
	}
}

func TestAResetSentAgainIsToldThePasswordCountsForAWhileAndToNobodyElse(t *testing.T) {
	v := visit(t)
	_, link := mailedLinks(v)["reset"]()
	contains(t, v.post(link.path, link.form(link.password)), http.StatusOK, link.done)
	contains(t, v.post(link.path, link.form(link.password)), http.StatusOK, link.done)
	contains(t, v.post(link.path, link.form("nine ducks on a lake")), http.StatusGone, link.lost)
	v.clock.forward(11 * time.Minute)
	contains(t, v.post(link.path, link.form(link.password)), http.StatusGone, link.lost)
}

func TestGuessesAtACodeAreCountedOneByOneAlsoAtTheSameTime(t *testing.T) {
	v := visit(t)
	id := v.create(v.firm("teleproffs", "+46812340", "+46812349"),
		`{"firstName":"Ada","lastName":"Lovelace","number":"+46812341","licence":"standard","language":"en","email":"ada@example.se","mobile":"+46701234567"}`)
	password := v.reset(id, "hand")
	v.leads(v.logIn("ada@example.se", password), "/me")
	v.leads(v.choose(password, ownPassword, ""), "/me?done=password")
	command := func() string { return commandField.FindStringSubmatch(v.view("/me/mobile").body)[1] }
	v.leads(v.post("/me/mobile/code", url.Values{"command": {command()}}), "/me/mobile?done=code")
	code, same := user.MobileCode(key(2), id, v.state(id).Verification.Code), command()
	var all sync.WaitGroup
	for n := range 30 {
		guess := fmt.Sprintf("%07d", n)
		if guess == code {
			continue
		}
		all.Go(func() {
			if got := v.post("/me/mobile", url.Values{"command": {same}, "code": {guess}}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("a guess is answered with %d", got.status)
			}
		})
	}
	all.Wait()
	if missed := v.written(id, (user.MobileCodeMissed{}).Type()); missed != 5 {
		t.Errorf("%d misses are noted", missed)
	}
	contains(t, v.post("/me/mobile", url.Values{"command": {same}, "code": {code}}), http.StatusUnprocessableEntity, "not valid any more")
	if v.state(id).Verification.Verified {
		t.Error("it is verified")
	}
}
