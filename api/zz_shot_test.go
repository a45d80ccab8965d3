package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestShots(t *testing.T) {
	if os.Getenv("SHOTS") == "" {
		return
	}
	h := visit(t)
	firm := h.firm("unifyoffice", "+4930123450", "+4930123459")
	ada := h.order(firm, "+4930123451", "ada@example.com")
	token := h.mailed(ada)
	h.do(ada, func(domain.Cause) domain.Decide {
		return user.NoteDelivery{Message: h.state(ada).Messages[0].ID, Attempt: 1, Provider: "x"}.Decide
	})
	bob := h.order(firm, "+4930123452", "bob@example.com")
	btoken := h.mailed(bob)
	soon := h.clock.Now().Add(5 * time.Minute)
	h.do(bob, func(domain.Cause) domain.Decide {
		return user.NoteDelivery{Message: h.state(bob).Messages[0].ID, Attempt: 1, Trouble: &user.Trouble{Cause: "greylisted", Responsible: "mail", Code: "451 4.7.1", Text: "try again later", NextTry: &soon}}.Decide
	})
	_ = btoken
	net := h.firm("onenet", "+493099900", "+493099909")
	h.order(net, "+493099901", "net@example.com")
	h.signIn()
	cookie := h.cookie
	h.cookie = ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			r.Header.Set("Cookie", cookie)
		}
		if p := r.URL.Query().Get("post"); p != "" {
			form, _ := url.ParseQuery(p)
			r.Method = "POST"
			r.PostForm = form
			r.Form = form
			r.ContentLength = 0
			r.Header.Del("Content-Type")
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Del("Origin")
		}
		h.server.Handler().ServeHTTP(w, r)
	}))
	defer proxy.Close()
	shot := func(name, path, size string) {
		dir := t.TempDir()
		out, err := exec.Command("timeout", "25", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+dir,
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
			"--timeout=4000", "--screenshot=/tmp/shot/"+name+".png", "--window-size="+size, proxy.URL+path).CombinedOutput()
		if err != nil {
			t.Logf("%s %v %s", name, err, out)
		}
	}
	bad := url.Values{"post": {url.Values{"password": {"short"}, "passwordAgain": {"shorx"}, "pin": {"123456"}, "pinAgain": {"123456"}, "question": {"first-pet"}, "answer": {"x"}}.Encode()}}.Encode()
	badUser := url.Values{"post": {url.Values{"command": {"0123456789abcdef0"}, "firstName": {"Bob"}, "email": {"bob@"}, "number": {"+4940123"}}.Encode()}}.Encode()
	only := os.Getenv("SHOTS")
	for _, s := range []struct{ name, path, size string }{
		{"act-phone", "/activate/" + token, "500,1700"},
		{"act-bad", "/activate/" + token + "?lang=de&" + bad, "500,1900"},
		{"act-wide", "/activate/" + token, "1440,1100"},
		{"login", "/login", "500,844"},
		{"overview", "/?lang=en", "1440,900"},
		{"overview-phone", "/?lang=de", "500,1300"},
		{"users", "/users?lang=en", "1440,900"},
		{"users-phone", "/users?lang=en", "500,1100"},
		{"user", "/users/" + bob + "?lang=en", "1440,1300"},
		{"user-phone", "/users/" + ada + "?lang=de", "500,2600"},
		{"history", "/users/" + bob + "/history?lang=en", "1440,1200"},
		{"company", "/companies/" + firm + "?lang=en", "1440,1300"},
		{"company-bad", "/companies/" + firm + "?lang=de&" + badUser, "500,2800"},
		{"companies", "/companies?lang=en", "1440,1000"},
	} {
		if only == "all" || only == s.name {
			shot(s.name, s.path, s.size)
		}
	}
	h.clock.forward(49 * time.Hour)
	if only == "all" {
		shot("act-expired", "/activate/"+token, "500,844")
	}
}
