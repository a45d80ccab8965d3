package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestABrowserThatScansLinksUsesNoneUp opens an activation link and a reset link
// twenty times each with a browser that runs scripts, as mail scanners do; then
// the person succeeds.
func TestABrowserThatScansLinksUsesNoneUp(t *testing.T) {
	h, page := newHouse(t), browser(t)
	id := h.user(h.company("unifyoffice", "+493023128100", "+493023128109", 2),
		object{"firstName": "Ada", "lastName": "Example", "email": "scanned@example.com", "number": "+493023128101", "activate": true})
	for _, scanned := range []struct {
		link  func() string
		field string // of the form
		form  url.Values
		then  string
	}{
		{func() string { return h.awaitLink("scanned@example.com") }, `#pin`, secretsOf(), "correct-horse-7-battery"},
		{func() string {
			newPerson(t, h).opens("/reset").sends(url.Values{"name": {"scanned@example.com"}})
			return resetLink(h.awaitMessage("scanned@example.com", "mail", func(m message) bool { return resetLink(m) != "" }))
		}, `#password`, url.Values{"password": {"wrong-staple-8-battery"}, "passwordAgain": {"wrong-staple-8-battery"}}, "wrong-staple-8-battery"},
	} {
		link := scanned.link()
		for range 20 {
			look(t, page, "scan the link", chromedp.Navigate("http://"+h.http+link), chromedp.WaitVisible(chromedp.CSS(scanned.field)))
		}
		look(t, page, "look for a session", chromedp.Navigate("http://"+h.http+"/me"), chromedp.WaitVisible(chromedp.CSS(`#name`)))
		if sent := h.must(http.StatusOK, "POST", link, scanned.form); sent.Header.Get("Set-Cookie") != "" {
			t.Error("a link signs in")
		}
		newPerson(t, h).logsIn("scanned@example.com", scanned.then).sees("/me", "scanned@example.com")
	}
	var history answer
	eventually(t, "the history", func() bool {
		history = h.must(http.StatusOK, "GET", "/v1/users/"+id+"/history?limit=200", nil)
		return strings.Count(string(history.body), `"type":"user.logged-in.v1"`) >= 2 // the last of all
	})
	for fact, want := range map[string]int{"user.link-opened.v1": 1, "user.credential-set.v1": 1, "user.password-changed.v1": 1, "user.logged-in.v1": 2} {
		if got := strings.Count(string(history.body), `"type":"`+fact+`"`); got != want {
			t.Errorf("%d %s, want %d", got, fact, want)
		}
	}
}
