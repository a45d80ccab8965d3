package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// person is somebody at the pages with a browser that knows no scripts.
type person struct {
	t    *testing.T
	h    *house
	web  *http.Client
	page string // what was shown last
	at   string // its path
}

func newPerson(t *testing.T, h *house) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, h: h, web: &http.Client{Jar: jar}}
}

// opens goes to a page and is led where it leads.
func (p *person) opens(path string) *person {
	p.t.Helper()
	return p.asks(http.MethodGet, path, nil)
}

// sends fills the form of the page that is shown, with the command it holds.
func (p *person) sends(fields url.Values) *person {
	p.t.Helper()
	return p.sendsTo(p.at, fields)
}

// sendsTo fills a form of the page that is shown and leads elsewhere.
func (p *person) sendsTo(path string, fields url.Values) *person {
	p.t.Helper()
	if command := regexp.MustCompile(`name="command" value="([^"]+)"`).FindStringSubmatch(p.page); command != nil {
		fields.Set("command", command[1])
	}
	return p.asks(http.MethodPost, path, fields)
}

func (p *person) asks(method, path string, form url.Values) *person {
	p.t.Helper()
	request, err := http.NewRequest(method, "http://"+p.h.http+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := p.web.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.page, p.at = string(body), response.Request.URL.Path
	return p
}

// logsIn tries a name and a password.
func (p *person) logsIn(name, password string) *person {
	p.t.Helper()
	return p.opens("/login").sends(url.Values{"name": {name}, "password": {password}})
}

// must makes a request to the API in the person's own session. It has to be
// answered with a status.
func (p *person) must(status int, method, path string, body any, headers ...string) answer {
	p.t.Helper()
	var cookies []string
	for _, cookie := range p.web.Jar.Cookies(&url.URL{Scheme: "http", Host: p.h.http, Path: path}) {
		cookies = append(cookies, cookie.String())
	}
	return p.h.must(status, method, path, body, append(headers, "Authorization", "", "Cookie", strings.Join(cookies, "; "))...)
}

// takesView chooses the admin's view or the user's at the page that asks for it.
func (p *person) takesView(view string) *person {
	p.t.Helper()
	return p.sendsTo("/view", url.Values{"view": {view}, "next": {"/"}})
}

// opensKnowingly goes to another user's page past the warning.
func (p *person) opensKnowingly(id string) *person {
	p.t.Helper()
	return p.opens("/users/"+id).sendsTo("/users/"+id+"/open", url.Values{})
}

// chooses changes the password, with the name where one is given.
func (p *person) chooses(old, password, username string) *person {
	p.t.Helper()
	form := url.Values{"old": {old}, "password": {password}, "passwordAgain": {password}}
	if username != "" {
		form.Set("username", username)
	}
	return p.sends(form)
}

// sees needs the page to be at a path and to say something.
func (p *person) sees(path string, parts ...string) *person {
	p.t.Helper()
	if p.at != path {
		p.t.Fatalf("is at %s, not %s:\n%s", p.at, path, p.page)
	}
	if missing := shows(p.page, parts...); missing != "" {
		p.t.Errorf("%s does not say %q:\n%s", path, missing, p.page)
	}
	return p
}

var (
	temporary = regexp.MustCompile(`\b[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}\b`)
	passcode  = regexp.MustCompile(`\b[0-9]{6}\b`)
)

// awaitMessage waits for a message to somebody that matches, and gives it.
func (h *house) awaitMessage(to, channel string, wanted func(message) bool) message {
	h.t.Helper()
	var found message
	eventually(h.t, "a message by "+channel+" to "+to, func() bool {
		for _, m := range h.inbox(to) {
			if m.Channel == channel && wanted(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// awaitPassword waits for a message with a temporary password other than one.
func (h *house) awaitPassword(to, channel, other string) (string, message) {
	h.t.Helper()
	m := h.awaitMessage(to, channel, func(m message) bool {
		found := temporary.FindString(m.Text)
		return found != "" && found != other
	})
	return temporary.FindString(m.Text), m
}
